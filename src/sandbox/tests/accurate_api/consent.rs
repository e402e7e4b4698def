//! The consent page and what comes of it: login, partial grants, callbacks, challenges, codes that end.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::client::Accurate;
use super::user::{
    CALLBACK, User, code, code_of, exchange, fields, is_dead_token, page, pairs, request, send, token_call,
};

#[test]
fn the_page_tells_who_asks_for_what_in_plain_words() {
    let accurate = Accurate::panduan();
    let shown = page(&accurate, &request("customer_view sales_order_save nonsense"));
    assert_eq!(shown.status, 200);
    for text in [
        "Selaras Sandbox",
        "Beri Akses",
        "Tolak",
        "Melihat Pelanggan",
        "Menambah dan mengubah Pesanan Penjualan",
        "<code>sales_order_save</code>",
        "Akses lain",
        "<option value=\"admin\" selected>",
        "<option value=\"tanpa-barang-jasa\">",
    ] {
        assert!(shown.text.contains(text), "{text} is missing from {}", shown.text);
    }
    let form = fields(&shown.text);
    for field in pairs(&[("state", "st&te=1"), ("redirect_uri", CALLBACK), ("granted", "customer_view")]) {
        assert!(form.contains(&field), "{field:?} is missing from {form:?}");
    }
    let hint = [request("a"), pairs(&[("login_hint", "cabang")])].concat();
    assert!(page(&accurate, &hint).text.contains("<option value=\"cabang\" selected>"));
}

#[test]
fn boxes_left_empty_are_not_granted() {
    let accurate = Accurate::panduan();
    let mut form = fields(&page(&accurate, &request("customer_view item_view unit_view")).text);
    form.retain(|(_, value)| value != "item_view");
    // A box that was never on the page is worth nothing.
    form.extend(pairs(&[("granted", "tax_view"), ("account", "admin"), ("decision", "approve")]));
    let token = exchange(&accurate, &code_of(&send(&accurate, &form)), &[]).json();
    assert_eq!(token["scope"], "customer_view unit_view");
}

#[test]
fn somebody_grants_only_part_whatever_is_ticked() {
    let accurate = Accurate::panduan();
    let user = User::connect(&accurate, "sebagian", "customer_view customer_save sales_order_save");
    assert_eq!(user.token["scope"], "customer_view");
    assert_eq!(user.account("approved-scope.do").json()["d"], json!(["customer_view"]));
}

#[test]
fn a_password_counts_when_one_is_sent() {
    let accurate = Accurate::panduan();
    let mut form = fields(&page(&accurate, &request("customer_view")).text);
    form.push(("decision".to_owned(), "approve".to_owned()));
    let with = |account: &str, password: &str| {
        send(&accurate, &[form.clone(), pairs(&[("account", account), ("password", password)])].concat())
    };
    for (account, password) in [("cabang", "salah"), ("tidak-ada", ""), ("cabang", "rahasia-admin")] {
        let refused = with(account, password);
        assert_eq!(refused.status, 401, "{account}");
        assert!(refused.text.contains("kata sandi salah") && refused.text.contains("Beri Akses"), "{}", refused.text);
        assert!(fields(&refused.text).contains(&("state".to_owned(), "st&te=1".to_owned())), "it can be tried again");
    }
    assert_eq!(with("cabang", "rahasia-cabang").status, 302);
}

#[test]
fn refusing_needs_no_login_and_echoes_the_state() {
    let accurate = Accurate::panduan();
    let form = [request("customer_view"), pairs(&[("account", "tidak-ada"), ("decision", "deny")])].concat();
    let back = send(&accurate, &form);
    assert_eq!(back.headers["location"], format!("{CALLBACK}?error=access_denied&state=st%26te%3D1"));
}

