//! What one plan may do, by limits as a count and as a share, and the side that is suddenly empty.

use crate::decisions::decision;
use crate::world::{Sys, World, compiled, customer, text};
use selaras_model::{NativeId, PerSide, Side, Take};
use selaras_plan::{ActionKind, Around, Circumstances, GuardStop, Plan, Swing, guard};

/// A world of so many linked customers under these limits.
fn world(limits: &str, linked: usize) -> (World, Vec<NativeId>) {
    world_where(limits, "", linked)
}

/// The same with one more line in the entity.
fn world_where(limits: &str, line: &str, linked: usize) -> (World, Vec<NativeId>) {
    let mut world = World::new(compiled(&format!(
        "version: 1\nname: guards\nsystems: {{ a: {{ connector: a }}, b: {{ connector: b }} }}\nguards: {limits}\nentities:\n  Customer:\n    \
         group: master\n    a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    {line}\n    on_delete: {{ a: delete, b: deactivate }}\n    fields:\n      \
         code: {{ a: $.code, b: $.code }}\n      nick: {{ a: $.nick, b: $.nick }}\n"
    )));
    let mut ids = Vec::new();
    for at in 0..linked {
        let fields = [("code", text(&format!("C{at}")))];
        let (a, b) = (world.put(Sys::A, &customer(), &fields), world.put(Sys::B, &customer(), &fields));
        world.link(&customer(), &a, &b);
        ids.push(a);
    }
    (world, ids)
}

/// What a plan does in b.
#[derive(Clone, Copy, Debug)]
enum Does {
    Deletes(usize),
    Updates(usize),
    Creates(usize),
}

/// A world in which this is to be done, and the plan.
fn doing(limits: &str, linked: usize, does: Does) -> (World, Plan) {
    let (mut world, ids) = world(limits, linked);
    match does {
        Does::Deletes(count) => ids[..count].iter().for_each(|id| assert!(world.remove(Side::Left, &customer(), id))),
        Does::Updates(count) => {
            ids[..count].iter().for_each(|id| world.edit(Side::Left, &customer(), id, "nick", &text("x")))
        }
        Does::Creates(count) => {
            (0..count).for_each(|at| drop(world.put(Sys::A, &customer(), &[("code", text(&format!("N{at}")))])));
        }
    }
    let plan = world.plan();
    (world, plan)
}

fn stops(limits: &str, linked: usize, does: Does) -> Vec<String> {
    let (world, plan) = doing(limits, linked, does);
    let stops = world.stops(&plan);
    stops
        .iter()
        .map(|stop| {
            format!(
                "{} {:?} {} of {}, {} allowed ({})",
                stop.guard, stop.side, stop.planned, stop.population, stop.allowed, stop.limit
            )
        })
        .collect()
}

#[test]
fn invariant_19_limits() {
    use Does::{Creates, Deletes, Updates};
    let none: &[&str] = &[];
    let cases: [(&str, usize, Does, &[&str]); 16] = [
        ("{ delete: 10% }", 40, Deletes(4), none),
        ("{ delete: 10% }", 40, Deletes(5), &["delete Right 5 of 40, 4 allowed (10%)"]),
        // Rounded down, but never to none.
        ("{ delete: 10% }", 29, Deletes(3), &["delete Right 3 of 29, 2 allowed (10%)"]),
        ("{ delete: 1% }", 20, Deletes(1), none),
        ("{ delete: 1% }", 20, Deletes(2), &["delete Right 2 of 20, 1 allowed (1%)"]),
        // None means none.
        ("{ delete: 0% }", 20, Deletes(1), &["delete Right 1 of 20, 0 allowed (0%)"]),
        ("{ delete: 0 }", 5, Deletes(1), &["delete Right 1 of 5, 0 allowed (0)"]),
        // A share counts only from a minimum population on; a count always.
        ("{ delete: 10%, minimum: 20 }", 19, Deletes(18), none),
        ("{ delete: 10%, minimum: 20 }", 20, Deletes(18), &["delete Right 18 of 20, 2 allowed (10%)"]),
        ("{ delete: { count: 3, percent: 10 } }", 19, Deletes(4), &["delete Right 4 of 19, 3 allowed (3, 10%)"]),
        // The lower one wins.
        ("{ delete: { count: 3, percent: 10 } }", 40, Deletes(4), &["delete Right 4 of 40, 3 allowed (3, 10%)"]),
        ("{ delete: { count: 9, percent: 10 } }", 40, Deletes(5), &["delete Right 5 of 40, 4 allowed (9, 10%)"]),
        ("{ update: 50% }", 40, Updates(20), none),
        ("{ update: 50% }", 40, Updates(21), &["update Right 21 of 40, 20 allowed (50%)"]),
        ("{ create: 2 }", 0, Creates(3), &["create Right 3 of 0, 2 allowed (2)"]),
        ("{ delete: 10%, update: 50% }", 0, Creates(500), none),
    ];
    for (limits, linked, does, expected) in cases {
        assert_eq!(stops(limits, linked, does), expected, "{limits} with {linked} linked: {does:?}");
    }
}

