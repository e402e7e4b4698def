//! The acceptance scenarios about connecting: who may, which steps there are, disconnecting and connecting again.

use super::advice::MAPPING;
use super::company::{DATABASE, JAKARTA, SINGLE, SURABAYA, few, small_guide};
use super::place::Place;
use selaras_sandbox::knobs::BranchRows;
use selaras_sandbox::{Knobs, Scenario};
use serde_json::Value as Json;

/// Not connected: no run, and no call that asks for a change.
#[track_caller]
fn refuses_to_run(place: &Place, words: &[&str]) {
    let before = place.records();
    place.forget_calls();
    place.apply().ends(7).says(words);
    place.run(&["plan", MAPPING]).ends(7).says(words);
    assert_eq!(place.writes(), Vec::<String>::new());
    assert!(place.records() == before);
}

#[test]
fn scenario_01_an_administrator_comes_to_the_choice_of_a_branch() {
    let place = Place::new(Scenario::Panduan);
    let said = place.connect("admin", &["--database", "PT Panduan Sejahtera"]).ends(7);
    said.says(&["Kantor Pusat", "Jakarta", "Surabaya", "--branch", "Nothing is linked until then"]);
    let standing = place.standing("accurate");
    assert_eq!((&standing["state"], &standing["branch"]), (&"choosing-branch".into(), &Json::Null));
    assert!(standing["account"].as_str().is_some_and(|account| account.contains("Admin Sandbox")), "{standing}");
    place.run(&["connect", "accurate", "--branch", "Jakarta"]).ends(0).says(&["PT Panduan Sejahtera, Jakarta"]);
    assert_eq!(place.standing("accurate")["role"], "Administrator");
}

#[test]
fn scenario_02_a_branch_account_with_all_eight_rights_comes_as_far() {
    let place = Place::with(Scenario::Panduan, Knobs { branch_rows: BranchRows::All, ..Knobs::default() });
    place.connect("cabang", &[]).ends(7).says(&["Jakarta", "Surabaya", "--branch"]);
    assert_eq!(place.stage("accurate"), "choosing-branch");
    place.run(&["connect", "accurate", "--branch", JAKARTA]).ends(0);
    let standing = place.standing("accurate");
    assert_eq!((&standing["role"], &standing["missing"]), (&Json::Null, &Json::Array(Vec::new())), "{standing}");
    place.login();
    place.run(&["apply", MAPPING, "--entity", "Karyawan"]).ends(0);
}

/// The same where an account may not list branches at all, since that is none of the eight rights: its branch can be named by its id.
#[test]
fn scenario_02_a_branch_account_that_may_not_list_branches_names_its_own() {
    let knobs = Knobs { closed_lists: ["branch".to_owned()].into(), ..Knobs::default() };
    let place = Place::with(Scenario::Panduan, knobs);
    place.connect("cabang", &["--branch", JAKARTA]).ends(0);
    place.login();
    assert_eq!(place.standing("accurate")["branch"]["id"], JAKARTA);
    place.run(&["apply", MAPPING, "--entity", "Karyawan"]).ends(0);
}

#[test]
fn scenario_04_without_confirmation_it_does_not_go_on() {
    let place = Place::new(few());
    let said = place.run_as("admin", &["connect", "accurate"]).ends(7);
    said.says(&["Service: Accurate Online", "Admin Sandbox", "not confirmed", "runner connect accurate --confirm"]);
    let standing = place.standing("accurate");
    assert_eq!((&standing["state"], &standing["database"]), (&"awaiting-confirmation".into(), &Json::Null));
    refuses_to_run(&place, &["not confirmed", "runner connect accurate"]);
    // Asked again it does not go on either, and does not ask for access once more.
    place.run(&["connect", "accurate"]).ends(7).hides("/oauth/authorize");
    place.run(&["connect", "accurate", "--confirm", "--branch", JAKARTA]).ends(0);
}

#[test]
fn scenario_05_the_only_branch_is_bound_without_a_question() {
    let place = Place::new(Scenario::Panduan);
    place.connect("admin", &["--database", &SINGLE.to_string()]).ends(0).says(&["CV Tunggal Jaya, Kantor Pusat"]);
    let standing = place.standing("accurate");
    assert_eq!((&standing["state"], &standing["branch"]["title"]), (&"ready".into(), &"Kantor Pusat".into()));
}

