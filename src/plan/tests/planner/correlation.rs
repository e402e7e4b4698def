//! Records that have no link: who belongs to whom, and what waits for a person.

use crate::world::{Answer, Sys, World, compiled, customer, mapping, term, text};
use selaras_model::{LinkState, NativeId, Reason, RunId, Side, Standing, Text};
use selaras_plan::{ActionKind, ConflictKind, Plan};

fn world() -> World {
    World::new(mapping(Sys::A))
}

fn put(world: &mut World, sys: Sys, code: &str, tax: &str) -> NativeId {
    world.put(sys, &customer(), &[("code", text(code)), ("tax", text(tax))])
}

/// What a plan comes to: actions (kind, target), pairs found, conflicts, and reasons to wait by record.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    actions: Vec<(ActionKind, Side)>,
    found: Vec<(String, String)>,
    conflicts: Vec<(ConflictKind, Vec<String>, Vec<String>)>,
    held: Vec<(String, String)>,
}

fn seen(plan: &Plan) -> Seen {
    let ids = |ids: &[NativeId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let one = |id: &Option<NativeId>| id.clone().map_or(String::new(), |id| id.0);
    Seen {
        actions: plan.actions.iter().map(|action| (action.kind, action.target)).collect(),
        found: plan
            .pairs
            .iter()
            .filter(|pair| pair.found)
            .map(|pair| (one(&pair.ids.left), one(&pair.ids.right)))
            .collect(),
        conflicts: plan.conflicts.iter().map(|c| (c.kind, ids(&c.ids.left), ids(&c.ids.right))).collect(),
        held: plan.held.iter().map(|held| (held.id.to_string(), held.reason.key.clone())).collect(),
    }
}

fn outside() -> Standing {
    Standing::OutOfScope(Reason { rule: "scope".into(), text: Text::same("another branch") })
}

fn strings(ids: &[&NativeId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn a_record_without_a_candidate_is_made_and_gets_its_partner_id() {
    let mut world = world();
    let a = put(&mut world, Sys::A, "C1", "");
    let b = put(&mut world, Sys::B, "C2", "");
    let plan = world.sync();
    let of_b = (ActionKind::Update, Side::Right);
    assert_eq!(seen(&plan).actions, [(ActionKind::Create, Side::Left), (ActionKind::Create, Side::Right), of_b]);
    let partner = |id: &NativeId| world.rec(Side::Right, &customer(), id).unwrap().partner.clone();
    let made_in_b = world.table(Side::Right, &customer()).keys().find(|id| **id != b).unwrap();
    assert_eq!(partner(made_in_b), Some(a.to_string()), "a record that was pulled carries its partner's id");
    assert!(partner(&b).is_some(), "and one that was pushed gets it back");
}

#[test]
fn a_unique_key_links_and_what_differs_is_held() {
    let mut world = world();
    let a = world.put(Sys::A, &customer(), &[("code", text("C1")), ("nick", text("x"))]);
    let b = world.put(Sys::B, &customer(), &[("code", text("C1")), ("nick", text("y"))]);
    let plan = world.sync();
    assert_eq!(seen(&plan).found, [(a.to_string(), b.to_string())]);
    assert_eq!(seen(&plan).conflicts, [(ConflictKind::FirstMeeting, strings(&[&a]), strings(&[&b]))]);
    assert_eq!(world.rec(Side::Right, &customer(), &b).unwrap().image.get(&"nick".into()), Some(&text("y")));
}

#[test]
fn several_candidates_stop_the_search() {
    let mut world = world();
    let a = put(&mut world, Sys::A, "C1", "T1");
    let (b1, b2) = (put(&mut world, Sys::B, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    // The weaker key would fit exactly one: it must not be asked.
    let b3 = put(&mut world, Sys::B, "C3", "T1");
    let plan = world.plan();
    let seen = seen(&plan);
    assert_eq!(seen.conflicts[0], (ConflictKind::Ambiguous, strings(&[&a]), strings(&[&b1, &b2])));
    assert!(!seen.found.iter().any(|(left, _)| *left == a.to_string()), "{seen:?}");
    let made: Vec<_> = plan.actions.iter().filter(|action| action.kind == ActionKind::Create).collect();
    assert!(made.iter().all(|action| action.origin_id.as_ref() == Some(&b3)) && made.len() <= 1, "{made:#?}");
}

#[test]
fn two_of_one_key_on_one_side_are_both_held() {
    let mut world = world();
    let (a1, a2) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::A, "C1", ""));
    let seen = seen(&world.plan());
    assert_eq!(seen.conflicts, [(ConflictKind::Ambiguous, strings(&[&a1, &a2]), strings(&[]))]);
    assert_eq!(seen.actions, []);
}

#[test]
fn a_weaker_key_is_asked_where_the_stronger_one_is_silent() {
    let mut world = world();
    let a = put(&mut world, Sys::A, "C1", "T1");
    let b = put(&mut world, Sys::B, "C9", "T1");
    assert_eq!(seen(&world.plan()).found, [(a.to_string(), b.to_string())]);
}

#[test]
fn a_candidate_that_is_linked_elsewhere_is_never_taken() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    let other = put(&mut world, Sys::A, "C1", "");
    let new = put(&mut world, Sys::B, "C1", "");
    let seen = seen(&world.plan());
    assert_eq!(seen.actions, []);
    for free in [&other, &new] {
        let about = |(kind, left, right): &(ConflictKind, Vec<String>, Vec<String>)| {
            *kind != ConflictKind::Field && (left.contains(&free.to_string()) || right.contains(&free.to_string()))
        };
        assert!(seen.conflicts.iter().any(about), "{free}: {seen:?}");
    }
}

#[test]
fn a_key_that_a_linked_record_has_just_taken_is_not_doubled() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    // In b the linked record becomes C2, and in a somebody makes a C2 at the same time.
    world.edit(Side::Right, &customer(), &b, "code", &text("C2"));
    put(&mut world, Sys::A, "C2", "");
    let plan = world.plan();
    let made = plan.actions.iter().any(|action| action.kind == ActionKind::Create);
    assert!(!made, "b would hold C2 twice: {:?}", seen(&plan));
}

#[test]
fn a_key_that_a_linked_record_has_let_go_is_free() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    world.edit(Side::Left, &customer(), &a, "code", &text("C2"));
    world.edit(Side::Right, &customer(), &b, "code", &text("C2"));
    let new = put(&mut world, Sys::A, "C1", "");
    let plan = world.plan();
    assert_eq!(seen(&plan).conflicts, []);
    assert!(
        plan.actions.iter().any(|action| action.kind == ActionKind::Create && action.origin_id.as_ref() == Some(&new))
    );
}

