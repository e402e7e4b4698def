//! One cell: its member, the switch beside it, and its codec.

use crate::codec::Resolve;
use crate::condition::same_json;
use crate::path::Path;
use crate::program::Cell;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The canonical value of a cell. `Ok(None)`: the system did not say, or the cell is only written.
pub(super) fn read(cell: &Cell, record: &Json) -> Result<Option<Value>, Message> {
    let Some(path) = &cell.read else { return Ok(None) };
    if !cell.codec.reads() {
        return Ok(None);
    }
    if let Some(flag) = &cell.flag {
        match flag.path.look(record) {
            None => return Ok(None),
            Some(state) if !same_json(state, &flag.is) => return Ok(Some(Value::Null)),
            Some(_) => {}
        }
    }
    match path.look(record) {
        None => Ok(None),
        Some(raw) => cell.codec.decode(raw),
    }
}

/// A cell, what it is to hold, and the name of its field for messages.
pub(super) type Written<'a> = (&'a Cell, &'a Value, String);

/// Writes several cells, those without a value first: where two share a member or a switch (a discount in percent or as an amount), the one
/// that has a value must have the last word. Two that both have one and disagree are refused; a constant or template gives way.
pub(super) fn write_all(values: &[Written<'_>], resolve: &Resolve<'_>, target: &mut Json) -> Result<(), Vec<Message>> {
    let blank = values.iter().filter(|(_, value, _)| value.is_blank());
    let valued = values.iter().filter(|(_, value, _)| !value.is_blank());
    let mut taken: BTreeMap<&Path, Json> = BTreeMap::new();
    let mut messages = Vec::new();
    for (cell, value, field) in blank.chain(valued) {
        let Some(path) = &cell.write else { continue };
        match cell.codec.encode(value, resolve) {
            Err(message) => messages.push(message.with("field", field)),
            Ok(raw) => {
                let firm = cell.codec.reads() && !value.is_blank();
                if firm && taken.insert(path, raw.clone()).is_some_and(|other| other != raw) {
                    let message = Message::new("map-two-values").with("member", path.dotted());
                    messages.push(message.with("field", field));
                }
                put(cell, path, value, raw, target);
            }
        }
    }
    if messages.is_empty() { Ok(()) } else { Err(messages) }
}

/// Puts a raw value in its place, and its switch beside it.
fn put(cell: &Cell, path: &Path, value: &Value, raw: Json, target: &mut Json) {
    if let Some(flag) = &cell.flag {
        let state = if value.is_blank() { &flag.otherwise } else { &flag.is };
        flag.path.set(target, state.clone());
    }
    path.set(target, raw);
}
