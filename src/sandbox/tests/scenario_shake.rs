//! Shaking: the number of edits asked for, the same for the same seed, within the call limit, and nothing that a user could not do.

#![expect(clippy::unwrap_used, reason = "a step that fails should end the test")]

use selaras_sandbox::shake::{ShakeError, Target, shake};
use selaras_sandbox::{Options, Sandbox, Scenario, start};

fn sandbox(limit: bool) -> Sandbox {
    let scenario = Scenario::Sized { customers: 30, items: 20, employees: 6, orders: 25 };
    start(Options { scenario, limit, ..Options::default() }).unwrap()
}

fn target(sandbox: &Sandbox) -> Target {
    Target::from_settings(&sandbox.accurate_settings(), &sandbox.smh_settings()).unwrap()
}

#[test]
fn the_same_seed_makes_the_same_edits() {
    let runs: Vec<Vec<String>> =
        [5, 5, 6].into_iter().map(|seed| shake(&target(&sandbox(false)), seed, 80).unwrap()).collect();
    assert_eq!(runs[0].len(), 80);
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    for kind in [
        "smh: edited",
        "smh: created customers",
        "smh: created orders",
        "accurate: edited",
        "accurate: created",
        "both: ",
    ] {
        let all = runs[0].iter().chain(&runs[2]);
        assert!(all.into_iter().any(|line| line.starts_with(kind)), "{kind} is missing from {:#?}", runs[0]);
    }
}

#[test]
fn edits_reach_both_systems() {
    let sandbox = sandbox(false);
    let before = sandbox.with_world(|world| world.clone());
    let lines = shake(&target(&sandbox), 1, 40).unwrap();
    let after = sandbox.with_world(|world| world.clone());
    assert_eq!(lines.iter().any(|line| line.contains("smh: ")), before.smh.tables != after.smh.tables);
    assert_eq!(
        lines.iter().any(|line| line.contains("accurate: ")),
        before.accurate.databases != after.accurate.databases
    );
}

#[test]
fn the_call_limit_is_waited_for() {
    assert_eq!(shake(&target(&sandbox(true)), 3, 8).unwrap().len(), 8);
}

#[test]
fn an_almost_empty_world_can_be_shaken_too() {
    let sandbox = start(Options { scenario: Scenario::Kosong, limit: false, ..Options::default() }).unwrap();
    assert_eq!(shake(&target(&sandbox), 9, 15).unwrap().len(), 15);
}

#[test]
fn wrong_credentials_are_an_error() {
    let sandbox = sandbox(false);
    let mut target = target(&sandbox);
    target.smh_token = "wrong".to_owned();
    let error = shake(&target, 1, 30).unwrap_err();
    assert!(matches!(error, ShakeError::Call { .. }), "{error}");
    assert!(error.to_string().contains("401"), "{error}");
}
