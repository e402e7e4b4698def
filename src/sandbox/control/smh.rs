//! `/_sandbox/smh/…`: the token of SMH, changed or taken back.

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{told, wish};
use crate::server::SharedState;

/// The routes.
pub fn routes() -> Router<SharedState> {
    Router::new().route("/_sandbox/smh/token", get(token).post(set_token))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    /// The new token; one is made up if it is left out and nothing is revoked.
    token: Option<String>,
    /// Whether nobody may come in any more.
    revoked: bool,
}

async fn token(Shared(state): Shared<SharedState>) -> Json<Value> {
    Json(state.read(|world| json!({"token": world.smh.token, "revoked": world.smh.revoked})))
}

async fn set_token(Shared(state): Shared<SharedState>, body: Bytes) -> Response {
    told(wish::<Change>(&body).map(|change| {
        state.write_smh(|smh| {
            let count = smh.counters.entry("tokens".to_owned()).or_default();
            *count += 1;
            let made_up = (!change.revoked).then(|| format!("smh-sandbox-token-{}", *count + 1));
            smh.token = change.token.or(made_up).unwrap_or_else(|| smh.token.clone());
            smh.revoked = change.revoked;
            json!({"token": smh.token, "revoked": smh.revoked})
        })
    }))
}
