//! `detail.do` and `delete.do`: one record, by id or by its other key.

use serde_json::{Value, json};

use super::answer::{done, refused};
use super::books::{Books, KeyIndex, is_visible};
use super::expand::record;
use super::model::{MODULES, Module};
use super::params::Params;
use super::save::name_of;
use crate::world::{Database, Row};

/// How a call names a record.
enum Key {
    Id(u64),
    Other(&'static str, String),
}

fn key(module: &'static Module, sent: &Params) -> Result<Key, String> {
    let given = |name: &str| sent.text(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(id) = given("id") {
        let id = id.parse().map_err(|_| "Invalid field value for field \"id\".".to_owned())?;
        return Ok(Key::Id(id));
    }
    let other = module.alternative.and_then(|(name, column)| Some(Key::Other(column, given(name)?)));
    other.ok_or_else(|| "Field id is required".to_owned())
}

fn find(db: &Database, keys: &mut KeyIndex, module: &'static Module, key: Key) -> Option<u64> {
    match key {
        Key::Id(id) => db.row(module.name, id).map(|_| id),
        Key::Other(column, text) => keys.find(db, module.name, column, &text),
    }
}

/// A database somebody looks into.
pub struct Look<'a> {
    /// The database.
    pub db: &'a Database,
    /// Its index of keys.
    pub keys: &'a mut KeyIndex,
    /// The only branch whose records are shown; none means all.
    pub only_branch: Option<u64>,
}

/// Answers a detail.
pub fn detail(look: Look<'_>, module: &'static Module, sent: &Params, times: bool) -> Value {
    let Look { db, keys, only_branch } = look;
    let key = match key(module, sent) {
        Ok(key) => key,
        Err(message) => return refused(&[message]),
    };
    let row = find(db, keys, module, key).and_then(|id| db.row(module.name, id));
    let row = row.filter(|row| is_visible(module, row, only_branch));
    match row {
        Some(row) => done(record(db, module, row, times)),
        None => refused(&[format!("{} tidak tepat", module.label)]),
    }
}

/// Deletes a record that nothing refers to.
pub fn delete(books: &mut Books, module: &'static Module, sent: &Params) -> Value {
    let key = match key(module, sent) {
        Ok(key) => key,
        Err(message) => return refused(&[message]),
    };
    let only_branch = books.only_branch;
    let found = find(books.db, books.keys, module, key);
    let seen = |id: &u64| books.db.row(module.name, *id).is_some_and(|row| is_visible(module, row, only_branch));
    let Some(id) = found.filter(seen) else {
        return refused(&[format!("{} tidak ditemukan atau sudah dihapus", module.label)]);
    };
    let name = books.db.row(module.name, id).map(|row| name_of(module, row)).unwrap_or_default();
    if is_used(books.db, module.name, id) {
        let message = format!("{} \"{name}\" tidak dapat dihapus karena sudah digunakan", module.label);
        return refused(&[message]);
    }
    books.remove(module.name, id);
    done(json!([format!("{} \"{name}\" berhasil dihapus", module.label)]))
}

/// Whether any record, or a line of one, refers to this one.
fn is_used(db: &Database, target: &str, id: u64) -> bool {
    MODULES.iter().any(|module| {
        let rows = db.tables.get(module.name).into_iter().flat_map(|table| table.rows.values());
        let mut columns: Vec<&str> =
            module.shape.references.iter().filter(|one| one.module == target).map(|one| one.id).collect();
        let lines: Vec<(&str, Vec<&str>)> = module
            .shape
            .lines
            .iter()
            .map(|(name, shape)| {
                let columns = shape.references.iter().filter(|one| one.module == target).map(|one| one.id);
                (*name, columns.collect())
            })
            .collect();
        match target {
            "branch" => columns.push("branchId"),
            name if name == module.name => columns.push("parentId"),
            _ => {}
        }
        let listed = target == "employee";
        rows.into_iter().any(|row| {
            refers(row, &columns, listed, id)
                || lines.iter().any(|(name, columns)| {
                    let lines = row.get(*name).and_then(Value::as_array);
                    lines
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_object)
                        .any(|line| refers(line, columns, listed, id))
                })
        })
    })
}

fn refers(row: &Row, columns: &[&str], listed: bool, id: u64) -> bool {
    let is_it = |value: &Value| value.as_u64() == Some(id);
    let in_list = || row.get("salesmanListId").and_then(Value::as_array).is_some_and(|list| list.iter().any(is_it));
    columns.iter().any(|column| row.get(*column).is_some_and(is_it)) || (listed && in_list())
}
