//! A look at the versions of many records in few calls: `list.do` with a filter that names a hundred of them, instead of a `detail.do` for each.
//!
//! Whether the filter is understood need not be believed: what counts is a row with the id that was asked for. Whatever does not come that way,
//! since the filter is ignored, the record is called otherwise by now, or the answer is of no use, is left for `get`.

use crate::call::Call;
use crate::catalogue::Module;
use crate::door::Door;
use crate::envelope;
use crate::messages::Purpose;
use crate::refusal::{self, Asked};
use crate::url;
use selaras_connector_api::{Batch, Failure, Host, HttpResponse, RawRecord, Transport};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Records in one call, at most: as many as a page holds.
const MOST: usize = 100;
/// Bytes that their names may take in an address. Servers refuse addresses from some eight thousand on.
const ROOM: usize = 4000;
/// Names that are remembered of a module. Of larger ones the rest is looked at singly.
const REMEMBERED: usize = 200_000;

/// What lists called the records that they gave, by module and id: by this a list can be asked for them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    of: BTreeMap<&'static str, BTreeMap<u64, Box<str>>>,
    /// Modules whose filter turned out to be of no use.
    useless: BTreeSet<&'static str>,
}

impl Names {
    /// Remembers what a row calls itself.
    pub(crate) fn note(&mut self, module: &'static Module, id: u64, row: &RawValue) {
        let Some((_, member)) = module.called.filter(|(_, member)| *member != "id") else { return };
        let names = self.of.entry(module.name).or_default();
        if let Some(name) = envelope::member(row, member)
            && (names.len() < REMEMBERED || names.contains_key(&id))
        {
            names.insert(id, name.into());
        }
    }

    fn name<'a>(&'a self, module: &'static Module, id: &'a str) -> Option<&'a str> {
        match module.called?.1 {
            "id" => Some(id),
            _ => self.of.get(module.name)?.get(&id.parse().ok()?).map(AsRef::as_ref),
        }
    }

    /// The calls for these records, each with the ids that it asks for.
    fn calls<'a>(&self, module: &'static Module, ids: &'a [String]) -> Vec<(Call, Vec<&'a str>)> {
        let Some((filter, _)) = module.called.filter(|_| !self.useless.contains(module.name)) else {
            return Vec::new();
        };
        let mut calls: Vec<(String, Vec<&'a str>)> = Vec::new();
        for id in ids {
            let Some(name) = self.name(module, id) else { continue };
            let full =
                |(names, asked): &(String, Vec<&str>)| asked.len() >= MOST || names.len() + name.len() * 3 > ROOM;
            if calls.last().is_none_or(full) {
                calls.push((String::new(), Vec::new()));
            }
            if let Some((names, asked)) = calls.last_mut() {
                url::append_pair(names, &format!("filter.{filter}.val[{}]", asked.len()), name);
                asked.push(id);
            }
        }
        // One alone is found as quickly by its id, and told more surely.
        calls.retain(|(_, asked)| asked.len() > 1);
        let path = |names: &str| {
            format!("{}/list.do?fields=id,optLock&filter.{filter}.op=EQUAL&{names}&sp.pageSize={MOST}", module.name)
        };
        calls.into_iter().map(|(names, asked)| (Call::get(path(&names)), asked)).collect()
    }
}

/// Hands over id and version of as many of these records as lists tell. Answers those that are left.
///
/// # Errors
/// When nothing more can be read at all.
pub(crate) fn look(
    door: &mut Door,
    host: &dyn Host,
    (module, names): (&'static Module, &mut Names),
    ids: &[String],
) -> Result<Vec<String>, Failure> {
    let (calls, asked): (Vec<Call>, Vec<Vec<&str>>) = names.calls(module, ids).into_iter().unzip();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut stopped = None;
    let mut asked_for = asked.iter();
    door.in_order(host, calls.into_iter(), |answer| {
        let Some(wanted) = asked_for.next() else { return ControlFlow::Break(()) };
        match answer.map_err(Transport::into_failure).and_then(|response| rows(&response, module, wanted)) {
            Ok(batch) => {
                found.extend(batch.records.iter().map(|record| record.id.clone()));
                host.emit(batch);
            }
            Err(failure) if refusal::concerns_all(&failure) => {
                stopped.get_or_insert(failure);
                return ControlFlow::Break(());
            }
            // Each of them is asked for singly, and has its own answer then.
            Err(_) => {}
        }
        ControlFlow::Continue(())
    });
    if let Some(failure) = stopped {
        return Err(failure);
    }
    if found.len() * 2 < asked.iter().map(Vec::len).sum() {
        names.useless.insert(module.name);
    }
    Ok(ids.iter().filter(|id| !found.contains(*id)).cloned().collect())
}

/// The rows of an answer that were asked for, and that have a version.
fn rows(response: &HttpResponse, module: &'static Module, wanted: &[&str]) -> Result<Batch, Failure> {
    let what = format!("{}/list.do", module.name);
    let asked = Asked { what: &what, purpose: Purpose::List, module: Some(module) };
    let answer = refusal::judge(response, asked).into_result()?;
    let mut records: BTreeMap<String, RawRecord> = BTreeMap::new();
    for row in answer.rows().unwrap_or_default() {
        let Some(head) = envelope::head(row) else { continue };
        let id = head.id.to_string();
        if head.version.is_some() && wanted.contains(&id.as_str()) {
            let raw = row.get().as_bytes().to_vec();
            records.insert(id.clone(), RawRecord { id, version: head.version, raw });
        }
    }
    Ok(Batch { records: records.into_values().collect() })
}
