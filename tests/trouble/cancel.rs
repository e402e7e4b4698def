//! Ctrl-C: ends at a safe point, says what is open, and returns soon although the system does not answer; twice: at once.

use crate::pair::Pair;
use crate::support::MAPPING;
use serde_json::json;
use std::time::Duration;

/// Calls that the sandbox holds for ten minutes. Each is ordered many times, for the runner may repeat what is safe to repeat.
fn stall(pair: &Pair, path: &str) {
    pair.fault(json!([{"path_contains": path, "kind": "slow-ms:600000", "times": 1000}]));
}

/// Whether calls are being held.
fn held(pair: &Pair) -> bool {
    pair.sandbox.state().faults.waiting().first().is_none_or(|fault| fault.times < 1000)
}

#[test]
fn while_a_write_is_not_answered_the_run_says_what_is_open_and_the_next_run_goes_on() {
    let pair = Pair::small();
    stall(&pair, "customers/batch");
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    run.until("a write is being held", || held(&pair));
    run.signal("INT");
    let (said, took) = run.end();
    assert!(took < Duration::from_secs(30), "{took:?}\n{}", said.err);
    assert!(said.err.contains("press Ctrl-C again"), "{}", said.err);
    assert!(
        said.out.contains("Cancelled before the end") && said.out.contains("unclear"),
        "{}\n{}",
        said.out,
        said.err
    );
    assert!([5, 6].contains(&said.code), "exit {}\n{}\n{}", said.code, said.out, said.err);
    let intents = pair.run(&["intents", "--format", "json"]);
    assert_eq!(intents.json()["intents"].as_array().map(Vec::len), Some(5), "{}", intents.out);
    // The records came into being after all, or not: the next runs find out, and there is each of them once.
    pair.sandbox.state().faults.clear();
    let codes: Vec<i32> = (0..3).map(|_| pair.run(&["apply", MAPPING, "--yes"]).code).collect();
    assert_eq!(codes.last(), Some(&0), "{codes:?}");
    assert_eq!(pair.smh("customers").len(), 5);
}

#[test]
fn while_a_list_is_not_answered_nothing_is_open() {
    let pair = Pair::small();
    stall(&pair, "customer/list.do");
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    run.until("a read is being held", || held(&pair));
    run.signal("TERM");
    let (said, took) = run.end();
    assert!(took < Duration::from_secs(20), "{took:?}\n{}", said.err);
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    assert!(said.err.contains("was cancelled"), "{}", said.err);
    assert!(pair.smh("customers").is_empty());
}

#[test]
fn while_the_system_asks_for_patience_nothing_is_waited_for() {
    let pair = Pair::small();
    pair.fault(json!([{"path_contains": "customers/batch", "kind": "429", "times": 1000}]));
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    run.until("a call was refused", || pair.sandbox.state().faults.waiting().first().is_some_and(|it| it.times < 1000));
    run.signal("INT");
    let (said, took) = run.end();
    assert!(took < Duration::from_secs(20), "{took:?}\n{}", said.err);
    assert!(said.out.contains("Cancelled before the end"), "{}\n{}", said.out, said.err);
    assert!(pair.smh("customers").is_empty(), "what was refused was not done, and is not open");
    assert_eq!(pair.run(&["intents", "--format", "json"]).json()["intents"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_second_ctrl_c_ends_it_at_once_and_the_next_run_goes_on() {
    let pair = Pair::small();
    stall(&pair, "customers/batch");
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    run.until("a write is being held", || held(&pair));
    run.signal("INT");
    // The first is heard when it says so; what it says is read at the end, so give it a moment instead.
    std::thread::sleep(Duration::from_millis(300));
    run.signal("INT");
    let (said, took) = run.end();
    assert_eq!(said.code, 1, "ended by itself, not by the signal: {}\n{}", said.out, said.err);
    assert!(took < Duration::from_secs(4), "{took:?}: sooner than the first would have ended it");
    pair.sandbox.state().faults.clear();
    let codes: Vec<i32> = (0..3).map(|_| pair.run(&["apply", MAPPING, "--yes"]).code).collect();
    assert_eq!(codes.last(), Some(&0), "{codes:?}");
    assert_eq!(pair.smh("customers").len(), 5);
}

#[test]
fn what_a_killed_run_wrote_is_in_the_history_and_is_the_last_to_be_taken_back() {
    let pair = Pair::small();
    let first = pair.run(&["apply", MAPPING, "--yes"]);
    assert_eq!(first.code, 0, "{}\n{}", first.out, first.err);
    pair.sandbox.with_world(|world| {
        let books = world.accurate.databases.values_mut().next().expect("a database");
        for module in ["customer", "item"] {
            for row in books.table_mut(module).rows.values_mut() {
                let name = format!("{} Jaya", row["name"].as_str().expect("text"));
                row.insert("name".into(), name.into());
            }
        }
    });
    stall(&pair, "products/");
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    let renamed = || {
        let customers = pair.smh("customers");
        customers.iter().all(|row| row["name"].as_str().is_some_and(|name| name.ends_with(" Jaya")))
    };
    run.until("customers are written and items are not", || renamed() && held(&pair));
    run.signal("KILL");
    run.end();
    pair.sandbox.state().faults.clear();
    let history = pair.run(&["history", "--mapping", MAPPING, "--format", "json"]).json();
    let killed = &history["runs"][0];
    assert_eq!((&killed["finished"], &killed["applied"]), (&serde_json::Value::Null, &json!(5)), "{killed}");
    let plan = pair.settings().with_file_name("undo.plan").display().to_string();
    let undo = pair.run(&["undo", "last", "--mapping", MAPPING, "--save", &plan, "--format", "json"]);
    assert_eq!(undo.json()["undoes"], killed["run"], "{}\n{}", undo.out, undo.err);
}
