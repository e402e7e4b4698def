//! What people decide: used on just the values it was made on, and then as if the mapping had a rule for it.

use crate::properties::{settle_down, shuffle};
use crate::random::{config, story};
use crate::world::{Answer, MAPPING, Sys, World, compiled, customer, number, text};
use proptest::prelude::*;
use selaras_model::{Decision, NativeId, PerSide, Presence, Side, Signature, Take, Value};
use selaras_plan::{Action, ActionKind, Change, Conflict, ConflictKind, DecisionFate, Ending, Plan, plan};
use std::collections::{BTreeMap, BTreeSet};

fn signature(at_ms: i64) -> Signature {
    Signature { by: "rina".into(), at_ms, because: "asked the customer".into() }
}

/// The decision on a conflict that a person would make: for one side, or for a value.
pub fn decision(conflict: &Conflict, take: Take) -> Decision {
    Decision {
        conflict: conflict.id.clone(),
        entity: conflict.entity.clone(),
        ids: conflict.ids.as_ref().map(|ids| ids[0].clone()),
        label: conflict.label.clone(),
        gone: conflict.gone,
        on: conflict.fields.iter().map(|field| (field.field.clone(), field.now.clone())).collect(),
        take,
        signature: signature(1),
    }
}

/// One decision per field: those of a group together.
fn decisions(conflict: &Conflict, take: impl Fn() -> Take) -> Vec<Decision> {
    if conflict.kind == ConflictKind::Delete {
        return vec![decision(conflict, take())];
    }
    let grouped = |field: &str| matches!(field, "street" | "city");
    let (group, single): (Vec<_>, Vec<_>) =
        conflict.fields.iter().cloned().partition(|field| grouped(field.field.as_str()));
    let units = single.into_iter().map(|field| vec![field]).chain([group]).filter(|unit| !unit.is_empty());
    units.map(|fields| decision(&Conflict { fields, ..conflict.clone() }, take())).collect()
}

fn decidable(conflict: &&Conflict) -> bool {
    matches!(conflict.kind, ConflictKind::Field | ConflictKind::FirstMeeting | ConflictKind::Delete)
}

/// Everybody's conflicts decided for one system, or (plain texts) with a value.
fn decide_all(world: &mut World, plan: &Plan, sys: Sys, value: bool) {
    let side = world.side(sys);
    for conflict in plan.conflicts.iter().filter(decidable) {
        for made in decisions(conflict, || Take::Side(side)) {
            let texts = made.on.keys().all(|field| ["tax", "nick"].contains(&field.as_str()));
            let take = if value && made.gone.is_none() && texts && made.on.len() == 1 {
                // A value of its own: one that two records are given is a key that two of them have, and that is another conflict.
                Take::Value(text(&format!("decided {}", conflict.id)))
            } else {
                made.take.clone()
            };
            world.decisions.push(Decision { take, ..made });
        }
    }
}

fn decided(change: &&Change) -> bool {
    change.why.as_ref().is_some_and(|why| why.key == "plan-why-decided")
}

