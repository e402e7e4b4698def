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

/// Fills both systems.
pub(crate) fn both(database: &mut Database, smh: &mut SmhWorld, moments: &Moments, prng: &mut Prng, sizes: Sizes) {
    masters::distributor(database, moments, prng);
    let copy = sizes.orders > 0;
    if copy {
        small_masters(smh, moments, prng);
    }
    for nth in 1..=sizes.employees {
        let employee = Employee::draw(prng, format!("K-{nth:05}"), nth);
        let id = FIRST_ID + nth - 1;
        put_accurate(database, moments, prng, "employee", id, employee.accurate());
        if copy {
            put_smh(smh, moments, prng, "employees", nth, employee.smh(id));
        }
    }
    for nth in 1..=sizes.customers {
        let mut customer = Customer::draw(prng, format!("C.{nth:07}"), &AROUND_JAKARTA, nth);
        customer.name = format!("{} {nth}", customer.name);
        let id = FIRST_ID + nth - 1;
        put_accurate(database, moments, prng, "customer", id, customer.accurate(None, false));
        if copy {
            put_smh(
                smh,
                moments,
                prng,
                "customers",
                nth,
                customer.smh(id, &reference("payment-terms", &TERMS.map(|term| term.0), customer.term.0)),
            );
        }
    }
    let prices = items(database, smh, moments, prng, sizes);
    // An order needs someone to buy and something to sell.
    let orders = if sizes.customers == 0 || sizes.items == 0 { 0 } else { sizes.orders };
    for nth in 1..=orders {
        let order = order(prng, sizes, nth, &prices);
        put_smh(smh, moments, prng, "orders", nth, order);
    }
    smh.counters.insert("orders 2605".to_owned(), orders);
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

/// Fills items and products; returns the largest unit of each with its price, for orders.
fn items(
    database: &mut Database,
    smh: &mut SmhWorld,
    moments: &Moments,
    prng: &mut Prng,
    sizes: Sizes,
) -> Vec<(String, u64)> {
    let unit_ids = UNITS.map(|unit| unit.0);
    let tax_ids = TAXES.map(|tax| tax.0);
    let unit = |id| reference("units", &unit_ids, id);
    let tax = |id| reference("taxes", &tax_ids, id);
    let mut prices = Vec::new();
    for nth in 1..=sizes.items {
        let units = usize::try_from(prng.between(1, 3)).unwrap_or(1);
        let item = Item::stocked(prng, format!("BRG.{nth:07}"), nth - 1, units);
        let id = FIRST_ID + nth - 1;
        put_accurate(database, moments, prng, "item", id, item.accurate(None, false));
        if sizes.orders > 0 {
            prices.push(item.units.last().map(|&(id, _, price)| (unit(id), price)).unwrap_or_default());
            put_smh(smh, moments, prng, "products", nth, item.smh(id, unit, tax));
        }
    }
    prices
}

fn order(prng: &mut Prng, sizes: Sizes, nth: u64, prices: &[(String, u64)]) -> Value {
    let day = prng.between(1, LAST_DAY);
    let any = |prng: &mut Prng, resource: &str, count: u64| {
        (count > 0).then(|| id_of(resource, prng.between(1, count))).flatten()
    };
    let count = prng.between(1, 4);
    let number = id_of("orders", nth).unwrap_or_default();
    let lines: Vec<Value> = (1..=count).map(|no| line(prng, &number, no, prices)).collect();
    json!({
        "source": "smh", "number": format!("SO-2605-{nth:05}"), "date": format!("2026-05-{day:02}"),
        "customerId": any(prng, "customers", sizes.customers), "salesmanId": any(prng, "employees", sizes.employees),
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
