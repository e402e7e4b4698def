//! Generated items: one set of facts, written down as Accurate keeps it or as SMH keeps it.

use serde_json::{Value, json};

use super::goods::{self, Good};
use super::masters::{DEFAULT, TAXES, item_category_id, item_category_name, unit_id};
use super::prng::Prng;
use super::rows::rupiah;

/// What is known of an item on both sides.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) no: String,
    pub(crate) name: String,
    pub(crate) category: u64,
    /// Id of the unit, how many of the first it holds, price in rupiah.
    pub(crate) units: Vec<(u64, u64, u64)>,
    /// Id of the tax.
    pub(crate) tax: Option<u64>,
    pub(crate) barcode: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) notes: Option<&'static str>,
}

impl Item {
    /// Draws stocked goods with at most so many units.
    pub(crate) fn stocked(prng: &mut Prng, no: String, number: u64, most_units: usize) -> Self {
        let Good { name, category, mut units } = goods::good(number);
        units.truncate(most_units);
        Self {
            no,
            name,
            category: item_category_id(category),
            units: units.into_iter().map(|(unit, ratio, price)| (unit_id(unit), ratio, price)).collect(),
            tax: if prng.chance(85) { Some(DEFAULT) } else { prng.chance(50).then(|| prng.pick(&TAXES).0) },
            barcode: prng.chance(65).then(|| goods::barcode(prng)),
            kind: "INVENTORY",
            notes: prng.chance(10).then_some("Simpan di tempat kering"),
        }
    }

    /// Draws stocked goods with four units, or five.
    pub(crate) fn many_units(prng: &mut Prng, no: String, number: u64) -> Self {
        let mut item = Self::stocked(prng, no, number, 1);
        let price = item.units.first().map_or(1_000, |unit| unit.2);
        let ladder = [("PCS", 1), ("PAK", 6), ("DUS", 24), ("KARTON", 144), ("PALET", 2880)];
        let steps = if prng.chance(30) { 5 } else { 4 };
        item.units = ladder[..steps].iter().map(|(unit, ratio)| (unit_id(unit), *ratio, price * ratio)).collect();
        item
    }

    /// Draws what is not stocked: a service, a thing not counted, or a set.
    pub(crate) fn unstocked(prng: &mut Prng, no: String, number: u64) -> Self {
        let (kind, names, unit): (_, &[&str], _) = match prng.below(3) {
            0 => ("SERVICE", &goods::SERVICES, "JAM"),
            1 => ("NON_INVENTORY", &goods::UNCOUNTED, "PCS"),
            _ => ("GROUP", &goods::SETS, "SET"),
        };
        Self {
            no,
            name: format!("{} {number}", prng.pick(names)),
            category: DEFAULT,
            units: vec![(unit_id(unit), 1, prng.between(4, 120) * 2_500)],
            tax: prng.chance(60).then_some(DEFAULT),
            barcode: None,
            kind,
            notes: None,
        }
    }

    /// As Accurate keeps it.
    pub(crate) fn accurate(&self, branch: Option<u64>, suspended: bool) -> Value {
        let mut row = json!({
            "no": self.no, "name": self.name, "itemType": self.kind, "suspended": suspended, "branchId": branch,
            "itemCategoryId": self.category, "unitPrice": self.units.first().map(|unit| rupiah(unit.2)), "tax1Id": self.tax,
            "upcNo": self.barcode, "percentTaxable": 100.0, "notes": self.notes,
        });
        // The first unit needs no more than its id: its ratio is 1 and its price is the item's.
        for (nth, (unit, ratio, price)) in (1..).zip(&self.units) {
            row[format!("unit{nth}Id")] = json!(unit);
            if nth > 1 {
                row[format!("ratio{nth}")] = rupiah(*ratio);
                row[format!("unit{nth}Price")] = rupiah(*price);
            }
        }
        row
    }

    /// As SMH keeps a product that it got from Accurate: the largest unit first. `unit` and `tax` give SMH's ids for Accurate's.
    pub(crate) fn smh(&self, partner_id: u64, unit: impl Fn(u64) -> String, tax: impl Fn(u64) -> String) -> Value {
        let mut row = json!({
            "partnerId": partner_id.to_string(), "source": "partner", "code": self.no, "name": self.name,
            "category": item_category_name(self.category), "barcode": self.barcode, "taxId": self.tax.map(tax), "notes": self.notes,
            "status": "active",
        });
        for ((id, ratio, price), size) in self.units.iter().rev().zip(["L", "M", "S"]) {
            row[format!("unit{size}")] = json!(unit(*id));
            row[format!("ratio{size}")] = json!(ratio.to_string());
            row[format!("price{size}")] = json!(price.to_string());
        }
        row
    }
}
