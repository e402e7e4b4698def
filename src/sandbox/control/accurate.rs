//! `/_sandbox/accurate/…`: who may come in, and everything that can happen to it while a client is at work.

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{told, wish};
use crate::access::ADMIN;
use crate::accurate::credentials::{SIGNATURE_SECRET, add_api_token};
use crate::accurate::disturb::{self, Withdrawn};
use crate::accurate::people;
use crate::hosts::MAIN;
use crate::server::{SharedState, State};

/// The routes.
pub fn routes() -> Router<SharedState> {
    Router::new()
        .route("/_sandbox/accurate/accounts", get(accounts))
        .route("/_sandbox/accurate/databases", get(databases))
        .route("/_sandbox/accurate/database", post(set_database))
        .route("/_sandbox/accurate/remove-branch", post(remove_branch))
        .route("/_sandbox/accurate/grants", get(grants))
        .route("/_sandbox/accurate/sessions", get(sessions))
        .route("/_sandbox/accurate/move", post(move_database))
        .route("/_sandbox/accurate/expire-sessions", post(expire_sessions))
        .route("/_sandbox/accurate/expire-tokens", post(expire_tokens))
        .route("/_sandbox/accurate/revoke", post(revoke))
        .route("/_sandbox/accurate/api-token", post(new_api_token))
}

async fn accounts(Shared(state): Shared<SharedState>) -> Json<Value> {
    let accounts = state.read(|world| world.accurate.accounts.clone());
    let shown = accounts.into_iter().map(|(login, account)| {
        json!({"account": login, "name": account.name, "email": account.email, "password": account.password,
               "administrator": account.administrator, "rights": account.rights, "withholds": account.withholds,
               "databases": account.databases})
    });
    Json(shown.collect())
}

async fn databases(Shared(state): Shared<SharedState>) -> Json<Value> {
    let list = state.read(|world| {
        let all = world.accurate.databases.values();
        let facts = all.map(|database| {
            let branches = database.tables.get("branch").into_iter().flat_map(|table| table.rows.values());
            let branches: Vec<Value> =
                branches.map(|branch| json!({"id": branch.get("id"), "name": branch.get("name")})).collect();
            json!({"id": database.id, "alias": database.alias, "trial": database.trial, "expired": database.expired,
                   "host": database.host.as_deref().unwrap_or(MAIN), "branches": branches})
        });
        facts.collect()
    });
    Json(list)
}

async fn grants(Shared(state): Shared<SharedState>) -> Json<Value> {
    let now = state.accurate_now();
    let grants = state.read(|world| world.accurate.grants.clone());
    let shown = grants.into_iter().map(|(token, grant)| {
        json!({"account": grant.account, "client": grant.client, "access_token": token,
               "refresh_token": grant.refresh_token, "scopes": grant.scopes, "expires": grant.expires.to_string(),
               "expired": grant.expires <= now, "used": grant.used, "calls": grant.calls})
    });
    Json(shown.collect())
}

async fn sessions(Shared(state): Shared<SharedState>) -> Json<Value> {
    let sessions = state.read(|world| world.accurate.sessions.clone());
    let shown = sessions.into_iter().map(|(key, session)| {
        json!({"session": key, "account": session.account, "database": session.database, "calls": session.calls})
    });
    Json(shown.collect())
}

/// The account a body names, if it names one that is there.
fn known(state: &State, account: Option<String>) -> Result<Option<String>, String> {
    let Some(text) = account else { return Ok(None) };
    let found = state.read(|world| people::named(&world.accurate, &text).map(|(login, _)| login.clone()));
    found.map(Some).ok_or_else(|| format!("there is no account {text}; GET /_sandbox/accurate/accounts lists them"))
}

/// The database a body names; the first one if it names none.
fn database(state: &State, named: Option<u64>) -> Result<u64, String> {
    state.read(|world| match named {
        Some(id) if world.accurate.databases.contains_key(&id) => Ok(id),
        Some(id) => Err(format!("there is no database {id}")),
        None => world.accurate.databases.keys().next().copied().ok_or_else(|| "there is no database".to_owned()),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whose {
    account: Option<String>,
}

async fn expire_sessions(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    let account = wish::<Whose>(&body).and_then(|whose| known(&state, whose.account));
    told(account.map(|account| json!({"expired": disturb::expire_sessions(&state, account.as_deref())})))
}

async fn expire_tokens(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    let account = wish::<Whose>(&body).and_then(|whose| known(&state, whose.account));
    told(account.map(|account| json!({"expired": disturb::expire_tokens(&state, account.as_deref())})))
}

/// Which kind of access is meant.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    #[default]
    All,
    Grants,
    ApiTokens,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Revoke {
    account: Option<String>,
    what: What,
}

async fn revoke(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<Revoke>(&body).and_then(|wish| {
        let account = known(&state, wish.account)?;
        let what = Withdrawn {
            grants: matches!(wish.what, What::All | What::Grants),
            api_tokens: matches!(wish.what, What::All | What::ApiTokens),
        };
        let (grants, api_tokens) = disturb::revoke(&state, account.as_deref(), what);
        Ok(json!({"grants": grants, "api_tokens": api_tokens}))
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Move {
    database: Option<u64>,
    to: Option<String>,
}

async fn move_database(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<Move>(&body).and_then(|wish| {
        let database = database(&state, wish.database)?;
        let (from, to) = disturb::move_database(&state, database, wish.to.as_deref())?;
        let host = state.host_url(Some(to.as_str()).filter(|to| *to != MAIN));
        Ok(json!({"database": database, "from": from, "to": to, "host": host}))
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Database {
    database: Option<u64>,
    expired: Option<bool>,
    alias: Option<String>,
}

async fn set_database(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<Database>(&body).and_then(|wish| {
        let id = database(&state, wish.database)?;
        state.write_access(|world| {
            let database = world.databases.get_mut(&id).ok_or_else(|| format!("there is no database {id}"))?;
            database.expired = wish.expired.unwrap_or(database.expired);
            database.alias = wish.alias.unwrap_or_else(|| database.alias.clone());
            Ok(json!({"database": id, "alias": database.alias, "expired": database.expired}))
        })
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Branch {
    database: Option<u64>,
    branch: u64,
}

/// Takes a branch away although records name it, as a company does that closes one.
async fn remove_branch(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<Branch>(&body).and_then(|wish| {
        let id = database(&state, wish.database)?;
        state.write(|world| {
            let branches = world.accurate.databases.get_mut(&id).map(|database| &mut database.table_mut("branch").rows);
            let removed = branches.and_then(|rows| rows.remove(&wish.branch));
            removed.ok_or_else(|| format!("database {id} has no branch {}", wish.branch))?;
            Ok(json!({"database": id, "removed": wish.branch}))
        })
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewToken {
    account: Option<String>,
    database: Option<u64>,
}

async fn new_api_token(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<NewToken>(&body).and_then(|wish| {
        let database = database(&state, wish.database)?;
        let account = known(&state, wish.account)?.unwrap_or_else(|| ADMIN.to_owned());
        let token = state.write_access(|world| add_api_token(world, database, &account));
        Ok(json!({"token": token, "secret": SIGNATURE_SECRET, "account": account, "database": database}))
    }))
}