proptest! {
    #![proptest_config(config(96))]

    /// People edit on after somebody decided: nothing is overwritten but what was decided about.
    #[test]
    fn invariant_11_a_decision_overwrites_only_what_it_was_made_on(
        story in story(), again in story(), left in any::<bool>(), value in any::<bool>()
    ) {
        let mut world = story.told(Sys::A);
        let before = world.plan();
        decide_all(&mut world, &before, if left { Sys::A } else { Sys::B }, value);
        again.happen(&mut world);
        let plan = world.plan();
        for action in &plan.actions {
            for change in action.changes.iter().filter(decided) {
                let ids = plan.pairs[action.pair].ids.clone();
                let of_pair = |made: &&Decision| ids == made.ids.clone().map(Some);
                let made = world.decisions.iter().filter(of_pair).find(|made| made.on.contains_key(&change.field)).unwrap();
                let entity = world.entity(&action.entity);
                let at = entity.position(&change.field).unwrap();
                for side in Side::BOTH {
                    let rec = world.rec(side, &action.entity, made.ids.get(side)).unwrap();
                    let view = world.view(side, &action.entity, rec);
                    let now = view.get(&change.field).unwrap();
                    let on = made.on[&change.field].get(side).as_ref().unwrap();
                    let there = matches!(&made.take, Take::Value(value) if entity.same(at, value, now));
                    prop_assert!(there || entity.same(at, on, now), "made on {:?}, used on {:?}", on, now);
                }
            }
        }
        // What was decided and has moved is said to be so, for as long as it is in conflict.
        for stale in plan.decisions.iter().filter(|used| used.fate == DecisionFate::Stale) {
            let conflict = plan.conflicts.iter().find(|conflict| conflict.id == stale.conflict);
            prop_assert!(conflict.is_none_or(|conflict| conflict.note.is_some()), "{stale:?}");
        }
    }

    /// Taking a side comes to what the rule for that side comes to.
    #[test]
    fn taking_a_side_is_what_its_rule_would_have_done(story in story(), left in any::<bool>()) {
        let (sys, name) = if left { (Sys::A, "a") } else { (Sys::B, "b") };
        let mut world = story.told(Sys::A);
        let held = world.plan();
        let by_delete: BTreeSet<_> =
            held.conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::Delete).map(|conflict| conflict.id.clone()).collect();
        decide_all(&mut world, &held, sys, false);
        // A rule on a field that flows one way speaks even where the mapping needs no decision.
        let two_way = |made: &Decision| made.on.keys().all(|field| !["status", "grade", "born"].contains(&field.as_str()));
        world.decisions.retain(|decision| !by_delete.contains(&decision.conflict) && two_way(decision));
        let by_decision = world.plan();
        world.mapping = compiled(&ruled(name));
        world.decisions.clear();
        let by_rule = world.plan();
        prop_assert_eq!(effects(&by_decision), effects(&by_rule));
    }

    /// With everything decided, both systems come to rest, and nothing that was decided is asked again.
    #[test]
    fn invariant_12_what_was_decided_comes_to_rest(story in story(), left in any::<bool>(), value in any::<bool>()) {
        let mut world = story.told(Sys::A);
        for _ in 0..3 {
            let plan = world.sync();
            decide_all(&mut world, &plan, if left { Sys::A } else { Sys::B }, value);
        }
        settle_down(&mut world)?;
        let open: Vec<_> = world.plan().conflicts.into_iter().filter(|conflict| decidable(&conflict)).collect();
        let unanswered: Vec<_> = open.iter().filter(|conflict| conflict.note.is_none()).collect();
        prop_assert!(unanswered.is_empty(), "{unanswered:#?}");
    }

    /// A run that fails half way through has not used up or broken what was decided.
    #[test]
    fn a_decision_survives_a_bad_day(story in story(), value in any::<bool>(), refused in any::<bool>(), killed in 0..10usize) {
        let mut world = story.told(Sys::A);
        let plan = world.plan();
        decide_all(&mut world, &plan, Sys::A, value);
        let plan = world.plan();
        let mut nth = 0;
        world.carry_out_until(&plan, &mut |_| { nth += 1; if refused && nth % 2 == 0 { Answer::Refused } else { Answer::Done } }, killed);
        world.open.clear();
        world.refused.clear();
        settle_down(&mut world)?;
        for (entity, link) in world.live() {
            let made = world.decisions.iter().filter(|made| made.entity == *entity && made.ids == link.ids);
            for made in made.filter(|made| matches!(made.take, Take::Value(_))) {
                let field = made.on.keys().next().unwrap();
                let holds = |side: Side| world.rec(side, entity, link.ids.get(side)).and_then(|rec| rec.image.get(field).cloned());
                prop_assert!(holds(Side::Left) == holds(Side::Right), "{field} is half written: {made:?}");
            }
        }
    }

    #[test]
    fn invariant_07_the_order_of_decisions_does_not_matter(story in story(), seed in any::<u64>()) {
        let mut world = story.told(Sys::A);
        let before = world.plan();
        decide_all(&mut world, &before, Sys::A, true);
        let mut shuffled = world.input();
        shuffle(&mut shuffled, seed);
        prop_assert_eq!(plan(&shuffled), plan(&world.input()));
    }

    /// A conflict is called the same whichever system is named first, and two conflicts never are.
    #[test]
    fn invariant_13_a_conflict_has_one_id(story in story()) {
        let (one, other) = (story.told(Sys::A).plan(), story.told(Sys::B).plan());
        let ids = |plan: &Plan| plan.conflicts.iter().map(|conflict| conflict.id.clone()).collect::<BTreeSet<_>>();
        prop_assert_eq!(ids(&one), ids(&other));
        prop_assert_eq!(ids(&one).len(), one.conflicts.len());
    }
}

