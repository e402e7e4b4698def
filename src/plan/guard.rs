//! Guards: limits on what one plan may do. A guard that trips writes nothing (invariant 19); it is counted on the whole plan before
//! anything is sent.

use crate::plan::{Action, ActionKind, Ending, EntityReport, GuardStop, Plan};
use selaras_mapping::program::{Entity, Guards, Limit, Mapping};
use selaras_model::Side;

/// The limits that a plan goes beyond; none means go.
#[must_use]
pub fn guard(plan: &Plan, mapping: &Mapping) -> Vec<GuardStop> {
    let mut stops = Vec::new();
    for report in &plan.entities {
        let Some(entity) = mapping.entity(&report.entity) else { continue };
        for side in Side::BOTH {
            stops.extend(limits(plan, report, entity, side));
            stops.extend(empty_side(plan, report, side));
        }
    }
    stops
}

fn limits(plan: &Plan, report: &EntityReport, entity: &Entity, side: Side) -> Vec<GuardStop> {
    let count = |kinds: &[ActionKind]| {
        let ours =
            |action: &&Action| action.entity == report.entity && action.target == side && kinds.contains(&action.kind);
        plan.actions.iter().filter(ours).count() as u64
    };
    let Guards { delete, update, create, minimum } = entity.guards;
    [
        ("delete", delete, count(&[ActionKind::Delete, ActionKind::Deactivate])),
        ("update", update, count(&[ActionKind::Update])),
        ("create", create, count(&[ActionKind::Create])),
    ]
    .into_iter()
    .filter_map(|(guard, limit, planned)| {
        let allowed = allowed(limit, report.linked, minimum)?;
        (planned > allowed).then(|| GuardStop {
            entity: report.entity.clone(),
            side,
            guard: guard.to_owned(),
            planned,
            allowed,
            population: report.linked,
            limit: written(limit),
        })
    })
    .collect()
}

/// How many may be; `None`: no limit applies. Percentages count only from a minimum population on, and are rounded down, but never to none
/// unless they say none.
fn allowed(limit: Limit, population: u64, minimum: u64) -> Option<u64> {
    let share_of = |percent: u8| (population * u64::from(percent) / 100).max(u64::from(percent > 0));
    let share = limit.percent.filter(|_| population >= minimum).map(share_of);
    match (limit.count, share) {
        (Some(count), Some(share)) => Some(count.min(share)),
        (count, share) => count.or(share),
    }
}

fn written(limit: Limit) -> String {
    match (limit.count, limit.percent) {
        (Some(count), Some(percent)) => format!("{count}, {percent}%"),
        (Some(count), None) => count.to_string(),
        (None, Some(percent)) => format!("{percent}%"),
        (None, None) => String::new(),
    }
}

/// One side is suddenly empty while records were linked: a swapped database or a broken listing looks just like that.
fn empty_side(plan: &Plan, report: &EntityReport, side: Side) -> Option<GuardStop> {
    let vanished = |pair: &&crate::plan::Pair| pair.entity == report.entity && pair.ending == Ending::Tombstone(side);
    let gone = plan.pairs.iter().filter(vanished).count() as u64;
    let empty = report.linked >= 2 && gone == report.linked && report.counts.get(side).seen == 0;
    empty.then(|| GuardStop {
        entity: report.entity.clone(),
        side,
        guard: "empty_side".to_owned(),
        planned: gone,
        allowed: 0,
        population: report.linked,
        limit: "0".to_owned(),
    })
}
