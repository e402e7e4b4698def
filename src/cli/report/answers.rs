//! The commands that answer a conflict, ready to be copied.

use crate::commands::quoted;
use selaras_model::{FieldName, PerSide, Side};
use selaras_plan::{Candidate, Conflict, ConflictKind};
use selaras_run::OpenConflict;

/// More pairs than these are not listed one by one.
const PAIRS: usize = 6;

const BECAUSE: &str = "--because '…'";

/// The commands for what is not decided yet, and the one that takes back what is.
pub(super) fn rest(systems: &PerSide<String>, open: &OpenConflict) -> Vec<String> {
    let id = &open.conflict.id;
    let take = |field: &FieldName, side: Side| {
        let (field, system) = (quoted(field.as_str()), quoted(systems.get(side)));
        format!("runner resolve {id} --field {field} --take {system} {BECAUSE}")
    };
    let waiting = open.waiting().into_iter().flat_map(|field| Side::BOTH.map(|side| take(field, side)));
    waiting.chain([format!("runner resolve {id} --withdraw {BECAUSE}")]).collect()
}

/// The commands, each without what says which mapping and state.
pub(super) fn answers(systems: &PerSide<String>, conflict: &Conflict) -> Vec<String> {
    let because = BECAUSE;
    let entity = quoted(conflict.entity.as_str());
    let take = |side: Side| format!("runner resolve {} --take {} {because}", conflict.id, quoted(systems.get(side)));
    let of =
        |side: Side| conflict.candidates.iter().filter(move |candidate| candidate.side == side && !candidate.linked);
    let unlink = |candidate: &Candidate| {
        let (id, system) = (quoted(candidate.id.as_str()), quoted(systems.get(candidate.side)));
        format!("runner links unlink {entity} {id} --system {system} {because}")
    };
    let link = |left: &Candidate, right: &Candidate| {
        let (left, right) = (quoted(left.id.as_str()), quoted(right.id.as_str()));
        format!("runner links link {entity} {left} {right} {because}")
    };
    match conflict.kind {
        ConflictKind::Field | ConflictKind::FirstMeeting | ConflictKind::Delete => {
            Side::BOTH.into_iter().map(take).collect()
        }
        ConflictKind::Ambiguous | ConflictKind::Stranger => {
            let pairs = of(Side::Left).flat_map(|left| of(Side::Right).map(move |right| link(left, right)));
            pairs.take(PAIRS).collect()
        }
        ConflictKind::LinkedElsewhere => {
            conflict.candidates.iter().filter(|candidate| candidate.linked).map(unlink).collect()
        }
        ConflictKind::PartnerId => {
            let id = conflict.ids.left.first().map(|id| quoted(id.as_str()));
            let system = quoted(&systems.left);
            id.into_iter().map(|id| format!("runner links unlink {entity} {id} --system {system} {because}")).collect()
        }
        ConflictKind::KeyTaken => Vec::new(),
    }
}
