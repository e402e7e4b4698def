//! Deciding: from what was observed of two systems and what they last agreed on, to a plan.
//!
//! Pure: the same input gives the same plan bytes, whatever the order of records (invariant 7). Nothing here reads, waits, asks for the
//! time or draws a number, and bad data never fails a plan: it becomes a conflict, a held record or a problem in it.

mod check;
mod correlate;
mod decide;
mod entity;
mod guard;
mod input;
mod merge;
mod names;
mod order;
mod plan;
mod table;
mod tally;
mod translate;
mod undo;

pub use check::{Finding, check};
pub use guard::{Around, Circumstances, allowed, guard, written};
pub use input::{
    EntityInput, Input, KeyOwner, LinkInput, OpenIntent, RefAnswer, RefQuestion, RefTable, RefusedDelete, Swing,
    emptied,
};
pub use names::{names_in, references};
pub use plan::{
    Action, ActionKind, Binding, Candidate, Change, Conflict, ConflictKind, Counts, DecisionFate, DecisionUse, Ending,
    EntityReport, FieldConflict, GuardStop, Held, Kept, Lift, Move, Named, Pair, PartnerId, Plan, Precondition,
    Problem, ReasonCount, RefKey, Waiting, pending_action, pending_key,
};
pub use table::{State, Verdict, verdict};
pub use undo::{Undo, UndoField, UndoWhat, UndoWrite};

use selaras_model::Hash128;

/// Makes a plan.
///
/// Entities are planned in the order given, so that a record refers to what was planned before it; see `entity` for what happens to one,
/// and `order` for the order of the writes.
#[must_use]
pub fn plan(input: &Input) -> Plan {
    let mut draft = entity::Draft::default();
    draft.kept.extend(input.undo.iter().flat_map(|undo| undo.kept.iter().cloned()));
    let mut reports = Vec::with_capacity(input.entities.len());
    for given in &input.entities {
        let Some(entity) = input.mapping.entity(&given.entity) else { continue };
        reports.push(entity::plan_entity(entity, input, given, &mut draft));
    }
    draft.lifts.sort_by(|a, b| (&a.entity, &a.ids).cmp(&(&b.entity, &b.ids)));
    draft.decisions.sort_by(|a, b| (&a.entity, &a.conflict, &a.unit).cmp(&(&b.entity, &b.conflict, &b.unit)));
    let actions = order::order(draft.actions, &reports);
    let mut plan = Plan {
        format: 1,
        binding: input.binding.clone(),
        actions,
        pairs: draft.pairs,
        conflicts: identified(input, draft.conflicts),
        held: draft.held,
        problems: draft.problems,
        lifts: draft.lifts,
        decisions: draft.decisions,
        kept: draft.kept,
        waiting: draft.waiting,
        entities: reports,
        names: Vec::new(),
        hash: String::new(),
    };
    plan.names = names::names(&plan, &input.refs);
    plan.hash = hash(&plan);
    plan
}

impl Plan {
    /// Whether the plan is the one that its hash was made of.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let bare = Plan { hash: String::new(), ..self.clone() };
        hash(&bare) == self.hash
    }
}

/// The conflicts with their ids.
fn identified(input: &Input, mut conflicts: Vec<Conflict>) -> Vec<Conflict> {
    let Binding { mapping, systems, endpoints, .. } = &input.binding;
    for conflict in &mut conflicts {
        conflict.id = decide::id(mapping, systems, endpoints, conflict);
    }
    conflicts
}

/// The hash of a plan's contents, so that an approval or a saved plan means exactly these writes.
fn hash(plan: &Plan) -> String {
    let bytes = serde_json::to_vec(plan).expect("a plan holds only maps with text keys and plain values");
    Hash128::of(&bytes).to_string()
}
