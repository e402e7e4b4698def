//! The account host, `/api/*.do`: databases, sessions, scopes, and where a token's database lives.

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::ToSpan;
use serde_json::{Value, json};

use super::answer::{self, done, refused};
use super::auth::{self, By, Caller, Use};
use super::credentials::new_secret;
use super::params::Params;
use super::{rights, values};
use crate::knobs::MissingRight;
use crate::server::State;
use crate::world::{Account, Database, Session};

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
        "db-check-session.do" => answer::ok(check_session(state, &caller, sent)),
        "db-refresh-session.do" => refresh_session(state, &caller, sent),
        "db-detail.do" => answer::ok(db_detail(state, &caller, sent)),
        "db-status.do" => answer::ok(done(json!({"status": "ACTIVE"}))),
        "approved-scope.do" => answer::ok(approved_scope(state, &caller)),
        "auth-info.do" | "userinfo.do" => answer::ok(done(user(&caller.account))),
        "api-token.do" => api_token(state, &caller),
        "webhook-renew.do" => answer::ok(webhook_renew(state)),
        _ => answer::no_such_url(),
    }
}

/// The person as the server shows one.
pub fn user(account: &Account) -> Value {
    let nickname = account.name.split(' ').next().unwrap_or_default();
    json!({"id": account.id, "name": account.name, "nickname": nickname, "email": account.email,
           "mobile": null, "referrer": null})
}

fn is_visible(caller: &Caller, id: u64) -> bool {
    let within = match caller.by {
        By::ApiToken { database } => database == id,
        By::Oauth { .. } => true,
    };
    within && caller.account.sees(id)
}

fn facts(database: &Database, caller: &Caller) -> Value {
    json!({"id": database.id, "alias": database.alias, "trial": database.trial, "expired": database.expired,
           "trialEnd": database.trial_end, "dataAccessType": "FULL", "admin": caller.account.administrator})
}

fn db_list(state: &State, caller: &Caller) -> Value {
    state.read(|world| {
        let databases = world.accurate.databases.values();
        let visible = databases.filter(|database| is_visible(caller, database.id));
        done(visible.map(|database| facts(database, caller)).collect())
    })
}

/// Why the database can no longer be opened, if that is so.
pub fn over_message(database: &Database) -> Option<String> {
    database.expired.then(|| format!("Masa ujicoba Data Usaha \"{}\" sudah berakhir", database.alias))
}

/// The answer to opening a database that can no longer be opened.
fn over(state: &State, database: u64) -> Option<Response> {
    let message = state.read(|world| world.accurate.databases.get(&database).and_then(over_message))?;
    Some(answer::fail(StatusCode::INTERNAL_SERVER_ERROR, &message))
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

fn new_session(state: &State, database: u64, caller: &Caller) -> String {
    let (now, knobs) = (state.accurate_now(), state.knobs());
    state.write_access(|world| {
        // Sessions that ended are forgotten, so that a data file used for years does not grow by them.
        world.sessions.retain(|_, session| !auth::is_idle(session, now, &knobs));
        let key = new_secret(world);
        let session = Session { database, account: caller.login.clone(), last_used: now, calls: 0 };
        world.sessions.insert(key.clone(), session);
        key
    })
}

/// The address of the data host that a database lives on.
fn host_of(state: &State, database: u64) -> String {
    let host = state.read(|world| world.accurate.databases.get(&database).and_then(|database| database.host.clone()));
    state.host_url(host.as_deref())
}

fn open_db(state: &State, caller: &Caller, sent: &Params) -> Response {
    if matches!(caller.by, By::ApiToken { .. }) {
        let message = "API Token ini sudah termasuk Sesi Database. Anda tidak perlu melakukan open-db.do lagi.";
        return answer::fail(StatusCode::INTERNAL_SERVER_ERROR, message);
    }
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return answer::ok(refusal),
    };
    if let Some(over) = over(state, database) {
        return over;
    }
    let session = new_session(state, database, caller);
    let trial = state.read(|world| world.accurate.databases.get(&database).is_some_and(|database| database.trial));
    // The session and the host stand beside `d`, not inside it.
    answer::ok(json!({
        "s": true, "d": ["Proses Berhasil Dilakukan"], "session": session, "host": host_of(state, database),
        "dataVersion": 20_250_721_106_111_u64, "licenseEnd": "31/12/2099", "accessibleUntil": "31/12/2099",
        "admin": caller.account.administrator, "trial": trial}))
}

fn check_session(state: &State, caller: &Caller, sent: &Params) -> Value {
    let Some(key) = sent.text("session") else {
        return refused(&["Field session is required".to_owned()]);
    };
    let by = Use { login: &caller.login, counts: false };
    done(json!(auth::use_session(state, &key, by, &state.knobs()).is_some()))
}

fn refresh_session(state: &State, caller: &Caller, sent: &Params) -> Response {
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return answer::ok(refusal),
    };
    if let Some(over) = over(state, database) {
        return over;
    }
    let key = sent.text("session").unwrap_or_default();
    let by = Use { login: &caller.login, counts: false };
    let live = auth::use_session(state, &key, by, &state.knobs()) == Some(database);
    let session = if live { key } else { new_session(state, database, caller) };
    answer::ok(done(json!({"session": session, "host": host_of(state, database)})))
}

fn db_detail(state: &State, caller: &Caller, sent: &Params) -> Value {
    let database = match named(state, caller, sent) {
        Ok(database) => database,
        Err(refusal) => return refusal,
    };
    let shown = |database: &Database| facts(database, caller);
    state.read(|world| done(world.accurate.databases.get(&database).map(shown).unwrap_or_default()))
}

fn approved_scope(state: &State, caller: &Caller) -> Value {
    let knobs = state.knobs();
    done(json!(match &caller.by {
        By::Oauth { grant, .. } => rights::approved(grant, &caller.account, &knobs),
        By::ApiToken { .. } => {
            let hidden = knobs.missing_right_shows == MissingRight::Scopes;
            let shown = |scope: &String| !hidden || rights::may(&caller.account, scope, &knobs);
            rights::all_scopes().into_iter().filter(shown).collect()
        }
    }))
}

fn api_token(state: &State, caller: &Caller) -> Response {
    let By::ApiToken { database } = caller.by else {
        return answer::fail(StatusCode::UNAUTHORIZED, "Invalid_token");
    };
    let alias = state.read(|world| world.accurate.databases.get(&database).map(|database| database.alias.clone()));
    answer::ok(done(json!({
        "database": {"id": database, "alias": alias, "host": host_of(state, database)},
        "user": {"id": caller.account.id, "name": caller.account.name}, "tokenType": "api"})))
}

/// The day until which webhooks are sent: a week from now.
fn webhook_renew(state: &State) -> Value {
    let until = state.accurate_now().checked_add((7 * 24).hours()).unwrap_or(state.accurate_now());
    done(json!(values::date_text(until)))
}
