//! `save.do`, `bulk-save.do` and closing orders by hand: one record at a time, all or nothing.

use serde_json::{Value, json};

use super::answer::{Messages, refused, stored};
use super::books::{Books, is_visible};
use super::expand::record;
use super::fill::{Filling, missing};
use super::model::{FIRST_ID, Module};
use super::param::Need;
use super::values;
use crate::knobs::Knobs;
use crate::world::Row;

/// Records one bulk save may hold.
const MOST_RECORDS: usize = 100;

/// A record about to be saved.
pub struct Draft<'a, 'b> {
    /// The database.
    pub books: &'a mut Books<'b>,
    /// The module.
    pub module: &'static Module,
    /// The record as it would be stored.
    pub row: Row,
    /// The record as it is; none when it is new.
    pub before: Option<Row>,
    /// What the client sent.
    pub sent: &'a Row,
    /// The settings.
    pub knobs: &'a Knobs,
    /// What is wrong.
    pub messages: Messages,
}

impl Draft<'_, '_> {
    /// Whether the record does not exist yet.
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// The id in a column.
    pub fn id_in(&self, column: &str) -> Option<u64> {
        self.row.get(column).and_then(Value::as_u64)
    }

    /// Fills a column that is empty.
    pub fn default_to(&mut self, column: &str, id: Option<u64>) {
        if self.row.get(column).is_none_or(Value::is_null)
            && let Some(id) = id
        {
            self.row.insert(column.to_owned(), json!(id));
        }
    }

    /// Someone bound to a branch saves for that branch only; what needs a branch and names none gets that one.
    fn stay_in_branch(&mut self) {
        let Some(only) = self.books.only_branch else { return };
        if self.is_new() && matches!(self.module.name, "employee" | "sales-order") {
            self.default_to("branchId", Some(only));
        }
        if is_visible(self.module, &self.row, Some(only)) {
            return;
        }
        let other = self.id_in("branchId").and_then(|id| self.books.db.row("branch", id));
        let name = other.and_then(|branch| branch.get("name")).and_then(Value::as_str).unwrap_or_default();
        self.messages.push(format!("Anda tidak memiliki hak akses ke Cabang \"{name}\""));
    }

    /// What must be there, is: on a new record, or where the client sent something for it.
    fn check_required(&mut self) {
        for param in self.module.params {
            let wanted = match param.need {
                Need::Optional => false,
                Need::Required => true,
                Need::RequiredIfStrict => self.knobs.strict_required,
            };
            let value = self.row.get(param.column);
            let empty = match value {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(Value::Array(list)) => list.is_empty(),
                Some(_) => false,
            };
            if wanted && empty && (self.is_new() || self.sent.contains_key(param.name)) {
                self.messages.push(missing(param.label));
            }
        }
    }

    /// Keys that must differ, do.
    fn check_unique(&mut self) {
        let own = self.row.get("id").and_then(Value::as_u64);
        for (column, label) in self.module.unique {
            let Some(key) = self.row.get(*column).and_then(Value::as_str).map(str::to_owned) else { continue };
            let same =
                self.before.as_ref().and_then(|before| before.get(*column)).and_then(Value::as_str) == Some(&key);
            let other = if same { None } else { self.books.find(self.module.name, column, &key) };
            if other.is_some_and(|other| Some(other) != own) {
                self.messages.push(format!("Sudah ada data lain dengan {label} \"{key}\""));
            }
        }
    }

    /// A number given once stays when the client empties it; a new record without one gets the next.
    fn number(&mut self) {
        let Some(numbering) = &self.module.numbering else { return };
        if self.row.get(numbering.column).is_some_and(|number| !number.is_null()) {
            return;
        }
        let number = match self.before.as_ref().and_then(|before| before.get(numbering.column)) {
            Some(number) => number.clone(),
            None => json!(self.books.free_number(self.module, numbering, &self.row)),
        };
        self.row.insert(numbering.column.to_owned(), number);
    }

    /// Stores the record if anything about it changed, and returns its id.
    fn store(mut self) -> u64 {
        self.number();
        let fresh = self.is_new();
        let id = match self.id_in("id") {
            Some(id) => id,
            None => self.books.db.table_mut(self.module.name).take_id(FIRST_ID),
        };
        self.row.insert("id".to_owned(), json!(id));
        (self.module.complete)(self.books.db, &mut self.row);
        if self.before.as_ref() == Some(&self.row) {
            return id;
        }
        let now = json!(values::timestamp_text(self.books.stamp));
        let version = self.row.get("optLock").and_then(Value::as_u64);
        let version = if fresh { 0 } else { version.unwrap_or(0) + 1 };
        self.row.insert("optLock".to_owned(), json!(version));
        if fresh {
            self.row.insert("createDate".to_owned(), now.clone());
        }
        self.row.insert("lastUpdate".to_owned(), now);
        self.books.store(self.module.name, id, self.row);
        id
    }
}

