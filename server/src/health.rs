//! For monitoring: whether the process is alive, and whether it can serve. Neither answer shows internals; `tegata
//! doctor` does.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use identity::app_context::AppContext;
use identity::error::Failure;

use crate::state::AppState;

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `/healthz` and `/readyz`.
pub fn router(state: &AppState) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(state.app.clone())
}

/// The process answers. It does not ask the database: a restart of the process would not help that.
async fn alive() -> impl IntoResponse {
    (NO_STORE, "ok\n")
}

/// The database answers and has the schema of this program.
async fn ready(State(app): State<AppContext>) -> impl IntoResponse {
    let (status, says) = match pending_migrations(&app).await {
        Ok(0) => (StatusCode::OK, "ready\n"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "The database must be migrated first.\n"),
        Err(failure) => {
            tracing::warn!(error = %failure, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n")
        }
    };
    (status, NO_STORE, says)
}

async fn pending_migrations(app: &AppContext) -> Result<usize, Failure> {
    app.db.ping().await?;
    app.db.pending_migrations().await
}
