//! A plan that was made earlier, against one made from a fresh look: what still holds is carried out, what moved is left alone.
//!
//! The fresh plan is a check and nothing else. What it has on top is never done: apply may only shrink the plan that it was given
//! (invariants 9 and 14).

use selaras_model::{ActionId, EntityName, Message, NativeId, PerSide, Side};
use selaras_plan::{Action, Conflict, DecisionUse, Pair, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// What is left of an earlier plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The earlier plan. What is left of it expects the versions that were seen just now.
    pub plan: Plan,
    /// Actions that no longer hold, by position, and why.
    pub moved: BTreeMap<usize, Message>,
    /// Pairs that no longer hold, by position: nothing of them is settled.
    pub left: BTreeSet<usize>,
}

/// Measures an earlier plan against a fresh one.
#[must_use]
pub fn shrink(earlier: &Plan, fresh: &Plan) -> Shrunk {
    let mut plan = earlier.clone();
    let pairs: BTreeMap<_, &Pair> = fresh.pairs.iter().map(|pair| (key(pair), pair)).collect();
    let mut left = BTreeSet::new();
    for (at, pair) in plan.pairs.iter_mut().enumerate() {
        match pairs.get(&key(pair)) {
            Some(now) if same_pair(pair, now) => pair.versions.clone_from(&now.versions),
            Some(_) | None => drop(left.insert(at)),
        }
    }
    let actions: BTreeMap<&ActionId, &Action> = fresh.actions.iter().map(|action| (&action.id, action)).collect();
    let mut moved = BTreeMap::new();
    for (at, action) in plan.actions.iter_mut().enumerate() {
        match actions.get(&action.id) {
            Some(now) if !left.contains(&action.pair) && same_action(action, now) => {
                action.precondition.clone_from(&now.precondition);
            }
            Some(_) | None => drop(moved.insert(at, why(action, fresh))),
        }
    }
    plan.lifts.retain(|lift| fresh.lifts.contains(lift));
    let decided = |used: &DecisionUse| {
        let same = |now: &DecisionUse| (&now.conflict, &now.unit, now.fate) == (&used.conflict, &used.unit, used.fate);
        used.pair.is_none_or(|pair| !left.contains(&pair)) && fresh.decisions.iter().any(same)
    };
    plan.decisions.retain(decided);
    Shrunk { plan, moved, left }
}

/// What a pair is known by.
fn key(pair: &Pair) -> (EntityName, PerSide<Option<NativeId>>) {
    (pair.entity.clone(), pair.ids.clone())
}

/// Both records look as they did, and so does what the state remembers of them.
fn same_pair(pair: &Pair, now: &Pair) -> bool {
    pair.observed == now.observed
        && pair.base == now.base
        && pair.moves == now.moves
        && pair.ending == now.ending
        && pair.found == now.found
}

/// The same write to the same record as it was. Versions may differ: somebody touched what the mapping does not look at.
fn same_action(action: &Action, now: &Action) -> bool {
    (action.kind, action.target, &action.target_id, &action.origin_id)
        == (now.kind, now.target, &now.target_id, &now.origin_id)
        && action.write == now.write
        && action.whole == now.whole
        && action.before == now.before
        && action.partner_id == now.partner_id
        && action.ref_keys == now.ref_keys
        && action.waits_for == now.waits_for
}

/// Why an action no longer holds: in the words of the fresh plan where it has some about the record.
fn why(action: &Action, fresh: &Plan) -> Message {
    let of_record = |side: Side, id: &NativeId| {
        let ours = if side == action.target { &action.target_id } else { &action.origin_id };
        ours.as_ref() == Some(id)
    };
    let held = fresh.held.iter().find(|held| held.entity == action.entity && of_record(held.side, &held.id));
    let problem = fresh.problems.iter().find(|found| found.entity == action.entity && of_record(found.side, &found.id));
    let in_conflict = |conflict: &&Conflict| {
        Side::BOTH.iter().any(|side| conflict.ids.get(*side).iter().any(|id| of_record(*side, id)))
    };
    let mut conflicts = fresh.conflicts.iter().filter(|conflict| conflict.entity == action.entity);
    held.map(|held| held.reason.clone())
        .or_else(|| problem.and_then(|problem| problem.messages.first().cloned()))
        .or_else(|| conflicts.find(in_conflict).map(|conflict| conflict.message.clone()))
        .unwrap_or_else(|| Message::new("run-skipped-moved"))
}
