//! Taking a run back: the earlier values where nobody has touched them since, nothing else, and rest afterwards.

use crate::random::{config, story};
use crate::world::{Sys, World, customer, mapping, term, text};
use proptest::prelude::*;
use selaras_apply::{Course, End};
use selaras_model::{FieldName, Image, NativeId, RunId, Side, Value};
use selaras_plan::{ActionKind, Plan, Undo, UndoField, UndoWhat, UndoWrite};
use std::collections::BTreeMap;

/// What a journal holds of a plan that was carried out.
fn journal(plan: &Plan, course: &Course) -> Undo {
    let mut undo = Undo { run: RunId::from("1"), only: None, writes: Vec::new(), kept: Vec::new() };
    for (at, action) in plan.actions.iter().enumerate() {
        let Some(End::Applied { id, image, .. }) = course.ends.get(&at) else { continue };
        let reported = |field: &FieldName| image.as_ref().and_then(|image| image.get(field)).cloned();
        let what = match action.kind {
            ActionKind::Create => {
                let referrers: Vec<_> = plan
                    .actions
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| other.waits_for.contains(&action.id) && other.kind == ActionKind::Create)
                    .filter_map(|(at, other)| match course.ends.get(&at) {
                        Some(End::Applied { id, .. }) => Some((other.entity.clone(), id.clone())),
                        _ => None,
                    })
                    .collect();
                UndoWhat::Made { referred: None, referrers }
            }
            ActionKind::Update => UndoWhat::Fields(
                action
                    .changes
                    .iter()
                    .map(|change| UndoField {
                        field: change.field.clone(),
                        before: change.before.clone().unwrap_or(Value::Null),
                        after: reported(&change.field).unwrap_or_else(|| change.after.clone()),
                    })
                    .collect(),
            ),
            ActionKind::Delete | ActionKind::Deactivate => continue,
        };
        let (entity, label) = (action.entity.clone(), action.label.clone());
        undo.writes.push(UndoWrite { entity, side: action.target, id: id.clone(), label, what });
    }
    undo
}

/// Carries a plan out and gives back what its journal would say.
fn run(world: &mut World) -> Undo {
    let plan = world.plan();
    let course = world.carry_out(&plan, &mut |_| crate::world::Answer::Done);
    journal(&plan, &course)
}

/// Takes a run back; what its own journal would say.
fn take_back(world: &mut World, undo: Undo) -> (Plan, Undo) {
    world.undo = Some(undo);
    let plan = world.plan();
    let course = world.carry_out(&plan, &mut |_| crate::world::Answer::Done);
    world.undo = None;
    let journal = journal(&plan, &course);
    (plan, journal)
}

fn value(world: &World, side: Side, id: &NativeId, field: &str) -> Value {
    world.rec(side, &customer(), id).unwrap().image.get(&field.into()).cloned().unwrap()
}

/// A linked pair, and what was made of an edit of its nick in `a`.
fn edited() -> (World, NativeId, NativeId, Undo) {
    let mut world = World::new(mapping(Sys::A));
    let left = world.put(Sys::A, &customer(), &[("code", text("c1")), ("nick", text("old")), ("status", text("s"))]);
    world.sync();
    world.sync();
    let right = world.links[0].1.ids.right.clone();
    world.edit(Side::Left, &customer(), &left, "nick", &text("new"));
    let undo = run(&mut world);
    assert_eq!(value(&world, Side::Right, &right, "nick"), text("new"));
    (world, left, right, undo)
}

#[test]
fn both_sides_go_back_and_the_next_run_is_empty() {
    let (mut world, left, right, undo) = edited();
    let (plan, again) = take_back(&mut world, undo);
    assert_eq!((plan.actions.len(), plan.kept.len()), (2, 0), "{:#?}", plan.kept);
    for (side, id) in [(Side::Left, &left), (Side::Right, &right)] {
        assert_eq!(value(&world, side, id, "nick"), text("old"));
    }
    assert_eq!(world.plan().actions, []);
    let (plan, _) = take_back(&mut world, again);
    assert_eq!((plan.actions.len(), plan.kept.len()), (2, 0));
    assert_eq!(value(&world, Side::Left, &left, "nick"), text("new"), "an undo can be taken back, too");
    assert_eq!(world.plan().actions, []);
}

