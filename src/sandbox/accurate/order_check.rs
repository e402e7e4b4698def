//! What a save of a sales order checks beyond its single parameters: suspended records, units, quantities, discounts.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fill::{gone, missing};
use super::masters_check::check_salesmen;
use super::orders::{lines_of, percents, place_of_unit, price_of};
use super::save::{Draft, name_of};
use super::values::{self, amount};
use crate::world::Row;

/// Checks an order beyond its single parameters.
pub fn check_order(draft: &mut Draft<'_, '_>) {
    if draft.is_new() {
        let today = values::date_text(draft.books.stamp);
        draft.row.entry("transDate").or_insert_with(|| json!(today));
        if draft.knobs.branch_required && draft.id_in("branchId").is_none() {
            draft.messages.push(missing("Cabang"));
        }
        for (column, module) in [("customerId", "customer"), ("branchId", "branch"), ("paymentTermId", "payment-term")]
        {
            refuse_suspended(draft, column, module, None);
        }
    }
    check_percent(draft, "cashDiscPercent", None);
    let mut lines = lines_of(&draft.row, "detailItem");
    for line in &mut lines {
        check_line(draft, line);
    }
    if draft.messages.is_empty() {
        draft.row.insert("detailItem".to_owned(), lines.into_iter().map(Value::Object).collect());
    }
}

fn check_line(draft: &mut Draft<'_, '_>, line: &mut Row) {
    let Some(item) = line.get("itemId").and_then(Value::as_u64) else {
        draft.messages.push(missing("Barang & Jasa"));
        return;
    };
    let item = draft.books.db.row("item", item).cloned().unwrap_or_default();
    let fresh = !line.contains_key("id");
    if fresh {
        line.entry("quantity").or_insert_with(|| json!(1.0));
        refuse_suspended(draft, "itemId", "item", Some(line));
        refuse_suspended(draft, "warehouseId", "warehouse", Some(line));
    }
    if amount(line, "quantity") <= Decimal::ZERO {
        draft.messages.push(missing("Kuantitas"));
    }
    check_line_unit(draft, line, &item);
    if !line.contains_key("unitPrice") {
        if draft.knobs.strict_required {
            draft.messages.push(missing("Harga"));
        }
        line.insert("unitPrice".to_owned(), price_of(&item, line));
    }
    check_percent(draft, "itemDiscPercent", Some(line));
    if fresh || salesmen(draft.before.as_ref(), line) != line.get("salesmanListId").cloned() {
        check_salesmen(draft, line);
        let list = line.get("salesmanListId").and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_u64).for_each(|id| refuse_if_suspended(draft, "employee", id));
    }
}

/// The salesmen that a line had.
fn salesmen(before: Option<&Row>, line: &Row) -> Option<Value> {
    let lines = lines_of(before?, "detailItem");
    lines.iter().find(|old| old.get("id") == line.get("id"))?.get("salesmanListId").cloned()
}

/// The unit of a line is one of the item's. A line that got another item without a unit goes back to that item's first.
fn check_line_unit(draft: &mut Draft<'_, '_>, line: &mut Row, item: &Row) {
    let Some(unit) = line.get("itemUnitId").and_then(Value::as_u64) else { return };
    if place_of_unit(item, unit).is_some() {
        return;
    }
    let old = draft.before.as_ref().map(|before| lines_of(before, "detailItem")).unwrap_or_default();
    let old = old.iter().find(|old| old.get("id") == line.get("id"));
    if old.is_some_and(|old| old.get("itemUnitId") == line.get("itemUnitId")) {
        line.remove("itemUnitId");
        return;
    }
    let name = draft.books.db.row("unit", unit).and_then(|unit| unit.get("name")).and_then(Value::as_str);
    draft.messages.push(gone("unit", name.unwrap_or_default()));
}

fn refuse_suspended(draft: &mut Draft<'_, '_>, column: &str, module: &str, line: Option<&Row>) {
    if let Some(id) = line.unwrap_or(&draft.row).get(column).and_then(Value::as_u64) {
        refuse_if_suspended(draft, module, id);
    }
}

fn refuse_if_suspended(draft: &mut Draft<'_, '_>, module: &str, id: u64) {
    let Some(row) = draft.books.db.row(module, id) else { return };
    if row.get("suspended") != Some(&json!(true)) {
        return;
    }
    let Some(described) = super::model::module(module) else { return };
    let key = described.alternative.and_then(|(_, column)| row.get(column)).and_then(Value::as_str);
    let key = key.map_or_else(|| name_of(described, row), str::to_owned);
    draft.messages.push(format!("{} {key} sudah tidak aktif", described.label));
}

/// `5`, `5+2`, `12.5`: anything else is no percent discount.
fn check_percent(draft: &mut Draft<'_, '_>, column: &str, line: Option<&Row>) {
    let text = line.unwrap_or(&draft.row).get(column).and_then(Value::as_str);
    if text.is_some_and(|text| percents(text).is_none()) {
        draft.messages.push(format!("Invalid field value for field \"{column}\"."));
    }
}
