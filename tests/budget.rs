//! The call limit is used to the full and never exceeded: a bulk push of many new records takes no more calls and no more time than the limit
//! allows at best (and a tenth), without a refusal; and two processes share one limit as well as one uses it.
//!
//! What is best, from the sandbox's own log of calls: a run has to read what a `plan` reads, R calls, and to save N records of a kind in
//! ceil(N / 100) calls, W together. No run can do with less than R + W calls, nor save sooner than the limit lets its calls begin: with 8 a
//! second, the last of C calls floor((C - 1) / 8) seconds after the first. While one process saves, another may still read: their calls
//! between the first save and the last one count alike.
//!
//! Changes are looked at once more just before they are saved (decision 10), a hundred in a call: that is one more call for each save.
//!
//! The small ones in `cargo test` count calls. Those of full size, 10,000 records, look at the clock as well:
//!
//! `cargo test --test budget -- --ignored --nocapture --test-threads 1`

#[path = "support/pair.rs"]
mod pair;
mod support;

use pair::{Pair, Started};
use selaras_sandbox::calls::{Arrival, System};
use selaras_sandbox::{Knobs, Row, Scenario};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::MAPPING;

/// Records in one call, and calls in a second: Accurate's, as its documentation says.
const BULK: u64 = 100;
const PER_SECOND: u64 = 8;

/// The kinds that are pushed: entity, module of Accurate, resource of SMH.
const KINDS: [(&str, &str, &str); 2] = [("Pelanggan", "customer", "customers"), ("Barang & Jasa", "item", "products")];

/// Records of a kind that stand in SMH alone.
struct Push {
    entity: &'static str,
    state: PathBuf,
    records: u64,
}

/// Both systems are linked but for these records, which only SMH has then.
fn ready(pair: &Pair, counts: [u64; 2]) -> Vec<Push> {
    pair.sandbox.state().set_knobs(Knobs { limit: false, ..Knobs::default() });
    let database: u64 = pair.sandbox.accurate_settings()["database"].parse().expect("a number");
    let held: Vec<Vec<(u64, Row)>> = pair.sandbox.with_world(|world| {
        world.smh.tables.get_mut("orders").expect("orders").rows.clear();
        let books = world.accurate.databases.get_mut(&database).expect("the database");
        KINDS
            .iter()
            .map(|(_, module, resource)| {
                books.table_mut(module).rows.clear();
                let rows = &mut world.smh.tables.get_mut(*resource).expect("it is there").rows;
                std::mem::take(rows).into_iter().collect()
            })
            .collect()
    });
    let pushes: Vec<Push> = KINDS
        .iter()
        .zip(counts)
        .filter(|(_, records)| *records > 0)
        .map(|((entity, ..), records)| {
            let state = pair.settings().with_file_name(format!("state-{}", entity.replace(" & ", "-")));
            Push { entity, state, records }
        })
        .collect();
    for push in &pushes {
        let ended = started(pair, push, &["apply", MAPPING, "--yes"]).end().0;
        assert_eq!(ended.code, 0, "{}\n{}", ended.out, ended.err);
    }
    pair.sandbox.with_world(|world| {
        for ((_, _, resource), rows) in KINDS.iter().zip(held) {
            let table = world.smh.tables.get_mut(*resource).expect("it is there");
            table.rows.extend(rows.into_iter().map(|(key, mut row)| {
                row.insert("partnerId".to_owned(), Json::Null);
                row.insert("source".to_owned(), json!("smh"));
                (key, row)
            }));
        }
    });
    pushes
}

