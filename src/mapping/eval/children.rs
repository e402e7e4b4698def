//! Writing lists that stand in an array: which rows are added, changed, kept and removed.

use super::{cell, fold, list};
use crate::codec::{Codec, Resolve};
use crate::program::{Cell, Field, ListSpec, WriteRule};
use selaras_connector_api::{ChildOp, ChildRow};
use selaras_model::{Message, Row, Side, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A row among rows: its folded key, and which of several with that key.
type Place = (Vec<Value>, u32);

/// The rows of a write in the order they are to have, then those that go, in the order they had.
pub(super) fn write(
    field: &Field,
    spec: &ListSpec,
    side: Side,
    value: &Value,
    base: Option<&Value>,
    resolve: &Resolve<'_>,
) -> Result<Vec<ChildRow>, Vec<Message>> {
    let rows = rows_of(field, value)?;
    let old = base.map_or(Ok(&[][..]), |base| rows_of(field, base))?;
    let mut left: BTreeMap<Place, &Row> = old.iter().map(|row| (place(spec, row), row)).collect();
    let mut written = Vec::with_capacity(rows.len());
    let mut messages = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let before = left.remove(&place(spec, row));
        let op = match before {
            None => ChildOp::Add,
            Some(before) if stays(spec, side, row, before) => ChildOp::Keep,
            Some(_) => ChildOp::Update,
        };
        match members(field, spec, side, number, row, before, resolve) {
            Ok(fields) => written.push(ChildRow { op, id: before.and_then(|before| before.id.clone()), fields }),
            Err(mut troubles) => messages.append(&mut troubles),
        }
    }
    let gone = old.iter().filter(|row| left.contains_key(&place(spec, row)));
    written.extend(gone.map(|row| ChildRow { op: ChildOp::Delete, id: row.id.clone(), fields: Map::new() }));
    if messages.is_empty() { Ok(written) } else { Err(messages) }
}

/// The rows of a list value; nothing is no rows.
pub(super) fn rows_of<'a>(field: &Field, value: &'a Value) -> Result<&'a [Row], Vec<Message>> {
    match value {
        Value::List(rows) => Ok(rows),
        Value::Null => Ok(&[]),
        Value::Bool(_) | Value::Decimal(_) | Value::Text(_) | Value::Date(_) | Value::Timestamp(_) | Value::Ref(_) => {
            Err(vec![Message::new("map-list-not-array").with("field", &field.name)])
        }
    }
}

fn place(spec: &ListSpec, row: &Row) -> Place {
    (fold::fold_key(spec, &row.key), row.occurrence)
}

/// Whether a row is already as it is to be, in all that may flow there and can be read there.
fn stays(spec: &ListSpec, side: Side, row: &Row, before: &Row) -> bool {
    spec.fields.iter().enumerate().all(|(position, child)| {
        let compared = child.direction.flows_to(side)
            && child.write != WriteRule::OnCreate
            && child.cells.get(side).as_ref().is_some_and(|cell| cell.read.is_some());
        match (row.fields.get(&child.name), before.fields.get(&child.name)) {
            (Some(wanted), Some(known)) if compared => {
                fold::fold_child(spec, position, wanted) == fold::fold_child(spec, position, known)
            }
            (Some(_), None) if compared => false,
            _ => true,
        }
    })
}

/// All mapped members of a row: as wanted where they may flow, else as they were. A reference that stays as it was and by which nobody
/// can be told is left out, which leaves it as it was.
fn members(
    field: &Field,
    spec: &ListSpec,
    side: Side,
    number: usize,
    row: &Row,
    before: Option<&Row>,
    resolve: &Resolve<'_>,
) -> Result<Map<String, Json>, Vec<Message>> {
    let made: Vec<Option<Value>> = spec.fields.iter().map(|child| made(child, side, row, before.is_none())).collect();
    let mut values = Vec::with_capacity(spec.fields.len());
    for (child, made) in spec.fields.iter().zip(&made) {
        let Some(cell) = child.cells.get(side).as_ref().filter(|cell| cell.write.is_some()) else { continue };
        let flows = child.direction.flows_to(side) && (before.is_none() || child.write != WriteRule::OnCreate);
        let wanted = row.fields.get(&child.name).filter(|_| flows);
        let known = before.and_then(|before| before.fields.get(&child.name));
        if let Some(value) = made.as_ref().or(wanted).or(known)
            && !(known == Some(value) && is_nameless(cell, value, resolve))
        {
            values.push((cell, value, list::child_name(field, number, child)));
        }
    }
    let mut members = Json::Object(Map::new());
    cell::write_all(&values, resolve, &mut members)?;
    match members {
        Json::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// Whether nobody knows how the system wants to be told of the record referred to.
fn is_nameless(cell: &Cell, value: &Value, resolve: &Resolve<'_>) -> bool {
    match (&cell.codec, value) {
        (Codec::Ref(codec), Value::Ref(reference)) => resolve(reference, &codec.write).is_none(),
        _ => false,
    }
}

/// The value of a child's constant or template; constants only in rows that are new.
fn made(child: &Field, side: Side, row: &Row, new: bool) -> Option<Value> {
    match &child.cells.get(side).as_ref()?.codec {
        Codec::Constant(_) => new.then_some(Value::Bool(true)),
        Codec::Template(template) => template.render(&row.fields).map(Value::Text),
        _ => None,
    }
}
