//! What happened: runs, open intents, and the past of one record, as the state remembers them. Needs no connection.

use crate::error::RunError;
use crate::evidence::Evidence;
use selaras_model::{Message, NativeId, Outcome, PerSide, RefBy, Side, Take};
use selaras_plan::{Change, Named, references};
use selaras_store::{Act, Deed, Listed, OpenEntry, Past, Reader, RunSummary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// What a write asked for: kept with its intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Why, in one sentence.
    pub why: Message,
    /// Each field, with the value that was overwritten. Of a removal: all that the record held.
    pub changes: Vec<Change>,
    /// How long a new record may take to show.
    pub settle_ms: u64,
    /// Of a removal: what spoke for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

impl Asked {
    pub(crate) fn as_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// From what the state kept. Intents of early runs kept nothing.
    #[must_use]
    pub fn of(kept: Option<&serde_json::Value>) -> Option<Self> {
        serde_json::from_value(kept?.clone()).ok()
    }
}

/// The past of one record.
#[derive(Clone, Debug, Default)]
pub struct RecordPast {
    /// Its links, past ones included.
    pub links: Vec<Listed>,
    /// Writes to it, oldest first.
    pub writes: Vec<Past>,
    /// What was ordered about it by hand, oldest first.
    pub acts: Vec<Act>,
    /// How people call the records that the values of all that refer to, as far as their links know.
    pub names: Vec<Named>,
}

/// The latest runs of a mapping, newest first. What a run wrote that did not come to its end, its journal says.
///
/// # Errors
/// When the state cannot be read.
pub fn runs(path: &Path, mapping: &str, limit: u32) -> Result<Vec<RunSummary>, RunError> {
    let reader = reader(path, mapping)?;
    let mut runs = reader.runs(limit)?;
    for run in runs.iter_mut().filter(|run| run.finished_ms.is_none()) {
        (run.applied, run.rejected, run.unclear) = (0, 0, 0);
        for past in reader.past_of_run(&run.run)? {
            match past.outcome {
                Some(Outcome::Applied { .. }) => run.applied += 1,
                Some(Outcome::Rejected { .. }) => run.rejected += 1,
                Some(Outcome::Unclear { .. }) | None => run.unclear += 1,
            }
        }
    }
    Ok(runs)
}

/// The latest run that a guard refused and whose plan begins with this hash.
///
/// # Errors
/// When the state cannot be read.
pub fn refused_plan(path: &Path, hash: &str) -> Result<Option<RunSummary>, RunError> {
    Ok(Reader::open(path)?.refused_plan(hash)?)
}

/// The intents of a mapping that are open, oldest first.
///
/// # Errors
/// When the state cannot be read.
pub fn open_intents(path: &Path, mapping: &str) -> Result<Vec<OpenEntry>, RunError> {
    Ok(reader(path, mapping)?.open_intents()?)
}

/// Links of a mapping, and how many there are without the limit.
///
/// # Errors
/// When the state cannot be read.
pub fn links(
    path: &Path,
    mapping: &str,
    entity: Option<&selaras_model::EntityName>,
    key: Option<&str>,
    limit: u32,
) -> Result<(Vec<Listed>, u64), RunError> {
    let reader = reader(path, mapping)?;
    Ok((reader.list_links(entity, key, limit)?, reader.count_links(entity, key)?))
}

/// Everything that is remembered of the records known by a key: an id of either side, a code, a number or a name.
///
/// # Errors
/// When the state cannot be read.
pub fn record(path: &Path, mapping: &str, key: &str) -> Result<RecordPast, RunError> {
    const LINKS: u32 = 200;
    let reader = reader(path, mapping)?;
    let links = reader.list_links(None, Some(key), LINKS)?;
    let mut writes = reader.past_of(key)?;
    // A record that is known by its code may have been written to by its ids alone.
    let ids = links.iter().flat_map(|link| Side::BOTH.map(|side| (&link.entity, side, link.ids.get(side))));
    for (entity, side, id) in ids.filter(|(_, _, id)| !id.as_str().is_empty()) {
        let about = |past: &Past| {
            let intent = &past.intent;
            let here = if intent.target == side { &intent.target_id } else { &intent.origin_id };
            intent.entity == *entity && here.as_ref() == Some(id)
        };
        let more = reader.past_of(id.as_str())?;
        writes.extend(more.into_iter().filter(|past| about(past)));
    }
    writes.sort_by_key(|past| past.id);
    writes.dedup_by_key(|past| past.id);
    let known = |ids: &PerSide<Option<NativeId>>| {
        let is = |side: Side| ids.get(side).as_ref().is_some_and(|id| id.as_str() == key);
        let linked =
            |link: &Listed| Side::BOTH.into_iter().any(|side| ids.get(side).as_ref() == Some(link.ids.get(side)));
        Side::BOTH.into_iter().any(is) || links.iter().any(linked)
    };
    let named = |label: &str| label == key || label.split(' ').any(|word| word == key);
    let mut acts = reader.acts(u32::MAX)?;
    acts.retain(|act| known(&act.ids) || named(&act.label));
    acts.reverse();
    let names = names(&reader, &writes, &acts)?;
    Ok(RecordPast { links, writes, acts, names })
}

fn names(reader: &Reader, writes: &[Past], acts: &[Act]) -> Result<Vec<Named>, RunError> {
    let mut found = BTreeSet::new();
    for write in writes {
        for change in Asked::of(write.asked.as_ref()).into_iter().flat_map(|asked| asked.changes) {
            change.before.iter().chain([&change.after]).for_each(|it| references(write.intent.target, it, &mut found));
        }
    }
    for act in acts {
        if let Deed::Decided(decision) | Deed::Withdrew(decision) = &act.deed
            && let Take::Value(value) = &decision.take
        {
            references(Side::Left, value, &mut found);
        }
    }
    let mut names = Vec::new();
    for (side, reference) in found.into_iter().filter(|(_, reference)| reference.by == RefBy::Id) {
        if let Some(label) = reader.label_of(&reference.entity, side, &reference.key)? {
            names.push(Named { side, reference, label });
        }
    }
    Ok(names)
}

fn reader(path: &Path, mapping: &str) -> Result<Reader, RunError> {
    let mut reader = Reader::open(path)?;
    reader.select_latest(mapping)?;
    Ok(reader)
}
