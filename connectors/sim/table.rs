//! What a side holds: its tables with their rows, what each still shows, and the counters that make ids and faults repeatable.

use crate::faults::{Faults, Struck};
use crate::journal::Call;
use crate::member::{Record, get, text};
use crate::spec::TableSpec;
use selaras_connector_api::{Budget, Code, Failure, Rights, WriteItem, WriteOp};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// One simulated system.
#[derive(Clone, Debug)]
pub struct SideState {
    /// Its name.
    pub name: String,
    /// Its tables.
    pub tables: BTreeMap<String, Table>,
    /// Their names in the order of declaration: what is referred to first.
    pub order: Vec<String>,
    /// What it does wrong.
    pub faults: Faults,
    /// How often it did.
    pub struck: Struck,
    /// What it was asked.
    pub journal: Vec<Call>,
    /// What `$` is on this side.
    pub facts: Json,
    /// What the credential may do.
    pub rights: Rights,
    /// How much it takes.
    pub budget: Option<Budget>,
    /// The time, as records show it.
    pub now: String,
    /// Changes so far: the cursor of change lists.
    pub tick: u64,
    /// Records written, pages and single reads so far: the occasions of faults.
    pub writes: u64,
    /// See `writes`.
    pub pages: u64,
    /// See `writes`.
    pub gets: u64,
    /// Write calls so far: occasions as well.
    pub calls: u64,
    /// The time by which late writes show.
    pub time_ms: i64,
}

/// A table with its rows.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is like.
    pub spec: TableSpec,
    /// Where its numbers stand.
    pub counters: Counters,
    /// Rows by number; deleted ones stay, so that no id comes twice.
    rows: BTreeMap<u64, Row>,
    /// Rows by what is unique: the rule's place in the spec and the values, for large worlds.
    index: BTreeMap<(usize, String), BTreeSet<u64>>,
}

/// The last numbers given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    /// Of records.
    pub id: u64,
    /// Of children.
    pub child: u64,
    /// Of the system's own numbering.
    pub number: u64,
}

#[derive(Clone, Debug)]
struct Row {
    /// `None`: deleted.
    record: Option<Record>,
    /// When it changed last.
    changed: u64,
    /// What reads show, while the last write is late.
    late: Option<Late>,
}

/// A write that does not show yet.
#[derive(Clone, Debug)]
struct Late {
    /// What reads show instead.
    shown: Option<Record>,
    /// For how many readings yet.
    readings: u64,
    /// Until when, at the latest.
    until: i64,
}

impl Row {
    fn shown(&self) -> Option<&Record> {
        match &self.late {
            Some(late) => late.shown.as_ref(),
            None => self.record.as_ref(),
        }
    }
}

impl TableSpec {
    /// The id of a number.
    pub fn id_text(&self, number: u64) -> String {
        if self.prefix.is_empty() { number.to_string() } else { format!("{}-{number:06}", self.prefix) }
    }

    /// An id as records hold it.
    pub fn id_json(&self, id: &str) -> Json {
        match id.parse::<u64>() {
            Ok(number) if self.prefix.is_empty() => json!(number),
            _ => json!(id),
        }
    }

    /// The rule that keeps one member unique by itself.
    pub fn rule_of(&self, path: &str) -> Option<usize> {
        self.unique.iter().position(|paths| paths.len() == 1 && paths[0] == path)
    }

    /// The number of an id.
    fn number_of(&self, id: &str) -> Option<u64> {
        let digits = if self.prefix.is_empty() { id } else { id.strip_prefix(&self.prefix)?.strip_prefix('-')? };
        digits.parse().ok().filter(|number| self.id_text(*number) == id)
    }
}

/// The values of some members; `None` when one is absent or null.
pub fn values(record: &Record, paths: &[String]) -> Option<Vec<Json>> {
    paths.iter().map(|path| get(record, path).cloned()).collect()
}

