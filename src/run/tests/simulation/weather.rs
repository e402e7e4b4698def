//! The weather of a seed, and a seed from its first stock to its last empty plan.

use super::crash::Moment;
use super::oracle::{Kind, Quirk};
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
    /// Write calls are carried out by half, and nobody knows which.
    Halved,
    /// Several of these at once.
    Mixed,
}

impl Weather {
    pub fn of(seed: u64) -> Self {
        use Weather::{
            Busy, Deadly, Drowsy, Fair, Flaky, Forgetful, Grumpy, Halved, Lossy, Lying, Mixed, Shifting, Sloppy, Torn,
            Wilful,
        };
        let all = [
            Fair, Lossy, Busy, Grumpy, Torn, Lying, Forgetful, Sloppy, Wilful, Deadly, Shifting, Drowsy, Flaky, Halved,
            Mixed, Busy,
        ];
        all[usize::try_from(seed % 16).expect("small")]
    }

    fn faults(self, dice: &mut Dice) -> Faults {
        let often = |dice: &mut Dice, per_mille| When::Seeded { seed: dice.next() >> 1, per_mille };
        let fair = Faults::default();
        match self {
            Weather::Fair | Weather::Wilful | Weather::Deadly | Weather::Forgetful | Weather::Busy | Weather::Flaky => {
                fair
            }
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
            Weather::Halved => Faults { half_batch: often(dice, 400), ..fair },
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
    let lax = dice.percent(if weather == Weather::Drowsy { 80 } else { 50 }) && !lies;
    let (details, only_asked) = (dice.percent(40), dice.percent(50));
    let settle_ms = match weather {
        Weather::Drowsy | Weather::Mixed if dice.percent(60) => 200,
        Weather::Drowsy | Weather::Mixed => 45_000,
        _ => 0,
    };
    let page = u32::try_from(dice.below(4) + 2).expect("small");
    Manners { lax, details, only_asked, page, settle_ms, slipping: weather == Weather::Flaky }
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
    let sees_little = [Weather::Torn, Weather::Lying, Weather::Sloppy, Weather::Shifting, Weather::Mixed];
    bench.story.moves = !sees_little.contains(&weather);
    // Who was removed, and who is a copy, is known from the state alone.
    bench.story.removes = weather != Weather::Forgetful;
    bench.story.copies = manners.lax && weather != Weather::Forgetful;
    bench
}

/// A seed from beginning to end.
pub fn play(seed: u64) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let weather = Weather::of(seed);
    let mut bench = bench(weather, &mut dice);
    bench.story.stock();
    bench.calm(Run::Strict)?;
    for _ in 0..2 {
        let deeds = 6 + dice.below(10);
        bench.story.live(deeds);
        live_through(weather, &mut bench, &mut dice)?;
    }
    Ok(())
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
            for _ in 0..runs {
                let faults = [weather.faults(dice), weather.faults(dice)];
                bench.rough(Rough { faults, ..Rough::default() })?;
            }
            bench.calm(Run::Patient)
        }
        Weather::Shifting => {
            for _ in 0..runs {
                let faults = [weather.faults(dice), weather.faults(dice)];
                bench.rough(Rough { faults, deeds: 4 + dice.below(6), ..Rough::default() })?;
            }
            bench.calm(Run::Patient)
        }
        Weather::Drowsy | Weather::Mixed => storm(weather, bench, runs + 1, dice),
    }
}

/// Runs that follow soon after each other, while what they write shows late.
fn storm(weather: Weather, bench: &mut Bench, runs: usize, dice: &mut Dice) -> Result<(), String> {
    for nth in 0..runs {
        bench.pace_ms = dice.pick(&[0, 0, 100, 60_000]).expect("there are some");
        let mixed = weather == Weather::Mixed;
        let rough = Rough {
            faults: [weather.faults(dice), weather.faults(dice)],
            deeds: if mixed && dice.percent(60) { 2 + dice.below(5) } else { 0 },
            races: mixed && nth == 0 && dice.percent(50),
            twins: mixed && nth == 0 && dice.percent(50),
            killed: (mixed && dice.percent(30)).then(|| Moment::any(dice)),
        };
        bench.rough(rough)?;
        // Of new things it does not matter in which run they were made.
        bench.story.newcomers(3);
    }
    // A settle time that a run does not wait for has to pass between runs.
    let waits = bench.settle_ms <= PATIENCE_MS && dice.percent(50);
    bench.pace_ms = if waits { 0 } else { 60_000 };
    bench.faults(drowsy(dice), drowsy(dice));
    bench.calm(Run::Patient)
}
