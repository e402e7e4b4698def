//! What every request passes on its way to the routes: counting, the call limit, faults, the data file, the date.
//!
//! What all routers share is in `server`, the answers in `accurate`, `smh` and `control`.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Json, Router};
use serde_json::json;

use crate::accurate::answer::Refusal;
use crate::accurate::disturb;
use crate::calls::System;
use crate::faults::Kind;
use crate::knobs::OverLimit;
use crate::limits::Permit;
use crate::server::{SharedState, State};
use crate::socket::Connection;
use crate::{accurate, control, smh};

/// Every route of the sandbox, with counting, limit and faults around them.
pub fn router(state: &SharedState) -> Router {
    Router::new()
        .merge(control::router(Arc::clone(state)))
        .merge(accurate::router(Arc::clone(state)))
        .nest("/smh/api/v1", smh::router(Arc::clone(state)))
        .layer(middleware::from_fn_with_state(Arc::clone(state), around))
}

/// The routes of a further data host, with the same around them.
pub fn data_router(state: &SharedState, name: &str) -> Router {
    accurate::data_router(Arc::clone(state), name).layer(middleware::from_fn_with_state(Arc::clone(state), around))
}

/// What every request passes: the limit, a fault if one waits, the router, the counter.
async fn around(
    Shared(state): Shared<SharedState>,
    connection: Option<Extension<ConnectInfo<Connection>>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let next = Kept { before: state.revision(), state: Arc::clone(&state), next };
    let Some(system) = System::of(&path) else { return next.run(request).await };
    let method = request.method().as_str().to_owned();
    let admitted = admit(&state, system, &request);
    state.calls.arrived(system, &path, admitted.is_err());
    let response = match admitted {
        Err(refusal) => *refusal,
        Ok(_permit) => match strike(&state, system, &request) {
            None | Some(Kind::Deed(_)) => next.run(request).await,
            Some(Kind::LoseAnswer) => {
                let answer = next.run(request).await;
                if let Some(Extension(ConnectInfo(connection))) = connection {
                    connection.sever();
                }
                state.calls.note(system, &method, &path, "lost");
                return answer;
            }
            Some(Kind::Slow(pause)) => {
                tokio::time::sleep(pause).await;
                next.run(request).await
            }
            Some(Kind::Status500) => envelope_error(StatusCode::INTERNAL_SERVER_ERROR, system),
            Some(Kind::TooMany) => too_many(system),
            Some(Kind::Html502) => bad_gateway(),
        },
    };
    state.calls.note(system, &method, &path, response.status().as_str());
    dated(&state, system, response)
}

/// Carries out what was ordered to happen before this request, and returns how the request itself shall fail.
fn strike(state: &State, system: System, request: &Request) -> Option<Kind> {
    let (deeds, failure) = state.faults.take(system, request.method().as_str(), request.uri().path());
    for deed in deeds {
        disturb::carry_out(state, deed, request.headers());
    }
    failure
}

/// The answer with the time by Accurate's clock, which is how callers learn that one of the two clocks is off.
fn dated(state: &State, system: System, mut response: Response) -> Response {
    if system != System::Smh {
        let text = state.accurate_now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(header::DATE, value);
        }
    }
    response
}

/// The routes, which answer only when what they changed is in the data file. A system that forgets what it has confirmed when its
/// process is killed would look to a client like one in which somebody deletes records.
struct Kept {
    /// What had changed before the request came.
    before: u64,
    state: SharedState,
    next: Next,
}

impl Kept {
    async fn run(self, request: Request) -> Response {
        let response = self.next.run(request).await;
        if self.state.options().data.is_some() && self.state.revision() != self.before {
            let state = Arc::clone(&self.state);
            // A failed write is tried again with the next tick, and reported when the sandbox stops.
            let _ = tokio::task::spawn_blocking(move || state.save()).await;
        }
        response
    }
}

/// A place among the calls of this token, or the refusal. SMH publishes no limit and has none here.
fn admit(state: &State, system: System, request: &Request) -> Result<Option<Permit>, Refusal> {
    let knobs = state.knobs();
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (true, true, Some(token)) = (knobs.limit, system != System::Smh, token) else {
        return Ok(None);
    };
    // The scheme may be written in any case, so only what follows it tells callers apart.
    let token = token.split_whitespace().last().unwrap_or_default();
    let permit = state.limits.admit(token, Instant::now(), knobs.calls_per_second, knobs.parallel_calls);
    permit.map(Some).ok_or_else(|| {
        state.calls.note_limited();
        Box::new(match knobs.over_limit {
            OverLimit::Status429 => too_many(system),
            OverLimit::Refusal => (StatusCode::OK, Json(over_limit_body())).into_response(),
        })
    })
}

fn over_limit_body() -> serde_json::Value {
    json!({"s": false, "d": ["Batas pemanggilan API terlampaui. Silakan coba beberapa saat lagi."]})
}

fn too_many(system: System) -> Response {
    let body = match system {
        System::Smh => json!({"error": {"code": "rate_limited", "message": "too many requests"}}),
        _ => over_limit_body(),
    };
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], Json(body)).into_response()
}

fn envelope_error(status: StatusCode, system: System) -> Response {
    let body = match system {
        System::Smh => json!({"error": {"code": "unavailable", "message": "internal error"}}),
        _ => json!({"s": false, "d": ["Terjadi kesalahan pada server"]}),
    };
    (status, Json(body)).into_response()
}

fn bad_gateway() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    (StatusCode::BAD_GATEWAY, Html(page)).into_response()
}
