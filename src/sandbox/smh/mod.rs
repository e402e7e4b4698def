//! The simulated SMH: a REST server below `/smh/api/v1`.

use axum::Router;

use crate::SharedState;

/// The routes of SMH.
pub fn router(state: SharedState) -> Router {
    Router::new().with_state(state)
}
