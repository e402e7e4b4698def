//! What makes SMH quick with many records: the sorted keys of a table, who holds a unique value, how often a record is referred to.
//! It is derived from the tables and rebuilt whenever they changed behind its back; the tables alone are the truth.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::resources::{Kind, RESOURCES, Resource};
use crate::world::{Row, SmhWorld, Table};

/// The counter in [`SmhWorld`] that goes up with every change made over HTTP.
const CHANGES: &str = "changes";

/// Derived look-ups. Hash maps are only asked, never walked, so their order shows nowhere.
#[derive(Debug, Default)]
pub(crate) struct Index {
    stamp: Option<Stamp>,
    held: HashMap<(&'static str, &'static str), HashMap<String, u64>>,
    uses: HashMap<String, u32>,
    keys: BTreeMap<&'static str, (Size, Vec<u64>)>,
    found: Option<(Search, Vec<u64>)>,
}

/// What tells that a table has the same records as before: ids are never reused, so equal counts and next id mean equal keys.
type Size = (usize, u64);
type Stamp = (u64, Vec<Size>);
/// A search that was answered: changes so far, sizes, resource, conditions.
type Search = (Stamp, &'static str, String);

impl Index {
    /// The id of the record that holds `value` in a unique member.
    pub(crate) fn holder(&mut self, world: &SmhWorld, resource: &Resource, member: &str, value: &str) -> Option<u64> {
        self.refresh(world);
        self.held.get(&(resource.name, member_name(resource, member)?))?.get(value).copied()
    }

    /// How many references to the record there are.
    pub(crate) fn uses(&mut self, world: &SmhWorld, id: &str) -> u32 {
        self.refresh(world);
        self.uses.get(id).copied().unwrap_or(0)
    }

    /// All keys of a table, in order.
    pub(crate) fn keys(&mut self, world: &SmhWorld, resource: &Resource) -> &[u64] {
        let table = world.tables.get(resource.name);
        let entry = self.keys.entry(resource.name).or_default();
        if entry.0 != size(table) {
            *entry = (size(table), table.map(|table| table.rows.keys().copied().collect()).unwrap_or_default());
        }
        &entry.1
    }

    /// The keys of the rows that pass `wanted`; the last answer is kept, so that the pages of one listing cost one search.
    pub(crate) fn search(
        &mut self,
        world: &SmhWorld,
        resource: &Resource,
        conditions: String,
        wanted: impl Fn(&Row) -> bool,
    ) -> &[u64] {
        let search = (stamp(world), resource.name, conditions);
        if self.found.as_ref().is_none_or(|(known, _)| *known != search) {
            let rows = world.tables.get(resource.name).into_iter().flat_map(|table| &table.rows);
            let keys = rows.filter(|(_, row)| wanted(row)).map(|(key, _)| *key).collect();
            self.found = Some((search, keys));
        }
        self.found.as_ref().map_or(&[], |(_, keys)| keys)
    }

    /// Stores, replaces or removes one record and keeps the look-ups in step.
    pub(crate) fn change(&mut self, world: &mut SmhWorld, resource: &'static Resource, key: u64, row: Option<Row>) {
        self.refresh(world);
        let table = world.tables.entry(resource.name.to_owned()).or_default();
        if let Some(old) = table.rows.remove(&key) {
            self.forget(resource, &old);
        }
        if let Some(row) = row {
            self.learn(resource, key, &row);
            table.put(key, row);
        }
        *world.counters.entry(CHANGES.to_owned()).or_default() += 1;
        self.stamp = Some(stamp(world));
    }

    fn refresh(&mut self, world: &SmhWorld) {
        let now = stamp(world);
        if self.stamp.as_ref() == Some(&now) {
            return;
        }
        self.held.clear();
        self.uses.clear();
        for resource in &RESOURCES {
            for (key, row) in world.tables.get(resource.name).into_iter().flat_map(|table| &table.rows) {
                self.learn(resource, *key, row);
            }
        }
        self.stamp = Some(now);
    }

    fn learn(&mut self, resource: &'static Resource, key: u64, row: &Row) {
        for member in resource.all_members().filter(|member| member.unique) {
            if let Some(value) = row.get(member.name).and_then(Value::as_str) {
                self.held.entry((resource.name, member.name)).or_default().insert(value.to_owned(), key);
            }
        }
        for id in references(resource, row) {
            *self.uses.entry(id.to_owned()).or_default() += 1;
        }
    }

    fn forget(&mut self, resource: &'static Resource, row: &Row) {
        for member in resource.all_members().filter(|member| member.unique) {
            let value = row.get(member.name).and_then(Value::as_str);
            if let (Some(value), Some(held)) = (value, self.held.get_mut(&(resource.name, member.name))) {
                held.remove(value);
            }
        }
        for id in references(resource, row) {
            if let Some(count) = self.uses.get_mut(id) {
                *count = count.saturating_sub(1);
            }
        }
    }
}

fn member_name(resource: &Resource, member: &str) -> Option<&'static str> {
    resource.member(member).map(|member| member.name)
}

fn size(table: Option<&Table>) -> Size {
    table.map_or((0, 0), |table| (table.rows.len(), table.next_id))
}

fn stamp(world: &SmhWorld) -> Stamp {
    let changes = world.counters.get(CHANGES).copied().unwrap_or(0);
    (changes, RESOURCES.iter().map(|resource| size(world.tables.get(resource.name))).collect())
}

/// Every id that a record mentions.
fn references<'a>(resource: &'static Resource, row: &'a Row) -> Vec<&'a str> {
    let mut ids = Vec::new();
    for member in resource.members {
        match (member.kind, row.get(member.name)) {
            (Kind::Reference(_), Some(Value::String(id))) => ids.push(id.as_str()),
            (Kind::Lines, Some(Value::Array(lines))) => {
                for line in lines {
                    ids.extend(
                        ["productId", "unitId", "warehouseId"].iter().filter_map(|name| line.get(name)?.as_str()),
                    );
                }
            }
            _ => {}
        }
    }
    ids
}
