//! Sync Information: the four counters per entity and side, before a plan and after it was applied.
//!
//! Dummy: sample records living there. Data: real records that originated there. Sinkron: records that came from the other side.

use crate::outcome::{ActionEnd, ActionResult, SyncInfo};
use crate::workspace::State;
use selaras_model::{LinkState, PerSide, Presence, Side};
use selaras_plan::{Action, ActionKind, EntityInput, Plan};
use selaras_store::{StoreError, StoredInfo};

/// The counters as observed.
pub(crate) fn before(state: &State, plan: &Plan, inputs: &[EntityInput]) -> Result<Vec<SyncInfo>, StoreError> {
    let mut all = Vec::new();
    for (report, input) in plan.entities.iter().zip(inputs) {
        for side in Side::BOTH {
            let counts = report.counts.get(side);
            let arrived = state.arrived(&report.entity, side)?;
            let absent = input
                .links
                .iter()
                .filter(|link| link.link.origin == side.other() && !present(link.now.get(side)))
                .count() as u64;
            let survivors = input
                .tombstones
                .iter()
                .filter(|link| survived(&link.state, side) && link.origin == side.other())
                .count() as u64;
            let dummy_arrived = input
                .links
                .iter()
                .filter(|link| link.link.origin == side.other() && is_dummy(link.now.get(side)))
                .count() as u64;
            let sinkron = (arrived + survivors).saturating_sub(absent + dummy_arrived);
            all.push(SyncInfo {
                entity: report.entity.clone(),
                side,
                system: plan.binding.systems.get(side).clone(),
                dummy: counts.dummy,
                data: counts.seen.saturating_sub(counts.dummy + sinkron),
                sinkron,
                total: counts.seen,
            });
        }
    }
    Ok(all)
}

fn present(now: &Presence) -> bool {
    matches!(now, Presence::Unchanged | Presence::Present(_))
}

fn is_dummy(now: &Presence) -> bool {
    matches!(now, Presence::Present(record) if record.standing == selaras_model::Standing::Dummy)
}

fn survived(state: &LinkState, side: Side) -> bool {
    matches!(state, LinkState::Tombstone { gone, .. } if gone.other() == side)
}

/// The counters after the plan was applied as far as it was.
pub(crate) fn after(before: &[SyncInfo], plan: &Plan, results: &[ActionResult]) -> Vec<SyncInfo> {
    let mut after = before.to_vec();
    for (action, result) in plan.actions.iter().zip(results) {
        if matches!(result.end, ActionEnd::Applied { .. }) {
            count(&mut after, plan, action);
        }
    }
    for pair in plan.pairs.iter().filter(|pair| pair.found) {
        // A pair that was found: the record on the side that it did not come from is not that side's own.
        let changed = at(&mut after, &pair.entity, pair.origin.other());
        if let Some(info) = changed {
            info.data = info.data.saturating_sub(1);
            info.sinkron += 1;
        }
    }
    after
}

fn count(infos: &mut [SyncInfo], plan: &Plan, action: &Action) {
    let origin = plan.pairs[action.pair].origin;
    let Some(info) = at(infos, &action.entity, action.target) else { return };
    match action.kind {
        ActionKind::Create => {
            info.sinkron += 1;
            info.total += 1;
        }
        ActionKind::Delete => {
            let column = if origin == action.target { &mut info.data } else { &mut info.sinkron };
            *column = column.saturating_sub(1);
            info.total = info.total.saturating_sub(1);
        }
        ActionKind::Update | ActionKind::Deactivate => {}
    }
}

fn at<'i>(infos: &'i mut [SyncInfo], entity: &selaras_model::EntityName, side: Side) -> Option<&'i mut SyncInfo> {
    infos.iter_mut().find(|info| &info.entity == entity && info.side == side)
}

impl From<StoredInfo> for SyncInfo {
    fn from(info: StoredInfo) -> Self {
        let StoredInfo { entity, side, system, dummy, data, sinkron, total } = info;
        Self { entity, side, system, dummy, data, sinkron, total }
    }
}

impl From<SyncInfo> for StoredInfo {
    fn from(info: SyncInfo) -> Self {
        let SyncInfo { entity, side, system, dummy, data, sinkron, total } = info;
        Self { entity, side, system, dummy, data, sinkron, total }
    }
}

/// Sync Information of entities that this run did not look at stays as it was.
pub(crate) fn merged(known: Vec<SyncInfo>, new: &[SyncInfo], order: &PerSide<String>) -> Vec<SyncInfo> {
    let fresh = |info: &SyncInfo| new.iter().any(|now| now.entity == info.entity && now.side == info.side);
    let mut all: Vec<SyncInfo> =
        known.into_iter().filter(|info| !fresh(info) && order.get(info.side) == &info.system).collect();
    all.extend(new.iter().cloned());
    all
}
