//! The main job with the real binary, real dynamic libraries, real HTTP and a real state file.

mod support;

use serde_json::Value as Json;
use std::collections::BTreeMap;
use support::{MAPPING, State};

/// Sync Information as `status` tells it: entity and system to dummy, data, sinkron, total.
fn info(state: &State) -> BTreeMap<(String, String), [u64; 4]> {
    let status = state.runner(&["status", "--sandbox", "--format", "json"]);
    let rows = status.json()["entities"].as_array().expect("entities").clone();
    let number = |row: &Json, key: &str| row[key].as_u64().unwrap_or_else(|| panic!("{key} of {row}"));
    let text = |row: &Json, key: &str| row[key].as_str().expect("a text").to_owned();
    let four = |row: &Json| ["dummy", "data", "sinkron", "total"].map(|key| number(row, key));
    rows.iter().map(|row| ((text(row, "entity"), text(row, "system")), four(row))).collect()
}

fn at(info: &BTreeMap<(String, String), [u64; 4]>, entity: &str, system: &str) -> [u64; 4] {
    info[&(entity.to_owned(), system.to_owned())]
}

/// For every entity and side of a report: seen = dummy + out of scope + failed + created + updated + unchanged + held.
fn accounts_add_up(report: &Json) {
    let entities = report["entities"].as_array().expect("entities");
    assert!(!entities.is_empty());
    for row in entities {
        let number = |key: &str| row[key].as_u64().unwrap_or_else(|| panic!("{key} of {row}"));
        let outside: u64 =
            row["out_of_scope"].as_array().expect("reasons").iter().filter_map(|reason| reason["count"].as_u64()).sum();
        let parts = ["dummy", "failed", "created", "updated", "unchanged", "held"].map(number);
        assert_eq!(number("seen"), outside + parts.iter().sum::<u64>(), "{row}");
    }
}

#[test]
fn the_first_run_ends_with_the_guides_counters() {
    let state = State::synced();
    let info = info(&state);
    assert_eq!(at(&info, "Pelanggan", "smh"), [0, 0, 131, 131]);
    assert_eq!(at(&info, "Barang & Jasa", "smh"), [0, 0, 56, 56]);
    assert_eq!(at(&info, "Karyawan", "smh"), [0, 2, 0, 2]);
    assert_eq!(at(&info, "Pelanggan", "accurate"), [23, 400, 0, 423]);
    assert_eq!(at(&info, "Barang & Jasa", "accurate"), [35, 419, 0, 454]);
    assert_eq!(at(&info, "Karyawan", "accurate"), [11, 0, 2, 13]);
    for ([dummy, data, sinkron, total], place) in info.values().zip(info.keys()) {
        assert_eq!(dummy + data + sinkron, *total, "{place:?}");
    }
}

#[test]
fn a_second_run_does_nothing_and_its_report_accounts_for_everything() {
    let state = State::synced();
    let said = state.runner(&["apply", MAPPING, "--sandbox", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report = said.json();
    assert_eq!(report["actions"].as_array().map(Vec::len), Some(0));
    accounts_add_up(&report);
    let reasons = |entity: &str| -> u64 {
        let rows = report["entities"].as_array().expect("entities");
        let row = rows.iter().find(|row| row["entity"] == entity && row["system"] == "accurate").expect("the entity");
        row["out_of_scope"].as_array().expect("reasons").iter().filter_map(|reason| reason["count"].as_u64()).sum()
    };
    assert_eq!((reasons("Pelanggan"), reasons("Barang & Jasa")), (269, 363));
    for key in ["conflicts", "held", "problems", "out_of_scope", "unchanged", "calls"] {
        assert!(!report[key].is_null(), "the report has no {key}");
    }
    let calls = report["calls"].as_array().expect("calls");
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|system| system["writes"] == 0), "{calls:?}");
}

#[test]
fn what_both_sides_did_meanwhile_crosses_and_then_nothing_is_left() {
    for seed in ["1", "2", "3"] {
        let state = State::synced();
        let shaken = state.runner(&["sandbox", "shake", "--seed", seed, "--edits", "15"]);
        assert_eq!(shaken.code, 0, "{}\n{}", shaken.out, shaken.err);
        let said = state.runner(&["apply", MAPPING, "--sandbox", "--format", "json"]);
        assert!([0, 3, 5].contains(&said.code), "seed {seed}: exit {}\n{}\n{}", said.code, said.out, said.err);
        let report = said.json();
        accounts_add_up(&report);
        // All that a system may refuse here is to remove a record that it still uses.
        for action in report["actions"].as_array().expect("actions") {
            assert!(action["result"]["end"] != "rejected" || action["kind"] == "delete", "seed {seed}: {action}");
        }
        let again = state.runner(&["plan", MAPPING, "--sandbox", "--format", "json"]);
        assert_eq!(again.json()["actions"].as_array().map(Vec::len), Some(0), "seed {seed}: {}", again.out);
    }
}

