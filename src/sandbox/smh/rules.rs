//! Rules that look at several members of one record, or at a record and the one before: units of a product, the life of an order.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::error::SmhError;
use super::resources::Resource;
use super::store::Store;
use super::values::amount;
use crate::world::Row;

/// Members of a closed order that may still change: they are the partner's, not the order's.
const OPEN_FOR_EVER: [&str; 2] = ["partnerId", "partnerStatus"];

/// Checks a record as it would be stored and fills in what follows from the rest.
///
/// # Errors
/// `invalid` or `reference_missing`.
pub(crate) fn check(
    store: &Store<'_>,
    resource: &Resource,
    row: &mut Row,
    before: Option<&Row>,
) -> Result<(), SmhError> {
    match resource.name {
        "products" => units(row),
        "orders" => order(store, row, before),
        _ => Ok(()),
    }
}

fn word<'a>(row: &'a Row, member: &str) -> Option<&'a str> {
    row.get(member).and_then(Value::as_str)
}

/// Distinct units, each with its ratio, one of them the base unit.
fn units(row: &mut Row) -> Result<(), SmhError> {
    let single = !row.contains_key("unitM") && !row.contains_key("unitS");
    if single && !row.contains_key("ratioL") {
        row.insert("ratioL".to_owned(), json!("1"));
    }
    let mut seen: Vec<(&str, Decimal)> = Vec::new();
    for (unit, ratio, price) in
        [("unitL", "ratioL", "priceL"), ("unitM", "ratioM", "priceM"), ("unitS", "ratioS", "priceS")]
    {
        let Some(id) = word(row, unit) else {
            match [ratio, price].into_iter().find(|name| row.contains_key(*name)) {
                Some(name) => {
                    return Err(SmhError::invalid(
                        name,
                        format!("{name} is given without {unit}; clear it or give the unit"),
                    ));
                }
                None => continue,
            }
        };
        if seen.iter().any(|(other, _)| *other == id) {
            return Err(SmhError::invalid(
                unit,
                format!("{unit} names {id}, which is another unit of the same product"),
            ));
        }
        let held = amount(row.get(ratio));
        if held.is_zero() {
            return Err(SmhError::invalid(
                ratio,
                format!("{ratio} must say how many base units one {unit} holds, and be greater than 0"),
            ));
        }
        seen.push((id, held));
    }
    if seen.iter().all(|(_, held)| *held != Decimal::ONE) {
        return Err(SmhError::invalid("ratioL", "one of the units must be the base unit, with the ratio 1"));
    }
    Ok(())
}

fn order(store: &Store<'_>, row: &mut Row, before: Option<&Row>) -> Result<(), SmhError> {
    if let Some(before) = before {
        life(row, before)?;
    }
    if !amount(row.get("discountPercent")).is_zero() && !amount(row.get("discountAmount")).is_zero() {
        return Err(SmhError::invalid(
            "discountAmount",
            "an order has a discount in percent or an amount, not both; clear one of them",
        ));
    }
    match due_date(store, row)? {
        Some(due) => row.insert("dueDate".to_owned(), json!(due)),
        None => row.remove("dueDate"),
    };
    Ok(())
}

fn life(row: &Row, before: &Row) -> Result<(), SmhError> {
    let (was, now) = (word(before, "status"), word(row, "status"));
    if was == Some("Closed") {
        let names = before.keys().chain(row.keys());
        let changed = names
            .filter(|name| !OPEN_FOR_EVER.contains(&name.as_str()))
            .find(|name| before.get(*name) != row.get(*name));
        if let Some(name) = changed {
            let message =
                format!("a Closed order cannot be edited, except partnerId and partnerStatus; {name} would change");
            return Err(SmhError::invalid("status", message));
        }
    }
    if was == Some("Verified") && now == Some("Draft") {
        return Err(SmhError::invalid("status", "a Verified order cannot go back to Draft"));
    }
    Ok(())
}

fn due_date(store: &Store<'_>, row: &Row) -> Result<Option<String>, SmhError> {
    let Some(term) = word(row, "paymentTermId") else { return Ok(None) };
    let days = store.referred("payment-terms", "paymentTermId", term)?.get("days").and_then(Value::as_i64).unwrap_or(0);
    let date = word(row, "date").and_then(|date| date.parse::<Date>().ok());
    let due = date.and_then(|date| date.checked_add(days.days()).ok());
    match due {
        Some(due) => Ok(Some(due.to_string())),
        None => Err(SmhError::invalid("date", "the due date would lie beyond the year 9999")),
    }
}

/// An order is deleted only before it is closed.
///
/// # Errors
/// `invalid` on `status`.
pub(crate) fn deletable(resource: &Resource, row: &Row) -> Result<(), SmhError> {
    if resource.name == "orders" && word(row, "status") == Some("Closed") {
        return Err(SmhError::invalid("status", "a Closed order cannot be deleted"));
    }
    Ok(())
}
