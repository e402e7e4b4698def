//! Two simulated systems, their users and the engine between them, for hundreds of seeds: after each run both systems hold exactly what an
//! account kept beside them says, the next run has nothing to do, every record is counted, nothing is there twice and nothing is lost.
//!
//! Each seed has a weather (see `simulation/weather.rs`): systems that lose answers, refuse, end lists early, shift pages, show late, spell in
//! their own way; users who go on working meanwhile; a runner that is killed or loses its state. A seed that fails prints the line that
//! replays it. Whether this would see a fault at all is asked by `planted.rs`.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

#[path = "simulation/busy.rs"]
mod busy;
#[path = "simulation/clock.rs"]
mod clock;
#[path = "simulation/crash.rs"]
mod crash;
#[path = "simulation/gate.rs"]
mod gate;
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/races.rs"]
mod races;
#[path = "simulation/rival.rs"]
mod rival;
#[path = "simulation/runner.rs"]
mod runner;
#[path = "simulation/story.rs"]
mod story;
#[path = "simulation/systems.rs"]
mod systems;
#[path = "simulation/weather.rs"]
mod weather;

use crash::Moment;
use gate::Door;
use oracle::{Kind, Val};
use rival::{Meeting, Visit, Whose};
use runner::{Bench, Rough, Run};
use selaras_connector_sim::{Faults, When};
use selaras_model::Side;
use std::ops::Range;
use std::sync::LazyLock;
use story::Dice;
use systems::{Manners, raw};
use weather::{Weather, play};

/// The seeds: two hundred, or those that `SELARAS_SEED` asks for (`17`, `200..2000`).
static SEEDS: LazyLock<Range<u64>> = LazyLock::new(|| seeds("SELARAS_SEED", 0..200));

/// The seeds that a variable asks for, else these.
fn seeds(variable: &str, otherwise: Range<u64>) -> Range<u64> {
    let Ok(asked) = std::env::var(variable) else { return otherwise };
    let number =
        |text: &str| text.parse().unwrap_or_else(|_| panic!("{variable} is {asked}, neither 17 nor 200..2000"));
    match asked.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&asked)..number(&asked) + 1,
    }
}

/// A panic is a failure like any other: it must say which seed it was.
fn played(seed: u64) -> Result<(), String> {
    std::panic::catch_unwind(|| play(seed)).unwrap_or_else(|_| Err("it panicked, see above".to_owned()))
}

fn play_all(odd: u64) {
    let replay = "cargo test -p selaras-run --test simulation";
    let failed: Vec<String> = SEEDS
        .clone()
        .filter(|seed| seed % 2 == odd)
        .filter_map(|seed| Some((seed, played(seed).err()?)))
        .map(|(seed, why)| {
            format!("seed {seed} ({:?}): {why}\n    replay: SELARAS_SEED={seed} {replay}", Weather::of(seed))
        })
        .collect();
    let few: Vec<&str> = failed.iter().take(3).map(String::as_str).collect();
    assert!(failed.is_empty(), "{} seeds failed; the first of them:\n{}", failed.len(), few.join("\n"));
}

#[test]
fn invariants_hold_for_even_seeds() {
    play_all(0);
}

#[test]
fn invariants_hold_for_odd_seeds() {
    play_all(1);
}

/// Answers to creates that are about another record link nothing crosswise: edits and deletes would go to the wrong one from then on.
#[test]
fn invariant_18_answers_in_another_order_link_nothing_crosswise() {
    for side in Side::BOTH {
        let mut bench = Bench::new(Manners { page: 9, ..Manners::default() }, Dice::new(1));
        for _ in 0..3 {
            bench.story.make_on(Kind::Item, &[side], false);
        }
        let crossed = || Faults { crossed: When::Always, ..Faults::default() };
        bench.faults(crossed(), crossed());
        let (_, applied) = bench.apply().unwrap();
        assert_eq!(applied.unclear, 3, "nobody knows which of them was made: {:#?}", applied.results);
        bench.faults(Faults::default(), Faults::default());
        bench.calm(Run::Patient).unwrap();
    }
}

/// Those of ten thousand that failed when they were first played.
#[test]
fn invariants_hold_for_seeds_that_failed_once() {
    let failed: Vec<_> =
        [1294, 2543, 3675, 4707, 5600, 8142, 8714, 8942].map(|seed| (seed, played(seed))).into_iter().collect();
    assert!(failed.iter().all(|(_, end)| end.is_ok()), "{failed:#?}");
}

/// An item of Accurate, and an SMH that shows what it is told only when its settle time has passed.
fn slow_to_show(known_before: bool) -> Bench {
    let manners = Manners { page: 2, settle_ms: 150, ..Manners::default() };
    let mut bench = Bench::new(manners, Dice::new(1));
    bench.story.make_on(Kind::Item, &[Side::Left], false);
    if known_before {
        bench.calm(Run::Strict).unwrap();
    }
    // One run right after the other.
    bench.pace_ms = 0;
    bench.faults(Faults::default(), Faults { late: When::Always, late_reads: u64::MAX, ..Faults::default() });
    bench
}

