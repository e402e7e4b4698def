//! Access that ends while a client is at work: sessions, tokens, withdrawal, moves, clocks, answers that are lost.

use serde_json::{Value, json};

use super::client::{Accurate, message};
use super::user::{User, form, is_dead_session, is_dead_token, pairs};

const PANDUAN: u64 = 1_234_567;

#[test]
fn sessions_and_tokens_end_on_demand_and_can_be_had_again() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    let cabang = User::at_work(&accurate, "cabang", PANDUAN);
    assert_eq!(accurate.order("accurate/expire-sessions", json!({"account": "admin"}))["expired"], 1);
    assert!(is_dead_session(&admin.list("unit")));
    assert_eq!(cabang.list("unit").status, 200);
    admin.reopen(PANDUAN);
    assert_eq!(admin.list("unit").status, 200);
    assert_eq!(accurate.order("accurate/expire-tokens", Value::Null)["expired"], 2);
    assert!(is_dead_token(&admin.list("unit")) && is_dead_token(&cabang.account("db-list.do")));
    assert_eq!(admin.renew().status, 200);
    assert_eq!(admin.list("unit").status, 200, "a session outlives a refresh");
    assert_eq!(accurate.raw("POST", "/_sandbox/accurate/expire-tokens", &[], r#"{"account":"x"}"#).status, 400);
}

#[test]
fn a_session_is_good_for_the_one_who_opened_it() {
    let accurate = Accurate::panduan();
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    let mut cabang = User::at_work(&accurate, "cabang", PANDUAN);
    cabang.session = admin.session.clone();
    assert!(is_dead_session(&cabang.list("unit")));
}

#[test]
fn access_withdrawn_is_gone_for_good() {
    let accurate = Accurate::panduan();
    let mut cabang = User::at_work(&accurate, "cabang", PANDUAN);
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    let gone = accurate.order("accurate/revoke", json!({"account": "cabang"}));
    assert_eq!((&gone["grants"], &gone["api_tokens"]), (&json!(1), &json!(0)));
    assert!(is_dead_token(&cabang.list("unit")));
    let refused = cabang.renew();
    assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_grant")));
    assert_eq!(admin.list("unit").status, 200);
    accurate.order("accurate/revoke", json!({"what": "api-tokens"}));
    assert_eq!(admin.list("unit").status, 200);
    let token = accurate.sandbox.with_world(|world| world.accurate.api_tokens.keys().next().unwrap().clone());
    let signed = accurate.raw("GET", "/api/db-list.do", &[("Authorization", &format!("Bearer {token}"))], "");
    assert_eq!((signed.status, message(&signed.json()).as_str()), (401, "Invalid or Revoked API Token"));
    accurate.order("accurate/revoke", Value::Null);
    assert!(is_dead_token(&admin.list("unit")));
    let again = User::at_work(&accurate, "cabang", PANDUAN);
    assert_eq!(again.list("unit").status, 200, "connecting again helps");
}

#[test]
fn sessions_and_tokens_can_be_good_for_so_many_calls() {
    let accurate = Accurate::panduan();
    accurate.order("knobs", json!({"session_calls": 2, "token_calls": 5}));
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    let statuses = |user: &User, count: usize| (0..count).map(|_| user.list("unit").status).collect::<Vec<_>>();
    assert_eq!(statuses(&admin, 2), [200, 200]);
    assert!(is_dead_session(&admin.list("unit")));
    admin.reopen(PANDUAN);
    assert_eq!(statuses(&admin, 2), [200, 200]);
    assert!(is_dead_token(&admin.list("unit")));
    assert_eq!(admin.account("db-list.do").status, 401);
    assert_eq!(admin.renew().status, 200);
    assert!(is_dead_session(&admin.list("unit")));
    let checked = admin.account(&format!("db-check-session.do?session={}", admin.session)).json();
    assert_eq!(checked["d"], json!(false));
    admin.open(PANDUAN);
    assert_eq!(statuses(&admin, 3), [200, 200, 401]);
}

#[test]
fn the_life_of_a_token_can_be_set() {
    let accurate = Accurate::panduan();
    accurate.order("knobs", json!({"token_seconds": 60}));
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    assert_eq!(admin.token["expires_in"], 60);
    accurate.wait(59);
    assert_eq!(admin.list("unit").status, 200);
    accurate.wait(1);
    assert!(is_dead_token(&admin.list("unit")));
    assert_eq!(admin.renew().status, 200);
    assert_eq!(admin.list("unit").status, 200);
    let forever = i64::MAX;
    accurate.order("knobs", json!({"token_seconds": forever, "session_idle_minutes": forever}));
    assert_eq!((admin.renew().status, admin.list("unit").status), (200, 200));
    accurate.order("knobs", json!({"clock_skew_seconds": forever}));
    assert_eq!(admin.list("unit").status, 200, "a clock cannot be that far off");
}

#[test]
fn a_run_can_be_disturbed_at_chosen_calls() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    let old = admin.host.clone();
    let faults = json!([
        {"after_calls": 2, "do": "expire-session", "times": 2},
        {"after_calls": 4, "do": "expire-token"},
        {"system": "accurate", "path_contains": "unit", "after_calls": 7, "do": "move"},
        {"after_calls": 9, "do": "revoke"}]);
    accurate.order("faults", faults);
    let mut seen = Vec::new();
    for _ in 0..10 {
        // Calls to the account host do not count.
        admin.account("db-check-session.do?session=x");
        let answer = admin.list("unit");
        seen.push(match answer.status {
            200 => "ok",
            308 => "moved",
            _ if is_dead_session(&answer) => "session",
            _ if is_dead_token(&answer) => "token",
            _ => "else",
        });
        match seen.last().copied() {
            Some("session") => admin.reopen(PANDUAN),
            Some("token") => drop(admin.renew()),
            Some("moved") => {
                admin.host = answer.headers["location"].to_str().unwrap().split("/accurate").next().unwrap().to_owned()
            }
            _ => {}
        }
    }
    assert_eq!(seen, ["ok", "ok", "session", "ok", "token", "session", "ok", "moved", "ok", "token"]);
    assert_ne!(admin.host, old);
    assert_eq!(admin.renew().status, 400, "the last one was a withdrawal");
    assert_eq!(accurate.control("GET", "faults", Value::Null), json!([]));
    assert_eq!(accurate.raw("POST", "/_sandbox/faults", &[], r#"[{"do":"explode"}]"#).status, 400);
}

#[test]
fn the_answer_of_a_refresh_can_be_lost_after_it_happened() {
    let accurate = Accurate::panduan();
    let mut admin = User::at_work(&accurate, "admin", PANDUAN);
    accurate.order("faults", json!([{"system": "account", "path_contains": "/oauth/token", "kind": "lose-answer"}]));
    let refresh = form(&pairs(&[("grant_type", "refresh_token"), ("refresh_token", &admin.refresh)]));
    assert!(accurate.try_raw("POST", "/oauth/token", &super::user::basic(), &refresh).is_err());
    assert!(is_dead_token(&admin.list("unit")), "the old pair is dead");
    assert_eq!(admin.renew().status, 400);
    let grants = accurate.control("GET", "accurate/grants", Value::Null);
    assert_eq!((&grants[0]["account"], &grants[0]["used"]), (&json!("admin"), &json!(false)), "the new one nobody has");
}

#[test]
fn a_clock_that_is_off_shows_in_signatures_dates_and_expiry() {
    let accurate = Accurate::panduan();
    let date = |answer: &super::client::Answer| answer.headers["date"].to_str().unwrap().to_owned();
    let call = || accurate.call("GET", "/accurate/api/unit/list.do", "", "");
    assert_eq!((call().status, date(&call()).as_str()), (200, "Sat, 02 May 2026 02:15:00 GMT"));
    for skew in [1200, -1200] {
        accurate.order("knobs", json!({"clock_skew_seconds": skew}));
        assert_eq!(call().status, 401);
        assert!(message(&call().json()).starts_with("Header X-Api-Timestamp difference more than 600 seconds"));
    }
    assert_eq!(date(&call()), "Sat, 02 May 2026 01:55:00 GMT");
    accurate.order("knobs", json!({"clock_skew_seconds": 600}));
    assert_eq!(call().status, 200);
    accurate.order("knobs", json!({"clock_skew_seconds": 0, "token_seconds": 60}));
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    accurate.order("knobs", json!({"clock_skew_seconds": 61}));
    let dead = admin.list("unit");
    assert!(is_dead_token(&dead));
    assert_eq!(date(&dead), "Sat, 02 May 2026 02:16:01 GMT");
}
