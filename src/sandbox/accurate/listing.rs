//! `list.do`: which records, in which order, which page, which members.
//!
//! Without `sp.sort` the most recently changed come first: the real order is not documented, and clients must not rely on
//! ids coming in order.

use std::cmp::{Ordering, Reverse};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::Messages;
use super::books::is_visible;
use super::expand::{list_row, member};
use super::fields::{Fields, is_listed};
use super::filters::{self, Condition};
use super::model::Module;
use super::params::Params;
use super::values;
use crate::knobs::{BareRows, Knobs};
use crate::server::State;
use crate::world::{Database, Row};

/// Records per page unless the caller says otherwise.
const PAGE_SIZE: usize = 20;
/// Lists remembered at a time.
const REMEMBERED: usize = 16;

struct Remembered {
    revision: u64,
    question: String,
    ids: Arc<Vec<u64>>,
}

/// The ids of lists computed lately, good as long as nothing changes.
#[derive(Default)]
pub struct ListCache {
    lists: Mutex<Vec<Remembered>>,
}

impl ListCache {
    fn get(&self, revision: u64, question: &str) -> Option<Arc<Vec<u64>>> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|list| list.revision == revision);
        lists.iter().find(|list| list.question == question).map(|list| Arc::clone(&list.ids))
    }

    fn put(&self, revision: u64, question: String, ids: Arc<Vec<u64>>) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= REMEMBERED {
            lists.remove(0);
        }
        lists.push(Remembered { revision, question, ids });
    }
}

/// Where a list is read, and how much of it the caller sees.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The database.
    pub database: u64,
    /// The only branch whose records are shown; none means all.
    pub only_branch: Option<u64>,
}

impl Place {
    fn visible(self, mut ids: Vec<u64>, db: &Database, module: &Module) -> Vec<u64> {
        if self.only_branch.is_some() {
            ids.retain(|id| db.row(module.name, *id).is_some_and(|row| is_visible(module, row, self.only_branch)));
        }
        ids
    }
}

/// Answers a list.
///
/// # Errors
/// When a parameter cannot be understood.
pub fn list(state: &State, place: Place, module: &'static Module, sent: &Params) -> Result<Value, Messages> {
    let (database, knobs) = (place.database, state.knobs());
    let page = positive(sent, "sp.page")?.unwrap_or(1);
    let size = positive(sent, "sp.pageSize")?.unwrap_or(PAGE_SIZE).min(knobs.max_page_size);
    let sort = sent.text("sp.sort").filter(|sort| !sort.trim().is_empty());
    let conditions = filters::read(module, &sent.flat, &knobs).map_err(|message| vec![message])?;
    let question = question(place, module, sent, &knobs);
    let fields = sent.text("fields").as_deref().and_then(Fields::parse);
    state.read(|world| {
        let db = world.accurate.databases.get(&database).ok_or_else(Vec::new)?;
        // The lock on the world is held, so the revision stays what it is.
        let revision = state.accurate_revision();
        let ids = state.lists.get(revision, &question).unwrap_or_else(|| {
            let ids = Arc::new(place.visible(matching(db, module, &conditions, sort.as_deref(), &knobs), db, module));
            state.lists.put(revision, question.clone(), Arc::clone(&ids));
            ids
        });
        let start = (page - 1).saturating_mul(size);
        let on_page = ids.iter().skip(start).take(size).filter_map(|id| db.row(module.name, *id));
        let d: Vec<Value> = on_page.map(|row| shown(db, module, row, fields.as_ref(), &knobs)).collect();
        let sp = json!({
            "page": page, "sort": sort, "pageSize": size, "pageCount": ids.len().div_ceil(size),
            "rowCount": ids.len(), "start": start, "limit": null});
        Ok(json!({"s": true, "d": d, "sp": sp}))
    })
}

/// Everything that decides which ids a list has, as one text.
fn question(place: Place, module: &Module, sent: &Params, knobs: &Knobs) -> String {
    let mut parts: Vec<String> = sent
        .flat
        .0
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "fields" | "sp.page" | "sp.pageSize"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parts.push(format!("{place:?} {} {} {:?}", module.name, knobs.hide_suspended, knobs.unknown_operator));
    parts.join("\n")
}

/// A number from 1 on; an unreadable one is an error, 0 counts as left out.
fn positive(sent: &Params, name: &str) -> Result<Option<usize>, Messages> {
    match sent.text(name).as_deref().map(str::trim) {
        None | Some("" | "0") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| vec![format!("Invalid field value for field \"{name}\".")]),
    }
}