/// The mapping in which this system wins every field that flows both ways and has no rule yet.
fn ruled(name: &str) -> String {
    let mut text = MAPPING.replace("{systems}", "{ a: { connector: a }, b: { connector: b } }");
    for field in ["tax", "nick", "mail", "street", "city", "days"] {
        text = text.replace(&format!("{field}: {{ a:"), &format!("{field}: {{ conflict: {name}, a:"));
    }
    for field in ["term:\n        a:", "lines:\n        list:"] {
        let (head, rest) = field.split_once('\n').unwrap();
        assert!(text.contains(field));
        text = text.replace(field, &format!("{head}\n        conflict: {name}\n{rest}"));
    }
    text
}

/// What a plan does, without the reasons.
fn effects(plan: &Plan) -> Vec<String> {
    let shown = |action: &Action| {
        let changes: Vec<_> =
            action.changes.iter().map(|change| (&change.field, &change.before, &change.after)).collect();
        let pair = &plan.pairs[action.pair];
        format!(
            "{:?} {:?} {:?} {changes:?} {:?} {:?}",
            action.id, action.write, action.partner_id, pair.moves, action.waits_for
        )
    };
    plan.actions.iter().map(shown).collect()
}

/// A customer of both systems.
fn shop() -> (World, NativeId, NativeId) {
    let mut world = World::new(crate::world::mapping(Sys::A));
    let fields = [("code", text("C1")), ("nick", text("was")), ("limit", number("5"))];
    let (a, b) = (world.put(Sys::A, &customer(), &fields), world.put(Sys::B, &customer(), &fields));
    world.link(&customer(), &a, &b);
    (world, a, b)
}

fn only_conflict(world: &World) -> Conflict {
    let mut conflicts = world.plan().conflicts;
    assert_eq!(conflicts.len(), 1, "{conflicts:#?}");
    conflicts.remove(0)
}

#[test]
fn a_value_goes_to_both_sides_and_says_who_decided() {
    let (mut world, a, b) = shop();
    world.edit(Side::Left, &customer(), &a, "nick", &text("left"));
    world.edit(Side::Right, &customer(), &b, "nick", &text("right"));
    let conflict = only_conflict(&world);
    world.decisions.push(decision(&conflict, Take::Value(text("both"))));
    let plan = world.sync();
    assert_eq!((plan.actions.len(), &plan.conflicts[..]), (2, &[][..]));
    let why = plan.actions[0].changes[0].why.clone().unwrap();
    assert_eq!((why.args["by"].as_str(), why.args["because"].as_str()), ("rina", "asked the customer"));
    for (side, id) in [(Side::Left, &a), (Side::Right, &b)] {
        assert_eq!(world.rec(side, &customer(), id).unwrap().image.get(&"nick".into()), Some(&text("both")));
    }
    assert_eq!(world.plan().actions, []);
}

