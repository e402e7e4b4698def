//! The little model of one field, told exhaustively over the real planner: three values, every base and every state of both sides, every
//! rule; then the same with systems that write in their own way, with deletes, and with a run that died after writing.

use crate::world::{Answer, Norm, Sys, World, compiled, text};
use selaras_model::{EntityName, LinkState, NativeId, PerSide, Side, Value};
use selaras_plan::{ActionKind, ConflictKind, Plan};

const VALUES: [&str; 3] = ["x", "y", "z"];

const RULES: [&str; 3] = ["hold", "a", "b"];

fn thing() -> EntityName {
    "Customer".into()
}

fn mapping(rule: &str, codec: &str) -> std::sync::Arc<selaras_mapping::program::Mapping> {
    compiled(&format!(
        "version: 1\nname: model\nsystems: {{ a: {{ connector: a }}, b: {{ connector: b }} }}\nentities:\n  Customer:\n    group: master\n    \
         a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    on_delete: {{ a: delete, b: delete }}\n    fields:\n      \
         code: {{ a: $.code, b: $.code }}\n      value: {{ a: $.value, b: $.value, conflict: {rule}, as: {codec} }}\n"
    ))
}

/// A linked pair of which both sides hold `base`.
struct Pair {
    world: World,
    ids: PerSide<NativeId>,
}

impl Pair {
    fn new(rule: &str, codec: &str, base: &str) -> Self {
        let mut world = World::new(mapping(rule, codec));
        let fields = [("code", text("C1")), ("value", text(base))];
        let ids = PerSide::new(world.put(Sys::A, &thing(), &fields), world.put(Sys::B, &thing(), &fields));
        world.link(&thing(), &ids.left, &ids.right);
        Self { world, ids }
    }

    fn set(&mut self, side: Side, value: &str) {
        let id = self.ids.get(side).clone();
        if self.value(side) != text(value) {
            self.world.edit(side, &thing(), &id, "value", &text(value));
        }
    }

    fn value(&self, side: Side) -> Value {
        self.world.rec(side, &thing(), self.ids.get(side)).unwrap().image.get(&"value".into()).unwrap().clone()
    }

    fn base(&self, side: Side) -> Option<Value> {
        self.world.live().next().unwrap().1.images.get(side).get(&"value".into()).cloned()
    }

    /// A run; gives back the plan.
    fn run(&mut self) -> Plan {
        self.world.sync()
    }

    /// A run that writes and dies before it notes anything.
    fn run_and_die(&mut self) {
        let before = self.world.links.clone();
        self.world.sync();
        self.world.links = before;
    }
}

/// All states of one field, with what each side may have been set to.
fn states() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    VALUES
        .into_iter()
        .flat_map(|base| VALUES.into_iter().flat_map(move |a| VALUES.into_iter().map(move |b| (base, a, b))))
}

#[test]
fn a_no_edit_on_one_side_is_lost_and_a_second_run_writes_nothing() {
    let (mut told, mut held) = (0, 0);
    for rule in RULES {
        for (base, a, b) in states() {
            let mut pair = Pair::new(rule, "text", base);
            pair.set(Side::Left, a);
            pair.set(Side::Right, b);
            let plan = pair.run();
            let wanted = match (a == base, b == base, rule) {
                (true, true, _) => (base, base),
                (false, true, _) => (a, a),
                (true, false, _) => (b, b),
                (false, false, _) if a == b => (a, a),
                (false, false, "a") => (a, a),
                (false, false, "b") => (b, b),
                (false, false, _) => (a, b),
            };
            let state = format!("base {base}, a {a}, b {b}, rule {rule}");
            assert_eq!((pair.value(Side::Left), pair.value(Side::Right)), (text(wanted.0), text(wanted.1)), "{state}");
            assert_eq!(plan.conflicts.len(), usize::from(wanted.0 != wanted.1), "{state}");
            assert_eq!(pair.run().actions, [], "a second run after {state}");
            told += 1;
            held += plan.conflicts.len();
        }
    }
    assert_eq!((told, held), (81, 6));
}

#[test]
fn a_run_that_died_after_writing_changes_nothing_about_the_result() {
    for rule in RULES {
        for (base, a, b) in states() {
            let story = |die: bool| {
                let mut pair = Pair::new(rule, "text", base);
                pair.set(Side::Left, a);
                pair.set(Side::Right, b);
                if die {
                    pair.run_and_die();
                }
                let writes = pair.run().actions.len();
                (pair.value(Side::Left), pair.value(Side::Right), pair.base(Side::Left), pair.base(Side::Right), writes)
            };
            let (died, lived) = (story(true), story(false));
            let state = format!("base {base}, a {a}, b {b}, rule {rule}");
            assert_eq!((&died.0, &died.1, &died.2, &died.3), (&lived.0, &lived.1, &lived.2, &lived.3), "{state}");
            assert_eq!(died.4, 0, "extra writes after {state}");
        }
    }
}

#[test]
fn b_a_held_conflict_is_never_forgotten() {
    let mut conflicts = 0;
    for (base, a, b) in states().filter(|(base, a, b)| a != base && b != base && a != b) {
        let mut pair = Pair::new("hold", "text", base);
        pair.set(Side::Left, a);
        pair.set(Side::Right, b);
        for run in 1..=4 {
            let plan = pair.run();
            assert_eq!(plan.conflicts.len(), 1, "run {run} of base {base}, a {a}, b {b}");
            assert_eq!(plan.conflicts[0].kind, ConflictKind::Field);
            assert_eq!(pair.base(Side::Left), Some(text(base)), "the base of a held field does not move");
        }
        // Whoever gives way ends it, and then the next edit flows again.
        pair.set(Side::Right, a);
        assert_eq!(pair.run().conflicts, []);
        pair.set(Side::Left, "new");
        pair.run();
        assert_eq!(pair.value(Side::Right), text("new"));
        conflicts += 1;
    }
    assert_eq!(conflicts, 6);
}

