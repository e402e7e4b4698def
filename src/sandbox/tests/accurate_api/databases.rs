//! Databases and the hosts they live on: one branch, a trial that is over, moves, ports that stay, and what a data file keeps.

use selaras_sandbox::{Options, Scenario};
use serde_json::{Value, json};

use super::client::{Accurate, column, message};
use super::user::User;

const PANDUAN: u64 = 1_234_567;
const SINGLE: u64 = 2_345_678;
const EXPIRED: u64 = 3_456_789;

#[test]
fn the_guide_has_three_databases_and_other_scenarios_one() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", SINGLE);
    assert_eq!(column(&admin.list("branch").json(), "id"), [json!(50)]);
    assert_eq!(admin.list("customer").json()["sp"]["rowCount"], 12);
    let name = |user: &User| user.data("GET", "customer/detail.do?customerNo=C.00001", "").json()["d"]["name"].clone();
    let there = name(&admin);
    admin.open(PANDUAN);
    assert_eq!(name(&admin), "Toko Makmur Jaya Utama");
    assert_ne!(there, name(&admin), "the same code stands for another customer");
    let told = accurate.control("GET", "accurate/databases", Value::Null);
    let branches: Vec<usize> =
        told.as_array().unwrap().iter().map(|db| db["branches"].as_array().unwrap().len()).collect();
    assert_eq!(branches[..2], [3, 1]);
    let kosong = Accurate::empty().control("GET", "accurate/databases", Value::Null);
    assert_eq!(kosong.as_array().unwrap().len(), 1);
}

#[test]
fn a_trial_that_is_over_cannot_be_opened() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    for call in ["open-db.do", "db-refresh-session.do"] {
        let answer = admin.account(&format!("{call}?id={EXPIRED}"));
        let over = "Masa ujicoba Data Usaha \"PT Coba Dulu\" sudah berakhir";
        assert_eq!((answer.status, message(&answer.json()).as_str()), (500, over), "{call}");
    }
    let detail = admin.account(&format!("db-detail.do?id={EXPIRED}")).json();
    assert_eq!((&detail["d"]["trial"], &detail["d"]["expired"]), (&json!(true), &json!(true)));
    // A database can end while it is open, and be paid for.
    accurate.order("accurate/database", json!({"expired": true}));
    let answer = admin.list("unit");
    assert_eq!(answer.status, 500);
    assert!(message(&answer.json()).contains("sudah berakhir"));
    assert_eq!(accurate.call("GET", "/accurate/api/unit/list.do", "", "").status, 500);
    accurate.order("accurate/database", json!({"database": PANDUAN, "expired": false}));
    admin.open(PANDUAN);
    assert_eq!(admin.list("unit").status, 200);
}

#[test]
fn a_host_of_its_own_knows_data_calls_only() {
    let accurate = Accurate::panduan();
    let admin = User::at_work(&accurate, "admin", SINGLE);
    assert_ne!(admin.host, accurate.sandbox.base_url());
    assert_eq!(admin.list("unit").status, 200);
    let elsewhere = accurate.raw("GET", &format!("{}/api/db-list.do", admin.host), &[], "");
    assert_eq!((elsewhere.status, message(&elsewhere.json()).as_str()), (404, "URL API tidak tepat"));
    // Its calls are counted and can be made to fail like all others.
    accurate.order("faults", json!([{"system": "accurate", "kind": "status-500"}]));
    assert_eq!(admin.list("unit").status, 500);
    let calls = accurate.control("GET", "calls", Value::Null);
    assert!(calls["calls"].as_array().unwrap().iter().any(|call| call["path"] == "/accurate/api/unit/list.do"));
}

#[test]
fn a_moved_database_is_answered_with_308_in_each_style_and_keeps_its_sessions() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    let old = admin.host.clone();
    assert_eq!(old, accurate.sandbox.base_url());
    let moved = accurate.order("accurate/move", json!({"to": "zeus"}));
    assert_eq!((&moved["from"], &moved["to"]), (&json!("public"), &json!("zeus")));
    let new = moved["host"].as_str().unwrap();
    assert_ne!(new, old);
    let call = || admin.data("POST", "unit/save.do?x=1", &json!({"name": "BOX"}).to_string());
    assert_eq!(
        (call().status, &call().headers["location"]),
        (308, &format!("{new}/accurate/api/unit/save.do?x=1").parse().unwrap())
    );
    accurate.order("knobs", json!({"moved_style": "location-host"}));
    assert_eq!(call().headers["location"], new);
    accurate.order("knobs", json!({"moved_style": "endpoint"}));
    assert_eq!((call().json()["endpoint"].as_str(), call().headers.contains_key("location")), (Some(new), false));
    let signed = accurate.call("GET", "/accurate/api/unit/list.do", "", "");
    assert_eq!(signed.status, 308, "API tokens move along");
    assert_eq!(accurate.call("GET", "/api/api-token.do", "", "").json()["d"]["database"]["host"], new);
    new.clone_into(&mut admin.host);
    assert_eq!(admin.save("unit", json!({"name": "BOX"}))["s"], true, "nothing was saved on the way");
    let session = admin.session.clone();
    admin.reopen(PANDUAN);
    assert_eq!((admin.host.as_str(), &admin.session), (new, &session), "both are told");
    let back = accurate.order("accurate/move", json!({"database": PANDUAN, "to": "public"}));
    assert_eq!(back["host"], json!(old));
    assert_eq!(admin.list("unit").status, 308);
    let wrong = accurate.raw("POST", "/_sandbox/accurate/move", &[], r#"{"to": "venus"}"#);
    assert_eq!(wrong.status, 400);
}

