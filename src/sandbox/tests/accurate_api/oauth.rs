//! The way from the consent page to a token, and refresh tokens that work once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::client::{Accurate, Answer};

const ASK: &str = "client_id=sandbox-app&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback\
                   &scope=customer_view+item_view&state=a%26b";

fn exchange(accurate: &Accurate, client: &str, form: &str) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode(client));
    let kind = "application/x-www-form-urlencoded";
    accurate.raw("POST", "/oauth/token", &[("Authorization", &basic), ("Content-Type", kind)], form)
}

fn code(accurate: &Accurate) -> String {
    let back = accurate.raw("POST", "/oauth/authorize", &[], &format!("{ASK}&decision=approve"));
    assert_eq!(back.status, 302);
    let location = back.headers["location"].to_str().unwrap().to_owned();
    let rest = location.strip_prefix("http://127.0.0.1:9/callback?code=").unwrap();
    rest.strip_suffix("&state=a%26b").unwrap().to_owned()
}

const GOOD: &str = "sandbox-app:sandbox-client-secret";

fn alive(accurate: &Accurate, token: &Value) -> bool {
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    accurate.raw("GET", "/api/db-list.do", &[("Authorization", &bearer)], "").status == 200
}

#[test]
fn consent_gives_a_code_and_the_code_a_token_once() {
    let accurate = Accurate::empty();
    let page = accurate.raw("GET", &format!("/oauth/authorize?{ASK}"), &[], "");
    assert!(page.text.contains("Beri Akses") && page.text.contains("Tolak"), "{}", page.text);
    let code = code(&accurate);
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback");
    let first = exchange(&accurate, GOOD, &form);
    assert_eq!(first.status, 200, "{}", first.text);
    let token = first.json();
    assert_eq!(token["scope"], "customer_view item_view");
    assert_eq!(token["expires_in"], 1_295_999);
    assert!(token["user"]["id"].is_number());
    assert!(alive(&accurate, &token["access_token"]));
    let again = exchange(&accurate, GOOD, &form);
    assert_eq!((again.status, &again.json()["error"]), (400, &"invalid_grant".into()));
}

#[test]
fn a_refresh_replaces_both_tokens_at_once() {
    let accurate = Accurate::empty();
    let form = format!(
        "grant_type=authorization_code&code={}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback",
        code(&accurate)
    );
    let old = exchange(&accurate, GOOD, &form).json();
    let refresh = format!("grant_type=refresh_token&refresh_token={}", old["refresh_token"].as_str().unwrap());
    let new = exchange(&accurate, GOOD, &refresh).json();
    assert_ne!(new["access_token"], old["access_token"]);
    assert_ne!(new["refresh_token"], old["refresh_token"]);
    assert!(alive(&accurate, &new["access_token"]));
    assert!(!alive(&accurate, &old["access_token"]));
    let dead = exchange(&accurate, GOOD, &refresh);
    assert_eq!((dead.status, &dead.json()["error"]), (400, &"invalid_grant".into()));
    accurate.wait(1_296_000);
    assert!(!alive(&accurate, &new["access_token"]), "fifteen days are over");
}

#[test]
fn a_wrong_client_gets_a_web_page_and_a_refusal_goes_back() {
    let accurate = Accurate::empty();
    let wrong = exchange(&accurate, "sandbox-app:wrong", "grant_type=refresh_token");
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("<title>Error: Halaman tidak boleh diakses</title>"), "{}", wrong.text);
    let denied = accurate.raw("POST", "/oauth/authorize", &[], &format!("{ASK}&decision=deny"));
    assert_eq!(denied.headers["location"], "http://127.0.0.1:9/callback?error=access_denied&state=a%26b");
    let hostile = "/oauth/authorize?client_id=sandbox-app&redirect_uri=javascript%3Aalert(1)&scope=%3Cscript%3E";
    let refused = accurate.raw("GET", hostile, &[], "");
    assert_eq!(refused.status, 400);
    let escaped = accurate.raw("GET", &format!("/oauth/authorize?{ASK}+%3Cscript%3E"), &[], "");
    assert!(!escaped.text.contains("<script>"), "{}", escaped.text);
}
