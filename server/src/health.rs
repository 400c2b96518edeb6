//! For whoever watches over the process: whether it lives, and whether it can serve. Neither answer tells
//! anything of the inside; `tegata doctor` does.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use identity::desk::Desk;

use crate::state::AppState;

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `/healthz` and `/readyz`.
pub fn router(state: &AppState) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(state.desk.clone())
}

/// The process answers. It asks nothing of the database: a restart would not bring that back.
async fn alive() -> impl IntoResponse {
    (NO_STORE, "ok\n")
}

/// The database answers and has the schema of this program.
async fn ready(State(desk): State<Desk>) -> impl IntoResponse {
    let (status, says) = match standing(&desk).await {
        Ok(0) => (StatusCode::OK, "ready\n"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "The database must be migrated first.\n"),
        Err(fault) => {
            tracing::warn!(error = %fault, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n")
        }
    };
    (status, NO_STORE, says)
}

async fn standing(desk: &Desk) -> Result<usize, identity::fault::Fault> {
    desk.db.ping().await?;
    desk.db.pending_migrations().await
}
