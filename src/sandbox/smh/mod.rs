//! The simulated SMH: a REST server below `/smh/api/v1`, exactly as `connectors/smh/README.md` describes it.
//!
//! This file holds the routes and what every request shares (key, body, answer). Limits and faults are put in front of it by the server.

mod batch;
mod error;
mod index;
mod lines;
mod list;
mod resources;
mod rules;
mod shown;
mod store;
mod values;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use serde_json::{Value, json};

use crate::SharedState;
use crate::world::SmhWorld;
pub use error::{Code, SmhError};
use index::Index;
use list::Wanted;
use resources::Resource;
use shown::Shown;
use store::Store;

/// The counter in [`SmhWorld`] that holds the latest time given out, in seconds since 1970.
const LATEST_SECOND: &str = "latestSecond";

/// The state of this router: the sandbox's, and look-ups that can be rebuilt from it at any time.
#[derive(Clone)]
struct Smh {
    state: SharedState,
    index: Arc<Mutex<Index>>,
}

/// The routes of SMH, without the prefix `/smh/api/v1`.
pub fn router(state: SharedState) -> Router {
    let smh = Smh { state, index: Arc::default() };
    Router::new()
        .route("/{resource}", get(list_records).post(create_record))
        .route("/{resource}/batch", post(run_batch))
        .route("/{resource}/{id}", get(read_record).patch(update_record).delete(delete_record))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .with_state(smh)
}

/// The id SMH gives a record of the resource with this key, such as `cus-000131`; nothing for a resource it does not have.
#[must_use]
pub fn id_of(resource: &str, key: u64) -> Option<String> {
    Resource::named(resource).map(|resource| resource.id(key))
}

/// A time as SMH shows it: Jakarta time to the second, `2026-05-02T09:15:00+07:00`.
#[must_use]
pub fn clock_text(at: Timestamp) -> String {
    let jakarta = TimeZone::fixed(Offset::constant(7));
    at.to_zoned(jakarta).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

type Answer = Result<Response, SmhError>;

impl IntoResponse for SmhError {
    fn into_response(self) -> Response {
        answer(self.status(), json!({ "error": self.body() }).to_string())
    }
}

impl Smh {
    /// Checks the key and finds the resource.
    fn enter(&self, headers: &HeaderMap, resource: &str) -> Result<&'static Resource, SmhError> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key =
            given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let known =
            key.is_some_and(|(_, key)| self.state.read(|world| !world.smh.revoked && world.smh.token == key.trim()));
        if !known {
            return Err(SmhError::new(
                Code::Unauthorised,
                "the key is missing or wrong; send Authorization: Bearer <key>",
            ));
        }
        Resource::named(resource)
            .ok_or_else(|| SmhError::new(Code::NotFound, format!("there is no resource {resource}")))
    }

    fn read<R>(&self, look: impl FnOnce(&SmhWorld, &mut Index) -> R) -> R {
        self.state.read(|world| look(&world.smh, &mut self.index.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn write<R>(&self, change: impl FnOnce(&mut Store<'_>) -> R) -> R {
        let now = self.state.now();
        self.state.write_smh(|world| {
            let now = clock_text(never_back(world, now));
            let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut Store { world, index: &mut index, now })
        })
    }
}

/// The time now, or the latest time given out if the clock went back: what changed later must not look older.
fn never_back(world: &mut SmhWorld, now: Timestamp) -> Timestamp {
    let latest = world.counters.entry(LATEST_SECOND.to_owned()).or_default();
    *latest = (*latest).max(u64::try_from(now.as_second()).unwrap_or(0));
    i64::try_from(*latest).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or(now)
}

async fn list_records(
    State(smh): State<Smh>,
    Path(resource): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let wanted = Wanted::read(resource, &query)?;
    let page = smh.read(|world, index| list::page(world, index, resource, &wanted))?;
    Ok(answer(200, page))
}

async fn read_record(
    State(smh): State<Smh>,
    Path((resource, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let found = smh.read(|world, _| {
        let key = store::find(world, resource, &id)?;
        Ok(world.tables.get(resource.name).and_then(|table| table.rows.get(&key)).map(|row| record(resource, key, row)))
    })?;
    Ok(answer(200, found.unwrap_or_default()))
}

async fn create_record(
    State(smh): State<Smh>,
    Path(resource): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let data = json_body(&body)?;
    let stored = smh.write(|store| {
        let key = write::create(store, resource, &data)?;
        Ok(stored(store, resource, key))
    })?;
    Ok(answer(201, stored))
}

async fn update_record(
    State(smh): State<Smh>,
    Path((resource, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let version = if_match(&headers)?;
    let data = json_body(&body)?;
    let stored = smh.write(|store| {
        let key = write::update(store, resource, &id, version, &data)?;
        Ok(stored(store, resource, key))
    })?;
    Ok(answer(200, stored))
}

async fn delete_record(
    State(smh): State<Smh>,
    Path((resource, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let version = if_match(&headers)?;
    smh.write(|store| write::delete(store, resource, &id, version))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn run_batch(State(smh): State<Smh>, Path(resource): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let resource = smh.enter(&headers, &resource)?;
    let body = json_body(&body)?;
    let outcomes = smh.write(|store| batch::run(store, resource, &body))?;
    Ok(answer(200, outcomes.to_string()))
}

async fn nothing_here() -> SmhError {
    SmhError::new(Code::NotFound, "there is nothing under this path; see the list of resources")
}

async fn wrong_method() -> Response {
    let error = SmhError::new(Code::Invalid, "this path does not know that method; see the table of requests");
    answer(405, json!({ "error": error.body() }).to_string())
}

/// The answer that holds one record.
#[derive(Serialize)]
struct One<'a> {
    data: Shown<'a>,
}

fn record(resource: &'static Resource, key: u64, row: &crate::Row) -> String {
    serde_json::to_string(&One { data: Shown { resource, key, row } }).unwrap_or_default()
}

fn stored(store: &Store<'_>, resource: &'static Resource, key: u64) -> String {
    store.row(resource, key).map(|row| record(resource, key, row)).unwrap_or_default()
}

fn json_body(body: &Bytes) -> Result<Value, SmhError> {
    serde_json::from_slice(body).map_err(|error| SmhError::new(Code::Invalid, format!("the body is not JSON: {error}")))
}

/// The version in `If-Match`, which may stand in quotes; `*` means any.
fn if_match(headers: &HeaderMap) -> Result<Option<u64>, SmhError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
    version
        .map(Some)
        .map_err(|_| SmhError::invalid("If-Match", format!("If-Match must be a version such as \"3\", not {text}")))
}

fn answer(status: u16, body: impl Into<axum::body::Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
