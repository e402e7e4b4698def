//! People who edit while a saved plan waits, and while it is applied: whatever they did stays as they left it.
//!
//! A hundred trials in `cargo test`. A thousand, as the promise has it:
//! `SELARAS_RACE=0..1000 cargo test -p selaras-run --test simulation races`. A trial that fails prints the line that replays it.

use super::crash::Around;
use super::oracle::Kind;
use super::runner::{Bench, HOST, Run, told};
use super::story::Dice;
use super::systems::{Manners, NAMES, name, table};
use super::{seeds, story::Story};
use selaras_connector_sim::{Sim, SimWorld};
use selaras_model::{PerSide, Side};
use selaras_run::{ActionEnd, Applied, Planned, Quiet, RunError, SavedPlan, Selection};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Everything that both systems hold, by system, table and id.
type World = BTreeMap<(&'static str, &'static str, String), Map<String, Json>>;

/// Members that systems keep for themselves.
const OWN: [&str; 3] = ["version", "optLock", "updatedAt"];

fn snapshot(story: &Story) -> World {
    let mut all = World::new();
    for side in Side::BOTH {
        for kind in Kind::ALL {
            for record in story.world.records(name(side), table(side, kind)) {
                let Json::Object(mut record) = record else { continue };
                let id = super::systems::text(&record["id"]);
                OWN.iter().for_each(|own| drop(record.remove(*own)));
                record.values_mut().for_each(plain);
                all.insert((name(side), table(side, kind), id), record);
            }
        }
    }
    all
}

/// Who types a number and who types its digits have typed the same.
fn plain(value: &mut Json) {
    match value {
        Json::Number(number) => *value = Json::String(number.to_string()),
        Json::Array(values) => values.iter_mut().for_each(plain),
        Json::Object(members) => members.values_mut().for_each(plain),
        Json::Null | Json::Bool(_) | Json::String(_) => {}
    }
}

/// What people changed between two moments and finds itself changed again: each is an edit that was overwritten.
fn overwritten(before: &World, edited: &World, after: &World) -> Vec<String> {
    let mut lost = Vec::new();
    for (place, record) in edited {
        let was = before.get(place);
        let Some(is) = after.get(place) else {
            if was != Some(record) {
                lost.push(format!("{place:?} was edited, and is gone"));
            }
            continue;
        };
        for (member, value) in record {
            if was.and_then(|was| was.get(member)) != Some(value) && is.get(member) != Some(value) {
                lost.push(format!("{place:?} {member}: {value} was overwritten by {:?}", is.get(member)));
            }
        }
    }
    let removed = before.keys().filter(|place| !edited.contains_key(*place) && after.contains_key(*place));
    lost.extend(removed.map(|place| format!("{place:?} was removed, and is back")));
    lost
}

/// A busy colleague at each system, who types whenever the runner reads.
struct Meddler {
    world: SimWorld,
    calls: AtomicU64,
    dice: Mutex<Dice>,
    /// What was typed last, by system, table, id and member.
    typed: Mutex<BTreeMap<(String, String, String, String), String>>,
}

impl Meddler {
    fn meddle(&self) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let mut dice = self.dice.lock().unwrap();
        if !dice.percent(35) {
            return;
        }
        let (side, kind) = (dice.side(), Kind::ALL[dice.below(Kind::ALL.len())]);
        let records = self.world.records(name(side), table(side, kind));
        let Some(record) = dice.pick(&records) else { return };
        let members: &[&str] = match (kind, side) {
            (Kind::Term | Kind::Item, _) => &["name"],
            (Kind::Employee, Side::Left) => &["name", "mobilePhone"],
            (Kind::Employee, Side::Right) => &["name", "handphone"],
            (Kind::Customer, Side::Left) => &["name", "mobilePhone", "billCity", "notes"],
            (Kind::Customer, Side::Right) => &["name", "handphone", "city", "notes"],
            (Kind::Order, Side::Left) => &["description"],
            (Kind::Order, Side::Right) => &["notes"],
        };
        let member = members[dice.below(members.len())];
        let (value, id) = (format!("typed {call}"), super::systems::text(&record["id"]));
        if self.world.edit(name(side), table(side, kind), &id, json!({ member: value.clone() })).is_ok() {
            let place = (name(side).to_owned(), table(side, kind).to_owned(), id, member.to_owned());
            self.typed.lock().unwrap().insert(place, value);
        }
    }

    fn lost(&self) -> Vec<String> {
        let typed = self.typed.lock().unwrap();
        let held = |(system, table, id, member): &(String, String, String, String)| {
            self.world.record(system, table, id).and_then(|record| record.get(member).cloned())
        };
        let lost = typed.iter().filter(|(place, value)| held(place) != Some(json!(value)));
        lost.map(|(place, value)| format!("{place:?}: {value} became {:?}", held(place))).collect()
    }
}

