//! The small masters of an Accurate database: branches, currency, taxes, payment terms, warehouses, categories, units.

use serde_json::json;

use super::goods::CATEGORIES;
use super::prng::Prng;
use super::rows::{Moments, put_accurate};
use crate::world::Database;

/// The database of every scenario.
pub(crate) const DATABASE: u64 = 1_234_567;
/// The company that owns it.
pub(crate) const COMPANY: &str = "PT Panduan Sejahtera";
/// Branch ids. The connected one is Jakarta.
pub(crate) const HEAD_OFFICE: u64 = 50;
/// See [`HEAD_OFFICE`].
pub(crate) const JAKARTA: u64 = 100;
/// See [`HEAD_OFFICE`].
pub(crate) const SURABAYA: u64 = 101;
/// The default record of most modules.
pub(crate) const DEFAULT: u64 = 50;

/// Payment terms: id, name, days.
pub(crate) const TERMS: [(u64, &str, u64); 6] = [
    (50, "C.O.D", 0),
    (100, "net 7", 7),
    (101, "net 14", 14),
    (102, "net 21", 21),
    (103, "net 30", 30),
    (104, "net 45", 45),
];
/// Taxes: id, code, description, rate in percent, short text.
pub(crate) const TAXES: [(u64, &str, &str, f64, &str); 3] = [
    (50, "PPN", "Pajak Pertambahan Nilai", 11.0, "PPN 11%"),
    (100, "PPN12", "Pajak Pertambahan Nilai 12%", 12.0, "PPN 12%"),
    (101, "NONPPN", "Non-PPN", 0.0, "PPN 0%"),
];
/// Warehouses: id, name, city, province, postal code.
pub(crate) const WAREHOUSES: [(u64, &str, &str, &str, &str); 4] = [
    (50, "Utama", "Jakarta Timur", "DKI Jakarta", "13920"),
    (100, "Gudang Jakarta", "Jakarta Utara", "DKI Jakarta", "14140"),
    (101, "Gudang Surabaya", "Surabaya", "Jawa Timur", "60177"),
    (102, "Gudang Transit", "Bekasi", "Jawa Barat", "17116"),
];
/// Units: id, name. Accurate refuses names over seven characters.
pub(crate) const UNITS: [(u64, &str); 16] = [
    (50, "PCS"),
    (100, "PAK"),
    (101, "DUS"),
    (102, "KARTON"),
    (103, "KG"),
    (104, "BTL"),
    (105, "KLG"),
    (106, "SAK"),
    (107, "BAL"),
    (108, "RENTENG"),
    (109, "LUSIN"),
    (110, "PALET"),
    (111, "SET"),
    (112, "JAM"),
    (113, "LBR"),
    (114, "GALON"),
];
/// Customer categories: id, name.
pub(crate) const CUSTOMER_CATEGORIES: [(u64, &str); 5] =
    [(50, "Umum"), (100, "Toko Kelontong"), (101, "Grosir"), (102, "Minimarket"), (103, "Horeka")];
/// Price categories: id, name.
pub(crate) const PRICE_CATEGORIES: [(u64, &str); 3] = [(50, "Umum"), (100, "Grosir"), (101, "Eceran")];

/// The id of a unit.
pub(crate) fn unit_id(name: &str) -> u64 {
    UNITS.iter().find(|(_, unit)| *unit == name).map_or(DEFAULT, |(id, _)| *id)
}

/// The id of an item category; the default one stands first, then one for each kind of goods.
pub(crate) fn item_category_id(name: &str) -> u64 {
    CATEGORIES.iter().position(|category| *category == name).map_or(DEFAULT, |at| 100 + at as u64)
}

/// The name of an item category.
pub(crate) fn item_category_name(id: u64) -> &'static str {
    CATEGORIES.iter().find(|name| item_category_id(name) == id).copied().unwrap_or("Umum")
}

/// Puts one record into a module.
struct Writer<'a> {
    database: &'a mut Database,
    moments: &'a Moments,
    prng: &'a mut Prng,
}

impl Writer<'_> {
    fn put(&mut self, module: &str, id: u64, members: serde_json::Value) {
        put_accurate(self.database, self.moments, self.prng, module, id, members);
    }

    /// Jakarta is the branch that the company works in, and so the one a connection proposes.
    fn branches(&mut self) {
        let branches = [
            (HEAD_OFFICE, "Kantor Pusat", "Jakarta Pusat", "DKI Jakarta"),
            (JAKARTA, "Jakarta", "Jakarta Utara", "DKI Jakarta"),
            (SURABAYA, "Surabaya", "Surabaya", "Jawa Timur"),
        ];
        for (id, name, city, province) in branches {
            let members = json!({ "name": name, "city": city, "province": province, "country": "Indonesia",
                "defaultBranch": id == JAKARTA, "suspended": false });
            self.put("branch", id, members);
        }
    }

    fn tax(&mut self, id: u64) {
        let Some((id, code, description, rate, info)) = TAXES.into_iter().find(|tax| tax.0 == id) else { return };
        let members = json!({ "taxCode": code, "description": description, "taxType": "PPN", "rate": rate, "taxInfo": info,
            "salesTaxGlAccountId": 74, "purchaseTaxGlAccountId": 75 });
        self.put("tax", id, members);
    }

    fn term(&mut self, (id, name, days): (u64, &str, u64)) {
        let members = json!({ "name": name, "netDays": days, "discDays": 0, "discPC": 0.0, "cashOnDelivery": id == DEFAULT,
            "installmentTerm": false, "manualTerm": false, "defaultTerm": id == DEFAULT, "suspended": false });
        self.put("payment-term", id, members);
    }

    fn warehouse(&mut self, (id, name, city, province, code): (u64, &str, &str, &str, &str)) {
        let members = json!({ "name": name, "street": "Jl. Raya Pergudangan No. 8", "city": city, "province": province,
            "country": "Indonesia", "zipCode": code, "defaultWarehouse": id == DEFAULT, "scrapWarehouse": false, "suspended": false });
        self.put("warehouse", id, members);
    }

    fn category(&mut self, module: &str, id: u64, name: &str) {
        self.put(module, id, json!({ "name": name, "defaultCategory": id == DEFAULT, "lvl": 1, "parentNode": false }));
    }
}

/// What a new database holds.
pub(crate) fn defaults(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    let mut writer = Writer { database, moments, prng };
    writer.branches();
    let members = json!({ "code": "IDR", "name": "Indonesian Rupiah", "symbol": "Rp", "defaultCurrency": true });
    writer.put("currency", DEFAULT, members);
    writer.tax(DEFAULT);
    writer.term(TERMS[0]);
    writer.warehouse(WAREHOUSES[0]);
    for module in ["customer-category", "item-category", "price-category"] {
        writer.category(module, DEFAULT, "Umum");
    }
}

/// What a distributor adds to that before the first sale.
pub(crate) fn distributor(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    defaults(database, moments, prng);
    let mut writer = Writer { database, moments, prng };
    for (id, name) in UNITS {
        writer.put("unit", id, json!({ "name": name }));
    }
    TAXES[1..].iter().for_each(|tax| writer.tax(tax.0));
    TERMS[1..].iter().for_each(|term| writer.term(*term));
    WAREHOUSES[1..].iter().for_each(|warehouse| writer.warehouse(*warehouse));
    CUSTOMER_CATEGORIES[1..].iter().for_each(|(id, name)| writer.category("customer-category", *id, name));
    PRICE_CATEGORIES[1..].iter().for_each(|(id, name)| writer.category("price-category", *id, name));
    CATEGORIES.iter().for_each(|name| writer.category("item-category", item_category_id(name), name));
}