fn shown(db: &Database, module: &Module, row: &Row, fields: Option<&Fields>, knobs: &Knobs) -> Value {
    let times = knobs.last_update_everywhere;
    match fields {
        _ if !module.has_fields => list_row(db, module, row, times),
        Some(fields) => fields.project(db, module, row, times),
        None => match knobs.bare_rows {
            BareRows::Id => json!({"id": row.get("id")}),
            BareRows::Identity => {
                let mut bare = json!({"id": row.get("id"), "optLock": row.get("optLock")});
                for (column, _) in module.unique.iter().take(1) {
                    bare[*column] = json!(row.get(*column));
                }
                bare
            }
        },
    }
}

/// The ids of all records that fulfil the conditions, in order.
fn matching(db: &Database, module: &Module, conditions: &[Condition], sort: Option<&str>, knobs: &Knobs) -> Vec<u64> {
    let hide = knobs.hide_suspended && !conditions.iter().any(Condition::is_about_suspension);
    let rows = db.tables.get(module.name).into_iter().flat_map(|table| &table.rows);
    let found = rows.filter(|(_, row)| {
        !(hide && row.get("suspended") == Some(&json!(true)))
            && conditions.iter().all(|condition| condition.holds(db, module, row))
    });
    let keys = sort.map(|sort| sort_keys(module, sort)).unwrap_or_default();
    match keys.as_slice() {
        // Rows are kept in the order of their ids, so the commonest order costs nothing.
        [(name, false)] if name == "id" => found.map(|(id, _)| *id).collect(),
        [] => recent_first(found),
        keys => sorted(db, module, found, keys),
    }
}

/// `name|asc;no|desc` as names and whether each is descending. Names a list cannot show are left out.
fn sort_keys(module: &Module, sort: &str) -> Vec<(String, bool)> {
    let keys = sort.split(';').map(|key| key.split_once('|').unwrap_or((key, "asc")));
    keys.map(|(name, way)| (name.trim().to_owned(), way.trim().eq_ignore_ascii_case("desc")))
        .filter(|(name, _)| is_listed(module, name.split('.').next().unwrap_or_default(), true))
        .collect()
}

fn recent_first<'a>(rows: impl Iterator<Item = (&'a u64, &'a Row)>) -> Vec<u64> {
    let moment = |row: &Row| row.get("lastUpdate").and_then(Value::as_str).and_then(values::parse_moment);
    let mut keyed: Vec<(Option<DateTime>, u64)> = rows.map(|(id, row)| (moment(row), *id)).collect();
    keyed.sort_unstable_by_key(|key| Reverse(*key));
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// A value that sorts: missing ones first, then yes and no, numbers, times, texts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Missing,
    Flag(bool),
    Number(Decimal),
    Moment(DateTime),
    Text(String),
}

fn rank(value: &Value) -> Rank {
    match value {
        Value::Bool(flag) => Rank::Flag(*flag),
        Value::Number(_) => values::decimal(value).map_or(Rank::Missing, Rank::Number),
        Value::String(text) => match values::parse_moment(text) {
            Some(moment) => Rank::Moment(moment),
            None => Rank::Text(text.to_lowercase()),
        },
        _ => Rank::Missing,
    }
}

fn sorted<'a>(
    db: &Database,
    module: &Module,
    rows: impl Iterator<Item = (&'a u64, &'a Row)>,
    keys: &[(String, bool)],
) -> Vec<u64> {
    let ranks = |row: &Row| -> Vec<Rank> { keys.iter().map(|(name, _)| rank(&at(db, module, row, name))).collect() };
    let mut keyed: Vec<(Vec<Rank>, u64)> = rows.map(|(id, row)| (ranks(row), *id)).collect();
    keyed.sort_by(|(left, left_id), (right, right_id)| {
        let each = left.iter().zip(right).zip(keys).map(
            |((left, right), (_, descending))| {
                if *descending { right.cmp(left) } else { left.cmp(right) }
            },
        );
        each.fold(Ordering::Equal, Ordering::then).then(left_id.cmp(right_id))
    });
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// The value a dotted name leads to.
fn at(db: &Database, module: &Module, row: &Row, name: &str) -> Value {
    let mut parts = name.split('.');
    let head = parts.next().unwrap_or_default();
    // Times are kept by every record, shown or not.
    let mut value = match row.get(head) {
        Some(stored) if super::expand::TIMES.contains(&head) => stored.clone(),
        _ => member(db, &module.shape, row, head),
    };
    for part in parts {
        value = value.get_mut(part).map(Value::take).unwrap_or(Value::Null);
    }
    value
}
