//! The world: all sides behind one lock, and what a test can do to it behind the engine's back.

use crate::faults::Faults;
use crate::journal::Call;
use crate::member::{Record, text};
use crate::rules::perform;
use crate::sets::{hub, ledger};
use crate::spec::TableSpec;
use crate::table::SideState;
use selaras_connector_api::{Budget, Code, Failure, Rights, WriteItem, WriteOp};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A handle on the world; all clones are the same world.
#[derive(Clone, Debug, Default)]
pub struct SimWorld(Arc<Mutex<BTreeMap<String, SideState>>>);

impl SimWorld {
    /// A world without sides.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A side `accurate` like an accounting system, and a side `smh` like a sales hub, both empty.
    #[must_use]
    pub fn pair() -> Self {
        Self::new().with_side("accurate", ledger()).with_side("smh", hub())
    }

    /// The same world with one more side.
    #[must_use]
    pub fn with_side(self, side: &str, tables: Vec<TableSpec>) -> Self {
        self.sides(|sides| sides.insert(side.to_owned(), SideState::new(side, tables)));
        self
    }

    fn sides<T>(&self, use_them: impl FnOnce(&mut BTreeMap<String, SideState>) -> T) -> T {
        // A test that panicked while it held the world does not make the world unusable.
        use_them(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn side<T>(
        &self,
        side: &str,
        use_it: impl FnOnce(&mut SideState) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.sides(|sides| match sides.get_mut(side) {
            Some(state) => use_it(state),
            None => Err(Failure::new(Code::NotConnected, format!("the world has no side `{side}`"))),
        })
    }

    fn of<T: Default>(&self, side: &str, use_it: impl FnOnce(&mut SideState) -> T) -> T {
        self.side(side, |state| Ok(use_it(state))).unwrap_or_default()
    }

    /// Makes a record by the rules of its table, without faults and journal. Gives back its id. Lists under members that hold children are
    /// children; they get ids.
    ///
    /// # Errors
    /// When a rule is broken, or there is no such side or table.
    pub fn put(&self, side: &str, table: &str, record: Json) -> Result<String, Failure> {
        self.change(side, table, WriteOp::Create, None, record)
    }

    /// Changes members of a record by the rules of its table, without faults and journal.
    ///
    /// # Errors
    /// As for `put`, and when there is no such record.
    pub fn edit(&self, side: &str, table: &str, id: &str, members: Json) -> Result<(), Failure> {
        self.change(side, table, WriteOp::Update, Some(id), members).map(|_| ())
    }

    /// Removes a record by the rules of its table, without faults and journal.
    ///
    /// # Errors
    /// When another record uses it, or there is no such side or table.
    pub fn remove(&self, side: &str, table: &str, id: &str) -> Result<(), Failure> {
        self.change(side, table, WriteOp::Delete, Some(id), Json::Object(Record::new())).map(|_| ())
    }

    fn change(&self, side: &str, table: &str, op: WriteOp, id: Option<&str>, json: Json) -> Result<String, Failure> {
        let Json::Object(mut fields) = json else {
            return Err(Failure::new(Code::Invalid, "a record is a JSON object"));
        };
        self.side(side, |state| {
            number_children(state, table, &mut fields)?;
            let id = id.map(str::to_owned);
            let item = WriteItem { op, id, version: None, fields, children: Vec::new() };
            let faults = std::mem::take(&mut state.faults);
            let done = perform(state, table, &item, false);
            state.faults = faults;
            done.map(|done| done.id)
        })
    }

    /// Changes a record in any way, rules or not: version, time and id are left as the closure leaves them.
    ///
    /// # Errors
    /// When there is no such side, table or record.
    pub fn force(&self, side: &str, table: &str, id: &str, change: impl FnOnce(&mut Record)) -> Result<(), Failure> {
        self.side(side, |state| {
            let held = state.table(table)?;
            let counters = held.counters;
            let Some(mut record) = held.record(id).cloned() else {
                return Err(Failure::new(Code::NotFound, format!("{table} {id} does not exist")));
            };
            change(&mut record);
            state.store(table, id, record, counters)
        })
    }

    /// A record as it really is.
    #[must_use]
    pub fn record(&self, side: &str, table: &str, id: &str) -> Option<Json> {
        self.of(side, |state| state.table(table).ok()?.record(id).cloned().map(Json::Object))
    }

    /// All records of a table as they really are, by ascending id.
    #[must_use]
    pub fn records(&self, side: &str, table: &str) -> Vec<Json> {
        self.of(side, |state| match state.table(table) {
            Ok(table) => table.records().map(|(_, record)| Json::Object(record.clone())).collect(),
            Err(_) => Vec::new(),
        })
    }

    /// What a side was asked so far.
    #[must_use]
    pub fn journal(&self, side: &str) -> Vec<Call> {
        self.of(side, |state| state.journal.clone())
    }

    /// Records that were really created, changed or removed by the engine, as the journal tells.
    #[must_use]
    pub fn effects(&self, side: &str) -> usize {
        let done = |call: &Call| match call {
            Call::Write { items, .. } => items.iter().filter(|item| item.done).count(),
            _ => 0,
        };
        self.journal(side).iter().map(done).sum()
    }

    /// Forgets what a side was asked.
    pub fn forget(&self, side: &str) {
        self.of(side, |state| state.journal.clear());
    }

    /// Switches faults on, and counts their occasions from the start.
    pub fn set_faults(&self, side: &str, faults: Faults) {
        self.of(side, |state| {
            state.faults = faults;
            state.struck = crate::faults::Struck::default();
            (state.writes, state.pages, state.gets, state.calls) = (0, 0, 0, 0);
        });
    }

    /// How often a fault struck, by its name in `Faults`.
    #[must_use]
    pub fn struck(&self, side: &str, fault: &str) -> u64 {
        self.of(side, |state| state.struck.of(fault))
    }

    /// Shows all late writes.
    pub fn settle(&self, side: &str) {
        self.of(side, SideState::settle);
    }

    /// Tells a side the time, in milliseconds: late writes that were hidden long enough show. See `Faults::late_ms`.
    pub fn set_time(&self, side: &str, now_ms: i64) {
        self.of(side, |state| state.set_time(now_ms));
    }

    /// Sets the time that records show.
    pub fn set_now(&self, side: &str, now: &str) {
        self.of(side, |state| state.now = now.to_owned());
    }

    /// Sets what `$` is on a side.
    pub fn set_facts(&self, side: &str, facts: Json) {
        self.of(side, |state| state.facts = facts);
    }

    /// Sets the role and rights held.
    pub fn set_rights(&self, side: &str, rights: Rights) {
        self.of(side, |state| state.rights = rights);
    }

    /// Sets how much a side takes.
    pub fn set_budget(&self, side: &str, budget: Option<Budget>) {
        self.of(side, |state| state.budget = budget);
    }
}

/// Gives ids to children that have none.
fn number_children(state: &mut SideState, table: &str, fields: &mut Record) -> Result<(), Failure> {
    let held = state.tables.get_mut(table);
    let Some(held) = held else { return state.table(table).map(|_| ()) };
    for path in held.spec.children.keys() {
        let rows = fields.get_mut(path).and_then(Json::as_array_mut).into_iter().flatten();
        for row in rows.filter_map(Json::as_object_mut).filter(|row| row.get("id").and_then(text).is_none()) {
            let id = held.counters.child_id(&held.spec);
            row.insert("id".into(), held.spec.id_json(&id));
        }
    }
    Ok(())
}
