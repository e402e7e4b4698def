//! `/oauth/authorize` and `/oauth/token`: what was decided on the consent page, codes, and refresh tokens that work once.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::account::user;
use super::answer::{self, OauthError, Refusal};
use super::consent;
use super::credentials::new_secret;
use super::params::{Flat, Params};
use super::people;
use super::rights::approved;
use crate::access::{ADMIN, Challenge};
use crate::knobs::{Knobs, Pkce};
use crate::server::State;
use crate::world::{AccurateWorld, Code, Grant};

/// Seconds a code can be exchanged.
const CODE_SECONDS: i64 = 600;

/// The consent page.
pub fn consent_page(state: &State, asked: &Flat) -> Response {
    match known_client(state, asked) {
        Ok(()) => consent::page(state, asked, None),
        Err(refusal) => *refusal,
    }
}

fn known_client(state: &State, asked: &Flat) -> Result<(), Refusal> {
    let client = asked.get("client_id").unwrap_or_default();
    let back = asked.get("redirect_uri").unwrap_or_default();
    if state.read(|world| world.accurate.clients.get(client).is_some_and(|known| known.allows(back))) {
        return Ok(());
    }
    Err(Box::new(answer::page(
        StatusCode::BAD_REQUEST,
        "Error: Permintaan tidak tepat",
        "<h1>Permintaan tidak tepat</h1><p>client_id atau redirect_uri tidak dikenal.</p>",
    )))
}

/// What the user pressed: back to the application with a code, a token or a refusal.
pub fn decide(state: &State, asked: &Flat) -> Response {
    if let Err(refusal) = known_client(state, asked) {
        return *refusal;
    }
    if asked.get("decision") != Some("approve") {
        return back(asked, '?', "error=access_denied");
    }
    match log_in(state, asked) {
        Ok((account, withheld)) => grant_access(state, asked, account, &withheld),
        Err(message) => consent::page(state, asked, Some(&message)),
    }
}

/// Who is at the page, and what that person never grants.
fn log_in(state: &State, asked: &Flat) -> Result<(String, BTreeSet<String>), String> {
    let login = asked.get("account").filter(|text| !text.is_empty()).unwrap_or(ADMIN);
    let password = asked.get("password").unwrap_or_default();
    state.read(|world| match people::named(&world.accurate, login) {
        Some((login, account)) if password.is_empty() || password == account.password => {
            Ok((login.clone(), account.withholds.clone()))
        }
        _ => Err("Akun tidak dikenal atau kata sandi salah.".to_owned()),
    })
}

fn grant_access(state: &State, asked: &Flat, account: String, withheld: &BTreeSet<String>) -> Response {
    let client = asked.get("client_id").unwrap_or_default().to_owned();
    let scopes: BTreeSet<String> = ticked(asked).into_iter().filter(|scope| !withheld.contains(scope)).collect();
    let (now, knobs) = (state.accurate_now(), state.knobs());
    let challenge = match challenge(asked) {
        Ok(challenge) => challenge,
        Err(()) => return back(asked, '?', "error=invalid_request"),
    };
    match asked.get("response_type").unwrap_or("code") {
        "code" | "" => {
            let expires = now.checked_add(SignedDuration::from_secs(CODE_SECONDS)).ok();
            let redirect_uri = asked.get("redirect_uri").unwrap_or_default().to_owned();
            let code = state.write_access(|world| {
                world.codes.retain(|_, code| code.expires.is_none_or(|expires| expires > now));
                let code = new_secret(world)[..8].to_owned();
                let kept = Code { client, redirect_uri, scopes, account, expires, challenge };
                world.codes.insert(code.clone(), kept);
                code
            });
            back(asked, '?', &format!("code={code}"))
        }
        "token" => {
            let holder = Holder { client: &client, account: &account };
            let (token, _) = state.write_access(|world| grant(world, holder, scopes, now, &knobs));
            let seconds = knobs.token_seconds;
            back(asked, '#', &format!("access_token={token}&token_type=bearer&expires_in={seconds}"))
        }
        _ => back(asked, '?', "error=unsupported_response_type"),
    }
}

/// What was ticked of what was asked. A script that sends no boxes at all means everything.
fn ticked(asked: &Flat) -> BTreeSet<String> {
    let boxes: BTreeSet<&str> =
        asked.0.iter().filter(|(name, _)| name == "granted").map(|(_, value)| value.as_str()).collect();
    let all = boxes.is_empty() && asked.get("chosen").is_none();
    let scopes = asked.get("scope").unwrap_or_default().split_whitespace();
    scopes.filter(|scope| all || boxes.contains(scope)).map(str::to_owned).collect()
}

fn challenge(asked: &Flat) -> Result<Option<Challenge>, ()> {
    let Some(text) = asked.get("code_challenge").filter(|text| !text.is_empty()) else { return Ok(None) };
    let hashed = match asked.get("code_challenge_method") {
        Some("S256") => true,
        None | Some("" | "plain") => false,
        Some(_) => return Err(()),
    };
    Ok(Some(Challenge { text: text.to_owned(), hashed }))
}

/// Sends the browser back to the application.
fn back(asked: &Flat, joint: char, outcome: &str) -> Response {
    let callback = asked.get("redirect_uri").unwrap_or_default();
    let joint = if joint == '?' && callback.contains('?') { '&' } else { joint };
    let echo = match asked.get("state").filter(|text| !text.is_empty()) {
        Some(text) => format!("&state={}", encode(text)),
        None => String::new(),
    };
    (StatusCode::FOUND, [(header::LOCATION, format!("{callback}{joint}{outcome}{echo}"))]).into_response()
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Whose grant it is: one account has one live grant for each application.
#[derive(Clone, Copy)]
struct Holder<'a> {
    client: &'a str,
    account: &'a str,
}

