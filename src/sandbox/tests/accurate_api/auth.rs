//! Tokens, signatures, sessions, scopes, and the answers when one of them is wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::client::{Accurate, Answer, hex, message, sign};

const LIST: &str = "/accurate/api/branch/list.do";

/// A call with a timestamp and a signature of one's own making.
fn signed(accurate: &Accurate, timestamp: Option<&str>, signature: Option<&str>) -> Answer {
    let token = format!("bearer {}", accurate.setting("token"));
    let mut headers = vec![("Authorization", token.as_str())];
    headers.extend(timestamp.map(|text| ("X-Api-Timestamp", text)));
    headers.extend(signature.map(|text| ("X-Api-Signature", text)));
    accurate.raw("GET", LIST, &headers, "")
}

#[test]
fn every_spelling_of_the_time_and_both_encodings_are_accepted() {
    let accurate = Accurate::empty();
    let secret = accurate.setting("secret");
    for time in [
        "02/05/2026 09:15:00",
        "2026-05-02T02:15:00.000Z",
        "2026-05-02T09:15:00+07:00",
        "1777688100",
        "1777688100000",
        "02/05/2026 09:24:59",
    ] {
        let bytes = sign(time, &secret);
        for signature in [hex(&bytes), STANDARD.encode(&bytes)] {
            let answer = signed(&accurate, Some(time), Some(&signature));
            assert_eq!(answer.status, 200, "{time}: {}", answer.text);
        }
    }
}

#[test]
fn each_wrong_header_is_named() {
    let accurate = Accurate::empty();
    let secret = accurate.setting("secret");
    let good = "02/05/2026 09:15:00";
    let late = "02/05/2026 09:25:01";
    let by = |time: &str| hex(&sign(time, &secret));
    for (time, signature, expected) in [
        (None, Some(by(good)), "Header X-Api-Timestamp is required"),
        (Some(good), None, "Header X-Api-Signature is required"),
        (Some("tomorrow"), Some(by("tomorrow")), "Header X-Api-Timestamp invalid"),
        (Some(late), Some(by(late)), "Header X-Api-Timestamp difference more than 600 seconds"),
        (Some(good), Some(by(late)), "Header X-Api-Signature invalid"),
        (Some(good), Some(hex(&sign(good, "other"))), "Header X-Api-Signature invalid"),
    ] {
        let answer = signed(&accurate, time, signature.as_deref());
        assert_eq!(answer.status, 401, "{expected}: {}", answer.text);
        assert!(message(&answer.json()).starts_with(expected), "{}", answer.text);
    }
}

#[test]
fn unknown_tokens_are_told_apart_by_kind() {
    let accurate = Accurate::empty();
    let call =
        |token: &str, accept: &str| accurate.raw("GET", LIST, &[("Authorization", token), ("Accept", accept)], "");
    let api = call("Bearer aat.NTA.bm9uZQ==", "application/json");
    assert_eq!((api.status, message(&api.json()).as_str()), (401, "Invalid or Revoked API Token"));
    assert_eq!(message(&call("Bearer aat.only", "*/*").json()), "Invalid_token");
    let oauth = call("Bearer 1234", "application/json");
    assert_eq!((oauth.status, &oauth.json()["error"]), (401, &json!("invalid_token")));
    let xml = call("Bearer 1234", "*/*");
    assert_eq!(xml.status, 401);
    assert!(xml.text.contains("<error>invalid_token</error>"), "{}", xml.text);
    assert_eq!(accurate.raw("GET", LIST, &[], "").status, 401);
    let dead_on_nothing = accurate.raw("GET", "/accurate/api/no/thing.do", &[("Authorization", "Bearer 1234")], "");
    assert_eq!(dead_on_nothing.status, 401, "the token is checked before the address");
}