/// One of the two writes failed: the next run finishes what was decided, and nobody's value is taken for an edit.
#[test]
fn half_a_value_is_finished_by_the_next_run() {
    for refused in Side::BOTH {
        let (mut world, a, b) = shop();
        world.edit(Side::Left, &customer(), &a, "nick", &text("left"));
        world.edit(Side::Right, &customer(), &b, "nick", &text("right"));
        let conflict = only_conflict(&world);
        world.decisions.push(decision(&conflict, Take::Value(text("both"))));
        let plan = world.plan();
        world.carry_out(&plan, &mut |action| if action.target == refused { Answer::Refused } else { Answer::Done });
        let plan = world.sync();
        assert_eq!(plan.actions.iter().map(|action| action.target).collect::<Vec<_>>(), [refused]);
        for (side, id) in [(Side::Left, &a), (Side::Right, &b)] {
            assert_eq!(world.rec(side, &customer(), id).unwrap().image.get(&"nick".into()), Some(&text("both")));
        }
    }
}

/// A group is decided as a whole: half of a decision on it is none.
#[test]
fn a_group_is_decided_as_a_whole() {
    let (mut world, a, b) = shop();
    for (side, id, word) in [(Side::Left, &a, "left"), (Side::Right, &b, "right")] {
        world.edit(side, &customer(), id, "street", &text(word));
        world.edit(side, &customer(), id, "city", &text(word));
    }
    let conflict = only_conflict(&world);
    let mut half = decision(&conflict, Take::Side(Side::Left));
    half.on.remove(&"city".into());
    world.decisions.push(half);
    let plan = world.plan();
    assert_eq!((plan.actions.len(), plan.decisions[0].fate), (0, DecisionFate::Stale));
    world.decisions = vec![decision(&conflict, Take::Side(Side::Left))];
    world.sync();
    let rec = world.rec(Side::Right, &customer(), &b).unwrap();
    assert_eq!(
        (rec.image.get(&"street".into()), rec.image.get(&"city".into())),
        (Some(&text("left")), Some(&text("left")))
    );
}

/// Gone in `a`, edited in `b`.
fn deleted_and_edited() -> (World, NativeId, Conflict) {
    let (mut world, a, b) = shop();
    world.remove(Side::Left, &customer(), &a);
    world.edit(Side::Right, &customer(), &b, "nick", &text("edited"));
    let conflict = only_conflict(&world);
    assert_eq!((conflict.kind, conflict.gone), (ConflictKind::Delete, Some(Side::Left)));
    assert_eq!(conflict.fields[0].now, PerSide::new(None, Some(text("edited"))), "what would be lost is shown");
    (world, b, conflict)
}

#[test]
fn the_deletion_is_taken_as_the_mapping_follows_deletions() {
    let (mut world, b, conflict) = deleted_and_edited();
    world.decisions.push(decision(&conflict, Take::Side(Side::Left)));
    let plan = world.sync();
    assert_eq!(plan.actions.iter().map(|action| action.kind).collect::<Vec<_>>(), [ActionKind::Delete]);
    assert_eq!(plan.actions[0].why.key, "plan-why-decided");
    assert!(world.rec(Side::Right, &customer(), &b).is_none());
    assert_eq!(world.plan().actions, []);
}

/// The edit is taken: the record is made again, once, whatever happens on the way.
#[test]
fn the_edit_is_taken_and_the_record_is_made_again() {
    for killed in 0..8 {
        let (mut world, b, conflict) = deleted_and_edited();
        world.decisions.push(decision(&conflict, Take::Side(Side::Right)));
        let plan = world.plan();
        assert_eq!((plan.lifts.len(), &plan.conflicts[..]), (1, &[][..]));
        assert!(plan.actions.iter().any(|action| action.kind == ActionKind::Create && action.target == Side::Left));
        assert!(plan.pairs.iter().all(|pair| pair.ending == Ending::Live));
        world.carry_out_until(&plan, &mut |_| Answer::Done, killed);
        world.decisions.clear();
        world.sync();
        world.sync();
        let made: Vec<_> = world.table(Side::Left, &customer()).iter().collect();
        assert_eq!(made.len(), 1, "after {killed} steps");
        assert_eq!(made[0].1.image.get(&"nick".into()), Some(&text("edited")));
        let partner = world.rec(Side::Right, &customer(), &b).unwrap().partner.clone();
        assert_eq!(partner.as_deref(), Some(made[0].0.as_str()));
        let plan = world.plan();
        assert_eq!((&plan.actions[..], &plan.held[..], &plan.conflicts[..]), (&[][..], &[][..], &[][..]));
    }
}