#[test]
fn a_plan_writes_nothing_and_says_that_changes_wait() {
    let state = State::synced();
    let shaken = state.runner(&["sandbox", "shake", "--seed", "5", "--edits", "5"]);
    assert_eq!(shaken.code, 0, "{}", shaken.err);
    let before = std::fs::read(state.path().join("state.db")).expect("a state");
    let first = state.runner(&["plan", MAPPING, "--sandbox", "--format", "json"]);
    let second = state.runner(&["apply", MAPPING, "--sandbox", "--dry-run", "--format", "json"]);
    assert_eq!((first.code, second.code), (2, 2), "{}\n{}", first.err, second.err);
    assert_eq!(first.json()["plan_hash"], second.json()["plan_hash"], "the same observations make the same plan");
    assert!(before == std::fs::read(state.path().join("state.db")).expect("a state"), "a plan changed the state");
}

#[test]
fn without_its_state_the_runner_doubles_nothing_and_overwrites_nothing() {
    let state = State::synced();
    for name in ["state.db", "state.db-wal", "state.db-shm", "state.lock"] {
        let _ = std::fs::remove_file(state.path().join(name));
    }
    let said = state.runner(&["apply", MAPPING, "--sandbox", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.json()["actions"].as_array().map(Vec::len), Some(0), "{}", said.out);
    let info = info(&state);
    assert_eq!(at(&info, "Pelanggan", "smh"), [0, 0, 131, 131]);
    assert_eq!(at(&info, "Karyawan", "accurate"), [11, 0, 2, 13], "where records came from is found out again");
}

/// What a report writes: entity, system, record and field, with the values before and after.
fn written(report: &Json) -> BTreeMap<[String; 4], (Json, Json)> {
    let text = |row: &Json, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut all = BTreeMap::new();
    for action in report["actions"].as_array().expect("actions").iter().filter(|action| action["kind"] == "update") {
        for change in
            action["changes"].as_array().expect("changes").iter().filter(|change| change["before"] != Json::Null)
        {
            let key = ["entity", "system", "target_id"].map(|key| text(action, key));
            let [entity, system, id] = key;
            all.insert(
                [entity, system, id, text(change, "field")],
                (change["before"].clone(), change["after"].clone()),
            );
        }
    }
    all
}

#[test]
fn a_run_is_taken_back_and_stays_back() {
    let state = State::synced();
    assert_eq!(state.runner(&["sandbox", "shake", "--seed", "4", "--edits", "12"]).code, 0);
    let run = state.runner(&["apply", MAPPING, "--sandbox", "--format", "json"]).json();
    let plan = state.path().join("undo.plan").display().to_string();
    let undo = ["undo", "last", "--mapping", MAPPING, "--sandbox", "--save", &plan, "--format", "json"];
    let said = state.runner(&undo);
    assert_eq!(said.code, 2, "{}\n{}", said.out, said.err);
    let planned = said.json();
    assert_eq!(planned["undoes"], run["run"]);
    let (made, back) = (written(&run), written(&planned));
    let restored = made.iter().filter(|(place, _)| back.contains_key(*place)).count();
    assert!(restored > 0, "{made:#?}");
    for (place, (before, after)) in &back {
        if let Some((earlier, _)) = made.get(place) {
            assert_eq!((before != earlier, after), (true, earlier), "{place:?}");
        }
    }
    let done = state.runner(&["apply", "--plan", &plan, "--sandbox", "--yes", "--format", "json"]);
    assert!([0, 3].contains(&done.code), "exit {}\n{}\n{}", done.code, done.out, done.err);
    let next = state.runner(&["plan", MAPPING, "--sandbox", "--format", "json"]).json();
    for place in written(&next).keys() {
        assert!(!back.contains_key(place), "{place:?} would move again");
    }
    let history = state.runner(&["history", "--mapping", MAPPING, "--format", "json"]).json();
    assert_eq!(history["runs"][0]["undoes"], run["run"]);
    let again = state.runner(&["apply", "--plan", &plan, "--sandbox", "--yes"]);
    assert_eq!(again.code, 1, "it was carried out already: {}", again.err);
}

#[test]
fn a_plan_is_saved_by_the_name_of_its_file_and_a_report_is_none() {
    let state = State::synced();
    assert_eq!(state.runner(&["sandbox", "shake", "--seed", "4", "--edits", "6"]).code, 0);
    let file = |name: &str| state.path().join(name).display().to_string();
    let (report, plan) = (file("monday.json"), file("monday.plan"));
    assert_eq!(state.runner(&["plan", MAPPING, "--sandbox", "-o", &report]).code, 2);
    let refused = state.runner(&["apply", "--plan", &report, "--sandbox", "--yes", "--lang", "en"]);
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert!(refused.err.contains("This is a report of a plan"), "{}", refused.err);
    assert!(refused.err.contains("runner plan MAPPING --save FILE"), "{}", refused.err);
    let planned = state.runner(&["plan", MAPPING, "--sandbox", "-o", &plan, "--lang", "en"]);
    assert_eq!(planned.code, 2, "{}\n{}", planned.out, planned.err);
    assert!(planned.err.contains("runner apply --plan"), "{}\n{}", planned.out, planned.err);
    let done = state.runner(&["apply", "--plan", &plan, "--sandbox", "--yes", "--format", "json"]);
    assert!([0, 3].contains(&done.code), "exit {}\n{}\n{}", done.code, done.out, done.err);
    let summary = &done.json()["exit_code"];
    assert_eq!(summary, &done.code, "{}", done.out);
    let both = state.runner(&["plan", MAPPING, "--sandbox", "-o", &plan, "--save", &plan]);
    assert_eq!(both.code, 1, "one file cannot be both: {}", both.out);
}

#[test]
fn the_shipped_mapping_fits_its_connectors() {
    let said = support::runner(&["validate", MAPPING]);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
}

#[test]
fn json_reports_follow_their_schema() {
    let state = State::synced();
    let schema = state.runner(&["schema", "plan"]);
    let schema: Json = if schema.code == 0 { schema.json() } else { support::runner(&["schema", "plan"]).json() };
    let report = state.runner(&["plan", MAPPING, "--sandbox", "--format", "json"]).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn an_order_that_cannot_be_carried_out_promises_nothing() {
    let state = State::synced();
    let orders: [&[&str]; 4] = [
        &["links", "unlink", "Pelanggan", "nobody"],
        &["links", "forget", "Pelanggan", "nobody"],
        &["links", "link", "Nothing", "1", "2"],
        &["intents", "resolve", "99", "--retry"],
    ];
    for order in orders {
        let said = state.runner(&[order, &["--because", "a try", "--lang", "en"]].concat());
        assert_eq!(said.code, 1, "{order:?}: {}", said.err);
        assert!(
            !said.err.contains("next run") && !said.err.contains("No system is touched"),
            "{order:?}: {}",
            said.err
        );
    }
    let links = state.runner(&["links", "--entity", "Pelanggan", "--format", "json"]).json();
    let id = links["links"][0]["ids"]["accurate"].as_str().expect("an id").to_owned();
    let said = state.runner(&["links", "link", "Pelanggan", &id, "cus-none", "--because", "a try", "--lang", "en"]);
    let unlink = format!("{id} --system accurate --because '…' --state {}", state.path().display());
    assert!(said.code == 1 && said.err.contains(&unlink), "{}", said.err);
}

/// A link by hand between records of which one or both are nowhere: what is said of it, and what the next run makes of it.
#[test]
fn a_link_by_hand_to_nothing_is_told_and_not_followed() {
    let state = State::synced();
    let order = |words: &[&str], lang: &str| {
        state.runner(&[&["links"], words, &["--because", "a try", "--lang", lang]].concat())
    };
    for (lang, said, ids) in [
        ("en", "No system is asked now", ["900001", "cus-x1"]),
        ("id", "belum ada sistem yang ditanya", ["900002", "cus-x2"]),
    ] {
        let linked = order(&["link", "Pelanggan", ids[0], ids[1]], lang);
        assert!(linked.code == 0 && linked.err.contains(said), "{}", linked.err);
    }
    let first = state.runner(&["links", "--entity", "Pelanggan", "--format", "json"]).json();
    let real = first["links"][0]["ids"].clone();
    let (left, right) = (real["accurate"].as_str().expect("an id"), real["smh"].as_str().expect("an id"));
    assert_eq!(order(&["unlink", "Pelanggan", left, "--system", "accurate"], "en").code, 0);
    assert_eq!(order(&["link", "Pelanggan", "900003", right], "en").code, 0);
    let run = state.runner(&["apply", MAPPING, "--sandbox", "--yes", "--all", "--lang", "en"]);
    let told = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("linked by hand to 900003 in accurate, where no such record was found"), "{}", run.out);
    let links = |lang: &str, id: &str| state.runner(&["links", "--record", id, "--lang", lang]).out;
    assert!(links("en", "900001").contains("linked by hand; run 20"), "{}", links("en", "900001"));
    assert!(links("id", "900002").contains("tidak menemukan keduanya"), "{}", links("id", "900002"));
    assert!(links("en", "900003").contains("no run has seen both yet"), "{}", links("en", "900003"));
    assert_eq!(order(&["unlink", "Pelanggan", "900003"], "en").code, 0);
    assert!(links("en", "900003").contains("ended by hand"), "{}", links("en", "900003"));
}

#[test]
fn an_approval_of_a_plan_nobody_saw_says_so() {
    let state = State::synced();
    let said = state.runner(&["approve", "abcdefabcdef", "--because", "a try", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("no run with such a plan") && !said.err.contains("MAPPING"), "{}", said.err);
    let state = State::new();
    let said = state.runner(&["resolve", "k7", "--take", "smh", "--because", "a try", "--lang", "en"]);
    let help = format!("runner apply {MAPPING} --state {}", state.path().display());
    assert!(said.err.contains(&help), "{}", said.err);
}
