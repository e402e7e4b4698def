//! Records that wait, out of use, for their delete: never deleted too early, and never when anybody has touched them.

use crate::properties::settle_down;
use crate::random::{config, story};
use crate::world::{MAPPING, Sys, World, compiled, customer, text};
use proptest::prelude::*;
use selaras_mapping::program::Mapping;
use selaras_model::{Decision, LinkState, NativeId, PerSide, Side, Signature, Standing, Take};
use selaras_plan::{ActionKind, ConflictKind, Plan};
use std::sync::{Arc, LazyLock};

const DAY_MS: i64 = 86_400_000;
const WAIT_MS: i64 = 30 * DAY_MS;

/// Customers that vanish from `a` wait in `b` for thirty days.
static WAITING: LazyLock<Arc<Mapping>> = LazyLock::new(|| {
    let rule = "on_delete: { a: { action: delete, grace: 30d }, b: deactivate }";
    let text = MAPPING.replace("on_delete: { a: delete, b: deactivate }", rule);
    compiled(&text.replace("{systems}", "{ a: { connector: a }, b: { connector: b } }"))
});

/// Linked customers; the first one is gone from `a`, and out of use in `b` since time 0.
fn waiting() -> (World, PerSide<NativeId>) {
    let mut world = World::new(Arc::clone(&WAITING));
    for code in ["c1", "c2", "c3"] {
        world.put(Sys::A, &customer(), &[("code", text(code)), ("status", text("active"))]);
    }
    world.sync();
    let ids = world.links[0].1.ids.clone();
    world.remove(Side::Left, &customer(), &ids.left);
    let plan = world.sync();
    let kinds: Vec<_> = plan.actions.iter().map(|action| (action.kind, action.target)).collect();
    assert_eq!(kinds, [(ActionKind::Deactivate, Side::Right)]);
    let why = &plan.actions[0].why;
    assert_eq!((why.key.as_str(), why.args["count"].as_str()), ("plan-why-waits-days", "30"));
    assert!(world.rec(Side::Right, &customer(), &ids.right).unwrap().inactive);
    (world, ids)
}

fn deletes(plan: &Plan) -> usize {
    plan.actions.iter().filter(|action| action.kind == ActionKind::Delete).count()
}

#[test]
fn a_record_waits_to_the_last_moment_and_goes_then() {
    let (mut world, ids) = waiting();
    for now in [0, DAY_MS, WAIT_MS - 1] {
        world.now_ms = now;
        let plan = world.sync();
        assert_eq!((plan.actions.len(), plan.conflicts.len(), plan.waiting.len()), (0, 0, 1), "at {now}");
        assert_eq!((plan.waiting[0].since_ms, plan.waiting[0].until_ms), (0, WAIT_MS));
    }
    world.now_ms = WAIT_MS;
    let plan = world.sync();
    assert_eq!((deletes(&plan), plan.waiting.len()), (1, 0));
    assert_eq!(plan.actions[0].why.key, "plan-why-grace-over");
    assert!(world.rec(Side::Right, &customer(), &ids.right).is_none());
    assert!(matches!(world.links[0].1.state, LinkState::Tombstone { gone: Side::Left, .. }));
    assert_eq!(world.plan().actions, []);
}

#[test]
fn whoever_touches_it_ends_the_wait() {
    // An edit that the mapping sees, one that it does not, and taking it into use again.
    for touch in ["nick", "", "status"] {
        let (mut world, ids) = waiting();
        match touch {
            "" => world.rec_mut(Side::Right, &customer(), &ids.right).version += 1,
            field => world.edit(Side::Right, &customer(), &ids.right, field, &text("active")),
        }
        for now in [DAY_MS, 10 * WAIT_MS] {
            world.now_ms = now;
            let plan = world.sync();
            assert_eq!(plan.actions, [], "{touch}");
            assert_eq!((plan.conflicts.len(), plan.conflicts[0].kind), (1, ConflictKind::Delete), "{touch}");
            assert_eq!(plan.conflicts[0].message.key, "plan-conflict-delete-touched");
            assert_eq!(plan.waiting, []);
        }
        // The deletion is taken: the wait begins anew.
        let plan = world.plan();
        let conflict = &plan.conflicts[0];
        world.decisions.push(Decision {
            conflict: conflict.id.clone(),
            entity: customer(),
            ids: ids.clone(),
            label: conflict.label.clone(),
            gone: conflict.gone,
            on: conflict.fields.iter().map(|field| (field.field.clone(), field.now.clone())).collect(),
            take: Take::Side(Side::Left),
            signature: Signature { by: "rina".into(), at_ms: 1, because: "it is a double".into() },
        });
        let plan = world.sync();
        assert_eq!(plan.actions.iter().map(|action| action.kind).collect::<Vec<_>>(), [ActionKind::Deactivate]);
        world.decisions.clear();
        assert_eq!(world.plan().waiting[0].since_ms, 10 * WAIT_MS);
        world.now_ms = 11 * WAIT_MS;
        assert_eq!(deletes(&world.sync()), 1);
    }
}