fn key_text(values: &[Json]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

impl Counters {
    /// The next id of a child.
    pub fn child_id(&mut self, spec: &TableSpec) -> String {
        self.child += 1;
        if spec.prefix.is_empty() { self.child.to_string() } else { format!("{}-line-{:06}", spec.prefix, self.child) }
    }
}

impl Table {
    fn new(spec: TableSpec) -> Self {
        Self { spec, counters: Counters::default(), rows: BTreeMap::new(), index: BTreeMap::new() }
    }

    /// A record as it really is.
    pub fn record(&self, id: &str) -> Option<&Record> {
        self.rows.get(&self.spec.number_of(id)?)?.record.as_ref()
    }

    /// A record as reads show it.
    pub fn shown(&self, id: &str) -> Option<&Record> {
        self.rows.get(&self.spec.number_of(id)?)?.shown()
    }

    /// All records as they really are, by ascending id.
    pub fn records(&self) -> impl Iterator<Item = (String, &Record)> {
        self.rows.iter().filter_map(|(number, row)| Some((self.spec.id_text(*number), row.record.as_ref()?)))
    }

    /// The records that a listing shows, by ascending id.
    pub fn listed(&self, since: Option<u64>) -> Vec<&Record> {
        let wanted = |row: &&Row| since.is_none_or(|since| row.changed > since);
        self.rows.values().filter(wanted).filter_map(Row::shown).collect()
    }

    /// Up to which change a listing is true: short of those that do not show yet.
    pub fn true_up_to(&self, tick: u64) -> u64 {
        let late = self.rows.values().filter(|row| row.late.is_some()).map(|row| row.changed.saturating_sub(1));
        late.min().unwrap_or(tick).min(tick)
    }

    /// The record that a write is about, at the version that it expects.
    pub fn of_item(&self, item: &WriteItem) -> Result<Option<Record>, Failure> {
        if item.op == WriteOp::Create {
            return Ok(None);
        }
        let name = &self.spec.name;
        let Some(id) = &item.id else {
            return Err(Failure::new(Code::Internal, format!("a write of {name} names no record")));
        };
        let Some(record) = self.record(id) else {
            let gone = Failure::new(Code::NotFound, format!("{name} {id} does not exist"));
            return if item.op == WriteOp::Delete { Ok(None) } else { Err(gone) };
        };
        let held = self.version(record);
        match &item.version {
            Some(wanted) if self.spec.compare_and_set && held.as_ref() != Some(wanted) => {
                let held = held.unwrap_or_default();
                let text = format!("{name} {id} is at version {held}, not {wanted}");
                Err(Failure::new(Code::VersionMismatch, text))
            }
            _ => Ok(Some(record.clone())),
        }
    }

    /// The version of a record.
    pub fn version(&self, record: &Record) -> Option<String> {
        get(record, &self.spec.version.as_ref()?.path).and_then(text)
    }

    /// The records that have these values under a rule of uniqueness.
    pub fn holders(&self, rule: usize, values: &[Json]) -> impl Iterator<Item = String> {
        let found = self.index.get(&(rule, key_text(values))).into_iter().flatten();
        found.map(|number| self.spec.id_text(*number))
    }

    /// The record that has this value under a member, by the index where the member is unique.
    pub fn find(&self, path: &str, wanted: &str) -> Option<String> {
        if let Some(rule) = self.spec.rule_of(path) {
            return self.holders(rule, &[wanted.into()]).next();
        }
        self.records().find(|(_, record)| get(record, path).and_then(text).as_deref() == Some(wanted)).map(|(id, _)| id)
    }

    fn keys(&self, record: &Record) -> Vec<(usize, String)> {
        let rules = self.spec.unique.iter().enumerate();
        rules.filter_map(|(rule, paths)| Some((rule, key_text(&values(record, paths)?)))).collect()
    }

    fn put(&mut self, number: u64, record: Option<Record>, tick: u64) {
        let before = self.rows.get_mut(&number).and_then(|row| row.record.take());
        for key in before.map(|record| self.keys(&record)).unwrap_or_default() {
            if let Some(holders) = self.index.get_mut(&key) {
                holders.remove(&number);
            }
        }
        for key in record.as_ref().map(|record| self.keys(record)).unwrap_or_default() {
            self.index.entry(key).or_default().insert(number);
        }
        let late = self.rows.get(&number).and_then(|row| row.late.clone());
        self.rows.insert(number, Row { record, changed: tick, late });
    }

    /// Goes on showing `before` for some readings.
    pub fn hide(&mut self, id: &str, before: Option<Record>, readings: u64, until: i64) {
        let row = self.spec.number_of(id).and_then(|number| self.rows.get_mut(&number));
        if let Some(row) = row.filter(|_| readings > 0) {
            let shown = row.late.take().map_or(before, |late| late.shown);
            row.late = Some(Late { shown, readings, until });
        }
    }

    fn reading(&mut self) {
        for row in self.rows.values_mut() {
            let one_less = |late: Late| Some(Late { readings: late.readings.checked_sub(1)?, ..late });
            row.late = row.late.take().and_then(one_less);
        }
    }

    fn show(&mut self, now: i64) {
        self.rows.values_mut().for_each(|row| row.late = row.late.take().filter(|late| late.until > now));
    }

    fn settle(&mut self) {
        self.rows.values_mut().for_each(|row| row.late = None);
    }
}

impl SideState {
    /// A side with empty tables.
    pub fn new(name: &str, specs: Vec<TableSpec>) -> Self {
        Self {
            name: name.to_owned(),
            order: specs.iter().map(|spec| spec.name.clone()).collect(),
            tables: specs.into_iter().map(|spec| (spec.name.clone(), Table::new(spec))).collect(),
            faults: Faults::default(),
            struck: Struck::default(),
            journal: Vec::new(),
            facts: json!({}),
            rights: Rights::default(),
            budget: None,
            now: "2026-01-01T00:00:00+07:00".to_owned(),
            tick: 0,
            writes: 0,
            pages: 0,
            gets: 0,
            calls: 0,
            time_ms: 0,
        }
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> Result<&Table, Failure> {
        self.tables.get(name).ok_or_else(|| no_table(&self.name, name, &self.order))
    }

    fn table_mut(&mut self, name: &str) -> Result<&mut Table, Failure> {
        self.tables.get_mut(name).ok_or_else(|| no_table(&self.name, name, &self.order))
    }

    /// The id that the next record gets.
    pub fn next_id(&self, table: &str) -> String {
        self.tables.get(table).map_or_else(String::new, |table| table.spec.id_text(table.counters.id + 1))
    }

    /// Stores a record.
    pub fn store(&mut self, table: &str, id: &str, record: Record, counters: Counters) -> Result<(), Failure> {
        self.tick += 1;
        let tick = self.tick;
        let table = self.table_mut(table)?;
        let number = table.spec.number_of(id).unwrap_or(table.counters.id + 1);
        table.counters = Counters { id: table.counters.id.max(number), ..counters };
        table.put(number, Some(record), tick);
        Ok(())
    }

    /// Removes a record.
    pub fn remove(&mut self, table: &str, id: &str) -> Result<(), Failure> {
        self.tick += 1;
        let tick = self.tick;
        let table = self.table_mut(table)?;
        if let Some(number) = table.spec.number_of(id) {
            table.put(number, None, tick);
        }
        Ok(())
    }

    /// Goes on showing what was there before a write.
    pub fn hide(&mut self, table: &str, id: &str, before: Option<Record>) {
        let readings = self.faults.late_reads;
        let until = if self.faults.late_ms > 0 { self.time_ms + self.faults.late_ms } else { i64::MAX };
        if let Some(table) = self.tables.get_mut(table) {
            table.hide(id, before, readings, until);
        }
    }

    /// One more reading: late writes come nearer to showing.
    pub fn reading(&mut self) {
        self.tables.values_mut().for_each(Table::reading);
    }

    /// It is so late now: shows what was hidden long enough.
    pub fn set_time(&mut self, now: i64) {
        self.time_ms = now;
        self.tables.values_mut().for_each(|table| table.show(now));
    }

    /// Shows all late writes.
    pub fn settle(&mut self) {
        self.tables.values_mut().for_each(Table::settle);
    }
}

fn no_table(side: &str, name: &str, known: &[String]) -> Failure {
    Failure::new(Code::Unsupported, format!("{side} has no table `{name}`; it has {}", known.join(", ")))
}