#[test]
fn invariant_01_a_new_record_that_does_not_show_yet_is_not_gone() {
    let mut bench = slow_to_show(false);
    bench.calm(Run::Strict).unwrap();
}

#[test]
fn invariant_11_a_write_that_does_not_show_yet_is_not_undone() {
    let mut bench = slow_to_show(true);
    bench.story.write(Side::Left, 0, "price", Val::Number(777));
    bench.calm(Run::Strict).unwrap();
}

/// This and the next were found by seeds.
#[test]
fn invariant_02_a_record_that_could_not_be_read_in_full_is_not_made_a_second_time() {
    let manners = Manners { page: 2, lax: true, details: true, ..Manners::default() };
    let mut bench = Bench::new(manners, Dice::new(1));
    bench.story.make_on(Kind::Customer, &Side::BOTH, false);
    let unreadable = Faults { fail_get: When::Always, ..Faults::default() };
    bench.rough(Rough { faults: [unreadable, Faults::default()], ..Rough::default() }).unwrap();
    bench.calm(Run::Strict).unwrap();
}

#[test]
fn invariant_11_what_users_made_while_our_create_was_lost_is_theirs() {
    let mut bench = Bench::new(Manners { page: 2, lax: true, ..Manners::default() }, Dice::new(1));
    bench.story.make_on(Kind::Employee, &[Side::Left], false);
    bench.story.write(Side::Left, 0, "phone", Val::Nothing);
    let lost = Faults { lose_request: When::Always, ..Faults::default() };
    bench.rough(Rough { faults: [Faults::default(), lost], ..Rough::default() }).unwrap();
    // The same employee, typed into SMH by hand, with a number that Accurate lacks: two records meet, and nobody filled anything in.
    let mut fields = bench.story.oracle.things[0].fields(Side::Left).clone();
    fields.insert("phone", Val::Text("0812".to_owned()));
    let record = raw(&bench.story.oracle, Side::Right, Kind::Employee, &fields);
    let id = bench.story.world.put("smh", "employee", record).unwrap();
    bench.story.oracle.things[0].set_id(Side::Right, id);
    bench.story.oracle.things[0].put(Side::Right, Some(fields));
    bench.calm(Run::Strict).unwrap();
}

#[test]
fn invariant_11_what_users_typed_where_our_lost_create_said_nothing_is_theirs() {
    let mut bench = Bench::new(Manners { page: 2, ..Manners::default() }, Dice::new(1));
    for kind in [Kind::Item, Kind::Customer] {
        bench.story.make_on(kind, &[Side::Right], false);
    }
    bench.calm(Run::Strict).unwrap();
    bench.story.make_on(Kind::Order, &[Side::Right], false);
    bench.story.write(Side::Right, 2, "notes", Val::Nothing);
    bench.story.write(Side::Right, 2, "date", Val::Text("Jaya".to_owned()));
    let lost = Faults { lose_request: When::Always, ..Faults::default() };
    bench.rough(Rough { faults: [lost, Faults::default()], ..Rough::default() }).unwrap();
    // The same order, typed into Accurate by hand, with another date, and with notes where ours has none: SMH decides about notes.
    let mut fields = bench.story.oracle.things[2].fields(Side::Right).clone();
    fields.insert("date", Val::Text("Abadi".to_owned()));
    fields.insert("notes", Val::Text("makmur".to_owned()));
    let record = raw(&bench.story.oracle, Side::Left, Kind::Order, &fields);
    let id = bench.story.world.put("accurate", "order", record).unwrap();
    bench.story.oracle.things[2].set_id(Side::Left, id);
    bench.story.oracle.things[2].put(Side::Left, Some(fields));
    bench.calm(Run::Strict).unwrap();
}

/// A pair of this kind, and systems that keep nothing unique and may take long to show.
fn pair(kind: Kind, settle_ms: u64) -> Bench {
    let mut bench = Bench::new(Manners { page: 2, lax: true, settle_ms, ..Manners::default() }, Dice::new(1));
    bench.story.make_on(kind, &[Side::Right], false);
    bench.calm(Run::Strict).unwrap();
    bench
}

/// The rest were found by seeds, or by the little model, which tells histories that seeds seldom do.
#[test]
fn invariant_14_what_could_not_be_looked_at_before_it_is_written_is_left_alone() {
    let mut bench = pair(Kind::Item, 0);
    bench.story.write(Side::Right, 0, "price", Val::Number(777));
    let before = bench.story.world.effects("accurate");
    let unreadable = Faults { fail_get: When::Always, ..Faults::default() };
    bench.rough(Rough { faults: [unreadable, Faults::default()], ..Rough::default() }).unwrap();
    assert_eq!(bench.story.world.effects("accurate"), before, "nothing is written blindly");
    bench.calm(Run::Patient).unwrap();
}