#[test]
fn a_partner_that_comes_back_takes_it_into_use_again() {
    let (mut world, ids) = waiting();
    let back = world.rec(Side::Left, &customer(), &world.links[1].1.ids.left.clone()).unwrap().clone();
    let mut back = back;
    back.image.set("code".into(), text("c1"));
    world.tables.left.get_mut(&customer()).unwrap().insert(ids.left.clone(), back);
    world.now_ms = 2 * WAIT_MS;
    let plan = world.sync();
    assert_eq!((deletes(&plan), plan.conflicts.len(), plan.actions.len()), (0, 0, 1), "{:#?}", plan.actions);
    assert_eq!(plan.actions[0].changes[0].why.as_ref().unwrap().key, "plan-why-returned");
    let rec = world.rec(Side::Right, &customer(), &ids.right).unwrap();
    assert_eq!(rec.image.get(&"status".into()), Some(&text("active")));
    assert_eq!(world.links[0].1.grace, None);
    assert_eq!(world.plan().actions, []);
}

#[test]
fn being_out_of_scope_by_our_own_doing_does_not_keep_it() {
    let (mut world, ids) = waiting();
    let reason = selaras_model::Reason {
        rule: "scope".into(),
        text: selaras_model::Text { id: "nonaktif".into(), en: "inactive".into() },
    };
    world.rec_mut(Side::Right, &customer(), &ids.right).standing = Standing::OutOfScope(reason);
    world.now_ms = WAIT_MS;
    assert_eq!(deletes(&world.plan()), 1);
    // Touched since, nobody can say what it is.
    world.rec_mut(Side::Right, &customer(), &ids.right).version += 1;
    assert_eq!(deletes(&world.plan()), 0);
}

#[test]
fn a_rule_that_changes_counts_from_then_on() {
    let (mut world, _) = waiting();
    world.mapping = compiled(&MAPPING.replace("{systems}", "{ a: { connector: a }, b: { connector: b } }"));
    assert_eq!(deletes(&world.plan()), 1, "without a wait it goes at once");
}

proptest! {
    #![proptest_config(config(96))]

    /// Whatever happens before, meanwhile and after: a delete of a customer in `b` was waited for, and nobody touched the record.
    #[test]
    fn nothing_is_deleted_early_or_touched(first in story(), second in story(), days in 0i64..60) {
        let mut world = first.planted(Sys::A);
        world.mapping = Arc::clone(&WAITING);
        first.happen(&mut world);
        world.sync();
        second.happen(&mut world);
        world.sync();
        world.now_ms = days * DAY_MS;
        for _ in 0..3 {
            let plan = world.plan();
            for action in plan.actions.iter().filter(|it| it.kind == ActionKind::Delete && it.target == Side::Right && it.entity == customer()) {
                let id = action.target_id.clone().unwrap();
                let link = world.live().find(|(of, link)| *of == customer() && link.ids.right == id).unwrap().1.clone();
                let grace = link.grace.expect("it was taken out of use before");
                prop_assert!(world.now_ms - grace.since_ms >= WAIT_MS);
                prop_assert_eq!(Some(world.rec(Side::Right, &customer(), &id).unwrap().version.to_string()), grace.version);
                prop_assert!(world.rec(Side::Left, &customer(), &link.ids.left).is_none());
            }
            world.sync();
            world.now_ms += 15 * DAY_MS;
        }
        settle_down(&mut world)?;
    }
}
