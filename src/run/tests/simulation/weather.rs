//! The weather of a seed, and a seed from its first stock to its last empty plan.

use super::crash::Moment;
use super::gate::Door;
use super::oracle::{Kind, Quirk};
use super::rival::{Meeting, Visit, Whose};
use super::runner::{Bench, Rough, Run};
use super::story::Dice;
use super::systems::{self, Manners};
use selaras_connector_sim::{EndEarly, Faults, How, When};
use selaras_model::Side;

/// How a seed's systems misbehave, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Answers and requests are lost.
    Lossy,
    /// Users go on working while a run goes on, and change what the engine is about to change.
    Busy,
    /// Writes are refused.
    Grumpy,
    /// Lists break off, and say so.
    Torn,
    /// Lists end early and claim to be complete.
    Lying,
    /// The state file is lost.
    Forgetful,
    /// Pages repeat rows, and single reads fail.
    Sloppy,
    /// Systems spell and drop in their own way.
    Wilful,
    /// The runner is killed.
    Deadly,
    /// Rows are made and removed between two pages.
    Shifting,
    /// What was written shows only after a while, within the settle time, and answers are lost besides.
    Drowsy,
    /// Versions stay as they are, or come a second time.
    Flaky,
    /// Write calls are carried out by half, and nobody knows which; or the answers to creates come in another order.
    Halved,
    /// A second runner comes in the middle of a run, with the same state or with a copy of it.
    Crowded,
    /// Sessions end and access dies in the middle of a run, and of a write.
    Expired,
    /// Calls are limited; sometimes the wait is too long.
    Limited,
    /// The runner's clock is wrong and put back, and so are those of the systems; writes show late, and answers are lost.
    Skewed,
    /// Several of these at once.
    Mixed,
}

impl Weather {
    pub fn of(seed: u64) -> Self {
        use Weather::{
            Busy, Crowded, Deadly, Drowsy, Expired, Fair, Flaky, Forgetful, Grumpy, Halved, Limited, Lossy, Lying,
            Mixed, Shifting, Skewed, Sloppy, Torn, Wilful,
        };
        let all = [
            Fair, Lossy, Busy, Grumpy, Torn, Lying, Forgetful, Sloppy, Wilful, Deadly, Shifting, Drowsy, Flaky, Halved,
            Mixed, Busy, Crowded, Expired, Limited, Skewed,
        ];
        all[usize::try_from(seed % 20).expect("small")]
    }

    fn faults(self, dice: &mut Dice) -> Faults {
        let often = |dice: &mut Dice, per_mille| When::Seeded { seed: dice.next() >> 1, per_mille };
        let fair = Faults::default();
        match self {
            Weather::Fair | Weather::Wilful | Weather::Deadly | Weather::Forgetful | Weather::Busy | Weather::Flaky => {
                fair
            }
            Weather::Crowded if dice.percent(50) => fair,
            Weather::Crowded => Faults { lose_answer: often(dice, 150), lose_request: often(dice, 100), ..fair },
            Weather::Expired => Faults { late: often(dice, 900), ..drowsy(dice) },
            Weather::Limited => drowsy(dice),
            Weather::Skewed => Faults { lose_answer: often(dice, 200), lose_request: often(dice, 100), ..drowsy(dice) },
            Weather::Lossy => Faults { lose_answer: often(dice, 250), lose_request: often(dice, 150), ..fair },
            Weather::Grumpy => Faults { refuse: often(dice, 400), refusal: Some(systems::refusal()), ..fair },
            Weather::Torn if dice.percent(50) => Faults { fail_page: often(dice, 200), ..fair },
            Weather::Torn | Weather::Lying => {
                let admits = self == Weather::Torn;
                Faults { end_early: Some(EndEarly { after: dice.below(4), admits }), ..fair }
            }
            Weather::Sloppy => Faults { repeat_row: often(dice, 500), fail_get: often(dice, 300), ..fair },
            Weather::Shifting => {
                let (repeat_row, newest_first) = (often(dice, 100), dice.percent(50));
                Faults { live_pages: true, newest_first, repeat_row, ..fair }
            }
            Weather::Drowsy => Faults { lose_answer: often(dice, 300), ..drowsy(dice) },
            Weather::Halved => Faults { half_batch: often(dice, 400), crossed: often(dice, 300), ..fair },
            Weather::Mixed => Faults {
                lose_answer: often(dice, 100),
                lose_request: often(dice, 100),
                refuse: often(dice, 100),
                refusal: Some(systems::refusal()),
                half_batch: often(dice, 150),
                fail_page: often(dice, 20),
                repeat_row: often(dice, 300),
                fail_get: often(dice, 100),
                live_pages: dice.percent(50),
                newest_first: dice.percent(50),
                ..drowsy(dice)
            },
        }
    }
}

