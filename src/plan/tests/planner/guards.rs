//! What one plan may do, by limits as a count and as a share, and the side that is suddenly empty.

use crate::world::{Sys, World, compiled, customer, text};
use selaras_model::{NativeId, Side};
use selaras_plan::guard;

/// A world of so many linked customers under these limits.
fn world(limits: &str, linked: usize) -> (World, Vec<NativeId>) {
    let mut world = World::new(compiled(&format!(
        "version: 1\nname: guards\nsystems: {{ a: {{ connector: a }}, b: {{ connector: b }} }}\nguards: {limits}\nentities:\n  Customer:\n    \
         group: master\n    a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    on_delete: {{ a: delete, b: deactivate }}\n    fields:\n      \
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

fn stops(limits: &str, linked: usize, does: Does) -> Vec<String> {
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
    let stops = guard(&plan, &world.mapping);
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

#[test]
fn deactivations_count_as_deletes() {
    let (mut world, ids) = world("{ delete: 1 }", 3);
    for id in &ids[..2] {
        let b = world.live().find(|(_, link)| link.ids.left == *id).unwrap().1.ids.right.clone();
        assert!(world.remove(Side::Right, &customer(), &b));
    }
    let stops = guard(&world.plan(), &world.mapping);
    assert_eq!(
        stops.iter().map(|stop| (stop.guard.as_str(), stop.side, stop.planned)).collect::<Vec<_>>(),
        [("delete", Side::Left, 2)]
    );
}

#[test]
fn a_side_that_is_suddenly_empty_stops_the_run_whatever_the_limits() {
    for side in Side::BOTH {
        let (mut world, _) = world("{ delete: 100% }", 5);
        world.tables.get_mut(side).clear();
        let stops = guard(&world.plan(), &world.mapping);
        assert_eq!(
            stops.iter().map(|stop| (stop.guard.as_str(), stop.side)).collect::<Vec<_>>(),
            [("empty_side", side)]
        );
    }
    // One record of one is not a side.
    let (mut world, ids) = world("{ delete: 100% }", 1);
    world.remove(Side::Left, &customer(), &ids[0]);
    assert_eq!(guard(&world.plan(), &world.mapping), []);
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
    assert_eq!(guard(&world.plan(), &world.mapping), []);
}