/// More new records than there are linked ones: each is made on the other side and told its partner's id. That changes nothing of theirs.
#[test]
fn new_records_that_are_told_their_partner_are_no_updates() {
    let (mut world, _) = world_where("{ update: 50% }", "partner_id: { b: $.partner }", 20);
    for at in 0..50 {
        world.put(Sys::B, &customer(), &[("code", text(&format!("N{at}")))]);
    }
    let plan = world.plan();
    let told =
        plan.actions.iter().filter(|action| action.kind == ActionKind::Update && action.changes.is_empty()).count();
    assert_eq!((told, world.stops(&plan)), (50, vec![]));
    // Linked records that are to be pointed at their partners anew are.
    let partners: Vec<_> = world.live().map(|(_, link)| link.ids.right.clone()).collect();
    for id in &partners[..11] {
        world.rec_mut(Side::Right, &customer(), id).partner = None;
        world.rec_mut(Side::Right, &customer(), id).version += 1;
    }
    let plan = world.plan();
    assert_eq!(guards_of(&world.stops(&plan)), [("update", Side::Right, 11)]);
}

#[test]
fn deactivations_count_as_deletes() {
    let (mut world, ids) = world("{ delete: 1 }", 3);
    for id in &ids[..2] {
        let b = world.live().find(|(_, link)| link.ids.left == *id).unwrap().1.ids.right.clone();
        assert!(world.remove(Side::Right, &customer(), &b));
    }
    let stops = world.stops(&world.plan());
    assert_eq!(
        stops.iter().map(|stop| (stop.guard.as_str(), stop.side, stop.planned)).collect::<Vec<_>>(),
        [("delete", Side::Left, 2)]
    );
}

#[test]
fn a_side_that_is_suddenly_empty_stops_the_run_whatever_the_limits() {
    for side in Side::BOTH {
        let (mut world, _) = world("{ delete: 100%, minimum: 5 }", 5);
        world.tables.get_mut(side).clear();
        let plan = world.plan();
        assert_eq!(guards_of(&world.stops(&plan)), [("empty_side", side, 5)]);
        // Both sides empty: somebody started over.
        world.tables.get_mut(side.other()).clear();
        assert_eq!(world.stops(&world.plan()), []);
    }
}

/// Below the minimum nothing stops; the records are held, each for a person to decide.
#[test]
fn a_few_records_that_are_all_gone_are_held_and_stop_nothing() {
    for side in Side::BOTH {
        let (mut world, _) = world("{ delete: 100% }", 5);
        world.tables.get_mut(side).clear();
        let plan = world.plan();
        assert_eq!((world.stops(&plan), plan.actions.len(), plan.conflicts.len()), (vec![], 0, 5));
        assert!(plan.conflicts.iter().all(|conflict| conflict.message.key == "plan-conflict-emptied"));
    }
    // One record of one is not a side, and neither is a side on which something is left.
    let (mut world, ids) = world("{ delete: 100% }", 1);
    world.remove(Side::Left, &customer(), &ids[0]);
    assert_eq!(world.plan().actions.len(), 1);
    let (mut world, ids) = self::world("{ delete: 100% }", 3);
    ids[..2].iter().for_each(|id| assert!(world.remove(Side::Left, &customer(), id)));
    assert_eq!((world.plan().actions.len(), world.plan().conflicts.len()), (2, 0));
}

/// Held is held: neither what a run makes there, nor what people add, nor a word about some of them makes deletions of the others.
#[test]
fn what_is_held_because_all_is_gone_stays_held() {
    let emptied = |plan: &Plan| -> Vec<String> {
        let held = plan.conflicts.iter().filter(|conflict| conflict.message.key == "plan-conflict-emptied");
        held.map(|conflict| conflict.message.args["count"].clone()).collect()
    };
    for side in Side::BOTH {
        let (mut world, _) = world("{ delete: 100% }", 3);
        let there = world.tables.get(side).clone();
        world.tables.get_mut(side).clear();
        let (here, there_too) = if side == Side::Left { (Sys::A, Sys::B) } else { (Sys::B, Sys::A) };
        world.put(there_too, &customer(), &[("code", text("new"))]);
        let first = world.sync();
        assert_eq!(emptied(&first), ["3", "3", "3"]);
        assert_eq!(first.actions.iter().map(|action| action.kind).collect::<Vec<_>>(), [ActionKind::Create]);
        world.put(here, &customer(), &[("code", text("theirs"))]);
        assert_eq!(emptied(&world.sync()), ["3", "3", "3"]);
        // A word about two of them is about those two.
        let spoken: Vec<_> = world.plan().conflicts.into_iter().take(2).collect();
        world.decisions = spoken.iter().map(|conflict| decision(conflict, Take::Side(side))).collect();
        let plan = world.sync();
        assert_eq!((plan.actions.len(), emptied(&plan)), (2, vec!["3".to_owned()]));
        world.decisions.clear();
        let plan = world.sync();
        assert_eq!((plan.actions.len(), emptied(&plan)), (0, vec!["3".to_owned()]));
        // The other answer makes it again, and nothing else.
        let mut again = world.clone();
        again.decisions = vec![decision(&plan.conflicts[0], Take::Side(side.other()))];
        let plan = again.sync();
        assert_eq!(plan.actions[0].kind, ActionKind::Create, "{:?}", plan.conflicts);
        again.decisions.clear();
        assert_eq!((again.sync().actions.len(), again.plan().conflicts.len()), (0, 0));
        // Back where it was: nothing happened.
        *world.tables.get_mut(side) = there;
        assert_eq!(emptied(&world.sync()), Vec::<String>::new());
        // A pair that a person links meanwhile is no proof either.
        let (mut world, _) = self::world("{ delete: 100% }", 3);
        world.tables.get_mut(side).clear();
        let [left, right] = [Sys::A, Sys::B].map(|sys| world.put(sys, &customer(), &[("code", text("by hand"))]));
        world.link(&customer(), &left, &right);
        let link = &mut world.links.last_mut().unwrap().1;
        (link.by_hand, link.made, link.images) = (true, true, PerSide::default());
        assert_eq!(emptied(&world.sync()), ["3", "3", "3"]);
        assert_eq!(emptied(&world.sync()), ["3", "3", "3"]);
    }
}