/// Half of what is written shows only when time has passed.
fn drowsy(dice: &mut Dice) -> Faults {
    let late = When::Seeded { seed: dice.next() >> 1, per_mille: 500 };
    Faults { late, late_reads: u64::MAX, ..Faults::default() }
}

/// How a system spells and drops, for the oracle and for the system.
const QUIRKS: [(Side, Kind, &str, Quirk); 5] = [
    (Side::Right, Kind::Customer, "name", Quirk::Upper),
    (Side::Left, Kind::Customer, "notes", Quirk::Cut(3)),
    (Side::Left, Kind::Employee, "phone", Quirk::Drop),
    (Side::Right, Kind::Item, "name", Quirk::Cut(4)),
    (Side::Left, Kind::Order, "notes", Quirk::Upper),
];

/// The longest settle time that a run waits for by itself.
const PATIENCE_MS: u64 = 10_000;

fn manners(weather: Weather, dice: &mut Dice) -> Manners {
    // Where a list may lie, only the system's own rules keep a record from being made twice.
    let lies = matches!(weather, Weather::Lying | Weather::Shifting | Weather::Mixed);
    let late =
        matches!(weather, Weather::Drowsy | Weather::Mixed | Weather::Expired | Weather::Limited | Weather::Skewed);
    // Where nothing is unique, two runners that do not know of each other make everything twice.
    let lax = dice.percent(if late { 80 } else { 50 }) && !lies && weather != Weather::Crowded;
    let (details, only_asked) = (dice.percent(40), dice.percent(50));
    let settle_ms = match weather {
        _ if late && dice.percent(60) => 200,
        _ if late => 45_000,
        _ => 0,
    };
    let page = u32::try_from(dice.below(4) + 2).expect("small");
    // A second runner that nothing is known of can only be noticed by what it changes.
    let sees_lines = weather == Weather::Crowded || weather == Weather::Mixed && dice.percent(50);
    Manners { lax, details, only_asked, page, settle_ms, slipping: weather == Weather::Flaky, sees_lines }
}

fn bench(weather: Weather, dice: &mut Dice) -> Bench {
    let manners = manners(weather, dice);
    let mut bench = Bench::new(manners, Dice::new(dice.next()));
    if weather == Weather::Wilful {
        bench.quirks(&QUIRKS, |quirk| match quirk {
            Quirk::Upper => How::Upper,
            Quirk::Cut(length) => How::Cut(length),
            Quirk::Drop => How::Drop,
        });
    }
    let sees_little =
        [Weather::Torn, Weather::Lying, Weather::Sloppy, Weather::Shifting, Weather::Limited, Weather::Mixed];
    bench.story.moves = !sees_little.contains(&weather);
    // Who was removed, and who is a copy, is known from the state alone.
    bench.story.removes = match weather {
        Weather::Forgetful => false,
        // Partners that another runner made look like those of a state that is too old to be trusted with deletes: a guard asks.
        Weather::Crowded => dice.percent(40),
        Weather::Mixed => dice.percent(80),
        _ => true,
    };
    bench.story.copies = manners.lax && weather != Weather::Forgetful;
    bench
}