/// Saves one record and returns its envelope.
pub fn save(books: &mut Books, module: &'static Module, sent: &Row, knobs: &Knobs) -> Value {
    match try_save(books, module, sent, knobs) {
        Ok(id) => saved(books, module, id, knobs),
        Err(messages) => refused(&messages),
    }
}

fn try_save(books: &mut Books, module: &'static Module, sent: &Row, knobs: &Knobs) -> Result<u64, Messages> {
    let before = existing(books, module, sent)?;
    let mut row = before.clone().unwrap_or_default();
    let mut messages = Messages::new();
    Filling { books, module, messages: &mut messages }.fill(module.params, sent, &mut row);
    let mut draft = Draft { books, module, row, before, sent, knobs, messages };
    if draft.messages.is_empty() {
        // Only a record whose values could all be read can be judged as a whole.
        draft.check_required();
        draft.check_unique();
    }
    if draft.messages.is_empty() {
        draft.stay_in_branch();
    }
    if draft.messages.is_empty() {
        (module.check)(&mut draft);
    }
    if draft.messages.is_empty() { Ok(draft.store()) } else { Err(draft.messages) }
}

/// The record a save names by id; none for a new one.
fn existing(books: &Books, module: &Module, sent: &Row) -> Result<Option<Row>, Messages> {
    let id = match sent.get("id") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(value) => values::id(value),
    };
    let Some(id) = id else {
        return Err(vec!["Invalid field value for field \"id\".".to_owned()]);
    };
    match books.db.row(module.name, id) {
        Some(row) if is_visible(module, row, books.only_branch) => Ok(Some(row.clone())),
        _ => Err(vec!["Data tidak ditemukan atau sudah dihapus".to_owned()]),
    }
}

/// The envelope of a save that worked: the stored record as its detail shows it.
fn saved(books: &Books, module: &Module, id: u64, knobs: &Knobs) -> Value {
    let Some(row) = books.db.row(module.name, id) else {
        return refused(&["Data tidak ditemukan atau sudah dihapus".to_owned()]);
    };
    let message = format!("{} \"{}\" berhasil disimpan", module.label, name_of(module, row));
    stored(message, record(books.db, module, row, knobs.last_update_everywhere))
}

/// What a record is called in messages.
pub fn name_of(module: &Module, row: &Row) -> String {
    row.get(module.called).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Saves up to a hundred records, each by itself, and returns the envelope of all.
pub fn bulk_save(books: &mut Books, module: &'static Module, sent: &Row, knobs: &Knobs) -> Value {
    let Some(Value::Array(records)) = sent.get("data") else {
        return refused(&["Field data is required".to_owned()]);
    };
    if records.len() > MOST_RECORDS {
        return refused(&[format!("Jumlah data maksimal {MOST_RECORDS}")]);
    }
    let one = |record: &Value| match record.as_object() {
        Some(record) => save(books, module, record, knobs),
        None => refused(&["Invalid field value for field \"data\".".to_owned()]),
    };
    let answers: Vec<Value> = records.iter().map(one).collect();
    let all = answers.iter().all(|answer| answer["s"] == json!(true));
    json!({"s": all, "d": answers})
}

/// Closes or reopens an order by hand.
pub fn close_order(books: &mut Books, module: &'static Module, sent: &Row, knobs: &Knobs) -> Value {
    let id = match (sent.get("id"), sent.get("number").and_then(Value::as_str)) {
        (_, Some(number)) => books.find(module.name, "number", number),
        (Some(id), None) => values::id(id),
        (None, None) => return refused(&["Field number is required".to_owned()]),
    };
    let Some(closed) = sent.get("orderClosed").map_or(Some(true), values::flag) else {
        return refused(&["Invalid field value for field \"orderClosed\".".to_owned()]);
    };
    let found = id.and_then(|id| Some((id, books.db.row(module.name, id)?.clone())));
    let found = found.filter(|(_, row)| is_visible(module, row, books.only_branch));
    let Some((id, before)) = found else {
        return refused(&[format!("{} tidak ditemukan atau sudah dihapus", module.label)]);
    };
    let mut row = before.clone();
    row.insert("manualClosed".to_owned(), json!(closed));
    let status = if closed { "CLOSED" } else { "QUEUE" };
    row.insert("status".to_owned(), json!(status));
    let sent = Row::new();
    let draft = Draft { books, module, row, before: Some(before), sent: &sent, knobs, messages: Messages::new() };
    draft.store();
    saved(books, module, id, knobs)
}