fn guards_of(stops: &[GuardStop]) -> Vec<(&str, Side, u64)> {
    stops.iter().map(|stop| (stop.guard.as_str(), stop.side, stop.planned)).collect()
}

/// What guards know besides the plan: each alone stops a plan that has something to do with it, and nothing else.
#[test]
fn circumstances() {
    let around = |change: &dyn Fn(&mut Around)| {
        let mut around = Around::default();
        change(&mut around);
        Circumstances { older_state: None, entities: [(customer(), around)].into() }
    };
    let check = |does: Does, around: &Circumstances| -> Vec<String> {
        let (world, plan) = doing("{ delete: 10%, update: 100%, minimum: 20 }", 40, does);
        guard(&plan, &world.mapping, around).into_iter().map(|stop| stop.guard).collect()
    };
    let rules = around(&|around| around.rules_changed = true);
    assert_eq!(check(Does::Deletes(1), &rules), ["rules_changed"]);
    assert!(check(Does::Updates(5), &rules).is_empty());
    let strangers = around(&|around| around.unknown_partners = 1);
    assert_eq!(check(Does::Deletes(1), &strangers), ["unknown_partners"]);
    assert!(check(Does::Creates(1), &strangers).is_empty());
    // Forty linked and two removed before: ten percent of forty-two are four.
    let removed = around(&|around| around.removed.right = 2);
    assert!(check(Does::Deletes(2), &removed).is_empty());
    assert_eq!(check(Does::Deletes(3), &removed), ["delete_window"]);
    assert_eq!(check(Does::Deletes(5), &removed), ["delete"], "said once");
    assert!(check(Does::Deletes(3), &around(&|around| around.removed.left = 9)).is_empty(), "of the other side");
    // Every single one at once, though the limit lets them pass.
    assert!(check(Does::Updates(39), &Circumstances::default()).is_empty());
    assert_eq!(check(Does::Updates(40), &Circumstances::default()), ["all_changed"]);
    let older = Circumstances { older_state: Some((9, 4)), ..Circumstances::default() };
    assert_eq!(check(Does::Updates(1), &older), ["older_state"]);
    assert!(check(Does::Creates(0), &older).is_empty(), "nothing to do, nothing to stop");
}

/// A field that goes back and forth is held, as a conflict that a person can decide; the others go on.
#[test]
fn a_field_that_swings_is_held() {
    let (mut world, ids) = world("{ update: 100% }", 2);
    for id in &ids {
        world.edit(Side::Left, &customer(), id, "nick", &text("x"));
    }
    let pair = world.live().find(|(_, link)| link.ids.left == ids[0]).expect("a link").1.ids.clone();
    let values = ["(empty)".to_owned(), "x".to_owned()];
    world.swings = vec![Swing { entity: customer(), ids: pair, field: "nick".into(), values }];
    let plan = world.plan();
    assert_eq!((plan.actions.len(), plan.conflicts.len()), (1, 1));
    let message = &plan.conflicts[0].message;
    assert_eq!((message.key.as_str(), message.args["other"].as_str()), ("plan-conflict-ping-pong", "x"));
}

#[test]
fn each_side_has_its_own_limit() {
    let (mut world, ids) = world("{ update: 2 }", 10);
    for (at, id) in ids.iter().enumerate().take(4) {
        let (side, id) = if at < 2 {
            (Side::Left, id.clone())
        } else {
            (Side::Right, world.live().find(|(_, link)| link.ids.left == *id).unwrap().1.ids.right.clone())
        };
        world.edit(side, &customer(), &id, "nick", &text("x"));
    }
    assert_eq!(world.stops(&world.plan()), []);
}
