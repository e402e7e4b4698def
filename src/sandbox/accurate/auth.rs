//! Who is calling: a signed API token or an OAuth token with a database session, and what they may do.

use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use super::answer::{self, OauthError, Refusal};
use super::model::Module;
use super::{rights, signature};
use crate::knobs::{BranchRows, Knobs, MissingRight, OauthErrors};
use crate::server::State;
use crate::world::{Account, Grant, Session};

/// A caller who was recognised.
pub struct Caller {
    /// How.
    pub by: By,
    /// The name the person logs in with.
    pub login: String,
    /// The person.
    pub account: Account,
}

/// How a caller was recognised.
pub enum By {
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
    by_grant(state, &token).ok_or_else(|| Box::new(OauthError::invalid_token(&token).answer(headers, style)))
}

fn by_grant(state: &State, token: &str) -> Option<Caller> {
    let now = state.accurate_now();
    let (grant, account) = state.read(|world| {
        let grant = world.accurate.grants.get(token).filter(|grant| grant.expires > now)?;
        Some((grant.clone(), world.accurate.accounts.get(&grant.account)?.clone()))
    })?;
    if !grant.used {
        state.touch(|world| world.accurate.grants.get_mut(token).map(|grant| grant.used = true));
    }
    Some(Caller { login: grant.account.clone(), account, by: By::Oauth { token: token.to_owned(), grant } })
}

/// Counts a call to a data host; a token that had all its calls ends.
///
/// # Errors
/// The answer to send when the token is over.
pub fn count_call(state: &State, caller: &Caller, headers: &HeaderMap, knobs: &Knobs) -> Result<(), Refusal> {
    let By::Oauth { token, .. } = &caller.by else { return Ok(()) };
    let now = state.accurate_now();
    let over = state.touch(|world| {
        let Some(grant) = world.accurate.grants.get_mut(token) else { return true };
        let over = knobs.token_calls.is_some_and(|most| grant.calls >= most);
        if over {
            grant.expires = grant.expires.min(now);
        } else {
            grant.calls += 1;
        }
        over
    });
    if over { Err(Box::new(OauthError::invalid_token(token).answer(headers, knobs.oauth_errors))) } else { Ok(()) }
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
    if !signature::is_recent(sent, state.accurate_now()) {
        return Err("Header X-Api-Timestamp difference more than 600 seconds from server time".to_owned());
    }
    let Some(signature) = text(headers, "x-api-signature") else {
        return Err("Header X-Api-Signature is required".to_owned());
    };
    if signature::is_signed(timestamp, signature, &known.secret) {
        let account = state.read(|world| world.accurate.accounts.get(&known.account).cloned());
        let account = account.ok_or_else(|| "Invalid or Revoked API Token".to_owned())?;
        return Ok(Caller { by: By::ApiToken { database: known.database }, login: known.account, account });
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
    let held = rights::may(&caller.account, scope, knobs);
    let as_scope = knobs.missing_right_shows == MissingRight::Scopes;
    match &caller.by {
        By::Oauth { grant, .. } if !grant.scopes.contains(scope) || (!held && as_scope) => {
            Err(Box::new(insufficient(scope, headers, knobs.oauth_errors)))
        }
        _ if held => Ok(()),
        _ => {
            let message = "Anda tidak memiliki hak akses untuk melakukan proses ini".to_owned();
            Err(Box::new(answer::ok(answer::refused(&[message]))))
        }
    }
}

fn insufficient(scope: &str, headers: &HeaderMap, style: OauthErrors) -> axum::response::Response {
    let error = OauthError {
        status: StatusCode::FORBIDDEN,
        error: "insufficient_scope",
        exception: "InsufficientScopeException",
        description: "Insufficient scope for this resource".to_owned(),
        scope: Some(scope),
    };
    error.answer(headers, style)
}

/// The database a call works on: the API token's, or that of the session.
///
/// # Errors
/// The answer to send when there is no live session, or when the database can no longer be used.
pub fn database(state: &State, caller: &Caller, headers: &HeaderMap, knobs: &Knobs) -> Result<u64, Refusal> {
    let database = match caller.by {
        By::ApiToken { database } => database,
        By::Oauth { .. } => {
            let key = text(headers, "x-session-id").ok_or_else(|| Box::new(answer::no_session()))?;
            let by = Use { login: &caller.login, counts: true };
            use_session(state, key, by, knobs).ok_or_else(|| Box::new(answer::no_session()))?
        }
    };
    match state.read(|world| world.accurate.databases.get(&database).map(super::account::over_message)) {
        Some(Some(message)) => Err(Box::new(answer::fail(StatusCode::INTERNAL_SERVER_ERROR, &message))),
        _ => Ok(database),
    }
}

/// How a session is used.
#[derive(Clone, Copy)]
pub struct Use<'a> {
    /// By whom.
    pub login: &'a str,
    /// Whether it is a call to a data host, of which a session may have a limited number.
    pub counts: bool,
}

/// The database of a live session of this person; using it keeps it alive.
pub fn use_session(state: &State, key: &str, by: Use<'_>, knobs: &Knobs) -> Option<u64> {
    let now = state.accurate_now();
    state.touch(|world| {
        let session = world.accurate.sessions.get_mut(key).filter(|session| session.account == by.login)?;
        let used_up = knobs.session_calls.is_some_and(|most| session.calls >= most);
        if is_idle(session, now, knobs) || used_up {
            return None;
        }
        session.last_used = now;
        session.calls += u64::from(by.counts);
        Some(session.database)
    })
}

/// Whether a session was left alone for too long.
pub fn is_idle(session: &Session, now: Timestamp, knobs: &Knobs) -> bool {
    now.as_second() - session.last_used.as_second() > knobs.session_idle_minutes.saturating_mul(60)
}

/// The only branch whose records this caller sees in a module; none means all.
pub fn branch(caller: &Caller, database: u64, module: &Module, knobs: &Knobs) -> Option<u64> {
    let shown_all = module.name == "branch" && knobs.branch_rows == BranchRows::All;
    caller.account.branch_in(database).filter(|_| !shown_all)
}
