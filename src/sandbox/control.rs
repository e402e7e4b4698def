//! The sandbox's own pages below `/_sandbox`: counts, the world, settings, faults, a fresh start. Those that change who
//! may come in are in the files of this folder.

mod accurate;
mod smh;

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::faults::Fault;
use crate::knobs::Knobs;
use crate::server::SharedState;

/// The routes.
pub fn router(state: SharedState) -> Router {
    Router::new()
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/calls", get(calls).delete(reset_calls))
        .route("/_sandbox/world", get(world))
        .route("/_sandbox/knobs", get(knobs).post(set_knobs))
        .route("/_sandbox/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/_sandbox/reset", post(reset))
        .merge(accurate::routes())
        .merge(smh::routes())
        .with_state(state)
}

async fn health(Shared(state): Shared<SharedState>) -> Json<Value> {
    Json(json!({"ok": true, "base_url": state.base_url(), "now": state.now().to_string()}))
}

async fn calls(Shared(state): Shared<SharedState>) -> Json<Value> {
    Json(state.calls.report())
}

async fn reset_calls(Shared(state): Shared<SharedState>) -> Json<Value> {
    state.calls.reset();
    Json(state.calls.report())
}

async fn world(Shared(state): Shared<SharedState>) -> Response {
    let bytes = state.read(crate::persist::to_bytes);
    ([("content-type", "application/json")], bytes).into_response()
}

async fn knobs(Shared(state): Shared<SharedState>) -> Json<Knobs> {
    Json(state.knobs())
}

async fn set_knobs(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    match overlay(&state.knobs(), &body) {
        Ok(knobs) => {
            state.set_knobs(knobs.clone());
            Json(knobs).into_response()
        }
        Err(reason) => refuse(&reason),
    }
}

/// The settings with those named in the body changed.
fn overlay(now: &Knobs, body: &[u8]) -> Result<Knobs, String> {
    let changes: Map<String, Value> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut all = serde_json::to_value(now).map_err(|error| error.to_string())?;
    if let Value::Object(members) = &mut all {
        members.extend(changes);
    }
    serde_json::from_value(all).map_err(|error| error.to_string())
}

async fn faults(Shared(state): Shared<SharedState>) -> Json<Vec<Fault>> {
    Json(state.faults.waiting())
}

async fn add_faults(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    match serde_json::from_slice::<Vec<Fault>>(&body) {
        Ok(faults) => {
            state.faults.add(faults);
            Json(state.faults.waiting()).into_response()
        }
        Err(error) => refuse(&error.to_string()),
    }
}

async fn clear_faults(Shared(state): Shared<SharedState>) -> Json<Vec<Fault>> {
    state.faults.clear();
    Json(state.faults.waiting())
}

async fn reset(Shared(state): Shared<SharedState>) -> Json<Value> {
    state.reset();
    Json(json!({"ok": true}))
}

/// What a body asks for; an empty body asks for what is usual.
fn wish<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// The answer, or the refusal that tells why there is none.
fn told(outcome: Result<Value, String>) -> Response {
    match outcome {
        Ok(value) => Json(value).into_response(),
        Err(reason) => refuse(&reason),
    }
}

fn refuse(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"ok": false, "error": reason}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_settings_leaves_the_others_and_refuses_unknown_ones() {
        let knobs = overlay(&Knobs::default(), br#"{"max_page_size": 100}"#).unwrap();
        assert_eq!(knobs, Knobs { max_page_size: 100, ..Knobs::default() });
        assert!(overlay(&knobs, br#"{"max_pagesize": 100}"#).is_err());
        assert!(overlay(&knobs, b"[]").is_err());
    }
}
