//! The accounts of a run: what was planned, corrected by what became of it.

use crate::outcome::{ActionEnd, ActionResult};
use selaras_model::{EntityName, PerSide, Side};
use selaras_plan::{Counts, Ending, Plan};
use std::collections::BTreeMap;

/// The accounts after the run: what was planned and did not happen is failed, or held where nobody knows yet.
pub(crate) fn after(plan: &Plan, results: &[ActionResult]) -> Vec<(EntityName, PerSide<Counts>)> {
    let mut accounts: Vec<(EntityName, PerSide<Counts>)> =
        plan.entities.iter().map(|report| (report.entity.clone(), report.counts.clone())).collect();
    let mut worst: BTreeMap<usize, bool> = BTreeMap::new();
    for (action, result) in plan.actions.iter().zip(results) {
        match &result.end {
            ActionEnd::Applied { .. } => {}
            ActionEnd::Rejected(_) => *worst.entry(action.pair).or_default() |= true,
            ActionEnd::Unclear(_) | ActionEnd::Skipped(_) => *worst.entry(action.pair).or_default() |= false,
        }
    }
    for (pair, failed) in worst {
        let pair = &plan.pairs[pair];
        let Some((_, counts)) = accounts.iter_mut().find(|(entity, _)| *entity == pair.entity) else { continue };
        // A record that is gone was not seen, and so it is not in the accounts.
        let seen = |side: &Side| {
            let gone = [Ending::Tombstone(*side), Ending::Grace(*side)].contains(&pair.ending);
            pair.ids.get(*side).is_some() && !gone
        };
        for side in Side::BOTH.into_iter().filter(seen) {
            let counts = counts.get_mut(side);
            let is_create = pair.ids.get(side.other()).is_none();
            let column = if is_create { &mut counts.created } else { &mut counts.updated };
            *column = column.saturating_sub(1);
            *(if failed { &mut counts.failed } else { &mut counts.held }) += 1;
        }
    }
    accounts
}