#[test]
fn only_one_side_goes_back_where_only_it_is_asked_for() {
    let (mut world, left, right, undo) = edited();
    let (plan, _) = take_back(&mut world, Undo { only: Some(Side::Right), ..undo.clone() });
    assert_eq!(plan.actions.len(), 1);
    assert_eq!(
        (value(&world, Side::Left, &left, "nick"), value(&world, Side::Right, &right, "nick")),
        (text("new"), text("old"))
    );
    assert_eq!(world.plan().actions, [], "a difference that both know of stays");
    world.edit(Side::Left, &customer(), &left, "nick", &text("newer"));
    world.sync();
    assert_eq!(value(&world, Side::Right, &right, "nick"), text("newer"), "until somebody edits one of them");
    let (mut world, .., undo) = edited();
    let (plan, _) = take_back(&mut world, Undo { only: Some(Side::Left), ..undo });
    assert_eq!((plan.actions.len(), plan.kept[0].reason.key.as_str()), (0, "plan-kept-only"));
}

#[test]
fn what_somebody_touched_since_stays_and_is_listed() {
    for side in Side::BOTH {
        let (mut world, left, right, undo) = edited();
        let id = if side == Side::Left { &left } else { &right };
        world.edit(side, &customer(), id, "nick", &text("mine"));
        let (plan, _) = take_back(&mut world, undo.clone());
        assert_eq!((plan.actions.len(), plan.kept.len()), (0, 1), "{side:?}");
        assert_eq!(plan.kept[0].reason.key, "plan-kept-touched");
        assert_eq!((plan.kept[0].was.as_ref(), plan.kept[0].side), (Some(&text("old")), Side::Right));
        // And after a run has brought the edit over.
        world.sync();
        let (plan, _) = take_back(&mut world, undo);
        assert_eq!((plan.actions.len(), plan.kept[0].reason.key.as_str()), (0, "plan-kept-touched"));
        assert_eq!(value(&world, Side::Left, &left, "nick"), text("mine"));
    }
}

#[test]
fn half_an_undo_is_completed_by_the_next_run() {
    for refused in Side::BOTH {
        let (mut world, left, right, undo) = edited();
        world.undo = Some(undo);
        let plan = world.plan();
        let mut answer = |action: &selaras_plan::Action| {
            if action.target == refused { crate::world::Answer::NeverSent } else { crate::world::Answer::Done }
        };
        world.carry_out(&plan, &mut answer);
        world.undo = None;
        world.open.clear();
        world.sync();
        for (side, id) in [(Side::Left, &left), (Side::Right, &right)] {
            assert_eq!(value(&world, side, id, "nick"), text("old"), "{refused:?}");
        }
        assert_eq!(world.plan().actions, []);
    }
}

#[test]
fn one_way_and_always_fields() {
    let (mut world, left, right, _) = edited();
    world.edit(Side::Left, &customer(), &left, "status", &text("t"));
    world.edit(Side::Right, &customer(), &right, "grade", &text("g"));
    let undo = run(&mut world);
    let (plan, _) = take_back(&mut world, undo);
    let changed: Vec<_> =
        plan.actions.iter().flat_map(|action| &action.changes).map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["status"]);
    assert_eq!(plan.kept.iter().map(|kept| kept.reason.key.as_str()).collect::<Vec<_>>(), ["plan-kept-always"]);
    assert_eq!(
        (value(&world, Side::Left, &left, "status"), value(&world, Side::Right, &right, "status")),
        (text("t"), text("s"))
    );
    assert_eq!(world.plan().actions, [], "what flows one way only is not asked for again");
}