#[test]
fn a_dead_token_or_session_is_told_before_a_move() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    accurate.order("accurate/move", Value::Null);
    admin.session = "none".to_owned();
    assert_eq!(admin.list("unit").status, 401);
    admin.access = "none".to_owned();
    assert_eq!(admin.list("unit").status, 401);
}

#[test]
fn a_data_file_keeps_grants_sessions_moves_and_the_ports_of_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let options = || Options { data: Some(path.clone()), limit: false, ..Options::default() };
    let accurate = Accurate::of(Scenario::Panduan, options());
    let (host, access, session, refresh) = {
        let user = User::at_work(&accurate, "cabang", PANDUAN);
        let moved = accurate.order("accurate/move", json!({"to": "iris"}));
        (moved["host"].as_str().unwrap().to_owned(), user.access.clone(), user.session.clone(), user.refresh)
    };
    accurate.order("accurate/revoke", json!({"what": "api-tokens"}));
    accurate.order("smh/token", json!({"token": "baru"}));
    // Whatever was answered is in the file, even if nobody stops the sandbox.
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains("\"baru\"") && kept.contains(&session));
    drop(accurate);
    let again = Accurate::of(Scenario::Panduan, options());
    let headers = [("Authorization", format!("Bearer {access}")), ("X-Session-ID", session)];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = again.raw("GET", &format!("{host}/accurate/api/unit/list.do"), &headers, "");
    assert_eq!(answer.status, 200, "the host listens where it did: {}", answer.text);
    let mut user = User { accurate: &again, access, refresh, token: Value::Null, session: String::new(), host };
    assert_eq!(user.renew().status, 200);
    assert!(!again.sandbox.accurate_settings().contains_key("token"), "what was taken back does not come again");
    assert_eq!(again.sandbox.smh_settings()["token"], "baru");
}

#[test]
fn a_data_file_from_before_there_were_accounts_still_loads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let world = json!({"accurate": {
        "databases": {"7": {"id": 7, "alias": "PT Lama", "tables": {}, "auto_numbers": {}, "line_ids": {}}},
        "api_tokens": {"aat.NTA.eA==": {"secret": "s", "application": "Lama", "database": 7, "revoked": false}},
        "clients": {"sandbox-app": {"secret": "sandbox-client-secret", "redirect_uri": null}},
        "codes": {"12345678": {"client": "sandbox-app", "redirect_uri": "http://elsewhere.example/", "scopes": ["unit_view"]}},
        "grants": {"tok": {"client": "sandbox-app", "refresh_token": "ref", "scopes": ["unit_view"], "expires": "2027-01-01T00:00:00Z"}},
        "sessions": {"ses": {"database": 7, "last_used": "2026-05-02T02:00:00Z"}}, "issued_secrets": 3},
        "smh": {"tables": {}, "token": "alt", "counters": {}}, "clock": {"last": null}});
    std::fs::write(&path, world.to_string()).unwrap();
    let accurate = Accurate::of(Scenario::Panduan, Options { data: Some(path), limit: false, ..Options::default() });
    let headers = [("Authorization", "Bearer tok"), ("X-Session-ID", "ses")];
    assert_eq!(accurate.raw("GET", "/accurate/api/unit/list.do", &headers, "").status, 200);
    let form = "grant_type=authorization_code&code=12345678&redirect_uri=http%3A%2F%2Felsewhere.example%2F";
    let token = accurate.raw("POST", "/oauth/token", &super::user::basic(), form).json();
    assert_eq!(token["user"]["email"], "admin@sandbox.example");
    let accounts = accurate.control("GET", "accurate/accounts", Value::Null);
    assert_eq!(accounts.as_array().unwrap().len(), 19);
}

#[test]
fn a_branch_can_be_taken_away() {
    let accurate = Accurate::panduan();
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    accurate.order("accurate/remove-branch", json!({"branch": 101}));
    assert_eq!(column(&admin.list("branch").json(), "id").len(), 2);
    assert_eq!(accurate.raw("POST", "/_sandbox/accurate/remove-branch", &[], r#"{"branch": 101}"#).status, 400);
}