fn started(pair: &Pair, push: &Push, args: &[&str]) -> Started {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_runner"));
    pair.equip(command.args(args), &push.state);
    Started(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs"))
}

/// The calls to Accurate, which has the limit.
fn limited_calls(pair: &Pair) -> Vec<Arrival> {
    let arrivals = pair.sandbox.state().calls.arrivals();
    arrivals.into_iter().filter(|call| call.system != System::Smh).collect()
}

/// What was measured.
struct Measured {
    /// R.
    reads: u64,
    /// W.
    saves: u64,
    calls: Vec<Arrival>,
}

/// Pushes all at once, each kind by a process of its own.
fn push(pair: &Pair, pushes: &[Push]) -> Measured {
    let calls = &pair.sandbox.state().calls;
    calls.reset();
    for push in pushes {
        let said = started(pair, push, &["plan", MAPPING, "--entity", push.entity, "--format", "json"]).end().0;
        assert_eq!(said.code, 2, "{}\n{}", said.out, said.err);
        let actions = said.json()["actions"].as_array().map_or(0, Vec::len) as u64;
        assert_eq!(actions, 2 * push.records, "each is made, and its id noted on the other side: {}", said.err);
    }
    let reads = limited_calls(pair).len() as u64;
    calls.reset();
    pair.sandbox.state().set_knobs(Knobs::default());
    let runs: Vec<Started> = pushes
        .iter()
        .map(|push| started(pair, push, &["apply", MAPPING, "--entity", push.entity, "--yes", "-o", "/dev/null"]))
        .collect();
    for run in runs {
        let said = run.end().0;
        assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    }
    for push in pushes {
        let module = KINDS.iter().find(|(entity, ..)| *entity == push.entity).expect("a kind").1;
        assert_eq!(pair.accurate(module).len() as u64, push.records, "{module}");
    }
    let saves = pushes.iter().map(|push| push.records.div_ceil(BULK)).sum();
    Measured { reads, saves, calls: limited_calls(pair) }
}

impl Measured {
    /// The calls by path, for whoever has to find out why they are too many.
    fn by_path(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        self.calls.iter().for_each(|call| *counts.entry(call.path.as_str()).or_default() += 1);
        counts
    }

    fn calls_are_few(&self) {
        let (best, made) = (self.reads + self.saves, self.calls.len() as u64);
        println!(
            "calls: {made}; at best {} reads + {} saves = {best}; {:.3}",
            self.reads,
            self.saves,
            made as f64 / best as f64
        );
        assert!(made * 10 <= best * 11, "{made} calls, at best {best}: {:?}", self.by_path());
        let refused: Vec<Duration> =
            self.calls.iter().filter(|call| call.limited).map(|call| self.after(call)).collect();
        assert!(refused.iter().all(|after| *after < Duration::from_secs(1)), "refused as too many: {refused:?}");
    }

    fn after(&self, call: &Arrival) -> Duration {
        call.at - self.calls[0].at
    }

    fn time_is_short(&self) {
        let is_save = |call: &&Arrival| call.path.ends_with("save.do") && !call.limited;
        let saves: Vec<Instant> = self.calls.iter().filter(is_save).map(|call| call.at).collect();
        let (first, last) = (saves[0], *saves.last().expect("a save"));
        let between = self.calls.iter().filter(|call| (first..=last).contains(&call.at)).count() as u64;
        let (took, best) = (last - first, Duration::from_secs((between - 1) / PER_SECOND));
        let all = self.after(self.calls.last().expect("a call"));
        let ratio = took.as_secs_f64() / best.as_secs_f64();
        println!("saving: {took:.2?}; at best {best:.2?}; {ratio:.3}. From the first call to the last: {all:.2?}");
        if std::env::var_os("BUDGET_TIMELINE").is_some() {
            self.calls.iter().for_each(|call| println!("  {:.3?} {}", self.after(call), call.path));
        }
        assert!(took <= best.mul_f64(1.1), "{took:?}, at best {best:?}");
    }
}

fn systems(customers: u64, items: u64) -> Pair {
    // One order, so that the generator fills SMH, too.
    let scenario = Scenario::Sized { customers: customers.max(1), items: items.max(1), employees: 3, orders: 1 };
    let pair = Pair::new(scenario, true, "");
    let settings = std::fs::read_to_string(pair.settings()).expect("readable");
    std::fs::write(pair.settings(), format!("quota = \"quota\"\n{settings}")).expect("written");
    pair
}

#[test]
fn a_push_takes_no_more_calls_than_it_needs() {
    let pair = systems(450, 0);
    let pushes = ready(&pair, [450, 0]);
    push(&pair, &pushes).calls_are_few();
}

#[test]
fn two_processes_share_one_limit() {
    let pair = systems(250, 250);
    let pushes = ready(&pair, [250, 250]);
    push(&pair, &pushes).calls_are_few();
}

/// Pushes edits of customers that stand on both sides.
fn push_edits(pair: &Pair, push: &Push, edits: u64) -> Measured {
    let linked = started(pair, push, &["apply", MAPPING, "--entity", push.entity, "--yes", "-o", "/dev/null"]).end().0;
    assert_eq!(linked.code, 0, "{}\n{}", linked.out, linked.err);
    pair.sandbox.with_world(|world| {
        let rows = &mut world.smh.tables.get_mut("customers").expect("it is there").rows;
        for row in rows.values_mut().take(usize::try_from(edits).expect("few")) {
            let version = row["version"].as_u64().expect("a number") + 1;
            row.insert("version".to_owned(), json!(version));
            row.insert("name".to_owned(), json!(format!("{} Jaya", row["name"].as_str().expect("text"))));
        }
    });
    let calls = &pair.sandbox.state().calls;
    calls.reset();
    let said = started(pair, push, &["plan", MAPPING, "--entity", push.entity, "--format", "json"]).end().0;
    assert_eq!(said.json()["actions"].as_array().map(Vec::len), usize::try_from(edits).ok(), "{}", said.err);
    let reads = limited_calls(pair).len() as u64;
    calls.reset();
    pair.sandbox.state().set_knobs(Knobs::default());
    let done = started(pair, push, &["apply", MAPPING, "--entity", push.entity, "--yes", "-o", "/dev/null"]).end().0;
    assert_eq!(done.code, 0, "{}\n{}", done.out, done.err);
    let renamed = |row: &&Row| row["name"].as_str().is_some_and(|name| name.ends_with(" Jaya"));
    assert_eq!(pair.accurate("customer").iter().filter(renamed).count() as u64, edits);
    // Before each save its records are looked at, a hundred in a call.
    Measured { reads: reads + edits.div_ceil(BULK), saves: edits.div_ceil(BULK), calls: limited_calls(pair) }
}

#[test]
fn a_push_of_changes_looks_at_many_records_in_one_call() {
    let pair = systems(450, 0);
    let pushes = ready(&pair, [450, 0]);
    push_edits(&pair, &pushes[0], 220).calls_are_few();
}

#[test]
#[ignore = "takes long; see the head of this file"]
fn four_thousand_changes_take_as_long_as_the_limit_demands() {
    let pair = systems(10_000, 0);
    let pushes = ready(&pair, [10_000, 0]);
    push_edits(&pair, &pushes[0], 4_000).calls_are_few();
}

#[test]
#[ignore = "takes long; see the head of this file"]
fn a_push_of_ten_thousand_takes_as_long_as_the_limit_demands() {
    let pair = systems(10_000, 0);
    let pushes = ready(&pair, [10_000, 0]);
    let measured = push(&pair, &pushes);
    measured.calls_are_few();
    measured.time_is_short();
}

#[test]
#[ignore = "takes long; see the head of this file"]
fn two_processes_push_ten_thousand_as_fast_as_one() {
    let pair = systems(5000, 5000);
    let pushes = ready(&pair, [5000, 5000]);
    let measured = push(&pair, &pushes);
    measured.calls_are_few();
    measured.time_is_short();
}
