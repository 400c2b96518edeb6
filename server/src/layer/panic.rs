//! A panic in one request is one error page, and the process continues.
//!
//! The message of a panic is not logged: it may quote personal data. Its place in the code is: [`write_place`] replaces
//! Rust's own report.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ErrorResponder;
use crate::state::AppState;

#[derive(Clone)]
struct Panicked;

/// The answer of the catcher; [`report`] makes a page of it, which needs the request.
pub fn mark(_said: Box<dyn Any + Send>) -> Response<Body> {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// The layer outside of the catcher.
pub async fn report(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let errors = ErrorResponder::of_request(&state, &request);
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_some() {
        return errors.page(StatusCode::INTERNAL_SERVER_ERROR);
    }
    response
}

/// Writes panics to the log, with the place in the code, inside the request's span.
pub fn write_place() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}
