//! The account host, `/api/*.do`: databases, sessions, scopes, and where a token's database lives.

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::ToSpan;
use serde_json::{Value, json};

use super::answer::{self, done, refused};
use super::auth::{self, Caller};
use super::credentials::{all_scopes, new_secret};
use super::params::Params;
use super::values;
use crate::server::State;
use crate::world::{Database, Session};

/// Answers one call to the account host.
pub fn answer(state: &State, method: &Method, name: &str, headers: &HeaderMap, sent: &Params) -> Response {
    let caller = match auth::recognise(state, headers) {
        Ok(caller) => caller,
        Err(refusal) => return *refusal,
    };
    let reads = matches!(*method, Method::GET | Method::POST);
    match name {
        _ if !reads => answer::no_such_url(),
        "db-list.do" => answer::ok(db_list(state, &caller)),
        "open-db.do" => open_db(state, &caller, sent),
        "db-check-session.do" => answer::ok(check_session(state, sent)),
        "db-refresh-session.do" => answer::ok(refresh_session(state, &caller, sent)),
        "db-detail.do" => answer::ok(db_detail(state, &caller, sent)),
        "db-status.do" => answer::ok(done(json!({"status": "ACTIVE"}))),
        "approved-scope.do" => answer::ok(approved_scope(&caller)),
        "auth-info.do" | "userinfo.do" => answer::ok(done(user())),
        "api-token.do" => api_token(state, &caller),
        "webhook-renew.do" => answer::ok(webhook_renew(state)),
        _ => answer::no_such_url(),
    }
}

/// The user every token belongs to.
pub fn user() -> Value {
    json!({"id": 1, "name": "Pengguna Sandbox", "nickname": "Sandbox", "email": "sandbox@example.com",
           "mobile": null, "referrer": null})
}

fn is_visible(caller: &Caller, id: u64) -> bool {
    match caller {
        Caller::ApiToken { database, .. } => *database == id,
        Caller::Oauth { .. } => true,
    }
}

fn facts(database: &Database) -> Value {
    json!({"id": database.id, "alias": database.alias, "trial": false, "expired": false, "trialEnd": null,
           "dataAccessType": "FULL", "admin": true})
}

fn db_list(state: &State, caller: &Caller) -> Value {
    state.read(|world| {
        let databases = world.accurate.databases.values();
        let visible = databases.filter(|database| is_visible(caller, database.id));
        done(visible.map(facts).collect())
    })
}

/// The database a call names, or the refusal.
fn named(state: &State, caller: &Caller, sent: &Params) -> Result<u64, Value> {
    let Some(text) = sent.text("id").filter(|text| !text.trim().is_empty()) else {
        return Err(refused(&["Field id is required".to_owned()]));
    };
    let Ok(id) = text.trim().parse::<u64>() else {
        return Err(refused(&["Invalid field value for field \"id\".".to_owned()]));
    };
    let there = state.read(|world| world.accurate.databases.contains_key(&id));
    if there && is_visible(caller, id) { Ok(id) } else { Err(refused(&["Data Usaha tidak tepat".to_owned()])) }
}

fn new_session(state: &State, database: u64) -> String {
    let now = state.now();
    state.touch(|world| {
        let key = new_secret(&mut world.accurate);
        world.accurate.sessions.insert(key.clone(), Session { database, last_used: now });
        key
    })
}

fn open_db(state: &State, caller: &Caller, sent: &Params) -> Response {
    if matches!(caller, Caller::ApiToken { .. }) {
        let message = "API Token ini sudah termasuk Sesi Database. Anda tidak perlu melakukan open-db.do lagi.";
        return answer::fail(StatusCode::INTERNAL_SERVER_ERROR, message);
    }
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return answer::ok(refusal),
    };
    let session = new_session(state, database);
    // The session and the host stand beside `d`, not inside it.
    answer::ok(json!({
        "s": true, "d": ["Proses Berhasil Dilakukan"], "session": session, "host": state.base_url(),
        "dataVersion": 20_250_721_106_111_u64, "licenseEnd": "31/12/2099", "accessibleUntil": "31/12/2099",
        "admin": true, "trial": false}))
}

fn check_session(state: &State, sent: &Params) -> Value {
    let Some(key) = sent.text("session") else {
        return refused(&["Field session is required".to_owned()]);
    };
    done(json!(auth::use_session(state, &key, &state.knobs()).is_some()))
}

fn refresh_session(state: &State, caller: &Caller, sent: &Params) -> Value {
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return refusal,
    };
    let key = sent.text("session").unwrap_or_default();
    let live = auth::use_session(state, &key, &state.knobs()) == Some(database);
    let session = if live { key } else { new_session(state, database) };
    done(json!({"session": session, "host": state.base_url()}))
}

fn db_detail(state: &State, caller: &Caller, sent: &Params) -> Value {
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return refusal,
    };
    state.read(|world| done(world.accurate.databases.get(&database).map(facts).unwrap_or_default()))
}

fn approved_scope(caller: &Caller) -> Value {
    match caller {
        Caller::Oauth { grant, .. } => done(json!(grant.scopes)),
        Caller::ApiToken { .. } => done(json!(all_scopes())),
    }
}

fn api_token(state: &State, caller: &Caller) -> Response {
    let Caller::ApiToken { database } = caller else {
        return answer::fail(StatusCode::UNAUTHORIZED, "Invalid_token");
    };
    let alias = state.read(|world| world.accurate.databases.get(database).map(|database| database.alias.clone()));
    answer::ok(done(json!({
        "database": {"id": database, "alias": alias, "host": state.base_url()},
        "user": {"id": 1, "name": "Pengguna Sandbox"}, "tokenType": "api"})))
}

/// The day until which webhooks are sent: a week from now.
fn webhook_renew(state: &State) -> Value {
    let until = state.now().checked_add((7 * 24).hours()).unwrap_or(state.now());
    done(json!(values::date_text(until)))
}
