//! What can go wrong with access while a client is at work: sessions and tokens end, access is withdrawn, a database moves.
//!
//! Done by the control pages at once, or by faults in the middle of a run.

use axum::http::{HeaderMap, header};

use crate::faults::Deed;
use crate::hosts::{MAIN, NAMES};
use crate::server::State;
use crate::world::AccurateWorld;

/// Ends sessions: those of an account, or all. Returns how many.
pub fn expire_sessions(state: &State, account: Option<&str>) -> usize {
    state.write_access(|world| {
        let before = world.sessions.len();
        world.sessions.retain(|_, session| account.is_some_and(|account| account != session.account));
        before - world.sessions.len()
    })
}

/// Ends access tokens: those of an account, or all. Refresh tokens still work. Returns how many.
pub fn expire_tokens(state: &State, account: Option<&str>) -> usize {
    let now = state.accurate_now();
    state.write_access(|world| {
        let all = world.grants.values_mut();
        let meant = all.filter(|grant| account.is_none_or(|account| account == grant.account) && grant.expires > now);
        meant.map(|grant| grant.expires = now).count()
    })
}

/// What is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whether grants are, with their refresh tokens and the codes not yet exchanged.
    pub grants: bool,
    /// Whether API tokens are.
    pub api_tokens: bool,
}

/// Withdraws access: that of an account, or all. Returns how many grants and API tokens ended.
pub fn revoke(state: &State, account: Option<&str>, what: Withdrawn) -> (usize, usize) {
    let meant = |owner: &str| account.is_none_or(|account| account == owner);
    state.write_access(|world| {
        let before = world.grants.len();
        if what.grants {
            world.grants.retain(|_, grant| !meant(&grant.account));
            world.codes.retain(|_, code| !meant(&code.account));
        }
        let tokens = world.api_tokens.values_mut();
        let tokens = tokens.filter(|token| what.api_tokens && meant(&token.account) && !token.revoked);
        let revoked = tokens.map(|token| token.revoked = true).count();
        (before - world.grants.len(), revoked)
    })
}

/// Moves a database to a host, or to the next one, and returns the names of the old and the new host.
///
/// # Errors
/// When there is no such database or host.
pub fn move_database(state: &State, database: u64, to: Option<&str>) -> Result<(String, String), String> {
    let moved = state.write_access(|world| {
        let known = world.databases.get_mut(&database).ok_or_else(|| format!("there is no database {database}"))?;
        let from = known.host.clone().unwrap_or_else(|| MAIN.to_owned());
        let to = to.map_or_else(|| next(&from), str::to_owned);
        if to != MAIN && !NAMES.contains(&to.as_str()) {
            return Err(format!("there is no host {to}; the hosts are {MAIN}, {}", NAMES.join(", ")));
        }
        known.host = Some(to.clone()).filter(|to| to != MAIN);
        Ok((from, to))
    })?;
    // Started now, so that the first call that is sent on finds it.
    state.host_url(Some(moved.1.as_str()).filter(|to| *to != MAIN));
    Ok(moved)
}

/// The host after this one, in a circle.
fn next(host: &str) -> String {
    let hosts = [MAIN, NAMES[0], NAMES[1]];
    let at = hosts.iter().position(|name| *name == host).unwrap_or(0);
    hosts[(at + 1) % hosts.len()].to_owned()
}

/// Does what a fault ordered. `headers` are those of the call that it strikes.
pub fn carry_out(state: &State, deed: Deed, headers: &HeaderMap) {
    match deed {
        Deed::ExpireSession => {
            expire_sessions(state, None);
        }
        Deed::ExpireToken => {
            expire_tokens(state, None);
        }
        Deed::Revoke => {
            revoke(state, None, Withdrawn { grants: true, api_tokens: true });
        }
        Deed::Move => {
            let database = state.read(|world| database_of(&world.accurate, headers));
            // The database is there; it was just looked up.
            let _ = database.map(|database| move_database(state, database, None));
        }
    }
}

/// The database that a call is about; the first one if that cannot be told.
fn database_of(world: &AccurateWorld, headers: &HeaderMap) -> Option<u64> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let session = text("x-session-id").and_then(|key| world.sessions.get(key.trim()));
    let token = text(header::AUTHORIZATION.as_str()).and_then(|value| value.split_whitespace().last());
    let token = token.and_then(|token| world.api_tokens.get(token));
    let named = session.map(|session| session.database).or_else(|| token.map(|token| token.database));
    named.or_else(|| world.databases.keys().next().copied())
}
