//! The checker: a second opinion on a finished plan, by other code than the planner's. It does not trust what it reads.
//!
//! A finding is a fault of ours, never of the data: a plan with findings is refused.

use crate::input::{EntityInput, Input, LinkInput};
use crate::plan::{Action, ActionKind, Change, Ending, Pair, PartnerId, Plan};
use crate::undo::{UndoField, UndoWhat};
use schemars::JsonSchema;
use selaras_model::{ActionId, Decision, EntityName, NativeId, PerSide, Presence, Side, Standing, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Something that must not be in a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The invariant of ARCHITECTURE.md that is broken.
    pub invariant: u32,
    /// What was found.
    pub text: String,
}

/// Checks a plan against its input. Findings come in a stable order.
#[must_use]
pub fn check(plan: &Plan, input: &Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |invariant: u32, text: String| findings.push(Finding { invariant, text });
    accounts(plan, input, &mut find);
    order(plan, &mut find);
    let given: BTreeMap<&EntityName, Known> =
        input.entities.iter().map(|given| (&given.entity, Known::of(given))).collect();
    for action in &plan.actions {
        match (given.get(&action.entity), plan.pairs.get(action.pair)) {
            (Some(given), Some(pair)) => one_action(action, pair, given, input, &mut find),
            (None, _) => find(9, format!("action {} is about an entity that was not observed", action.id)),
            (_, None) => find(9, format!("action {} settles no pair", action.id)),
        }
    }
    one_link_per_id(plan, input, &mut find);
    decided(plan, input, &mut find);
    taken_back(plan, input, &mut find);
    findings.sort();
    findings
}

/// What was observed of an entity, by id: an action is looked at in a few steps, however many there are.
struct Known<'a> {
    links: PerSide<BTreeMap<&'a NativeId, &'a LinkInput>>,
    buried: PerSide<BTreeSet<&'a NativeId>>,
    /// Records that take no part.
    aside: PerSide<BTreeSet<&'a NativeId>>,
}

impl<'a> Known<'a> {
    fn of(given: &'a EntityInput) -> Self {
        let aside = |side: Side| {
            let linked = given.links.iter().filter_map(move |link| match link.now.get(side) {
                Presence::Present(record) => Some(&**record),
                Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
            });
            let all = given.unlinked.get(side).iter().chain(linked);
            all.filter(|record| record.standing != Standing::Real).map(|record| &record.id).collect()
        };
        Self {
            links: PerSide::from_fn(|side| given.links.iter().map(|link| (link.link.ids.get(side), link)).collect()),
            buried: PerSide::from_fn(|side| given.tombstones.iter().map(|link| link.ids.get(side)).collect()),
            aside: PerSide::from_fn(aside),
        }
    }

    /// Sample data, and records out of scope, neither give nor take.
    fn takes_part(&self, action: &Action) -> bool {
        let real = |side: Side, id: &Option<NativeId>| id.as_ref().is_none_or(|id| !self.aside.get(side).contains(id));
        real(action.target, &action.target_id) && real(action.target.other(), &action.origin_id)
    }

    fn is_buried(&self, action: &Action) -> bool {
        action.origin_id.as_ref().is_some_and(|id| self.buried.get(action.target.other()).contains(id))
    }
}

/// Invariant 8: every record is counted once, and nothing is counted that was not seen.
fn accounts(plan: &Plan, input: &Input, find: &mut impl FnMut(u32, String)) {
    for (report, given) in plan.entities.iter().zip(&input.entities) {
        for side in Side::BOTH {
            let counts = report.counts.get(side);
            let seen = seen(given, side);
            if counts.seen != seen || counts.sum() != seen {
                let text =
                    format!("{} {side:?}: {seen} seen, {} counted, sum {}", report.entity, counts.seen, counts.sum());
                find(8, text);
            }
        }
    }
}

fn seen(given: &EntityInput, side: Side) -> u64 {
    let present = |now: &Presence| matches!(now, Presence::Unchanged | Presence::Present(_));
    let linked = given.links.iter().filter(|link| present(link.now.get(side))).count();
    given.quiet + linked as u64 + given.unlinked.get(side).len() as u64
}

/// Invariant 10, and no action twice.
fn order(plan: &Plan, find: &mut impl FnMut(u32, String)) {
    let mut done: BTreeSet<&ActionId> = BTreeSet::new();
    for action in &plan.actions {
        for wait in &action.waits_for {
            if !done.contains(wait) {
                find(10, format!("action {} comes before {wait}, which it waits for", action.id));
            }
        }
        if let Some(PartnerId::Of(create)) = &action.partner_id
            && !done.contains(create)
        {
            find(10, format!("action {} writes the id that {create} has not made yet", action.id));
        }
        if !done.insert(&action.id) {
            find(7, format!("action {} is there twice", action.id));
        }
    }
}