/// Whether removals of items wait in a seed: where every touch is noticed, and what was agreed is not lost.
fn waits(weather: Weather, seed: u64) -> bool {
    use Weather::{Deadly, Drowsy, Expired, Fair, Grumpy, Halved, Limited, Lossy, Sloppy, Torn};
    let exact = [Deadly, Drowsy, Expired, Fair, Grumpy, Halved, Limited, Lossy, Sloppy, Torn].contains(&weather);
    // Other dice than those of the story: which seeds wait changes nothing else in them.
    exact && Dice::new(seed ^ 0x57A1).percent(50)
}

/// A seed from beginning to end.
pub fn play(seed: u64) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let weather = Weather::of(seed);
    let mut bench = bench(weather, &mut dice);
    let waits = waits(weather, seed);
    if waits {
        bench.let_wait();
    }
    bench.story.stock();
    bench.calm(Run::Strict)?;
    for _ in 0..2 {
        if matches!(weather, Weather::Crowded | Weather::Mixed) {
            bench.keep_copy();
        }
        let deeds = 6 + dice.below(10);
        bench.story.live(deeds);
        live_through(weather, &mut bench, &mut dice)?;
        if waits {
            bench.wait_long();
        }
    }
    if waits { bench.calm(Run::Patient) } else { Ok(()) }
}

fn live_through(weather: Weather, bench: &mut Bench, dice: &mut Dice) -> Result<(), String> {
    let runs = dice.below(2) + 1;
    match weather {
        Weather::Fair | Weather::Wilful => bench.calm(Run::Strict),
        Weather::Forgetful => {
            bench.lose_state();
            bench.calm(Run::Strict)
        }
        Weather::Deadly => {
            bench.rough(Rough { killed: Some(Moment::any(dice)), ..Rough::default() })?;
            bench.calm(Run::Patient)
        }
        Weather::Flaky if dice.percent(40) => bench.calm(Run::Strict),
        Weather::Flaky | Weather::Busy => {
            let races = weather == Weather::Busy;
            for nth in 0..runs {
                // What the first run brought over is not new in the account before all is calm: a race about it would not be one.
                let races = races && nth == 0;
                let twins = races && !bench.story.copies;
                bench.rough(Rough { deeds: 4 + dice.below(6), races, twins, ..Rough::default() })?;
            }
            bench.calm(Run::Patient)
        }
        Weather::Lossy | Weather::Grumpy | Weather::Torn | Weather::Lying | Weather::Sloppy | Weather::Halved => {
            for nth in 0..runs {
                if weather == Weather::Torn {
                    // New on both sides at once: what is not read of one side is the partner of what looks new on the other.
                    for kind in [Kind::Item, Kind::Customer] {
                        bench.story.make_on(kind, &Side::BOTH, false);
                    }
                }
                if weather == Weather::Halved {
                    // Several new ones in a call, so that their answers can change places.
                    let (kind, side) = (dice.pick(&[Kind::Item, Kind::Customer]), dice.pick(&Side::BOTH));
                    let (kind, side) = (kind.expect("one of two"), side.expect("one of two"));
                    (0..2 + dice.below(2)).for_each(|_| bench.story.make_on(kind, &[side], false));
                }
                let faults = [weather.faults(dice), weather.faults(dice)];
                // The look before a write may be among the reads that fail.
                let races = weather == Weather::Sloppy && nth == 0 && dice.percent(60);
                bench.rough(Rough { faults, races, ..Rough::default() })?;
            }
            bench.calm(Run::Patient)
        }
        Weather::Crowded => crowded(bench, runs, dice),
        Weather::Shifting => {
            for _ in 0..runs {
                let faults = [weather.faults(dice), weather.faults(dice)];
                bench.rough(Rough { faults, deeds: 4 + dice.below(6), ..Rough::default() })?;
            }
            bench.calm(Run::Patient)
        }
        Weather::Drowsy | Weather::Mixed | Weather::Expired | Weather::Limited | Weather::Skewed => {
            storm(weather, bench, runs + 1, dice)
        }
    }
}

