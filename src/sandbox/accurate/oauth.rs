//! `/oauth/authorize` and `/oauth/token`: a small consent page, authorization codes, and refresh tokens that work once.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::account::user;
use super::answer::{self, OauthError, Refusal, escape};
use super::credentials::new_secret;
use super::params::{Flat, Params};
use crate::server::State;
use crate::world::{AccurateWorld, Code, Grant};

/// Seconds an access token lives, as the server tells it: fifteen days less one second.
const LIFETIME: i64 = 1_295_999;

/// The consent page.
pub fn consent_page(state: &State, asked: &Flat) -> Response {
    if let Err(refusal) = known_client(state, asked) {
        return *refusal;
    }
    let scope = asked.get("scope").unwrap_or_default();
    let hidden = |name: &str| {
        let value = escape(asked.get(name).unwrap_or_default());
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    };
    let fields: String = ["client_id", "response_type", "redirect_uri", "scope", "state"].map(hidden).concat();
    let scopes: String = scope.split_whitespace().map(|scope| format!("<li>{}</li>", escape(scope))).collect();
    let body = format!(
        "<h1>Permintaan akses</h1><p>Aplikasi <b>{}</b> meminta akses:</p><ul>{scopes}</ul>\
         <form method=\"post\" action=\"/oauth/authorize\">{fields}\
         <button name=\"decision\" value=\"approve\">Beri Akses</button> \
         <button name=\"decision\" value=\"deny\">Tolak</button></form>",
        escape(asked.get("client_id").unwrap_or_default()),
    );
    answer::page(StatusCode::OK, "Beri Akses", &body)
}

fn known_client(state: &State, asked: &Flat) -> Result<(), Refusal> {
    let client = asked.get("client_id").unwrap_or_default();
    let back = asked.get("redirect_uri").unwrap_or_default();
    let known = state.read(|world| {
        let client = world.accurate.clients.get(client)?;
        client.redirect_uri.as_ref().is_none_or(|allowed| allowed == back).then_some(())
    });
    let is_address = back.starts_with("http://") || back.starts_with("https://");
    if known.is_some() && is_address {
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
    let client = asked.get("client_id").unwrap_or_default().to_owned();
    let back = asked.get("redirect_uri").unwrap_or_default().to_owned();
    let scopes: BTreeSet<String> =
        asked.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let echo = match asked.get("state").filter(|text| !text.is_empty()) {
        Some(text) => format!("&state={}", encode(text)),
        None => String::new(),
    };
    let joint = if back.contains('?') { '&' } else { '?' };
    let location = if asked.get("decision") != Some("approve") {
        format!("{back}{joint}error=access_denied{echo}")
    } else if asked.get("response_type") == Some("token") {
        let (token, _) = state.write(|world| grant(&mut world.accurate, &client, scopes, state.now()));
        format!("{back}#access_token={token}&token_type=bearer&expires_in={LIFETIME}{echo}")
    } else {
        let code = state.write(|world| {
            let code = new_secret(&mut world.accurate)[..8].to_owned();
            let kept = Code { client, redirect_uri: back.clone(), scopes };
            world.accurate.codes.insert(code.clone(), kept);
            code
        });
        format!("{back}{joint}code={code}{echo}")
    };
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Replaces whatever the application had by a new grant.
fn grant(world: &mut AccurateWorld, client: &str, scopes: BTreeSet<String>, now: Timestamp) -> (String, Grant) {
    world.grants.retain(|_, grant| grant.client != client);
    let token = new_secret(world);
    let expires = now.checked_add(LIFETIME.seconds()).unwrap_or(Timestamp::MAX);
    let grant = Grant { client: client.to_owned(), refresh_token: new_secret(world), scopes, expires };
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
    let value = |name: &str| sent.text(name).unwrap_or_default();
    let now = state.now();
    let granted = match value("grant_type").as_str() {
        "authorization_code" => {
            state.write(|world| redeem(&mut world.accurate, &client, &value("code"), &value("redirect_uri"), now))
        }
        "refresh_token" => state.write(|world| renew(&mut world.accurate, &client, &value("refresh_token"), now)),
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
        Ok((token, grant)) => {
            let scope: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
            Json(json!({
                "access_token": token, "token_type": "bearer", "refresh_token": grant.refresh_token,
                "expires_in": LIFETIME, "scope": scope.join(" "), "user": user()}))
            .into_response()
        }
    }
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
    code: &str,
    redirect_uri: &str,
    now: Timestamp,
) -> Result<(String, Grant), String> {
    let wrong = || format!("Invalid authorization code: {code}");
    let kept = world.codes.remove(code).ok_or_else(wrong)?;
    if kept.client != client {
        return Err(wrong());
    }
    if kept.redirect_uri != redirect_uri {
        return Err("Redirect URI mismatch.".to_owned());
    }
    Ok(grant(world, client, kept.scopes, now))
}

fn renew(
    world: &mut AccurateWorld,
    client: &str,
    refresh_token: &str,
    now: Timestamp,
) -> Result<(String, Grant), String> {
    let old = world
        .grants
        .values()
        .find(|grant| grant.client == client && grant.refresh_token == refresh_token)
        .ok_or_else(|| format!("Invalid refresh token: {refresh_token}"))?;
    let scopes = old.scopes.clone();
    Ok(grant(world, client, scopes, now))
}