#[test]
fn a_candidate_that_takes_no_part_is_never_taken_nor_doubled() {
    for (standing, reason) in [
        (Standing::Dummy, "plan-hold-candidate-dummy"),
        (outside(), "plan-hold-candidate-outside"),
        (Standing::Unreadable(Vec::new()), "plan-hold-candidate-unreadable"),
    ] {
        for sys in [Sys::A, Sys::B] {
            let other = if sys == Sys::A { Sys::B } else { Sys::A };
            let mut world = world();
            let real = put(&mut world, sys, "C1", "");
            let candidate = put(&mut world, other, "C1", "");
            let side = world.side(other);
            world.rec_mut(side, &customer(), &candidate).standing = standing.clone();
            let expected = Seen { held: vec![(real.to_string(), reason.to_owned())], ..Seen::default() };
            assert_eq!(seen(&world.plan()), expected, "{standing:?} in {other:?}");
        }
    }
}

#[test]
fn a_sample_of_ones_own_side_is_no_rival() {
    let mut world = world();
    let (a, sample) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::A, "C1", ""));
    world.rec_mut(Side::Left, &customer(), &sample).standing = Standing::Dummy;
    let b = put(&mut world, Sys::B, "C1", "");
    assert_eq!(seen(&world.plan()).found, [(a.to_string(), b.to_string())]);
}

