//! The exhaustive little model: two systems, two records, a reference between them, and every history of a few steps: edits, deletes, runs,
//! runs that die at each of their steps, answers that are lost, records that show late, listings that end early, plans that are applied
//! later, a second runner with a state of its own. All of it over the real planner and `selaras-apply`; only the systems are pretended.
//!
//! Every state that can be reached is visited once. In each the promises are checked (`promises.rs`), and from each the world must come to
//! rest when it is left in peace. `SELARAS_DEPTH=1 cargo test --release -p selaras-plan --test planner explore` goes a step deeper.

mod deeds;
mod promises;

use crate::world::{Norm, Sys, World, compiled, customer, term, text};
use deeds::{Memory, Step, after, steps};
use promises::{Account, comes_to_rest};
use selaras_mapping::program::Mapping;
use selaras_model::{Hash128, PerSide};
use selaras_plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What may happen in a chapter, besides whole runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    /// Users edit the customer that is there.
    pub edit: bool,
    /// Users remove customers, and terms that nothing uses.
    pub remove: bool,
    /// Users make a customer that refers to a new term.
    pub make: bool,
    /// Runs die at any step: before a call, in it, after it.
    pub die: bool,
    /// A write is refused.
    pub refuse: bool,
    /// What a run makes shows late.
    pub late: bool,
    /// A listing ends early and says so.
    pub partial: bool,
    /// A plan is kept and applied later.
    pub save: bool,
    /// There is a second runner, with a state of its own.
    pub rival: bool,
}

/// A set of histories.
pub struct Chapter {
    name: &'static str,
    /// Who wins the field in conflict.
    pub rule: &'static str,
    norms: PerSide<Norm>,
    pub may: May,
    depth: usize,
}

/// A state: the systems, what runners remember, and the account of what users did.
#[derive(Clone)]
pub struct Spot {
    pub world: World,
    pub account: Account,
    pub saved: Option<Plan>,
    pub rival: Option<Memory>,
}

/// How far a chapter was told.
#[derive(Debug, Default)]
struct Told {
    states: usize,
    steps: usize,
}

fn mapping(rule: &str) -> Arc<Mapping> {
    compiled(&format!(
        "version: 1\nname: model\nsystems: {{ a: {{ connector: a }}, b: {{ connector: b }} }}\nguards: {{ delete: 100%, update: 100% }}\nentities:\n  \
         Term:\n    group: master\n    a: t\n    b: t\n    sync: two-way\n    match: [[name]]\n    on_delete: {{ a: delete, b: delete }}\n    fields:\n      \
         name: {{ a: $.name, b: $.name }}\n  \
         Customer:\n    group: master\n    a: c\n    b: c\n    sync: two-way\n    partner_id: {{ b: $.partner }}\n    match: [[code]]\n    \
         on_delete: {{ a: delete, b: delete }}\n    fields:\n      code: {{ a: $.code, b: $.code }}\n      \
         value: {{ a: $.value, b: $.value, conflict: {rule}, as: {{ text: {{ ignore_case: true }} }} }}\n      \
         term:\n        a: {{ path: $.term, as: {{ ref: Term, by: name }} }}\n        b: {{ path: $.term, as: {{ ref: Term, by: id }} }}\n"
    ))
}

/// A customer with its term, on both sides and linked.
fn beginning(chapter: &Chapter) -> Spot {
    let mut world = World::new(mapping(chapter.rule));
    world.norms = chapter.norms;
    // Without anything unique, two runners that do not know of each other make everything twice.
    world.unique = chapter.may.rival;
    let terms = [Sys::A, Sys::B].map(|sys| world.put(sys, &term(), &[("name", text("T1"))]));
    world.link(&term(), &terms[0], &terms[1]);
    let made = [Sys::A, Sys::B].map(|sys| {
        let to = &terms[if sys == Sys::A { 0 } else { 1 }];
        let fields = [("code", text("C1")), ("value", text("x")), ("term", World::refer(&term(), to))];
        world.put(sys, &customer(), &fields)
    });
    world.link(&customer(), &made[0], &made[1]);
    let rival = chapter.may.rival.then(|| Memory::of(&world));
    Spot { world, account: Account::default(), saved: None, rival }
}

impl Spot {
    /// The same for all that follows.
    fn key(&self) -> Hash128 {
        let World { tables, links, open, refused, forgotten, hidden, unnoted, .. } = &self.world;
        let saved = self.saved.as_ref().map(|plan| &plan.hash);
        let text = format!(
            "{tables:?}{links:?}{open:?}{refused:?}{forgotten:?}{hidden:?}{unnoted:?}{:?}{saved:?}{:?}",
            self.account, self.rival
        );
        Hash128::of(text.as_bytes())
    }
}

/// Visits every state of a chapter.
fn tell(chapter: &Chapter, deeper: usize) -> Told {
    let mut told = Told::default();
    let start = beginning(chapter);
    let mut seen = BTreeSet::from([start.key()]);
    let mut edge: Vec<(Spot, Vec<Step>)> = vec![(start, Vec::new())];
    for _ in 0..chapter.depth + deeper {
        let mut next = Vec::new();
        for (spot, path) in edge {
            for step in steps(&spot, chapter) {
                let history = || path.iter().chain([&step]).map(|step| format!("\n    {step:?}")).collect::<String>();
                let wrong = |why: String| -> ! { panic!("{}: {why}\n  after{}", chapter.name, history()) };
                let Some(reached) = after(&spot, &step, chapter).unwrap_or_else(|why| wrong(why)) else { continue };
                told.steps += 1;
                if seen.insert(reached.key()) {
                    comes_to_rest(&reached, chapter).unwrap_or_else(|why| wrong(why));
                    next.push((reached, path.iter().copied().chain([step]).collect()));
                }
            }
        }
        edge = next;
    }
    told.states = seen.len();
    println!("{}: {} states by {} steps", chapter.name, told.states, told.steps);
    told
}

fn deeper() -> usize {
    std::env::var("SELARAS_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(0)
}

const NOTHING: May = May {
    edit: false,
    remove: false,
    make: false,
    die: false,
    refuse: false,
    late: false,
    partial: false,
    save: false,
    rival: false,
};

fn chapter(name: &'static str, depth: usize, may: May) -> Chapter {
    Chapter { name, rule: "hold", norms: PerSide::default(), may, depth }
}

#[test]
fn explore_edits_and_runs_that_die() {
    let may = May { edit: true, die: true, save: true, ..NOTHING };
    let mut states = 0;
    for rule in ["hold", "a", "b"] {
        states += tell(&Chapter { rule, ..chapter("edits", 4, may) }, deeper()).states;
    }
    let norms = PerSide::new(Norm::Lower, Norm::Upper);
    states += tell(&Chapter { norms, ..chapter("edits of systems that spell", 4, may) }, deeper()).states;
    assert!(states > 500, "{states}");
}

#[test]
fn explore_new_records_with_references() {
    let may = May { make: true, die: true, late: true, partial: true, ..NOTHING };
    assert!(tell(&chapter("new records", 7, may), deeper()).states > 100);
}

#[test]
fn explore_removed_records() {
    let may = May { edit: true, remove: true, make: true, die: true, refuse: true, partial: true, ..NOTHING };
    assert!(tell(&chapter("removed records", 3, may), deeper()).states > 500);
}

#[test]
fn explore_two_runners() {
    let may = May { edit: true, remove: true, make: true, rival: true, save: true, ..NOTHING };
    assert!(tell(&chapter("two runners", 4, may), deeper()).states > 500);
}