#[test]
fn an_api_token_finds_its_host_and_needs_no_session() {
    let accurate = Accurate::empty();
    for method in ["GET", "POST"] {
        let found = accurate.call(method, "/api/api-token.do", "", "").json();
        assert_eq!(found["d"]["database"]["host"], json!(accurate.sandbox.base_url()));
        assert_eq!(found["d"]["database"]["id"].to_string(), accurate.setting("database"));
    }
    let refused = accurate.call("GET", "/api/open-db.do?id=1234567", "", "");
    assert_eq!(refused.status, 500);
    assert!(message(&refused.json()).starts_with("API Token ini sudah termasuk Sesi Database."));
}

#[test]
fn addresses_that_name_nothing_are_refused_alike() {
    let accurate = Accurate::empty();
    for path in [
        "coa/list.do",
        "customer/find.do",
        "customer/list",
        "employee/bulk-save.do",
        "warehouse/bulk-save.do",
        "price-category/delete.do",
        "price-category/bulk-save.do",
        "currency/save.do",
        "customer/manual-close-order.do",
        "open-db.do",
    ] {
        let answer = accurate.call("POST", &format!("/accurate/api/{path}"), "", "");
        assert_eq!((answer.status, message(&answer.json()).as_str()), (404, "URL API tidak tepat"), "{path}");
    }
    let read_only = accurate.call("GET", "/accurate/api/customer/save.do?name=x", "", "");
    assert_eq!(read_only.status, 405);
}

#[test]
fn a_session_opens_a_database_until_it_was_idle_for_an_hour() {
    let accurate = Accurate::empty();
    let token = format!("Bearer {}", accurate.setting("oauth_token"));
    let list = |session: &str| {
        accurate.raw(
            "GET",
            LIST,
            &[("Authorization", &token), ("X-Session-ID", session), ("Accept", "application/json")],
            "",
        )
    };
    let account = |path: &str| accurate.raw("GET", path, &[("Authorization", &token)], "").json();
    assert_eq!(message(&list("none").json()), "Data Session Key tidak tepat");
    assert_eq!(list("none").status, 401);
    let databases = account("/api/db-list.do");
    let id = &databases["d"][0]["id"];
    let open = account(&format!("/api/open-db.do?id={id}"));
    let session = open["session"].as_str().unwrap();
    assert_eq!(open["host"], json!(accurate.sandbox.base_url()));
    assert!(open["d"].is_array());
    assert_eq!(list(session).status, 200);
    accurate.wait(59 * 60);
    assert_eq!(list(session).status, 200, "a call keeps the session alive");
    accurate.wait(59 * 60);
    let check = account(&format!("/api/db-check-session.do?session={session}"));
    assert_eq!(check["d"], json!(true));
    accurate.wait(61 * 60);
    assert_eq!(list(session).status, 401);
    let refreshed = account(&format!("/api/db-refresh-session.do?id={id}&session={session}"));
    let new = refreshed["d"]["session"].as_str().unwrap();
    assert_ne!(new, session);
    assert_eq!(list(new).status, 200);
    let same = account(&format!("/api/db-refresh-session.do?id={id}&session={new}"));
    assert_eq!(same["d"]["session"], json!(new));
}

#[test]
fn a_missing_scope_is_named_in_json_or_xml() {
    let accurate = Accurate::empty();
    accurate.sandbox.with_world(|world| {
        for grant in world.accurate.grants.values_mut() {
            grant.scopes.remove("customer_category_save");
        }
    });
    let token = format!("Bearer {}", accurate.setting("oauth_token"));
    let save = |accept: &str| {
        let headers = [("Authorization", token.as_str()), ("Accept", accept)];
        accurate.raw("POST", "/accurate/api/customer-category/save.do", &headers, "name=x")
    };
    let json = save("application/json");
    assert_eq!(json.status, 403);
    assert_eq!(json.json()["error"], "insufficient_scope");
    assert_eq!(json.json()["scope"], "customer_category_save");
    let xml = save("text/html");
    assert_eq!(xml.status, 403);
    assert!(xml.text.starts_with("<InsufficientScopeException><error>insufficient_scope</error>"), "{}", xml.text);
    assert!(xml.text.contains("<scope>customer_category_save</scope>"));
}