#[test]
fn c_one_edit_is_one_write_however_the_systems_spell_it() {
    for edited in Side::BOTH {
        let mut pair = Pair::new("hold", "text", "ab");
        pair.world.norms = PerSide::new(Norm::Upper, Norm::Lower);
        pair.set(edited, "Cd");
        let writes: usize = (0..12).map(|_| pair.run().actions.len()).sum();
        assert_eq!(writes, 1, "edited on the {edited:?}");
        assert_eq!((pair.value(Side::Left), pair.value(Side::Right)), (text("CD"), text("cd")));
    }
}

#[test]
fn c_also_where_drift_is_always_undone() {
    let text_of = "version: 1\nname: model\nsystems: { a: { connector: a }, b: { connector: b } }\nentities:\n  Customer:\n    group: master\n    \
         a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    fields:\n      code: { a: $.code, b: $.code }\n      \
         value: { a: $.value, b: $.value, direction: a -> b, write: always }\n";
    let mut world = World::new(compiled(text_of));
    let fields = [("code", text("C1")), ("value", text("ab"))];
    let ids = PerSide::new(world.put(Sys::A, &thing(), &fields), world.put(Sys::B, &thing(), &fields));
    world.link(&thing(), &ids.left, &ids.right);
    world.norms = PerSide::new(Norm::Plain, Norm::Upper);
    world.edit(Side::Left, &thing(), &ids.left, "value", &text("cd"));
    let writes: usize = (0..12).map(|_| world.sync().actions.len()).sum();
    assert_eq!(writes, 1, "a system that writes in capitals must not be written to for ever");
    world.edit(Side::Right, &thing(), &ids.right, "value", &text("drift"));
    let writes: usize = (0..12).map(|_| world.sync().actions.len()).sum();
    assert_eq!(writes, 1, "drift is undone, once");
    assert_eq!(world.rec(Side::Right, &thing(), &ids.right).unwrap().image.get(&"value".into()), Some(&text("CD")));
}

#[test]
fn d_an_edit_between_plan_and_apply_is_not_overwritten() {
    for (base, a, b) in states().filter(|(base, a, _)| a != base) {
        let mut pair = Pair::new("a", "text", base);
        pair.set(Side::Left, a);
        let plan = pair.world.plan();
        pair.set(Side::Right, b);
        let late = pair.value(Side::Right);
        pair.world.carry_out(&plan, &mut |_| Answer::Done);
        if b != base {
            assert_eq!(pair.value(Side::Right), late, "base {base}, a {a}, b {b} in between");
        }
        pair.run();
        assert_eq!(pair.value(Side::Right), text(a), "the rule decides once both edits are known");
    }
}

#[test]
fn f_no_false_conflict_after_a_death_where_the_mapping_knows_the_spelling() {
    for (base, a) in
        VALUES.into_iter().flat_map(|base| VALUES.into_iter().map(move |a| (base, a))).filter(|(base, a)| base != a)
    {
        let mut pair = Pair::new("hold", "{ text: { ignore_case: true } }", base);
        pair.world.norms = PerSide::new(Norm::Plain, Norm::Upper);
        pair.set(Side::Left, a);
        pair.run_and_die();
        let plan = pair.run();
        assert_eq!((plan.conflicts.len(), plan.actions.len()), (0, 0), "base {base}, a {a}");
        assert_eq!(pair.base(Side::Right), Some(text(&a.to_uppercase())));
    }
}

/// What becomes of a pair whose records are as they were, edited or gone: (left, right, actions, conflicts, live afterwards).
#[test]
fn g_deletes_and_edits() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Fate {
        Same,
        Edited,
        Gone,
    }
    use Fate::{Edited, Gone, Same};
    let expected = [
        (Same, Same, None, 0, true),
        (Edited, Same, Some(ActionKind::Update), 0, true),
        (Same, Edited, Some(ActionKind::Update), 0, true),
        (Edited, Edited, None, 1, true),
        (Gone, Same, Some(ActionKind::Delete), 0, false),
        (Same, Gone, Some(ActionKind::Delete), 0, false),
        (Gone, Edited, None, 1, true),
        (Edited, Gone, None, 1, true),
        (Gone, Gone, None, 0, false),
    ];
    for (left, right, action, conflicts, live) in expected {
        let mut pair = Pair::new("hold", "text", "x");
        for (side, fate, value) in [(Side::Left, left, "y"), (Side::Right, right, "z")] {
            match fate {
                Same => {}
                Edited => pair.set(side, value),
                Gone => assert!(pair.world.remove(side, &thing(), &pair.ids.get(side).clone())),
            }
        }
        let plan = pair.run();
        let kinds: Vec<ActionKind> = plan.actions.iter().map(|action| action.kind).collect();
        assert_eq!(kinds, action.into_iter().collect::<Vec<_>>(), "{left:?} {right:?}");
        assert_eq!(plan.conflicts.len(), conflicts, "{left:?} {right:?}");
        let again = pair.run();
        assert_eq!((again.actions.len(), again.conflicts.len()), (0, conflicts), "again {left:?} {right:?}");
        let state = &pair.world.links[0].1.state;
        assert_eq!(*state == LinkState::Live, live, "{left:?} {right:?}");
    }
}