impl Bench {
    /// A plan as it comes back from its file.
    fn save(&mut self) -> Result<SavedPlan, String> {
        let planned = self.plan()?;
        let saved = SavedPlan::new(planned, Selection::default(), "mapping.yaml".to_owned());
        SavedPlan::read(&saved.text()).map_err(|error| format!("the plan does not come back: {error:?}"))
    }

    fn apply_saved(&mut self, saved: &SavedPlan, meddler: Option<&Arc<Meddler>>) -> Result<(Planned, Applied), String> {
        let run = self.next_run();
        let now = self.now();
        let said = |error: RunError| error.to_string();
        let mut workspace = self
            .workspace_of(|sim: Sim| match meddler {
                Some(meddler) => {
                    let meddler = Arc::clone(meddler);
                    Box::new(Around { sim, before_reading: Box::new(move || meddler.meddle()) })
                }
                None => Box::new(sim),
            })
            .map_err(said)?;
        workspace.lock("simulation").map_err(said)?;
        let planned = workspace.review(&run, saved, now, &Quiet).map_err(said)?;
        let permit = HOST.permit_writes();
        let applied = workspace.apply(&permit, &planned, &|| now, &Quiet, &AtomicBool::new(false)).map_err(said)?;
        self.note_refusals(&planned, &applied);
        Ok((planned, applied))
    }
}

/// How a trial went: actions that moved, and actions applied.
fn race(seed: u64) -> Result<(usize, usize), String> {
    let mut dice = Dice::new(seed ^ 0x5261_6365);
    let manners = Manners {
        lax: dice.percent(50),
        details: dice.percent(40),
        only_asked: dice.percent(50),
        page: u32::try_from(dice.below(4) + 2).unwrap(),
        ..Manners::default()
    };
    let mut bench = Bench::new(manners, Dice::new(dice.next()));
    bench.story.stock();
    bench.calm(Run::Strict)?;
    bench.story.live(6 + dice.below(10));
    let saved = bench.save()?;
    let before = snapshot(&bench.story);
    bench.story.live(1 + dice.below(8));
    let edited = snapshot(&bench.story);
    let meddler = dice.percent(50).then(|| {
        Arc::new(Meddler {
            world: bench.story.world.clone(),
            calls: AtomicU64::new(0),
            dice: Mutex::new(Dice::new(dice.next())),
            typed: Mutex::default(),
        })
    });
    let (planned, applied) = bench.apply_saved(&saved, meddler.as_ref())?;
    let context = |lost: Vec<String>| {
        format!("an edit was overwritten: {lost:#?}\n    by {:#?}\n    of {:#?}", applied.results, told(&planned))
    };
    let mut lost = match &meddler {
        Some(meddler) => meddler.lost(),
        None => overwritten(&before, &edited, &snapshot(&bench.story)),
    };
    if !lost.is_empty() {
        lost.truncate(3);
        return Err(context(lost));
    }
    within(&saved, &applied)?;
    settles(&mut bench, meddler.is_some())?;
    let done = applied.results.iter().filter(|result| matches!(result.end, ActionEnd::Applied { .. })).count();
    Ok((planned.review.map_or(0, |review| review.moved.len()), done))
}

/// Nothing that was not in the plan was done, and the journal was looked at.
fn within(saved: &SavedPlan, applied: &Applied) -> Result<(), String> {
    let planned: BTreeSet<_> = saved.planned.plan.actions.iter().map(|action| &action.id).collect();
    let stray = applied.results.iter().find(|result| !planned.contains(&result.action));
    let done = applied.results.iter().filter(|result| matches!(result.end, ActionEnd::Applied { .. })).count() as u64;
    match stray {
        Some(stray) => Err(format!("{stray:?} is not in the plan")),
        None if applied.checked < done => Err(format!("{done} writes, {} in the journal", applied.checked)),
        None => Ok(()),
    }
}