/// Replaces whatever the application had from this account by a new grant.
fn grant(
    world: &mut AccurateWorld,
    holder: Holder<'_>,
    scopes: BTreeSet<String>,
    now: Timestamp,
    knobs: &Knobs,
) -> (String, Grant) {
    world.grants.retain(|_, grant| grant.client != holder.client || grant.account != holder.account);
    let token = new_secret(world);
    let expires = now.checked_add(SignedDuration::from_secs(knobs.token_seconds)).unwrap_or(Timestamp::MAX);
    let grant = Grant {
        client: holder.client.to_owned(),
        account: holder.account.to_owned(),
        refresh_token: new_secret(world),
        scopes,
        expires,
        used: false,
        calls: 0,
    };
    world.grants.insert(token.clone(), grant.clone());
    (token, grant)
}

/// Exchanges a code or a refresh token.
pub fn token(state: &State, headers: &HeaderMap, sent: &Params) -> Response {
    let Some(client) = authenticated_client(state, headers) else {
        return answer::page(
            StatusCode::UNAUTHORIZED,
            "Error: Halaman tidak boleh diakses",
            "<h1>Halaman tidak boleh diakses</h1>",
        );
    };
    let (now, knobs) = (state.accurate_now(), state.knobs());
    let kind = sent.text("grant_type").unwrap_or_default();
    let granted = match kind.as_str() {
        "authorization_code" => state.write_access(|world| redeem(world, &client, sent, now, &knobs)),
        "refresh_token" => state.write_access(|world| renew(world, &client, sent, now, &knobs)),
        other => {
            let error = OauthError {
                status: StatusCode::BAD_REQUEST,
                error: "unsupported_grant_type",
                exception: "UnsupportedGrantTypeException",
                description: format!("Unsupported grant type: {other}"),
                scope: None,
            };
            return error.as_json();
        }
    };
    match granted {
        Err(description) => OauthError::invalid_grant(description).as_json(),
        Ok((token, grant)) => token_answer(state, &token, &grant, &knobs),
    }
}

fn token_answer(state: &State, token: &str, grant: &Grant, knobs: &Knobs) -> Response {
    let account = state.read(|world| world.accurate.accounts.get(&grant.account).cloned()).unwrap_or_default();
    let scopes: Vec<String> = approved(grant, &account, knobs).into_iter().collect();
    Json(json!({
        "access_token": token, "token_type": "bearer", "refresh_token": grant.refresh_token,
        "expires_in": knobs.token_seconds, "scope": scopes.join(" "), "user": user(&account)}))
    .into_response()
}

fn authenticated_client(state: &State, headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = plain.split_once(':')?;
    let right = state.read(|world| world.accurate.clients.get(client).is_some_and(|known| known.secret == secret));
    (scheme.eq_ignore_ascii_case("basic") && right).then(|| client.to_owned())
}

fn redeem(
    world: &mut AccurateWorld,
    client: &str,
    sent: &Params,
    now: Timestamp,
    knobs: &Knobs,
) -> Result<(String, Grant), String> {
    let code = sent.text("code").unwrap_or_default();
    let wrong = || format!("Invalid authorization code: {code}");
    // Whatever comes of it, a code is tried once.
    let kept = world.codes.remove(&code).ok_or_else(wrong)?;
    if kept.client != client || kept.expires.is_some_and(|expires| expires <= now) {
        return Err(wrong());
    }
    if kept.redirect_uri != sent.text("redirect_uri").unwrap_or_default() {
        return Err("Redirect URI mismatch.".to_owned());
    }
    let verifier = sent.text("code_verifier").unwrap_or_default();
    if knobs.pkce == Pkce::Verify && !kept.challenge.as_ref().is_none_or(|challenge| is_answered(challenge, &verifier))
    {
        return Err("Code verifier mismatch.".to_owned());
    }
    Ok(grant(world, Holder { client, account: &kept.account }, kept.scopes, now, knobs))
}

fn is_answered(challenge: &Challenge, verifier: &str) -> bool {
    match challenge.hashed {
        true => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge.text,
        false => verifier == challenge.text,
    }
}

fn renew(
    world: &mut AccurateWorld,
    client: &str,
    sent: &Params,
    now: Timestamp,
    knobs: &Knobs,
) -> Result<(String, Grant), String> {
    let refresh_token = sent.text("refresh_token").unwrap_or_default();
    let mut grants = world.grants.values();
    let old = grants.find(|grant| grant.client == client && grant.refresh_token == refresh_token);
    let old = old.ok_or_else(|| format!("Invalid refresh token: {refresh_token}"))?.clone();
    Ok(grant(world, Holder { client, account: &old.account }, old.scopes, now, knobs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_challenge_is_answered_by_its_verifier_alone() {
        // RFC 7636, appendix B.
        let text = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned();
        let challenge = Challenge { text, hashed: true };
        assert!(is_answered(&challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!is_answered(&challenge, ""));
        assert!(!is_answered(&challenge, &challenge.text));
        let plain = Challenge { text: "abc".to_owned(), hashed: false };
        assert!(is_answered(&plain, "abc") && !is_answered(&plain, "abd"));
    }

    #[test]
    fn boxes_left_empty_on_purpose_grant_nothing() {
        let ticked = |form: &str| ticked(&Flat::parse(form)).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(ticked("scope=a+b"), "a b");
        assert_eq!(ticked("scope=a+b&granted=b&granted=c&chosen=1"), "b");
        assert_eq!(ticked("scope=a+b&granted=a"), "a");
        assert_eq!(ticked("scope=a+b&chosen=1"), "");
    }
}
