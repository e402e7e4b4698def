//! What records refer to: that it exists, is in use, and is not removed while it is referred to; and how a reference reads that was written
//! as a code or name.

use crate::member::{Record, get, rows, text};
use crate::spec::{Reference, TableSpec};
use crate::table::SideState;
use selaras_connector_api::{Code, Failure};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Checks what a record refers to, and turns codes and names into what is read.
pub fn resolve(side: &SideState, references: &[Reference], record: &mut Record) -> Result<(), Failure> {
    for reference in references {
        let Some(value) = record.get(&reference.path).cloned() else { continue };
        let target = match text(&value) {
            Some(wanted) => Some((target(side, reference, &wanted)?, wanted)),
            None => None,
        };
        let Some(read) = &reference.read else { continue };
        record.remove(&reference.path);
        let shown = target.map(|((id, spec), wanted)| {
            let by = Json::from(wanted);
            Json::Object(Map::from_iter([("id".to_owned(), spec.id_json(&id)), (reference.by.clone(), by)]))
        });
        record.insert(read.clone(), shown.unwrap_or_default());
    }
    Ok(())
}

/// The record that a code, name or id stands for.
fn target<'s>(side: &'s SideState, by: &Reference, wanted: &str) -> Result<(String, &'s TableSpec), Failure> {
    let table = side.table(&by.table)?;
    let found = match by.by.as_str() {
        "id" => table.record(wanted).map(|_| wanted.to_owned()),
        member => table.find(member, wanted),
    };
    found.map(|id| (id, &table.spec)).ok_or_else(|| {
        Failure::new(Code::ReferenceMissing, format!("there is no {} with {} {wanted}", by.table, by.by))
            .on_field(&by.path)
    })
}

/// All records that a record refers to, itself and by its children: reference, table and id.
fn targets<'s>(side: &SideState, spec: &'s TableSpec, record: &Record) -> Vec<(&'s Reference, String)> {
    let own = spec.references.iter().filter_map(|by| Some((by, target_id(side, by, record)?)));
    let below = spec.children.iter().flat_map(|(path, children)| {
        rows(record, path)
            .flat_map(|row| children.references.iter().filter_map(|by| Some((by, target_id(side, by, row)?))))
    });
    own.chain(below).collect()
}

fn target_id(side: &SideState, by: &Reference, record: &Record) -> Option<String> {
    match &by.read {
        Some(read) => get(record, &format!("{read}.id")).and_then(text),
        None if by.by == "id" => get(record, &by.path).and_then(text),
        None => target(side, by, &get(record, &by.path).and_then(text)?).ok().map(|(id, _)| id),
    }
}

/// A record may keep referring to one that went out of use, but not begin to.
pub fn in_use_still(side: &SideState, spec: &TableSpec, record: &Record, old: Option<&Record>) -> Result<(), Failure> {
    let before: BTreeSet<(String, String)> = old
        .map(|old| targets(side, spec, old).into_iter().map(|(by, id)| (by.table.clone(), id)).collect())
        .unwrap_or_default();
    for (by, id) in targets(side, spec, record) {
        let table = side.table(&by.table)?;
        let Some(rule) = table.spec.deactivate.as_ref() else { continue };
        let out_of_use = table.record(&id).and_then(|record| get(record, &rule.path)) == Some(&rule.value);
        if out_of_use && !before.contains(&(by.table.clone(), id.clone())) {
            let text = format!("{} {id} is not in use any more", by.table);
            return Err(Failure::new(Code::InactiveReference, text).on_field(&by.path));
        }
    }
    Ok(())
}

/// A record that refers to this one.
pub fn user_of(side: &SideState, table: &str, id: &str) -> Option<String> {
    side.tables.values().find_map(|other| {
        other.records().find_map(|(user, record)| {
            let uses =
                targets(side, &other.spec, record).into_iter().any(|(by, target)| by.table == table && target == id);
            (uses && (other.spec.name != table || user != id)).then(|| format!("{} {user}", other.spec.name))
        })
    })
}
