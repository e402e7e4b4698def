//! What speaks for each delete of a plan: how long the two were linked, when the vanished record was last seen, and what has stayed the same
//! since. It is shown with the plan and kept with the write; it decides nothing.

use crate::error::RunError;
use crate::workspace::Workspace;
use selaras_model::{ActionId, EntityName, Link, NativeId, RunId, Side};
use selaras_plan::{ActionKind, EntityInput, Plan};
use selaras_store::RunSummary;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a record may be taken for gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where the record vanished.
    pub gone: Side,
    /// The run that linked the two.
    pub linked_since: RunId,
    /// The last run in which it was listed; `None`: none is remembered.
    pub seen: Option<SeenIn>,
    /// When a direct read said that it is not there, in milliseconds since 1970 (UTC).
    pub read_ms: i64,
    /// The run since which scope, sample data rule and resource are as they are now; `None`: they were never noted so.
    pub rules_since: Option<RunId>,
    /// The run since which the mapping is as it is now; `None`: this is the first with it.
    pub mapping_since: Option<RunId>,
}

/// A run in which a record was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenIn {
    /// The run.
    pub run: RunId,
    /// When it ended, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
}

impl Workspace {
    /// The evidence for each removal of a plan.
    pub(crate) fn evidence<'i>(
        &self,
        plan: &Plan,
        inputs: &'i [EntityInput],
        now_ms: i64,
    ) -> Result<BTreeMap<ActionId, Evidence>, RunError> {
        let removes = |kind: ActionKind| matches!(kind, ActionKind::Delete | ActionKind::Deactivate);
        let removals = || plan.actions.iter().filter(|action| removes(action.kind));
        let mut found = BTreeMap::new();
        if removals().next().is_none() {
            return Ok(found);
        }
        let mut runs = self.state.runs(u32::MAX)?;
        runs.retain(|run| run.refused.is_empty() && run.finished_ms.is_some());
        let of_entity = |input: &'i EntityInput| input.links.iter().map(|link| (&input.entity, &link.link));
        let mut links: BTreeMap<(&EntityName, Side, &NativeId), &Link> = BTreeMap::new();
        for (entity, link) in inputs.iter().flat_map(of_entity) {
            links.extend(Side::BOTH.map(|side| ((entity, side, link.ids.get(side)), link)));
        }
        for action in removals() {
            let gone = action.target.other();
            let Some(id) = &action.target_id else { continue };
            let Some(link) = links.get(&(&action.entity, action.target, id)) else { continue };
            let evidence = Evidence {
                gone,
                linked_since: link.since.clone(),
                seen: last_seen(&runs, &action.entity, link, gone),
                read_ms: now_ms,
                rules_since: self.rules_since(&runs, &action.entity),
                mapping_since: since(&runs, |run| (run.mapping_hash == self.mapping.hash).then_some(true)),
            };
            found.insert(action.id.clone(), evidence);
        }
        Ok(found)
    }

    /// The run since which the rules of an entity are what they are now. Runs that did not see all of its links say nothing.
    fn rules_since(&self, runs: &[RunSummary], entity: &EntityName) -> Option<RunId> {
        let now = self.rules_now(entity)?;
        since(runs, |run| Some(*run.rules.get(entity)? == now))
    }
}

/// The earliest run of those that agree without a break up to the last one.
fn since(runs: &[RunSummary], agrees: impl Fn(&RunSummary) -> Option<bool>) -> Option<RunId> {
    runs.iter().take_while(|run| agrees(run) == Some(true)).last().map(|run| run.run.clone())
}

/// The last run that read the whole entity while the record was not missing.
fn last_seen(runs: &[RunSummary], entity: &EntityName, link: &Link, gone: Side) -> Option<SeenIn> {
    let missed = link.missed.since.get(gone).as_ref();
    let there = |run: &&RunSummary| {
        run.complete.contains(entity) && missed.is_none_or(|missed| run.run < *missed) && run.run >= link.since
    };
    let run = runs.iter().find(there)?;
    Some(SeenIn { run: run.run.clone(), at_ms: run.finished_ms.unwrap_or(run.started_ms) })
}