#[test]
fn invariant_11_rows_whose_answer_was_lost_and_that_do_not_show_are_not_added_twice() {
    let mut bench = Bench::new(Manners { page: 2, settle_ms: 45_000, ..Manners::default() }, Dice::new(3));
    bench.story.stock();
    bench.calm(Run::Strict).unwrap();
    let orders = bench.story.standing(Side::Right, Kind::Order);
    let order = orders.into_iter().find(|place| bench.story.oracle.things[*place].is_all_quiet()).unwrap();
    let items = bench.story.standing(Side::Right, Kind::Item);
    let lines = items.into_iter().map(|item| (item, (9, 900))).collect();
    bench.pace_ms = 0;
    bench.story.write(Side::Right, order, "lines", Val::Lines(lines));
    let lost = Faults { lose_answer: When::Always, late: When::Always, late_reads: u64::MAX, ..Faults::default() };
    for _ in 0..3 {
        bench.rough(Rough { faults: [lost.clone(), Faults::default()], ..Rough::default() }).unwrap();
    }
    bench.pace_ms = 60_000;
    bench.calm(Run::Patient).unwrap();
}

/// The run that wrote the first code into Accurate died before it could note that; in Accurate nobody has edited anything.
#[test]
fn invariant_11_what_a_run_wrote_before_it_died_does_not_win_over_a_later_edit() {
    for moment in [Moment::BeforeTheAnswer(1), Moment::BeforeSettling(1)] {
        let mut bench = pair(Kind::Employee, 0);
        bench.story.write(Side::Right, 0, "code", Val::Text("FIRST".to_owned()));
        bench.rough(Rough { killed: Some(moment), ..Rough::default() }).unwrap();
        let id = bench.story.oracle.things[0].id(Side::Left).unwrap().clone();
        assert_eq!(bench.story.world.record("accurate", "employee", &id).unwrap()["number"], "FIRST", "{moment:?}");
        bench.story.write(Side::Right, 0, "code", Val::Text("SECOND".to_owned()));
        bench.calm(Run::Strict).unwrap();
    }
}

/// The call waited a minute for the system to take it. Its settle time begins then, not when it was noted.
#[test]
fn invariant_16_a_settle_time_begins_with_the_answer() {
    let mut bench = pair(Kind::Item, 45_000);
    bench.story.make_on(Kind::Item, &[Side::Left], false);
    bench.pace_ms = 0;
    let late = Faults { late: When::Always, late_reads: u64::MAX, ..Faults::default() };
    let slow = Door { quota: Some((5, 50_000)), ..Door::default() };
    for _ in 0..3 {
        let faults = [Faults::default(), late.clone()];
        bench.rough(Rough { faults, doors: [Door::default(), slow], ..Rough::default() }).unwrap();
    }
    bench.pace_ms = 60_000;
    bench.calm(Run::Patient).unwrap();
}

#[test]
fn invariant_16_a_clock_that_is_put_back_holds_up_nothing() {
    for settle_ms in [200, 45_000] {
        let mut bench = pair(Kind::Item, settle_ms);
        bench.story.make_on(Kind::Item, &[Side::Left], false);
        bench.story.write(Side::Right, 0, "price", Val::Number(777));
        let lost = Faults { lose_answer: When::Always, ..Faults::default() };
        bench.rough(Rough { faults: [lost.clone(), lost], ..Rough::default() }).unwrap();
        bench.set_clocks(-20 * 60_000, [0, 0]);
        bench.calm(Run::Patient).unwrap();
    }
}

#[test]
fn invariant_15_a_second_runner_waits_until_the_first_has_ended() {
    for meeting in [Meeting::Planned, Meeting::Call(1), Meeting::Call(2)] {
        let mut bench = pair(Kind::Item, 0);
        bench.story.make_on(Kind::Item, &[Side::Left], false);
        bench.rough(Rough { visit: Some(Visit { whose: Whose::Same, meeting }), ..Rough::default() }).unwrap();
        bench.calm(Run::Strict).unwrap();
    }
}

/// Each keeps a state of its own; where codes are unique, the system refuses the second, and the next run pairs the two.
#[test]
fn invariant_02_two_runners_with_different_states_make_nothing_twice_where_codes_are_unique() {
    for meeting in [Meeting::Opening, Meeting::Planned, Meeting::Call(1), Meeting::Call(2), Meeting::Call(3)] {
        let mut bench = Bench::new(Manners { page: 2, ..Manners::default() }, Dice::new(1));
        bench.story.stock();
        bench.calm(Run::Strict).unwrap();
        bench.keep_copy();
        bench.story.newcomers(6);
        bench.rough(Rough { visit: Some(Visit { whose: Whose::Copy, meeting }), ..Rough::default() }).unwrap();
        bench.calm(Run::Patient).unwrap();
        bench.catch_up().unwrap();
    }
}
