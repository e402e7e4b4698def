//! Would the simulation see a fault of the engine? Each fault of `selaras_model::planted` is planted in turn, and one of the first two hundred
//! seeds has to fail of it.
//!
//! `cargo test -p selaras-run --features planted --test planted -- --nocapture` prints which seed failed and what it saw;
//! `SELARAS_PLANTED=SkipIntent,NagDeletes` asks for these alone.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]
#![allow(dead_code, reason = "the simulation is shared, and other tests use other parts of it")]

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

use selaras_model::planted::{Bug, plant};
use weather::{Weather, play};

/// All of them, each with a weather in which it should show, so that the search begins there.
const BUGS: [(Bug, Weather); 24] = [
    (Bug::SkipIntent, Weather::Drowsy),
    (Bug::AdvanceHeldBase, Weather::Fair),
    (Bug::TrustEarlyEnd, Weather::Torn),
    (Bug::IgnoreSettleTime, Weather::Drowsy),
    (Bug::RetryUnclearCreate, Weather::Drowsy),
    (Bug::DropPrecondition, Weather::Busy),
    (Bug::ForgetTombstones, Weather::Fair),
    (Bug::AbsenceIsDeletion, Weather::Lying),
    (Bug::BaseFromAsked, Weather::Wilful),
    (Bug::FirstMeetingOverwrites, Weather::Forgetful),
    (Bug::UnclearIsDone, Weather::Lossy),
    (Bug::IgnoreKeyOwners, Weather::Fair),
    (Bug::OneImageForBoth, Weather::Wilful),
    (Bug::SkipRecovery, Weather::Deadly),
    (Bug::BelieveLateReads, Weather::Drowsy),
    (Bug::ConflictOverwrites, Weather::Fair),
    (Bug::DeleteBeatsEdit, Weather::Fair),
    (Bug::CreateUnseen, Weather::Torn),
    (Bug::NagDeletes, Weather::Fair),
    (Bug::LetRivalsIn, Weather::Crowded),
    (Bug::ExpiredIsRefused, Weather::Expired),
    (Bug::OwnClockFilter, Weather::Skewed),
    (Bug::TrustPutBackClock, Weather::Skewed),
    (Bug::BelieveCrossed, Weather::Halved),
];

/// A panic sees a fault as well as a comparison does.
fn seen(seed: u64) -> Option<String> {
    match std::panic::catch_unwind(|| play(seed)) {
        Ok(played) => played.err(),
        Err(_) => Some("it panicked".to_owned()),
    }
}

/// The first seed of the two hundred that fails, and why.
fn caught(weather: Weather) -> Option<(u64, String)> {
    let (likely, others): (Vec<u64>, Vec<u64>) = (0..200).partition(|seed| Weather::of(*seed) == weather);
    likely.into_iter().chain(others).find_map(|seed| Some((seed, seen(seed)?)))
}

#[test]
fn every_planted_fault_is_seen() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = Vec::new();
    println!("| planted | seed | weather | seen |\n| --- | ---: | --- | --- |");
    let asked = std::env::var("SELARAS_PLANTED").ok();
    let wanted = |bug: &Bug| asked.as_ref().is_none_or(|names| names.split(',').any(|name| name == format!("{bug:?}")));
    for (bug, weather) in BUGS.into_iter().filter(|(bug, _)| wanted(bug)) {
        plant(Some(bug));
        match caught(weather) {
            Some((seed, why)) => {
                let first = why.lines().next().unwrap_or_default();
                let short: String = first.chars().take(110).collect();
                println!("| {bug:?} | {seed} | {:?} | {short} |", Weather::of(seed));
            }
            None => missed.push(bug),
        }
    }
    plant(None);
    drop(std::panic::take_hook());
    assert!(missed.is_empty(), "no seed of 0..200 sees {missed:?}");
    assert_eq!(seen(0), None, "and without a fault there is nothing to see");
}
