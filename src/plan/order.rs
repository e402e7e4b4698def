//! The order of writes: references before referrers for creates and updates, after them for deletes (invariant 10).

use crate::plan::{Action, ActionKind, EntityReport};
use selaras_model::{NativeId, Side};

/// Sorts the actions. Entities come in the order in which they were planned, which is that of their references.
pub(crate) fn order(mut actions: Vec<Action>, reports: &[EntityReport]) -> Vec<Action> {
    let rank = |action: &Action| reports.iter().position(|report| report.entity == action.entity).unwrap_or(usize::MAX);
    actions.sort_by_cached_key(|action| place(action, rank(action)));
    actions
}

/// Where an action stands.
type Place = (bool, usize, ActionKind, Side, (usize, String), String);

fn place(action: &Action, rank: usize) -> Place {
    let removes = match action.kind {
        ActionKind::Create | ActionKind::Update => false,
        ActionKind::Delete | ActionKind::Deactivate => true,
    };
    let rank = if removes { usize::MAX - rank } else { rank };
    let id = action.origin_id.as_ref().or(action.target_id.as_ref());
    (removes, rank, action.kind, action.target, natural(id), action.id.to_string())
}

/// Numbers before longer numbers: ids such as 9, 10 and 100 in the order in which people count.
pub(crate) fn natural(id: Option<&NativeId>) -> (usize, String) {
    id.map_or((0, String::new()), |id| (id.as_str().len(), id.as_str().to_owned()))
}
