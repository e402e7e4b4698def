//! What a save of a customer, item or employee checks and fills in beyond its single parameters.

use serde_json::{Value, json};

use super::books::{default_branch, default_record};
use super::fill::{gone, missing};
use super::save::Draft;
use super::values;

/// Default category, currency, term and price category; one list of salesmen with the main one in front.
pub fn check_customer(draft: &mut Draft<'_, '_>) {
    if draft.is_new() {
        for (column, module, switch) in [
            ("categoryId", "customer-category", "defaultCategory"),
            ("currencyId", "currency", "defaultCurrency"),
            ("defaultTermId", "payment-term", "defaultTerm"),
            ("priceCategoryId", "price-category", "defaultCategory"),
        ] {
            let default = default_record(draft.books.db, module, switch);
            draft.default_to(column, default);
        }
    }
    let list = draft.row.get("salesmanListId").and_then(Value::as_array).cloned().unwrap_or_default();
    let (by_list, by_one) = (draft.sent.contains_key("salesmanListNumber"), draft.sent.contains_key("salesmanNumber"));
    if by_list {
        match list.first() {
            Some(first) => draft.row.insert("defaultSalesmanId".to_owned(), first.clone()),
            None => draft.row.remove("defaultSalesmanId"),
        };
    } else if by_one {
        let main = draft.row.get("defaultSalesmanId").cloned();
        let others = list.into_iter().skip(1).filter(|other| Some(other) != main.as_ref());
        let list: Vec<Value> = main.clone().into_iter().chain(others).collect();
        draft.row.insert("salesmanListId".to_owned(), Value::Array(list));
    }
    if by_list || by_one {
        let row = draft.row.clone();
        check_salesmen(draft, &row);
    }
}

/// Everyone on a list of salesmen sells.
pub fn check_salesmen(draft: &mut Draft<'_, '_>, row: &crate::world::Row) {
    let ids = row.get("salesmanListId").and_then(Value::as_array);
    for id in ids.into_iter().flatten().filter_map(Value::as_u64) {
        let Some(employee) = draft.books.db.row("employee", id) else { continue };
        if employee.get("salesman") != Some(&json!(true)) {
            let number = employee.get("number").and_then(Value::as_str).unwrap_or_default();
            draft.messages.push(gone("employee", number));
        }
    }
}

/// Default category and unit; units all different, each further one with its ratio.
pub fn check_item(draft: &mut Draft<'_, '_>) {
    if draft.is_new() {
        let category = default_record(draft.books.db, "item-category", "defaultCategory");
        draft.default_to("itemCategoryId", category);
        if draft.row.get("itemType") != Some(&json!("SERVICE")) {
            let unit = default_record(draft.books.db, "unit", "defaultUnit");
            draft.default_to("unit1Id", unit);
        }
    }
    check_units(draft);
    match draft.sent.get("usePpn").and_then(values::flag) {
        Some(true) => {
            let ppn = draft.books.db.tables.get("tax").and_then(|taxes| {
                taxes.rows.iter().find(|(_, tax)| tax.get("taxType").is_none_or(|kind| kind == "PPN"))
            });
            let ppn = ppn.map(|(id, _)| *id);
            draft.default_to("tax1Id", ppn);
        }
        Some(false) if !draft.sent.contains_key("tax1Name") => {
            draft.row.remove("tax1Id");
        }
        _ => {}
    }
    draft.row.remove("usePpn");
}

fn check_units(draft: &mut Draft<'_, '_>) {
    let mut seen: Vec<u64> = draft.id_in("unit1Id").into_iter().collect();
    for n in 2..=5 {
        let (unit, ratio) = (format!("unit{n}Id"), format!("ratio{n}"));
        let Some(id) = draft.id_in(&unit) else {
            draft.row.remove(&ratio);
            continue;
        };
        if seen.contains(&id) {
            let name = draft.books.db.row("unit", id).and_then(|unit| unit.get("name")).and_then(Value::as_str);
            let name = name.unwrap_or_default();
            draft.messages.push(format!("Satuan Barang \"{name}\" dimasukkan lebih dari satu kali"));
        }
        if draft.row.get("unit1Id").is_none_or(Value::is_null) {
            draft.messages.push(missing("Satuan"));
        }
        if values::amount(&draft.row, &ratio).is_sign_negative() || values::amount(&draft.row, &ratio).is_zero() {
            draft.messages.push(missing(&format!("Rasio Satuan #{n}")));
        }
        seen.push(id);
    }
}

/// Employees belong to a branch.
pub fn check_employee(draft: &mut Draft<'_, '_>) {
    if draft.is_new() {
        let branch = default_branch(draft.books.db);
        draft.default_to("branchId", branch);
    }
}

/// Some live databases take unit names of at most seven characters.
pub fn check_unit(draft: &mut Draft<'_, '_>) {
    const SHORT: usize = 7;
    let length = draft.row.get("name").and_then(Value::as_str).map_or(0, |name| name.chars().count());
    if draft.knobs.strict_unit_length && length > SHORT {
        draft.messages.push(super::fill::too_long(draft.module, "Nama", SHORT));
    }
}
