//! One database opened for a change, with an index of keys so that looking records up by name or number stays quick.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::model::{FIRST_ID, Module, Numbering};
use super::values;
use crate::world::{Database, Row};

/// Ids by the text in a column, built when first asked for and valid for one revision of one database.
#[derive(Debug, Default)]
pub struct KeyIndex {
    database: u64,
    revision: u64,
    // The inner order is never seen, and lookups of a hundred thousand keys should be fast.
    columns: BTreeMap<(&'static str, &'static str), HashMap<String, u64>>,
}

impl KeyIndex {
    /// Forgets everything unless it describes this database as it is now.
    pub fn at_revision(&mut self, database: u64, revision: u64) {
        if (self.database, self.revision) != (database, revision) {
            self.columns.clear();
            (self.database, self.revision) = (database, revision);
        }
    }

    /// Everything that changed was told to the index, so it describes this revision too.
    pub fn moved_to(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// The record of a module whose column holds this text; the lowest id if there are several.
    pub fn find(&mut self, db: &Database, module: &'static str, column: &'static str, key: &str) -> Option<u64> {
        let ids = self.columns.entry((module, column)).or_insert_with(|| {
            let mut ids = HashMap::new();
            for (id, row) in db.tables.get(module).into_iter().flat_map(|table| &table.rows) {
                if let Some(text) = row.get(column).and_then(Value::as_str) {
                    ids.entry(text.to_owned()).or_insert(*id);
                }
            }
            ids
        });
        ids.get(key).copied()
    }

    fn note(&mut self, module: &'static str, id: u64, before: Option<&Row>, after: Option<&Row>) {
        for ((_, column), ids) in self.columns.iter_mut().filter(|((of, _), _)| *of == module) {
            let (old, new) = (text_in(before, column), text_in(after, column));
            if old == new {
                continue;
            }
            if let Some(old) = old
                && ids.get(old) == Some(&id)
            {
                ids.remove(old);
            }
            if let Some(new) = new {
                ids.entry(new.to_owned()).or_insert(id);
            }
        }
    }
}

fn text_in<'a>(row: Option<&'a Row>, column: &str) -> Option<&'a str> {
    row?.get(column)?.as_str()
}

/// One database opened for a change.
pub struct Books<'a> {
    /// The database.
    pub db: &'a mut Database,
    /// Its index of keys.
    pub keys: &'a mut KeyIndex,
    /// When the change happens.
    pub stamp: Timestamp,
    /// The only branch whose records may be seen and changed; none means all.
    pub only_branch: Option<u64>,
}

impl Books<'_> {
    /// The record of a module whose column holds this text.
    pub fn find(&mut self, module: &'static str, column: &'static str, key: &str) -> Option<u64> {
        self.keys.find(self.db, module, column, key)
    }

    /// Stores a record, new or changed.
    pub fn store(&mut self, module: &'static str, id: u64, row: Row) {
        self.keys.note(module, id, self.db.row(module, id), Some(&row));
        self.db.table_mut(module).put(id, row);
    }

    /// Removes a record.
    pub fn remove(&mut self, module: &'static str, id: u64) {
        let Some(row) = self.db.table_mut(module).rows.remove(&id) else { return };
        self.keys.note(module, id, Some(&row), None);
    }

    /// The next automatic number that no record has yet.
    pub fn free_number(&mut self, module: &'static Module, numbering: &Numbering, row: &Row) -> String {
        loop {
            let number = next_number(self.db, module, numbering, row);
            if self.find(module.name, numbering.column, &number).is_none() {
                return number;
            }
        }
    }
}

/// The next automatic number, whether or not a record already has it.
pub fn next_number(db: &mut Database, module: &Module, numbering: &Numbering, row: &Row) -> String {
    let date = row.get("transDate").and_then(Value::as_str).and_then(values::parse_date);
    let month = date.map_or_else(String::new, values::year_month);
    let prefix = numbering.prefix.replace("{month}", &month);
    let last = db.auto_numbers.entry(format!("{} {prefix}", module.name)).or_insert(numbering.after);
    *last += 1;
    format!("{prefix}{:0width$}", *last, width = numbering.width)
}

/// The id for the next line of a kind.
pub fn next_line_id(db: &mut Database, kind: &str) -> u64 {
    let last = db.line_ids.entry(kind.to_owned()).or_insert(FIRST_ID - 1);
    *last += 1;
    *last
}

/// The record marked as the default, or else the first one.
pub fn default_record(db: &Database, module: &str, switch: &str) -> Option<u64> {
    let rows = &db.tables.get(module)?.rows;
    let marked = rows.iter().find(|(_, row)| row.get(switch) == Some(&Value::Bool(true)));
    marked.or_else(|| rows.first_key_value()).map(|(id, _)| *id)
}

/// Whether someone who is bound to a branch sees the record: one of that branch, or of no branch in particular.
pub fn is_visible(module: &Module, row: &Row, only_branch: Option<u64>) -> bool {
    let Some(only) = only_branch else { return true };
    let column = if module.name == "branch" { "id" } else { "branchId" };
    row.get(column).and_then(Value::as_u64).is_none_or(|branch| branch == only)
}

/// The branch of records that name none.
pub fn default_branch(db: &Database) -> Option<u64> {
    default_record(db, "branch", "defaultBranch")
}

#[cfg(test)]
mod tests {
    use super::super::model::insert;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_index_follows_changes() {
        let mut db = Database::default();
        let row = |name: &str| json!({"name": name}).as_object().unwrap().clone();
        let id = insert(&mut db, "unit", row("PCS"));
        let mut keys = KeyIndex::default();
        let mut books = Books { db: &mut db, keys: &mut keys, stamp: Timestamp::UNIX_EPOCH, only_branch: None };
        assert_eq!(books.find("unit", "name", "PCS"), Some(id));
        books.store("unit", id, row("BOX"));
        assert_eq!(books.find("unit", "name", "PCS"), None);
        assert_eq!(books.find("unit", "name", "BOX"), Some(id));
        books.remove("unit", id);
        assert_eq!(books.find("unit", "name", "BOX"), None);
    }
}
