//! Two runners at one state: the second says who holds it, since when, and whether it shows life; or waits. A suspended holder keeps it.

use crate::pair::{Pair, Started};
use crate::support::MAPPING;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::time::Duration;

/// A run that holds the state until it is let go on.
fn holding(pair: &Pair) -> Started {
    pair.fault(json!([{"path_contains": "customers/batch", "kind": "slow-ms:600000", "times": 1000}]));
    let mut run = pair.start(&["apply", MAPPING, "--yes"]);
    run.until("it holds the state", || pair.sandbox.state().faults.waiting()[0].times < 1000);
    run
}

#[test]
fn the_second_runner_says_who_holds_the_state() {
    let pair = Pair::small();
    let first = holding(&pair);
    for args in [
        &["apply", MAPPING, "--yes"][..],
        &["approve", "0123456789ab", "--because", "it is right"],
        &["state", "forget", "--yes"],
        &["apply", MAPPING, "--yes", "--wait=1s"],
    ] {
        let said = pair.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}\n{}", said.out, said.err);
        let holder = format!("`runner apply {MAPPING}` (process {} on ", first.0.id());
        assert!(said.err.contains(&holder) && said.err.contains("last sign of life"), "{args:?}: {}", said.err);
        let waited = args.contains(&"--wait=1s");
        assert_eq!(said.err.contains("again with --wait"), !waited, "{args:?}: {}", said.err);
    }
    let indonesian = pair.run(&["apply", MAPPING, "--yes", "--lang", "id"]);
    assert!(indonesian.err.contains("terakhir terlihat aktif"), "{}", indonesian.err);
    // Whoever only looks is not kept out.
    assert_eq!(pair.run(&["intents"]).code, 6, "what the first one is doing is open");
    first.signal("KILL");
    assert!(first.end().0.code < 0);
    pair.sandbox.state().faults.clear();
    let said = pair.run(&["apply", MAPPING, "--yes"]);
    assert!([0, 6].contains(&said.code), "a killed runner is in nobody's way: {}\n{}", said.out, said.err);
}

#[test]
fn the_second_runner_waits_says_so_and_goes_on() {
    let pair = Pair::small();
    let first = holding(&pair);
    let mut second = pair.start(&["apply", MAPPING, "--yes", "--wait"]);
    let mut lines = BufReader::new(second.0.stderr.take().expect("a pipe")).lines();
    let said = lines.find_map(|line| line.ok().filter(|line| line.contains("Waiting for another runner")));
    assert!(said.is_some_and(|line| line.contains(&format!("process {}", first.0.id()))));
    pair.sandbox.state().faults.clear();
    first.signal("INT");
    first.end();
    // The rest is read, so that the pipe does not fill up.
    let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
    let (said, _) = second.end();
    let rest = rest.join().expect("read");
    assert!([0, 6].contains(&said.code), "{}\n{rest}", said.out);
}

#[test]
fn ctrl_c_ends_the_wait() {
    let pair = Pair::small();
    let first = holding(&pair);
    let mut second = pair.start(&["approve", "0123456789ab", "--because", "it is right", "--wait=10m"]);
    let mut lines = BufReader::new(second.0.stderr.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains("Waiting for another runner"))));
    second.signal("INT");
    let (said, took) = second.end();
    assert!(said.code == 1 && took < Duration::from_secs(10), "{} {took:?}", said.code);
    first.signal("KILL");
    first.end();
}

/// Nothing is taken from a runner that is only suspended. (That it is named as such needs a minute; `src/store/lock.rs` tests it without.)
#[test]
fn a_suspended_runner_keeps_the_state_and_goes_on_when_it_is_woken() {
    let pair = Pair::small();
    let first = holding(&pair);
    first.signal("STOP");
    let said = pair.run(&["apply", MAPPING, "--yes", "--wait=1"]);
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    pair.sandbox.state().faults.clear();
    first.signal("CONT");
    first.signal("INT");
    let (said, _) = first.end();
    assert!([5, 6].contains(&said.code), "{}\n{}", said.out, said.err);
}

#[test]
fn a_runner_of_another_machine_is_told_and_can_be_freed() {
    let pair = Pair::small();
    std::fs::create_dir_all(pair.state()).expect("a folder");
    let lock = pair.state().join("state.lock");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis() as i64;
    let note = |seen_ms: i64| {
        json!({"process": 77, "host": "gudang-2", "boot": "b", "command": "runner apply x", "since_ms": 0, "seen_ms": seen_ms})
            .to_string()
    };
    std::fs::write(&lock, note(now)).expect("written");
    let said = pair.run(&["apply", MAPPING, "--yes"]);
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    assert!(said.err.contains("another machine") && said.err.contains("process 77 on gudang-2"), "{}", said.err);
    let said = pair.run(&["state", "free", "--yes"]);
    assert!(said.code == 1 && !said.err.contains("--wait"), "it shows life: {}", said.err);
    std::fs::write(&lock, note(now - 3_600_000)).expect("written");
    assert_eq!(pair.run(&["state", "free"]).code, 2, "nobody said yes");
    let freed = pair.run(&["state", "free", "--yes"]);
    assert!(freed.code == 0 && freed.err.contains("gudang-2"), "{}", freed.err);
    assert!(pair.run(&["state", "free", "--yes"]).err.contains("Nobody"));
    assert_eq!(pair.run(&["apply", MAPPING, "--yes"]).code, 0);
}
