//! Who is calling: a signed API token or an OAuth token with a database session, and what they may do.

use axum::http::{HeaderMap, StatusCode, header};

use super::answer::{self, OauthError, Refusal};
use super::signature;
use crate::knobs::Knobs;
use crate::server::State;
use crate::world::Grant;

/// A caller who was recognised.
pub enum Caller {
    /// By API token, for one database.
    ApiToken {
        /// The database.
        database: u64,
    },
    /// By OAuth token.
    Oauth {
        /// The access token.
        token: String,
        /// What it grants.
        grant: Grant,
    },
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
}

/// Recognises the caller.
///
/// # Errors
/// The answer to send when there is no valid token.
pub fn recognise(state: &State, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let style = state.knobs().oauth_errors;
    let signed = headers.contains_key("x-api-timestamp") || headers.contains_key("x-api-signature");
    let bearer = text(headers, header::AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_once(char::is_whitespace)?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    let Some(token) = bearer else {
        return Err(Box::new(match signed {
            true => answer::fail(StatusCode::UNAUTHORIZED, "Unauthorized"),
            false => OauthError::unauthorized().answer(headers, style),
        }));
    };
    if signed || token.starts_with("aat.") {
        return by_api_token(state, headers, &token)
            .map_err(|message| Box::new(answer::fail(StatusCode::UNAUTHORIZED, &message)));
    }
    let now = state.now();
    let grant = state.read(|world| world.accurate.grants.get(&token).filter(|grant| grant.expires > now).cloned());
    match grant {
        Some(grant) => Ok(Caller::Oauth { token, grant }),
        None => Err(Box::new(OauthError::invalid_token(&token).answer(headers, style))),
    }
}

fn by_api_token(state: &State, headers: &HeaderMap, token: &str) -> Result<Caller, String> {
    if !token.starts_with("aat.") || token.split('.').count() != 3 {
        return Err("Invalid_token".to_owned());
    }
    let known = state.read(|world| world.accurate.api_tokens.get(token).filter(|token| !token.revoked).cloned());
    let Some(known) = known else { return Err("Invalid or Revoked API Token".to_owned()) };
    let Some(timestamp) = text(headers, "x-api-timestamp") else {
        return Err("Header X-Api-Timestamp is required".to_owned());
    };
    let Some(sent) = signature::parse_timestamp(timestamp) else {
        return Err("Header X-Api-Timestamp invalid".to_owned());
    };
    if !signature::is_recent(sent, state.now()) {
        return Err("Header X-Api-Timestamp difference more than 600 seconds from server time".to_owned());
    }
    let Some(signature) = text(headers, "x-api-signature") else {
        return Err("Header X-Api-Signature is required".to_owned());
    };
    if signature::is_signed(timestamp, signature, &known.secret) {
        return Ok(Caller::ApiToken { database: known.database });
    }
    let by_other_application = state.read(|world| {
        let mut tokens = world.accurate.api_tokens.values();
        tokens.any(|other| other.secret != known.secret && signature::is_signed(timestamp, signature, &other.secret))
    });
    Err(match by_other_application {
        true => format!("Header X-Api-Signature invalid: Require Application '{}' signature", known.application),
        false => "Header X-Api-Signature invalid".to_owned(),
    })
}

/// Checks that the caller may do this, named like `customer_save`.
///
/// # Errors
/// The answer to send when the scope or the user's right is missing.
pub fn permit(caller: &Caller, scope: &str, headers: &HeaderMap, knobs: &Knobs) -> Result<(), Refusal> {
    if let Caller::Oauth { grant, .. } = caller
        && !grant.scopes.contains(scope)
    {
        let error = OauthError {
            status: StatusCode::FORBIDDEN,
            error: "insufficient_scope",
            exception: "InsufficientScopeException",
            description: "Insufficient scope for this resource".to_owned(),
            scope: Some(scope),
        };
        return Err(Box::new(error.answer(headers, knobs.oauth_errors)));
    }
    if knobs.missing_rights.contains(scope) {
        let message = "Anda tidak memiliki hak akses untuk melakukan proses ini".to_owned();
        return Err(Box::new(answer::ok(answer::refused(&[message]))));
    }
    Ok(())
}

/// The database a call works on: the API token's, or that of the session.
///
/// # Errors
/// The answer to send when there is no live session.
pub fn database(state: &State, caller: &Caller, headers: &HeaderMap, knobs: &Knobs) -> Result<u64, Refusal> {
    if let Caller::ApiToken { database, .. } = caller {
        return Ok(*database);
    }
    let key = text(headers, "x-session-id").ok_or_else(|| Box::new(answer::no_session()))?;
    use_session(state, key, knobs).ok_or_else(|| Box::new(answer::no_session()))
}

/// The database of a live session; using it keeps it alive.
pub fn use_session(state: &State, key: &str, knobs: &Knobs) -> Option<u64> {
    let now = state.now();
    state.touch(|world| {
        let session = world.accurate.sessions.get_mut(key)?;
        let idle = now.as_second() - session.last_used.as_second();
        if idle > knobs.session_idle_minutes * 60 {
            return None;
        }
        session.last_used = now;
        Some(session.database)
    })
}