#[test]
fn only_a_registered_callback_is_gone_back_to() {
    let accurate = Accurate::panduan();
    let to = |callback: &str| {
        let asked = pairs(&[("client_id", "sandbox-app"), ("redirect_uri", callback), ("scope", "a")]);
        let answers = [page(&accurate, &asked).status, send(&accurate, &asked).status];
        answers.map(|status| status != 400)
    };
    for good in [CALLBACK, "http://localhost:9/callback", "http://[::1]:9/callback", "http://127.0.0.1/callback"] {
        assert_eq!(to(good), [true, true], "{good}");
    }
    for bad in
        ["http://127.0.0.1:4711/other", "https://evil.example/callback", "http://127.0.0.1.evil.example/callback"]
    {
        assert_eq!(to(bad), [false, false], "{bad}");
    }
}

#[test]
fn a_challenge_must_be_answered_unless_the_server_knows_none() {
    let accurate = Accurate::panduan();
    let verifier = "a-verifier-of-at-least-forty-three-characters-0";
    let text = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let asked =
        [request("customer_view"), pairs(&[("code_challenge", &text), ("code_challenge_method", "S256")])].concat();
    let redeem = |more: &[(&str, &str)]| {
        let code = code(&accurate, "admin", &asked);
        (exchange(&accurate, &code, more).status, code)
    };
    assert_eq!(redeem(&[("code_verifier", verifier)]).0, 200);
    assert_eq!(redeem(&[("code_verifier", "another")]).0, 400);
    let (status, used) = redeem(&[]);
    assert_eq!(status, 400);
    assert_eq!(exchange(&accurate, &used, &[("code_verifier", verifier)]).status, 400, "a code is tried once");
    accurate.order("knobs", json!({"pkce": "ignore"}));
    assert_eq!(redeem(&[]).0, 200);
    let odd = [request("a"), pairs(&[("code_challenge", "x"), ("code_challenge_method", "S512")])].concat();
    let back = send(&accurate, &[odd, pairs(&[("decision", "approve")])].concat());
    assert!(back.headers["location"].to_str().unwrap().contains("error=invalid_request"));
}

#[test]
fn a_code_ends_after_ten_minutes_and_with_the_access() {
    let accurate = Accurate::panduan();
    let fresh = || code(&accurate, "admin", &request("customer_view"));
    let (first, second) = (fresh(), fresh());
    accurate.wait(599);
    assert_eq!(exchange(&accurate, &first, &[]).status, 200);
    accurate.wait(1);
    let late = exchange(&accurate, &second, &[]);
    assert_eq!((late.status, &late.json()["error"]), (400, &json!("invalid_grant")));
    let third = fresh();
    accurate.order("accurate/revoke", json!({"account": "admin"}));
    assert_eq!(exchange(&accurate, &third, &[]).status, 400);
    let fourth = fresh();
    let elsewhere = [("grant_type", "authorization_code"), ("code", fourth.as_str()), ("redirect_uri", "http://x/")];
    assert_eq!(token_call(&accurate, &elsewhere).status, 400);
}

#[test]
fn granting_again_replaces_the_pair_and_the_scopes_of_that_account_only() {
    let accurate = Accurate::panduan();
    let mut old = User::connect(&accurate, "admin", "customer_view item_view");
    let other = User::connect(&accurate, "cabang", "customer_view");
    let new = User::connect(&accurate, "admin", "unit_view");
    assert!(is_dead_token(&old.account("db-list.do")));
    assert_eq!(old.renew().json()["error"], "invalid_grant");
    assert_eq!(other.account("db-list.do").status, 200);
    assert_eq!(new.account("approved-scope.do").json()["d"], json!(["unit_view"]));
    let grants = accurate.control("GET", "accurate/grants", serde_json::Value::Null);
    let told: Vec<_> = grants.as_array().unwrap().iter().map(|grant| (&grant["account"], &grant["used"])).collect();
    assert_eq!(told.len(), 2, "the grant that a sandbox begins with was the Administrator's: {grants}");
    assert!(told.contains(&(&json!("admin"), &json!(true))) && told.contains(&(&json!("cabang"), &json!(true))));
}