#[test]
fn the_partner_id_decides_before_any_key() {
    let mut world = world();
    let (a1, a2) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::A, "C2", ""));
    let b = put(&mut world, Sys::B, "C2", "");
    world.rec_mut(Side::Right, &customer(), &b).partner = Some(a1.to_string());
    let seen = seen(&world.plan());
    assert_eq!(seen.found, [(a1.to_string(), b.to_string())]);
    assert!(!seen.actions.contains(&(ActionKind::Create, Side::Right)), "C2 is in b already: {seen:?} {a2}");
}

#[test]
fn a_partner_id_claimed_twice_is_a_conflict() {
    let mut world = world();
    let a = put(&mut world, Sys::A, "C1", "");
    let (b1, b2) = (put(&mut world, Sys::B, "C1", ""), put(&mut world, Sys::B, "C5", ""));
    for b in [&b1, &b2] {
        world.rec_mut(Side::Right, &customer(), b).partner = Some(a.to_string());
    }
    let seen = seen(&world.plan());
    assert_eq!(seen.conflicts, [(ConflictKind::Ambiguous, strings(&[&a]), strings(&[&b1, &b2]))]);
    assert_eq!(seen.actions, []);
}

#[test]
fn a_partner_id_of_nobody_waits_and_never_falls_back_to_a_key() {
    let mut world = world();
    put(&mut world, Sys::A, "C1", "");
    let b = put(&mut world, Sys::B, "C1", "");
    world.rec_mut(Side::Right, &customer(), &b).partner = Some("a99".into());
    let seen = seen(&world.plan());
    assert_eq!(seen.held[0], (b.to_string(), "plan-hold-partner-missing".to_owned()));
    assert_eq!(seen.found, []);
    assert_eq!(seen.actions, [], "and the one in a is not made a second time");
}

#[test]
fn a_partner_id_that_says_otherwise_than_the_link_is_a_conflict() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    world.rec_mut(Side::Right, &customer(), &b).partner = Some("a99".into());
    world.edit(Side::Left, &customer(), &a, "nick", &text("x"));
    let seen = seen(&world.plan());
    assert_eq!(seen.conflicts, [(ConflictKind::PartnerId, strings(&[&a]), strings(&[&b]))]);
    assert_eq!(seen.actions, []);
}

/// Whichever record of a buried pair is there, or there again: nothing makes its partner anew.
#[test]
fn a_tombstone_holds_both_its_records() {
    for gone in Side::BOTH {
        for back in Side::BOTH {
            let mut world = world();
            let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
            world.link(&customer(), &a, &b);
            world.links[0].1.state = LinkState::Tombstone { gone, run: RunId::from("1") };
            let (there, missing) = if back == Side::Left { (&a, &b) } else { (&b, &a) };
            assert!(world.remove(back.other(), &customer(), missing));
            let expected =
                Seen { held: vec![(there.to_string(), "plan-hold-tombstone".to_owned())], ..Seen::default() };
            assert_eq!(seen(&world.plan()), expected, "gone {gone:?}, there {back:?}");
        }
    }
}

#[test]
fn a_new_record_in_place_of_a_buried_one_is_not_linked_to_the_survivor() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    world.links[0].1.state = LinkState::Tombstone { gone: Side::Left, run: RunId::from("1") };
    world.remove(Side::Left, &customer(), &a);
    world.rec_mut(Side::Right, &customer(), &b).partner = None;
    put(&mut world, Sys::A, "C1", "");
    let seen = seen(&world.plan());
    assert_eq!((&seen.actions[..], &seen.found[..]), (&[][..], &[][..]), "{seen:?}");
}

