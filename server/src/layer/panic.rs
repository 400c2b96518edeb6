//! A panic in one request is one fault page, and the process goes on.
//!
//! What was said at the panic is not written down: it may quote somebody's data. Where it was, is:
//! [`write_place`] takes the place of Rust's own report.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Asker;
use crate::state::AppState;

#[derive(Clone)]
struct Panicked;

/// What the catcher answers; [`tell`] makes a page of it, which needs the request.
pub fn mark(_said: Box<dyn Any + Send>) -> Response<Body> {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// The layer outside of the catcher.
pub async fn tell(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asker = Asker::of(&state.desk.settings, &request);
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_some() {
        return asker.fault(StatusCode::INTERNAL_SERVER_ERROR);
    }
    response
}

/// Has panics written to the log, with the place in the code, inside the request's span.
pub fn write_place() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}
