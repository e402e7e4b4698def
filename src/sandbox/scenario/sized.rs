//! Generated data of any size: Accurate records that all cross, and, when orders are wanted, SMH with everything pulled already and orders
//! waiting to be sent.

use serde_json::{Value, json};

use super::customers::Customer;
use super::employees::Employee;
use super::items::Item;
use super::masters::{self, TAXES, TERMS, UNITS, WAREHOUSES};
use super::places::AROUND_JAKARTA;
use super::prng::Prng;
use super::rows::{Moments, put_accurate, put_smh};
use crate::smh::id_of;
use crate::world::{Database, SmhWorld};

/// Ids of Accurate's records begin here.
const FIRST_ID: u64 = 100;
/// Orders are dated in the four weeks before this day of May 2026.
const LAST_DAY: u64 = 28;

/// How much to generate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) customers: u64,
    pub(crate) items: u64,
    pub(crate) employees: u64,
    pub(crate) orders: u64,
}

/// Both systems while they are being filled.
pub(crate) struct Filling<'a> {
    pub(crate) database: &'a mut Database,
    pub(crate) smh: &'a mut SmhWorld,
    pub(crate) moments: &'a Moments,
    pub(crate) prng: &'a mut Prng,
    pub(crate) sizes: Sizes,
}

impl Filling<'_> {
    /// Fills both systems. SMH stays empty unless orders are wanted.
    pub(crate) fn run(&mut self) {
        masters::distributor(self.database, self.moments, self.prng);
        if self.sizes.orders > 0 {
            small_masters(self.smh, self.moments, self.prng);
        }
        let salesmen = self.employees();
        self.customers();
        let prices = self.items();
        // An order needs someone to buy and something to sell.
        let orders = if self.sizes.customers == 0 || self.sizes.items == 0 { 0 } else { self.sizes.orders };
        for nth in 1..=orders {
            let order = order(self.prng, self.sizes.customers, nth, &salesmen, &prices);
            put_smh(self.smh, self.moments, self.prng, "orders", nth, order);
        }
        self.smh.counters.insert("orders 2605".to_owned(), orders);
    }

    fn in_accurate(&mut self, module: &str, id: u64, members: Value) {
        put_accurate(self.database, self.moments, self.prng, module, id, members);
    }

    fn in_smh(&mut self, resource: &str, key: u64, members: Value) {
        put_smh(self.smh, self.moments, self.prng, resource, key, members);
    }

    /// Returns the keys of those who sell.
    fn employees(&mut self) -> Vec<u64> {
        let mut salesmen = Vec::new();
        for nth in 1..=self.sizes.employees {
            let employee = Employee::draw(self.prng, format!("K-{nth:05}"), nth);
            let id = FIRST_ID + nth - 1;
            if employee.salesman {
                salesmen.push(nth);
            }
            self.in_accurate("employee", id, employee.accurate());
            if self.sizes.orders > 0 {
                self.in_smh("employees", nth, employee.smh(id));
            }
        }
        salesmen
    }

    fn customers(&mut self) {
        let term_ids = TERMS.map(|term| term.0);
        for nth in 1..=self.sizes.customers {
            let mut customer = Customer::draw(self.prng, format!("C.{nth:07}"), &AROUND_JAKARTA, nth);
            customer.name = format!("{} {nth}", customer.name);
            let id = FIRST_ID + nth - 1;
            self.in_accurate("customer", id, customer.accurate(None, false));
            if self.sizes.orders > 0 {
                let term = reference("payment-terms", &term_ids, customer.term.0);
                self.in_smh("customers", nth, customer.smh(id, &term));
            }
        }
    }

    /// Returns the largest unit of each product with its price, for orders.
    fn items(&mut self) -> Vec<(String, u64)> {
        let (unit_ids, tax_ids) = (UNITS.map(|unit| unit.0), TAXES.map(|tax| tax.0));
        let unit = |id| reference("units", &unit_ids, id);
        let tax = |id| reference("taxes", &tax_ids, id);
        let mut prices = Vec::new();
        for nth in 1..=self.sizes.items {
            let units = usize::try_from(self.prng.between(1, 3)).unwrap_or(1);
            let item = Item::stocked(self.prng, format!("BRG.{nth:07}"), nth - 1, units);
            let id = FIRST_ID + nth - 1;
            self.in_accurate("item", id, item.accurate(None, false));
            if self.sizes.orders > 0 {
                prices.push(item.units.last().map(|&(id, _, price)| (unit(id), price)).unwrap_or_default());
                self.in_smh("products", nth, item.smh(id, unit, tax));
            }
        }
        prices
    }
}

