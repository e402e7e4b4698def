//! Turns stored rows into what the API shows: defaults filled in, references unfolded, derived members worked out.

use serde_json::Value;

use super::model::{Embedded, Module, Shape, module};
use crate::world::{Database, Row};

/// The columns every stored record has and only some modules show.
pub const TIMES: [&str; 2] = ["createDate", "lastUpdate"];

/// One member of a record, in full.
pub fn member(db: &Database, shape: &Shape, row: &Row, name: &str) -> Value {
    if let Some(value) = (shape.computed)(db, row, name) {
        return value;
    }
    if let Some(reference) = shape.references.iter().find(|reference| reference.member == name) {
        let id = row.get(reference.id).and_then(Value::as_u64);
        return id.map_or(Value::Null, |id| embed(db, reference.module, id));
    }
    if let Some((_, lines)) = shape.lines.iter().find(|(lines, _)| *lines == name) {
        let rows = row.get(name).and_then(Value::as_array);
        let rows = rows.into_iter().flatten().filter_map(Value::as_object);
        return Value::Array(rows.map(|line| whole(db, lines, line)).collect());
    }
    let stored = row.get(name).or_else(|| (shape.template)().get(name));
    stored.cloned().unwrap_or(Value::Null)
}

fn whole(db: &Database, shape: &Shape, row: &Row) -> Value {
    let names = (shape.template)().keys();
    Value::Object(names.map(|name| (name.clone(), member(db, shape, row, name))).collect())
}

/// A whole record as `detail.do` shows it.
pub fn record(db: &Database, module: &Module, row: &Row, times: bool) -> Value {
    let mut shown = whole(db, &module.shape, row);
    add_times(&mut shown, row, times);
    shown
}

/// A whole record as a list without `fields` shows it.
pub fn list_row(db: &Database, module: &Module, row: &Row, times: bool) -> Value {
    let names = (module.shape.template)().keys();
    let names = names.filter(|name| !module.detail_only.contains(&name.as_str()));
    let members = names.map(|name| (name.clone(), member(db, &module.shape, row, name)));
    let mut shown = Value::Object(members.collect());
    add_times(&mut shown, row, times);
    shown
}

fn add_times(shown: &mut Value, row: &Row, times: bool) {
    for column in TIMES.iter().filter(|_| times) {
        shown[*column] = row.get(*column).cloned().unwrap_or(Value::Null);
    }
}

/// The copy of a record inside another one; null if the record is gone.
pub fn embed(db: &Database, module_name: &str, id: u64) -> Value {
    let (Some(module), Some(row)) = (module(module_name), db.row(module_name, id)) else {
        return Value::Null;
    };
    let show = |name: &str| (name.to_owned(), member(db, &module.shape, row, name));
    match module.embedded {
        Embedded::Only(names) => Value::Object(names.iter().map(|name| show(name)).collect()),
        Embedded::Without(hidden) => {
            let names = (module.shape.template)().keys();
            Value::Object(names.filter(|name| !hidden.contains(&name.as_str())).map(|name| show(name)).collect())
        }
    }
}

/// The few members a list shows of a record another one refers to; null if the record is gone.
pub fn reduce(db: &Database, module_name: &str, id: u64) -> Value {
    let (Some(module), Some(row)) = (module(module_name), db.row(module_name, id)) else {
        return Value::Null;
    };
    let show = |name: &&str| ((*name).to_owned(), member(db, &module.shape, row, name));
    Value::Object(module.short.iter().map(show).collect())
}
