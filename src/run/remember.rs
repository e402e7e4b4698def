//! What a run leaves in the state for people: the conflicts that are open after it, and what became of decisions.

use crate::gather::Gathered;
use crate::outcome::{ActionEnd, ActionResult};
use crate::pending::OpenConflict;
use selaras_model::{ConflictId, EntityName, NativeId, Presence, Side};
use selaras_plan::{Conflict, DecisionFate, DecisionUse, Plan};
use selaras_store::{Closed, StoredConflict};
use std::collections::BTreeSet;

/// The conflicts that are open now: those of this plan, and of earlier ones those that it did not look at.
pub(crate) fn conflicts(known: Vec<StoredConflict>, plan: &Plan, gathered: Option<&Gathered>) -> Vec<StoredConflict> {
    let looked_at = |stored: &StoredConflict| {
        let Ok(conflict) = serde_json::from_value::<Conflict>(stored.body.clone()) else { return true };
        let planned = plan.entities.iter().any(|report| report.entity == conflict.entity);
        let narrowed = gathered.filter(|gathered| gathered.narrowed);
        planned && narrowed.is_none_or(|gathered| concerns(gathered, &conflict))
    };
    let mut open: Vec<StoredConflict> = known.into_iter().filter(|stored| !looked_at(stored)).collect();
    open.extend(plan.conflicts.iter().map(|conflict| OpenConflict::stored(conflict, &plan.names)));
    open
}

/// Whether one of the records of a conflict is among those that were asked for.
fn concerns(gathered: &Gathered, conflict: &Conflict) -> bool {
    let mut seen: BTreeSet<(&EntityName, Side, &NativeId)> = BTreeSet::new();
    for input in &gathered.entities {
        for side in Side::BOTH {
            let linked = input.links.iter().filter(|link| !matches!(link.now.get(side), Presence::Unknown(_)));
            seen.extend(linked.map(|link| (&input.entity, side, link.link.ids.get(side))));
            seen.extend(input.unlinked.get(side).iter().map(|record| (&input.entity, side, &record.id)));
        }
    }
    let known = |side: Side| conflict.ids.get(side).iter().any(|id| seen.contains(&(&conflict.entity, side, id)));
    Side::BOTH.into_iter().any(known)
}

/// The decisions that have ended: carried out, without a conflict to decide, or refused by a system where asking again would be the same.
pub(crate) fn closed(plan: &Plan, results: &[ActionResult]) -> Vec<(ConflictId, String, Closed)> {
    let ended = |used: &DecisionUse| {
        let closed = match used.fate {
            DecisionFate::Stale => None,
            DecisionFate::Moot => Some(Closed::Moot),
            DecisionFate::Used => end_of(plan, results, used),
        };
        closed.map(|closed| (used.conflict.clone(), used.unit.clone(), closed))
    };
    plan.decisions.iter().filter_map(ended).collect()
}

fn end_of(plan: &Plan, results: &[ActionResult], used: &DecisionUse) -> Option<Closed> {
    let of_pair = |(action, _): &(&selaras_plan::Action, &ActionResult)| Some(action.pair) == used.pair;
    let mut ends = plan.actions.iter().zip(results).filter(of_pair).map(|(_, result)| &result.end);
    let applied = ends.clone().all(|end| matches!(end, ActionEnd::Applied { .. }));
    let refused = ends.any(|end| matches!(end, ActionEnd::Rejected(_)));
    match (applied, refused) {
        (true, _) => Some(Closed::Applied),
        // A removal that was refused is for a person to think about again; a value is tried again, as any other.
        (false, true) if used.unit.is_empty() => Some(Closed::Refused),
        (false, true | false) => None,
    }
}