/// The id in SMH of a small master: they are copied in the order in which Accurate has them.
fn reference(resource: &str, ids: &[u64], id: u64) -> String {
    let key = ids.iter().position(|other| *other == id).map_or(1, |at| at as u64 + 1);
    id_of(resource, key).unwrap_or_default()
}

fn small_masters(smh: &mut SmhWorld, moments: &Moments, prng: &mut Prng) {
    let mut put = |resource: &str, at: usize, id: u64, mut members: Value| {
        members["partnerId"] = json!(id.to_string());
        members["source"] = json!("partner");
        put_smh(smh, moments, prng, resource, at as u64 + 1, members);
    };
    for (at, (id, name)) in UNITS.into_iter().enumerate() {
        put("units", at, id, json!({ "name": name }));
    }
    for (at, (id, _, _, rate, info)) in TAXES.into_iter().enumerate() {
        put("taxes", at, id, json!({ "name": info, "rate": rate.to_string(), "kind": "PPN" }));
    }
    for (at, (id, name, days)) in TERMS.into_iter().enumerate() {
        put("payment-terms", at, id, json!({ "name": name, "days": days, "status": "active" }));
    }
    for (at, (id, name, city, ..)) in WAREHOUSES.into_iter().enumerate() {
        put(
            "warehouses",
            at,
            id,
            json!({ "name": name, "address": "Jl. Raya Pergudangan No. 8", "city": city, "status": "active" }),
        );
    }
}

fn order(prng: &mut Prng, customers: u64, nth: u64, salesmen: &[u64], prices: &[(String, u64)]) -> Value {
    let day = prng.between(1, LAST_DAY);
    let salesman = if salesmen.is_empty() { None } else { id_of("employees", *prng.pick(salesmen)) };
    let count = prng.between(1, 4);
    let number = id_of("orders", nth).unwrap_or_default();
    let lines: Vec<Value> = (1..=count).map(|no| line(prng, &number, no, prices)).collect();
    json!({
        "source": "smh", "number": format!("SO-2605-{nth:05}"), "date": format!("2026-05-{day:02}"),
        "customerId": id_of("customers", prng.between(1, customers)), "salesmanId": salesman,
        "warehouseId": id_of("warehouses", 1), "status": "Verified", "taxInclusive": prng.chance(50), "lines": lines,
    })
}

fn line(prng: &mut Prng, order: &str, no: u64, prices: &[(String, u64)]) -> Value {
    let at = prng.position(prices.len());
    let (unit, price) = &prices[at];
    let quantity = prng.between(1, 12);
    let gross = quantity * price;
    let (kind, value, net) = match prng.below(4) {
        0 => (Some("percent"), Some(5), gross * 100 - gross * 5),
        1 => (Some("amount"), Some(100), gross * 100 - 10_000),
        _ => (None, None, gross * 100),
    };
    let net = rust_decimal::Decimal::new(i64::try_from(net).unwrap_or(0), 2).normalize();
    json!({
        "id": format!("{order}-{no}"), "no": no, "productId": id_of("products", at as u64 + 1), "unitId": unit,
        "quantity": quantity.to_string(), "price": price.to_string(), "discountType": kind,
        "discountValue": value.map(|value: u64| value.to_string()), "net": net.to_string(),
    })
}