fn one_action(action: &Action, pair: &Pair, given: &Known, input: &Input, find: &mut impl FnMut(u32, String)) {
    let link = action.target_id.as_ref().and_then(|id| given.links.get(action.target).get(id));
    match action.kind {
        ActionKind::Create => {
            if action.target_id.is_some() || pair.ids.get(action.target).is_some() {
                find(2, format!("action {} creates a record that exists", action.id));
            }
            if given.is_buried(action) {
                find(5, format!("action {} re-creates what was deleted", action.id));
            }
        }
        ActionKind::Update => writes_owned_fields(action, input, find),
        ActionKind::Delete | ActionKind::Deactivate => {
            let proven = link.is_some_and(|link| matches!(link.now.get(action.target.other()), Presence::Gone));
            if !proven && !unmade(action, input) {
                find(1, format!("action {} removes a record whose partner is not proven gone", action.id));
            }
            let waits = matches!(pair.ending, Ending::Grace(_)) && action.kind == ActionKind::Deactivate;
            if !matches!(pair.ending, Ending::Tombstone(_)) && !waits {
                find(5, format!("action {} leaves no tombstone", action.id));
            }
        }
    }
    // What we took out of use ourselves may be out of scope by that.
    let ours = action.kind == ActionKind::Delete && link.is_some_and(|link| link.link.grace.is_some());
    if !ours && !given.takes_part(action) {
        find(6, format!("action {} writes to or from a record that takes no part", action.id));
    }
}

/// Whether a run that is undone made the record that is removed.
fn unmade(action: &Action, input: &Input) -> bool {
    let (Some(undo), Some(id)) = (&input.undo, &action.target_id) else { return false };
    undo.of(&action.entity, action.target, id).any(|write| matches!(write.what, UndoWhat::Made { .. }))
}

/// Invariant 11: an undo writes nothing but what the run overwrote, and to pairs that it wrote to.
fn taken_back(plan: &Plan, input: &Input, find: &mut impl FnMut(u32, String)) {
    let Some(undo) = &input.undo else { return };
    for action in &plan.actions {
        let written =
            |side: Side, id: Option<&NativeId>| id.is_some_and(|id| undo.of(&action.entity, side, id).next().is_some());
        let known = written(action.target, action.target_id.as_ref())
            || written(action.target.other(), action.origin_id.as_ref());
        if action.kind == ActionKind::Create || !known {
            find(11, format!("action {} takes back what the run did not write", action.id));
        }
        let fields: Vec<&UndoField> = action
            .target_id
            .iter()
            .flat_map(|id| undo.of(&action.entity, action.target, id))
            .filter_map(|write| match &write.what {
                UndoWhat::Fields(fields) => Some(fields),
                UndoWhat::Made { .. } => None,
            })
            .flatten()
            .collect();
        for change in &action.changes {
            let mut ours = fields.iter().filter(|field| field.field == change.field).peekable();
            if ours.peek().is_some() && ours.all(|field| field.before != change.after) {
                find(11, format!("action {} does not restore what {} held", action.id, change.field));
            }
        }
    }
}

/// Invariants 6 and 11: only fields of the mapping, and only the way they flow.
fn writes_owned_fields(action: &Action, input: &Input, find: &mut impl FnMut(u32, String)) {
    let Some(entity) = input.mapping.entity(&action.entity) else { return };
    for name in action.write.0.keys() {
        match entity.field(name) {
            Some(field) if field.direction.flows_to(action.target) => {}
            Some(_) => find(11, format!("action {} writes {name} against its direction", action.id)),
            None => find(6, format!("action {} writes {name}, which the mapping does not own", action.id)),
        }
    }
}

/// Invariant 11: what a decision overwrites is what it was made on.
fn decided(plan: &Plan, input: &Input, find: &mut impl FnMut(u32, String)) {
    for action in &plan.actions {
        let (Some(entity), Some(pair)) = (input.mapping.entity(&action.entity), plan.pairs.get(action.pair)) else {
            continue;
        };
        let ids = pair.ids.as_ref().map(Option::as_ref);
        let about = |decision: &&Decision| {
            let same = |side: Side| *ids.get(side) == Some(decision.ids.get(side));
            decision.entity == action.entity && Side::BOTH.into_iter().all(same)
        };
        let by_decision = |change: &&Change| change.why.as_ref().is_some_and(|why| why.key == "plan-why-decided");
        for change in action.changes.iter().filter(by_decision) {
            let position = entity.position(&change.field);
            let meant = |decision: &Decision| {
                let on = decision.on.get(&change.field).and_then(|on| on.get(action.target).as_ref());
                let same = |on: &Value, now: &Value| position.is_some_and(|position| entity.same(position, on, now));
                on.zip(change.before.as_ref()).is_some_and(|(on, now)| same(on, now))
            };
            if !input.decisions.iter().filter(about).any(meant) {
                let text =
                    format!("action {} overwrites {} by a decision made on another value", action.id, change.field);
                find(11, text);
            }
        }
    }
}

/// Invariant 2: a native id is in at most one live pair.
fn one_link_per_id(plan: &Plan, input: &Input, find: &mut impl FnMut(u32, String)) {
    let mut owners: BTreeMap<(&str, Side, &NativeId), u32> = BTreeMap::new();
    for pair in plan.pairs.iter().filter(|pair| !matches!(pair.ending, Ending::Tombstone(_))) {
        for side in Side::BOTH {
            if let Some(id) = pair.ids.get(side) {
                *owners.entry((pair.entity.as_str(), side, id)).or_default() += 1;
            }
        }
    }
    for given in &input.entities {
        for side in Side::BOTH {
            for record in given.unlinked.get(side) {
                owners.entry((given.entity.as_str(), side, &record.id)).or_default();
            }
        }
    }
    for ((entity, side, id), count) in owners {
        if count > 1 {
            find(2, format!("{entity} {side:?} {id} is in {count} live pairs"));
        }
    }
}