/// Runs that others come into. Afterwards the one with the copy is told what happened.
fn crowded(bench: &mut Bench, runs: usize, dice: &mut Dice) -> Result<(), String> {
    for _ in 0..runs {
        let faults = [Weather::Crowded.faults(dice), Weather::Crowded.faults(dice)];
        let whose = if bench.story.removes || dice.percent(20) { Whose::Same } else { Whose::Copy };
        let visit = Some(Visit { whose, meeting: Meeting::any(dice) });
        bench.rough(Rough { faults, visit, ..Rough::default() })?;
    }
    bench.calm(Run::Patient)?;
    bench.catch_up()
}

/// The doors of a run.
fn doors(weather: Weather, dice: &mut Dice) -> [Door; 2] {
    let door = |dice: &mut Dice| match weather {
        Weather::Expired if dice.percent(85) => Door::ending(dice),
        Weather::Limited if dice.percent(80) => Door::limited(dice),
        Weather::Mixed if dice.percent(10) => Door::ending(dice),
        Weather::Mixed if dice.percent(15) => Door::limited(dice),
        _ => Door::default(),
    };
    [door(dice), door(dice)]
}

/// How wrong clocks may be.
const WRONG_MS: i64 = 20 * 60_000;

fn wrong(dice: &mut Dice) -> i64 {
    i64::try_from(dice.below(2 * 1200 + 1)).expect("small") * 1000 - WRONG_MS
}

/// Runs that follow soon after each other, while what they write shows late.
fn storm(weather: Weather, bench: &mut Bench, runs: usize, dice: &mut Dice) -> Result<(), String> {
    let mixed = weather == Weather::Mixed;
    let skewed = weather == Weather::Skewed || mixed && dice.percent(30);
    let mut clock = if skewed { wrong(dice) } else { 0 };
    let systems = if skewed { [wrong(dice), wrong(dice)] } else { [0, 0] };
    bench.rest();
    bench.set_clocks(clock, systems);
    for nth in 0..runs {
        bench.pace_ms = dice.pick(&[0, 0, 100, 60_000]).expect("there are some");
        let alone = bench.story.removes || !bench.sees_lines;
        let whose = if alone { Whose::Same } else { Whose::Copy };
        let comes = mixed && nth == 0 && dice.percent(if alone { 15 } else { 60 });
        let visit = comes.then(|| Visit { whose, meeting: Meeting::any(dice) });
        // What the second runner has passed on already is no race any more.
        let races = (mixed || weather == Weather::Limited) && nth == 0 && visit.is_none() && dice.percent(50);
        let rough = Rough {
            faults: [weather.faults(dice), weather.faults(dice)],
            deeds: if mixed && dice.percent(60) { 2 + dice.below(5) } else { 0 },
            races,
            twins: mixed && nth == 0 && visit.is_none() && dice.percent(50),
            killed: (mixed && dice.percent(30)).then(|| Moment::any(dice)),
            doors: doors(weather, dice),
            visit,
        };
        bench.rough(rough)?;
        // Of new things it does not matter in which run they were made.
        bench.story.newcomers(3);
        if skewed && dice.percent(50) {
            // Put back only: a clock that is put forward while nobody knows what became of a write hides how little time has passed.
            clock -= i64::try_from(dice.below(1200)).expect("small") * 1000;
            bench.set_clocks(clock, systems);
        }
    }
    // A settle time that a run does not wait for has to pass between runs.
    let waits = bench.settle_ms <= PATIENCE_MS && dice.percent(50);
    bench.pace_ms = if waits { 0 } else { 60_000 };
    bench.faults(drowsy(dice), drowsy(dice));
    bench.calm(Run::Patient)
}
