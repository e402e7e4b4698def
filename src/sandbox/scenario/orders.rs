//! Accurate's own sales orders: typed in at the office, never sent to SMH.

use serde_json::{Value, json};

use super::masters::{DEFAULT, JAKARTA};
use super::prng::Prng;
use super::rows::row;
use crate::accurate;
use crate::world::{Database, Row};

/// Puts so many orders into the database, for customers and items that are real and in use.
pub(crate) fn accurate(database: &mut Database, prng: &mut Prng, count: u64) {
    let customers = sold(database, "customer", |row| !text(row, "customerNo").starts_with("C.DEMO"));
    let items =
        sold(database, "item", |row| !text(row, "no").starts_with("BRG.DEMO") && text(row, "itemType") == "INVENTORY");
    if customers.is_empty() || items.is_empty() {
        return;
    }
    for nth in 0..count {
        let day = 1 + nth * 13 / count.max(1);
        let customer = *prng.pick(&customers);
        let lines: Vec<Value> = (0..prng.between(1, 4)).map(|_| line(database, prng, &items)).collect();
        let order = json!({
            "customerId": customer, "transDate": format!("{day:02}/05/2026"), "branchId": JAKARTA, "currencyId": DEFAULT,
            "paymentTermId": database.row("customer", customer).and_then(|row| row.get("defaultTermId")).cloned(),
            "taxable": true, "inclusiveTax": nth % 2 == 0, "description": "Pesanan lewat telepon", "detailItem": lines,
            "createDate": format!("{day:02}/05/2026 09:30:00"), "lastUpdate": format!("{day:02}/05/2026 09:30:00"),
        });
        accurate::insert(database, "sales-order", row(order));
    }
}

fn text<'a>(row: &'a Row, member: &str) -> &'a str {
    row.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Ids of the records in use that pass and that the Jakarta branch sees.
fn sold(database: &Database, module: &str, passes: impl Fn(&Row) -> bool) -> Vec<u64> {
    let here = |row: &Row| row.get("branchId").and_then(Value::as_u64).is_none_or(|branch| branch == JAKARTA);
    let active = |row: &Row| row.get("suspended") != Some(&json!(true));
    let rows = database.tables.get(module).into_iter().flat_map(|table| &table.rows);
    rows.filter(|(_, row)| here(row) && active(row) && passes(row)).map(|(id, _)| *id).collect()
}

fn line(database: &Database, prng: &mut Prng, items: &[u64]) -> Value {
    let id = *prng.pick(items);
    let item = database.row("item", id);
    let member = |name: &str| item.and_then(|item| item.get(name)).cloned().unwrap_or(Value::Null);
    let percent = if prng.chance(25) { "5" } else { "" };
    json!({
        "itemId": id, "detailName": member("name"), "itemUnitId": member("unit1Id"), "quantity": prng.between(1, 24) as f64,
        "unitPrice": member("unitPrice"), "itemDiscPercent": percent, "useTax1": !member("tax1Id").is_null(),
        "warehouseId": 100,
    })
}