/// Afterwards the ordinary runs take in what people did. What a meddler typed is not in the account, only that it comes to rest.
fn settles(bench: &mut Bench, meddled: bool) -> Result<(), String> {
    if !meddled {
        return bench.calm(Run::Patient);
    }
    for _ in 0..3 {
        bench.apply()?;
    }
    let again = bench.plan()?;
    if again.plan.actions.is_empty() { Ok(()) } else { Err(format!("it does not come to rest: {:#?}", told(&again))) }
}

#[test]
fn races_between_saving_and_applying_a_plan_overwrite_nothing() {
    let (mut moved, mut done, mut failed) = (0, 0, Vec::new());
    for seed in seeds("SELARAS_RACE", 0..100) {
        let outcome = std::panic::catch_unwind(|| race(seed)).unwrap_or_else(|_| Err("it panicked, see above".into()));
        match outcome {
            Ok((skipped, applied)) => (moved, done) = (moved + skipped, done + applied),
            Err(why) => failed.push(format!(
                "trial {seed}: {why}\n    replay: SELARAS_RACE={seed} cargo test -p selaras-run --test simulation races"
            )),
        }
    }
    assert!(
        failed.is_empty(),
        "{} trials failed; the first:\n{}",
        failed.len(),
        failed[..failed.len().min(3)].join("\n")
    );
    // A test in which nobody races proves nothing.
    assert!(moved > 0 || std::env::var("SELARAS_RACE").is_ok(), "nothing moved");
    assert!(done > 0 || std::env::var("SELARAS_RACE").is_ok(), "nothing was applied");
}

/// A trial that failed once: somebody typed an order's lines again as they were, with the digits as numbers.
#[test]
fn races_that_failed_once_do_not_again() {
    race(418).unwrap();
}

/// A plan holds for its endpoints, its state and the mapping, and only once.
#[test]
fn races_are_not_all_a_saved_plan_is_refused_where_it_does_not_belong() {
    let mut bench = Bench::new(Manners { page: 3, ..Manners::default() }, Dice::new(7));
    bench.story.stock();
    let first = bench.save().unwrap();
    // What is planned before there is a state holds when there is one that nothing was written to.
    bench.apply_saved(&first, None).unwrap();
    let again = bench.apply_saved(&first, None).expect_err("once is enough");
    assert!(again.contains("run-plan"), "{again}");

    bench.story.live(5);
    let saved = bench.save().unwrap();
    let mut other = saved.clone();
    other.planned.plan.binding.endpoints = PerSide::new(NAMES[1].to_owned(), NAMES[0].to_owned());
    assert!(bench.apply_saved(&other, None).expect_err("swapped").contains("run-plan-endpoint"));
    let mut later = saved.clone();
    later.planned.plan.binding.generation += 1;
    assert!(bench.apply_saved(&later, None).expect_err("an old state").contains("run-plan-older-state"));
    let mut mapping = saved.clone();
    mapping.planned.plan.binding.mapping_hash.push('x');
    assert!(bench.apply_saved(&mapping, None).expect_err("another mapping").contains("run-plan-mapping-changed"));
    let mut connector = saved;
    connector.planned.plan.binding.connectors.left.push('x');
    assert!(bench.apply_saved(&connector, None).expect_err("another connector").contains("run-plan-connector"));
}

/// A file that was cut off, edited or written by a newer runner is refused; one that was only laid out anew is not.
#[test]
fn races_or_not_a_damaged_plan_is_refused() {
    let mut bench = Bench::new(Manners { page: 3, ..Manners::default() }, Dice::new(9));
    bench.story.stock();
    let text = bench.save().unwrap().text();
    assert!(SavedPlan::read(&text[..text.len() / 2]).is_err(), "cut off");
    assert!(SavedPlan::read("{}").is_err() && SavedPlan::read("").is_err());
    let laid_out: Json = serde_json::from_str(&text).unwrap();
    assert!(SavedPlan::read(&serde_json::to_string_pretty(&laid_out).unwrap()).is_ok());
    let mut edited = laid_out.clone();
    let label = edited.pointer_mut("/planned/plan/actions/0/label").expect("an action");
    *label = json!("somebody else");
    assert!(SavedPlan::read(&edited.to_string()).is_err(), "edited");
    let mut eased = laid_out.clone();
    eased["selection"]["record"] = json!("N1");
    assert!(SavedPlan::read(&eased.to_string()).is_err(), "edited outside the plan");
    let mut newer = laid_out;
    newer["format"] = json!(99);
    let said = SavedPlan::read(&newer.to_string()).expect_err("newer").message().key;
    assert_eq!(said, "run-plan-newer");
}