#[test]
fn a_reference_by_name_that_fits_several_agrees_with_the_partner_of_one_of_them() {
    for first in [Sys::A, Sys::B] {
        let mut world = World::new(mapping(first));
        let mut terms = Vec::new();
        for _ in 0..2 {
            let (a, b) = (
                world.put(Sys::A, &term(), &[("name", text("net"))]),
                world.put(Sys::B, &term(), &[("name", text("net"))]),
            );
            link(&mut world, &term(), &a, &b);
            terms.push((a, b));
        }
        let refer = |id: &NativeId| World::refer(&term(), id);
        let a = world.put(Sys::A, &customer(), &[("code", text("C1")), ("term", refer(&terms[1].0))]);
        let b = world.put(Sys::B, &customer(), &[("code", text("C1")), ("term", refer(&terms[1].1))]);
        link(&mut world, &customer(), &a, &b);
        world.edit(world.side(Sys::A), &customer(), &a, "nick", &text("x"));
        world.edit(world.side(Sys::A), &customer(), &a, "term", &selaras_model::Value::Null);
        world.sync();
        world.edit(world.side(Sys::A), &customer(), &a, "term", &refer(&terms[0].0));
        world.edit(world.side(Sys::B), &customer(), &b, "term", &refer(&terms[0].1));
        let plan = world.plan();
        assert_eq!((plan.conflicts.len(), plan.actions.len()), (0, 0), "{first:?} first: {:?}", seen(&plan));
    }
}

fn link(world: &mut World, entity: &selaras_model::EntityName, a: &NativeId, b: &NativeId) {
    let (left, right) = if world.side(Sys::A) == Side::Left { (a, b) } else { (b, a) };
    world.link(entity, left, right);
}

/// Records found by a key that must agree in more than the key.
#[test]
fn a_stranger_with_our_number_is_left_alone() {
    let text_of = "version: 1\nname: strangers\nsystems: { a: { connector: a }, b: { connector: b } }\nentities:\n  Customer:\n    group: master\n    \
         a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    confirm: [nick]\n    fields:\n      code: { a: $.code, b: $.code }\n      \
         nick: { a: $.nick, b: $.nick, conflict: a }\n";
    let mut world = World::new(compiled(text_of));
    let a = world.put(Sys::A, &customer(), &[("code", text("C1")), ("nick", text("x"))]);
    let b = world.put(Sys::B, &customer(), &[("code", text("C1")), ("nick", text("y"))]);
    let seen = seen(&world.plan());
    assert_eq!(seen.conflicts, [(ConflictKind::Stranger, strings(&[&a]), strings(&[&b]))]);
    assert_eq!((seen.actions.len(), seen.found.len()), (0, 0));
}

/// A record was deleted on one side and typed there again: what was left behind of the old pair has no other partner.
#[test]
fn what_a_deleted_partner_left_behind_is_told_as_that() {
    let mut world = world();
    let (a, b) = (put(&mut world, Sys::A, "C1", ""), put(&mut world, Sys::B, "C1", ""));
    world.link(&customer(), &a, &b);
    world.links[0].1.state = LinkState::Tombstone { gone: Side::Left, run: RunId::from("1") };
    world.remove(Side::Left, &customer(), &a);
    put(&mut world, Sys::A, "C1", "");
    let plan = world.plan();
    let held: Vec<&str> = plan.held.iter().map(|held| held.reason.key.as_str()).collect();
    assert!(held.contains(&"plan-hold-candidate-buried"), "{held:?} {:#?}", plan.actions);
}

/// Where nothing tells our record from others, time alone says nothing.
#[test]
fn a_create_that_cannot_be_recognised_waits_for_a_person() {
    let mut world = World::new(mapping(Sys::A));
    world.put(Sys::A, &customer(), &[("code", text("c1"))]);
    let plan = world.plan();
    world.carry_out(&plan, &mut |_| Answer::NeverSent);
    for (recognisable, made) in [(false, 0), (true, 1)] {
        world.open.iter_mut().for_each(|open| (open.settled, open.recognisable) = (true, recognisable));
        let plan = world.plan();
        assert_eq!(plan.actions.len(), made);
        let held: Vec<&str> = plan.held.iter().map(|held| held.reason.key.as_str()).collect();
        assert_eq!(held, ["plan-hold-unrecognised"][..1 - made]);
    }
}