/// Somebody has made it again by hand already: it is found, not doubled.
#[test]
fn what_came_back_by_hand_is_not_made_a_second_time() {
    let (mut world, _, conflict) = deleted_and_edited();
    world.decisions.push(decision(&conflict, Take::Side(Side::Right)));
    let again =
        world.put(Sys::A, &customer(), &[("code", text("C1")), ("nick", text("again")), ("limit", number("5"))]);
    let plan = world.sync();
    assert!(plan.actions.iter().all(|action| action.kind != ActionKind::Create), "{:#?}", plan.actions);
    assert_eq!(world.table(Side::Left, &customer()).keys().collect::<Vec<_>>(), [&again]);
    let left: BTreeMap<_, _> = world.live().map(|(_, link)| (link.ids.left.clone(), link.ids.right.clone())).collect();
    assert!(left.contains_key(&again), "{left:?}");
}

#[test]
fn an_edit_after_the_decision_is_not_deleted() {
    let (mut world, b, conflict) = deleted_and_edited();
    world.decisions.push(decision(&conflict, Take::Side(Side::Left)));
    world.edit(Side::Right, &customer(), &b, "nick", &text("edited once more"));
    let plan = world.plan();
    assert_eq!((plan.actions.len(), plan.decisions[0].fate), (0, DecisionFate::Stale));
    assert_eq!(plan.conflicts[0].note.as_ref().unwrap().key, "plan-note-decision-stale");
}

/// An id that a person mistyped deletes nothing.
#[test]
fn a_link_made_by_hand_to_nothing_removes_nothing() {
    let (mut world, a, _) = shop();
    world.links[0].1.by_hand = true;
    world.links[0].1.images = PerSide::default();
    let input = world.input();
    assert!(matches!(input.entities[1].links[0].now.left, Presence::Present(_)));
    world.remove(Side::Left, &customer(), &a);
    let plan = world.plan();
    assert_eq!((plan.actions.len(), plan.pairs.len(), plan.lifts.len()), (0, 0, 0));
    assert_eq!(plan.held[0].reason.key, "plan-hold-link-unseen");
}

/// The partner that a record names is gone and forgotten: it is a record like any other.
#[test]
fn a_forgotten_partner_holds_nothing_back() {
    let (mut world, a, b) = shop();
    world.remove(Side::Left, &customer(), &a);
    let (_, link) = world.links.remove(0);
    assert_eq!(world.plan().held[0].reason.key, "plan-hold-partner-missing");
    world.forgotten.push((customer(), link.ids));
    world.sync();
    assert_eq!(world.table(Side::Left, &customer()).len(), 1);
    let partner = world.rec(Side::Right, &customer(), &b).unwrap().partner.clone();
    assert_eq!(partner.as_deref(), world.table(Side::Left, &customer()).keys().next().map(NativeId::as_str));
}

/// A value decided is a value for everybody: `Null` empties both sides.
#[test]
fn nothing_can_be_decided_too() {
    let (mut world, a, b) = shop();
    world.edit(Side::Left, &customer(), &a, "nick", &text("left"));
    world.edit(Side::Right, &customer(), &b, "nick", &text("right"));
    let conflict = only_conflict(&world);
    world.decisions.push(decision(&conflict, Take::Value(Value::Null)));
    world.sync();
    assert_eq!(world.rec(Side::Left, &customer(), &a).unwrap().image.get(&"nick".into()), Some(&Value::Null));
    assert_eq!(world.plan().actions, []);
}
