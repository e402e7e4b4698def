//! Reading lists: arrays of children, and slots that are numbered members of the record itself.

use super::{cell, fold};
use crate::path::Path;
use crate::program::{Field, ListPlace, ListSpec, SlotCell};
use selaras_model::{Image, Message, Row, Side, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// More children than a record has.
const MAX_ROWS: usize = 10_000;

/// The rows of a list in the order of the record. `Ok(None)`: the system did not return them.
pub(super) fn read(field: &Field, spec: &ListSpec, side: Side, record: &Json) -> Result<Option<Value>, Vec<Message>> {
    let rows = match spec.places.get(side) {
        ListPlace::Array { path, id } => match path.look(record) {
            None => return Ok(None),
            Some(Json::Null) => Vec::new(),
            Some(Json::Array(children)) if children.len() > MAX_ROWS => {
                let message = Message::new("map-list-too-long").with("count", children.len()).with("max", MAX_ROWS);
                return Err(vec![message.with("field", &field.name)]);
            }
            Some(Json::Array(children)) => array(field, spec, side, id.as_ref(), children)?,
            Some(_) => return Err(vec![Message::new("map-list-not-array").with("field", &field.name)]),
        },
        ListPlace::Slots { columns, .. } => match slots(field, spec, columns, record)? {
            None => return Ok(None),
            Some(rows) => rows,
        },
    };
    Ok(Some(Value::List(numbered(spec, rows))))
}

/// The name of a child's field in messages: `lines[2].quantity`, counted as people count.
pub(super) fn child_name(field: &Field, row: usize, child: &Field) -> String {
    format!("{}[{}].{}", field.name, row + 1, child.name)
}

fn array(
    field: &Field,
    spec: &ListSpec,
    side: Side,
    id: Option<&Path>,
    children: &[Json],
) -> Result<Vec<Row>, Vec<Message>> {
    let mut rows = Vec::with_capacity(children.len());
    let mut messages = Vec::new();
    for (number, child) in children.iter().enumerate() {
        if !child.is_object() {
            let name = format!("{}[{}]", field.name, number + 1);
            messages.push(Message::new("map-child-not-object").with("field", name));
            continue;
        }
        let mut fields = Image::default();
        for spec_field in &spec.fields {
            let Some(cell) = spec_field.cells.get(side) else { continue };
            match cell::read(cell, child) {
                Ok(Some(value)) => fields.set(spec_field.name.clone(), value),
                Ok(None) => {}
                Err(message) => messages.push(message.with("field", child_name(field, number, spec_field))),
            }
        }
        rows.push(Row { key: Vec::new(), occurrence: 0, id: id.and_then(|path| child_id(path, child)), fields });
    }
    if messages.is_empty() { Ok(rows) } else { Err(messages) }
}

fn child_id(path: &Path, child: &Json) -> Option<String> {
    match path.look(child)? {
        Json::String(text) => Some(text.trim().to_owned()).filter(|id| !id.is_empty()),
        Json::Number(number) => Some(crate::number::text_of(number)),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The used slots: those with any key field. `Ok(None)`: a key member was not returned, so nobody knows which slots are used.
fn slots(
    field: &Field,
    spec: &ListSpec,
    columns: &[Vec<SlotCell>],
    record: &Json,
) -> Result<Option<Vec<Row>>, Vec<Message>> {
    let mut rows = Vec::with_capacity(columns.len());
    let mut messages = Vec::new();
    for (number, cells) in columns.iter().enumerate() {
        let mut fields = Image::default();
        let mut troubles = Vec::new();
        for (child, slot) in spec.fields.iter().zip(cells) {
            let value = match slot {
                SlotCell::Fixed(value) => Ok(Some(value.clone())),
                SlotCell::Cell(cell) => cell::read(cell, record),
            };
            match value {
                Ok(Some(value)) => fields.set(child.name.clone(), value),
                Ok(None) => {}
                Err(message) => troubles.push(message.with("field", child_name(field, number, child))),
            }
        }
        match used(spec, cells, &fields, !troubles.is_empty()) {
            None => return Ok(None),
            Some(false) => {}
            Some(true) => {
                messages.append(&mut troubles);
                rows.push(Row { key: Vec::new(), occurrence: 0, id: None, fields });
            }
        }
    }
    if messages.is_empty() { Ok(Some(rows)) } else { Err(messages) }
}

/// Whether a slot holds a child. Only keys that the record holds count: a fixed value stands in empty slots too. `None`: not known.
fn used(spec: &ListSpec, cells: &[SlotCell], fields: &Image, troubled: bool) -> Option<bool> {
    let mut any = false;
    for position in &spec.key {
        let (Some(child), Some(SlotCell::Cell(cell))) = (spec.fields.get(*position), cells.get(*position)) else {
            continue;
        };
        match fields.get(&child.name) {
            Some(value) => any |= !value.is_blank(),
            None if troubled => any = true,
            None if cell.read.is_some() => return None,
            None => {}
        }
    }
    Some(any)
}

/// The rows with their keys and, among rows of one key, their occurrence: in the order of the record, or, where a side sorts rows into
/// slots, by what that side sorts by. Slots of both sides may run in opposite orders, and then the order of the record would number the
/// same rows differently.
pub(super) fn numbered(spec: &ListSpec, mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        let part = |position: &usize| spec.fields.get(*position).and_then(|field| row.fields.get(&field.name)).cloned();
        row.key = spec.key.iter().map(|position| part(position).unwrap_or(Value::Null)).collect();
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    if let Some(by) = sorted_by(spec) {
        order.sort_by_cached_key(|place| rows.get(*place).and_then(|row| fold::fold_in_row(spec, by, row)));
    }
    let mut seen: BTreeMap<Vec<Value>, u32> = BTreeMap::new();
    for place in order {
        let row = &mut rows[place];
        let next = seen.entry(fold::fold_key(spec, &row.key)).or_default();
        row.occurrence = *next;
        *next += 1;
    }
    rows
}

fn sorted_by(spec: &ListSpec) -> Option<usize> {
    Side::BOTH.into_iter().find_map(|side| match spec.places.get(side) {
        ListPlace::Slots { by, .. } => Some(*by),
        ListPlace::Array { .. } => None,
    })
}