#[test]
fn scenario_06_nothing_is_bound_until_a_branch_is_chosen_and_submitted() {
    let place = Place::new(Scenario::Panduan);
    place.connect("admin", &["--database", "1234567"]).ends(7);
    refuses_to_run(&place, &["no branch has been chosen", "runner connect accurate"]);
    place.run(&["connect", "accurate"]).ends(7);
    place.run(&["connect", "accurate", "--branch", "Bandung"]).ends(7).says(&["Bandung", "Surabaya"]);
    let standing = place.standing("accurate");
    assert_eq!((&standing["state"], &standing["branch"]), (&"choosing-branch".into(), &Json::Null));
    place.run(&["connect", "accurate", "--branch", "surabaya"]).ends(0);
    assert_eq!(place.standing("accurate")["branch"]["id"], SURABAYA);
}

#[test]
fn scenario_07_after_connecting_nothing_runs_until_somebody_logs_in() {
    let place = Place::new(few());
    // Somebody was logged in before. That session ended with the connection.
    place.login();
    place.connect("admin", &["--branch", JAKARTA]).ends(0).says(&["runner connect smh"]);
    assert_eq!(place.stage("smh"), "needs-login");
    refuses_to_run(&place, &["smh needs a login", "runner connect smh"]);
    place.run(&["connect", "smh"]).ends(0);
    assert_eq!((place.stage("accurate"), place.stage("smh")), ("ready".into(), "ready".into()));
    place.settle();
}

#[test]
fn scenario_08_disconnecting_forgets_the_grant_and_touches_no_record() {
    let place = Place::new(few());
    place.ready("admin");
    place.settle();
    let before = place.records();
    place.forget_calls();
    place.run(&["disconnect", "accurate"]).ends(0).says(&["links are kept", "no record was touched"]);
    let standing = place.standing("accurate");
    for empty in ["account", "role", "database", "branch", "granted", "token_since", "token_until", "session_since"] {
        assert_eq!(standing[empty], Json::Null, "{empty} of {standing}");
    }
    assert_eq!(standing["state"], "disconnected");
    assert!(!place.state().join("credentials/accurate.sealed").exists());
    refuses_to_run(&place, &["accurate is disconnected", "runner connect accurate"]);
    assert_eq!(place.sandbox.state().calls.report()["total"], 0, "neither system was even asked");
    assert!(place.records() == before);
    place.run(&["disconnect", "accurate"]).ends(0).says(&["was not connected"]);
}

#[test]
fn scenario_09_connected_to_the_same_place_again_nothing_is_doubled() {
    let place = small_guide();
    place.ready("admin");
    place.settle();
    let before = place.records();
    place.run(&["disconnect", "accurate"]).ends(0);
    place.run(&["disconnect", "smh"]).ends(0);
    place.ready("admin");
    for only in ["master", "transaction"] {
        place.forget_calls();
        place.run(&["apply", MAPPING, "--only", only]).ends(0);
        assert_eq!(place.writes(), Vec::<String>::new(), "{only}");
    }
    assert!(place.records() == before);
    place.nothing_is_double();
    // The old links are in use: an edit finds its record on the other side.
    let customer = place.smh("customers").remove(0);
    place.smh_update("customers", &customer["id"], serde_json::json!({"notes": "minta faktur"}));
    place.settle();
    let code = customer["code"].as_str();
    let rows = place.accurate(DATABASE, "customer");
    let row = rows.iter().find(|row| row["customerNo"].as_str() == code).expect("the customer");
    assert_eq!(row["notes"], "minta faktur");
}

#[test]
fn scenario_10_in_another_branch_nothing_is_deleted_for_being_absent_there() {
    let place = small_guide();
    place.ready("admin");
    place.settle();
    let (accurate, smh) = place.records();
    place.run(&["disconnect", "accurate"]).ends(0);
    place.connect("admin", &["--database", "1234567", "--branch", SURABAYA]).ends(0);
    place.login();
    let said = place.apply();
    assert!([Some(0), Some(3), Some(5)].contains(&said.code), "{said}");
    let (accurate_now, smh_now) = place.records();
    for (module, table) in &accurate[&DATABASE] {
        for (id, row) in &table.rows {
            let now = accurate_now[&DATABASE][module].rows.get(id).unwrap_or_else(|| panic!("{module} {id} is gone"));
            assert_eq!(now.get("suspended"), row.get("suspended"), "{module} {id}");
        }
    }
    for (resource, table) in &smh {
        for (id, row) in &table.rows {
            let now = smh_now[resource].rows.get(id).unwrap_or_else(|| panic!("{resource} {id} is gone"));
            assert_eq!((now.get("status"), now.get("code")), (row.get("status"), row.get("code")), "{resource} {id}");
        }
    }
    place.nothing_is_double();
}