#[test]
fn records_that_the_run_made_go_again_where_the_mapping_lets_them() {
    let mut world = World::new(mapping(Sys::A));
    let term_b = world.put(Sys::B, &term(), &[("name", text("Net 30"))]);
    world.put(Sys::B, &customer(), &[("code", text("c1")), ("term", World::refer(&term(), &term_b))]);
    let undo = run(&mut world);
    assert_eq!((world.table(Side::Left, &term()).len(), world.table(Side::Left, &customer()).len()), (1, 1));
    // Customers made in `a` are taken out of use there, terms are deleted: the customer refers to the term, so it goes first.
    let (plan, _) = take_back(&mut world, undo.clone());
    let kinds: Vec<_> = plan.actions.iter().map(|action| (action.entity.clone(), action.kind)).collect();
    assert_eq!(kinds, [(customer(), ActionKind::Deactivate), (term(), ActionKind::Delete)], "{:#?}", plan.kept);
    assert_eq!(world.plan().actions, [], "nothing makes them again");

    // Where the customer was edited it stays, and so does the term.
    let mut world = World::new(mapping(Sys::A));
    let term_b = world.put(Sys::B, &term(), &[("name", text("Net 30"))]);
    world.put(Sys::B, &customer(), &[("code", text("c1")), ("term", World::refer(&term(), &term_b))]);
    let undo = run(&mut world);
    let made = world.table(Side::Left, &customer()).keys().next().unwrap().clone();
    world.edit(Side::Left, &customer(), &made, "nick", &text("mine"));
    let (plan, _) = take_back(&mut world, undo);
    let kept: Vec<_> = plan.kept.iter().map(|kept| kept.reason.key.as_str()).collect();
    assert_eq!((plan.actions.len(), kept), (0, vec!["plan-kept-referred-made", "plan-kept-edited"]));
}

/// What every customer and term holds, by side.
fn holdings(world: &World) -> BTreeMap<(Side, String, NativeId), Image> {
    let mut all = BTreeMap::new();
    for side in Side::BOTH {
        for entity in [term(), customer()] {
            for (id, rec) in world.table(side, &entity) {
                all.insert((side, entity.to_string(), id.clone()), world.view(side, &entity, rec));
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(config(96))]

    /// People edit on after the run: whatever differs from what the run left is not written, and what is written is what was there before.
    #[test]
    fn nothing_that_was_touched_is_overwritten(first in story(), again in story(), left in any::<bool>(), one in any::<bool>()) {
        let mut world = first.told(Sys::A);
        let earlier = holdings(&world);
        let undo = run(&mut world);
        let after = holdings(&world);
        again.happen(&mut world);
        let only = one.then_some(if left { Side::Left } else { Side::Right });
        let writes = undo.writes.clone();
        world.undo = Some(Undo { only, ..undo });
        let plan = world.plan();
        let now = holdings(&world);
        for action in plan.actions.iter().filter(|action| action.kind == ActionKind::Update) {
            let key = (action.target, action.entity.to_string(), action.target_id.clone().unwrap());
            prop_assert!(only.is_none_or(|only| only == action.target));
            for change in &action.changes {
                let field = &change.field;
                let value = |all: &BTreeMap<_, Image>| all.get(&key).and_then(|image: &Image| image.get(field)).cloned();
                let same = |one: Option<Value>, other: Option<Value>| match (one, other) {
                    (Some(one), Some(other)) => {
                        let entity = world.entity(&action.entity);
                        entity.same(entity.position(field).unwrap(), &one, &other)
                    }
                    (one, other) => one == other,
                };
                prop_assert!(same(value(&after), value(&now)), "{field} of {key:?} was touched");
                let written = writes.iter().any(|write| write.side == action.target && write.id == key.2 && matches!(&write.what, UndoWhat::Fields(fields) if fields.iter().any(|of| &of.field == field)));
                if written {
                    prop_assert!(same(value(&earlier), Some(change.after.clone())), "{field} of {key:?} was never so");
                }
            }
        }
        for action in plan.actions.iter().filter(|action| action.kind != ActionKind::Update) {
            let key = (action.target, action.entity.to_string(), action.target_id.clone().unwrap());
            prop_assert!(!earlier.contains_key(&key), "it was there before the run");
        }
    }

    /// Without anybody touching anything, the next runs leave alone what was taken back.
    #[test]
    fn what_was_taken_back_stays_back(first in story()) {
        let mut world = first.told(Sys::A);
        world.sync();
        first.happen(&mut world);
        let undo = run(&mut world);
        let (plan, _) = take_back(&mut world, undo);
        for _ in 0..2 {
            let next = world.sync();
            for action in next.actions.iter().filter(|action| action.kind == ActionKind::Update) {
                for change in &action.changes {
                    let back = plan.actions.iter().any(|undone| {
                        undone.entity == action.entity
                            && (undone.target_id == action.target_id && undone.target == action.target
                                || undone.origin_id == action.target_id && undone.target != action.target)
                            && undone.changes.iter().any(|made| made.field == change.field)
                    });
                    prop_assert!(!back, "{} of {:?} moves again: {change:?}", change.field, action.target_id);
                }
            }
        }
    }
}
