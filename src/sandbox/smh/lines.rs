//! The lines of an order: checks a written list of lines and brings it into the form in which it is stored. A list replaces the one before;
//! a line that carries its `id` stays that line.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::error::SmhError;
use super::resources::Kind;
use super::store::Store;
use super::values::{amount, stored};
use crate::world::Row;

/// More lines than any order on paper has.
const MOST: usize = 500;

/// What a writer may say of a line.
const WRITABLE: [(&str, Kind, bool); 8] = [
    ("productId", Kind::Reference("products"), true),
    ("unitId", Kind::Reference("units"), true),
    ("warehouseId", Kind::Reference("warehouses"), false),
    ("quantity", Kind::Decimal(None), true),
    ("price", Kind::Decimal(None), true),
    ("discountType", Kind::Choice(&["percent", "amount"]), false),
    ("discountValue", Kind::Decimal(None), false),
    ("notes", Kind::Text(500), false),
];
/// What the server keeps; sent values are ignored, so that lines as read can be sent back.
const KEPT: [&str; 2] = ["no", "net"];

/// The stored form of `sent`, and how many line ids the order has given out after it.
///
/// # Errors
/// The first thing wrong, with its place, e.g. `lines[1].unitId`.
pub(crate) fn replace(
    store: &Store<'_>,
    order: &str,
    sent: &Value,
    before: &[Value],
    mut given_out: u64,
) -> Result<(Vec<Value>, u64), SmhError> {
    let Some(sent) = sent.as_array() else {
        return Err(SmhError::invalid("lines", "lines must be an array of objects"));
    };
    if sent.is_empty() || sent.len() > MOST {
        return Err(SmhError::invalid("lines", format!("an order has 1 to {MOST} lines, not {}", sent.len())));
    }
    let mut seen = BTreeSet::new();
    let mut lines = Vec::with_capacity(sent.len());
    for (position, line) in sent.iter().enumerate() {
        let place = Place(position);
        let Some(line) = line.as_object() else {
            return Err(SmhError::invalid(format!("lines[{position}]"), "a line must be an object"));
        };
        let old = known(line, before, &place)?;
        let id = match old.and_then(|old| old.get("id")).and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => {
                given_out += 1;
                format!("{order}-{given_out}")
            }
        };
        if !seen.insert(id.clone()) {
            return Err(SmhError::invalid(place.of("id"), format!("the line {id} stands in lines twice")));
        }
        let mut row = members(line, &place)?;
        check_references(store, &row, old, &place)?;
        row.insert("net".to_owned(), json!(net(&row, &place)?.to_string()));
        row.insert("id".to_owned(), json!(id));
        row.insert("no".to_owned(), json!(position + 1));
        lines.push(Value::Object(row));
    }
    Ok((lines, given_out))
}

/// Names members of one line in messages.
struct Place(usize);

impl Place {
    fn of(&self, member: &str) -> String {
        format!("lines[{}].{member}", self.0)
    }
}

/// The stored line that a sent line says it is.
fn known<'a>(line: &Row, before: &'a [Value], place: &Place) -> Result<Option<&'a Value>, SmhError> {
    let id = line.get("id").unwrap_or(&Value::Null);
    if id.is_null() {
        return Ok(None);
    }
    let found = before.iter().find(|old| old.get("id") == Some(id));
    match found {
        Some(old) => Ok(Some(old)),
        None => {
            Err(SmhError::invalid(place.of("id"), format!("the order has no line {id}; leave id out to add a line")))
        }
    }
}

fn members(line: &Row, place: &Place) -> Result<Row, SmhError> {
    for name in line.keys() {
        let known =
            name == "id" || KEPT.contains(&name.as_str()) || WRITABLE.iter().any(|(writable, ..)| writable == name);
        if !known {
            return Err(SmhError::invalid(place.of(name), format!("a line has no member {name}")));
        }
    }
    let mut row = Row::new();
    for (name, kind, required) in WRITABLE {
        let value = stored(kind, &place.of(name), line.get(name).unwrap_or(&Value::Null))?;
        if !value.is_null() {
            row.insert(name.to_owned(), value);
        } else if required {
            return Err(SmhError::invalid(place.of(name), format!("{} is required", place.of(name))));
        }
    }
    if amount(row.get("quantity")).is_zero() {
        return Err(SmhError::invalid(place.of("quantity"), "a quantity must be greater than 0"));
    }
    if row.contains_key("discountType") != row.contains_key("discountValue") {
        return Err(SmhError::invalid(
            place.of("discountValue"),
            "discountType and discountValue go together; give both or neither",
        ));
    }
    Ok(row)
}

fn check_references(store: &Store<'_>, row: &Row, old: Option<&Value>, place: &Place) -> Result<(), SmhError> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let (product_id, unit_id) = (text("productId"), text("unitId"));
    let stays = old.and_then(|old| old.get("productId")).and_then(Value::as_str) == Some(product_id);
    let field = place.of("productId");
    // A line that stays may keep a product that became inactive since: the goods are already sold.
    let product = if stays {
        store.referred("products", &field, product_id)?
    } else {
        store.active("products", &field, product_id)?
    };
    store.referred("units", &place.of("unitId"), unit_id)?;
    let has_unit =
        ["unitL", "unitM", "unitS"].iter().any(|name| product.get(*name).and_then(Value::as_str) == Some(unit_id));
    if !has_unit {
        let message = format!("{unit_id} is not a unit of the product {product_id}; use its unitL, unitM or unitS");
        return Err(SmhError::invalid(place.of("unitId"), message));
    }
    if let Some(warehouse) = row.get("warehouseId").and_then(Value::as_str) {
        store.referred("warehouses", &place.of("warehouseId"), warehouse)?;
    }
    Ok(())
}

/// Quantity times price, less the discount, to the cent.
fn net(row: &Row, place: &Place) -> Result<Decimal, SmhError> {
    let too_large = || SmhError::invalid(place.of("quantity"), "quantity times price is too large");
    let gross = amount(row.get("quantity")).checked_mul(amount(row.get("price"))).ok_or_else(too_large)?;
    let value = amount(row.get("discountValue"));
    let discount = match row.get("discountType").and_then(Value::as_str) {
        Some("percent") if value > Decimal::ONE_HUNDRED => {
            return Err(SmhError::invalid(place.of("discountValue"), "a discount cannot be more than 100 percent"));
        }
        Some("percent") => (gross / Decimal::ONE_HUNDRED).checked_mul(value).ok_or_else(too_large)?,
        _ => value,
    };
    if discount > gross {
        return Err(SmhError::invalid(
            place.of("discountValue"),
            format!("the discount {discount} is more than the line's {gross}"),
        ));
    }
    Ok((gross - discount).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize())
}
