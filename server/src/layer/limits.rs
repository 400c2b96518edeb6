//! Limits: how large a request may be and how long it may take. Beyond them an error page is the answer, and almost
//! no work was done.
//!
//! The length of single fields is a rule of `domain`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt, Limited};

use super::ErrorResponder;
use crate::state::AppState;

/// Longest time for an answer: longer than any lock or queue behind it is waited for.
pub const TIME: Duration = Duration::from_secs(30);
/// Bytes of a body. The longest form of the site is a small part of it.
pub const BODY_BYTES: usize = 256 * 1024;
/// Bytes of one header, its name included.
pub const HEADER_BYTES: usize = 8 * 1024;
/// Headers of one request.
pub const HEADERS: usize = 100;
/// Bytes of path and query.
pub const URI_BYTES: usize = 8 * 1024;

/// 503 for what takes too long.
pub async fn time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let errors = ErrorResponder::of_request(&state, &request);
    tokio::time::timeout(TIME, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!("a request took too long and was given up");
        errors.page(StatusCode::SERVICE_UNAVAILABLE)
    })
}

/// 431 for too many or too long headers, 414 for too long an address.
pub async fn head(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match too_much(request.uri(), request.headers()) {
        Some(status) => ErrorResponder::of_request(&state, &request).page(status),
        None => next.run(request).await,
    }
}

fn too_much(uri: &Uri, headers: &HeaderMap) -> Option<StatusCode> {
    let address = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let long = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        name.as_str().len() + value.as_bytes().len() > HEADER_BYTES
    };
    if address > URI_BYTES {
        Some(StatusCode::URI_TOO_LONG)
    } else if headers.len() > HEADERS || headers.iter().any(long) {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else {
        None
    }
}

/// 413 for too long a body: before reading it if its length is announced, else as soon as it is too long, whatever the
/// handler answers to the cut body.
pub async fn body(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let errors = ErrorResponder::of_request(&state, &request);
    if announced(request.headers()) > BODY_BYTES {
        return errors.page(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let cut = Arc::new(AtomicBool::new(false));
    let seen = cut.clone();
    let request = request.map(|body| {
        Body::new(Limited::new(body, BODY_BYTES).map_err(move |error| {
            seen.store(error.is::<http_body_util::LengthLimitError>(), Ordering::Relaxed);
            error
        }))
    });
    let response = next.run(request).await;
    if cut.load(Ordering::Relaxed) { errors.page(StatusCode::PAYLOAD_TOO_LARGE) } else { response }
}

/// An invalid length counts as 0: the body is then counted while it is read.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn with(count: usize, bytes: usize) -> HeaderMap {
        (0..count)
            .map(|n| {
                let name = HeaderName::from_bytes(format!("x-{n:03}").as_bytes()).unwrap();
                let value = "v".repeat(bytes - name.as_str().len());
                (name, HeaderValue::from_str(&value).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_last_allowed_and_the_first_refused() {
        let uri = Uri::from_static("/sign-in?next=%2F");
        for (headers, refused) in [
            (with(HEADERS, 10), None),
            (with(HEADERS + 1, 10), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
            (with(1, HEADER_BYTES), None),
            (with(1, HEADER_BYTES + 1), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
        ] {
            assert_eq!(too_much(&uri, &headers), refused);
        }
        let long = |bytes: usize| format!("/{}", "a".repeat(bytes - 1)).parse().unwrap();
        assert_eq!(too_much(&long(URI_BYTES), &HeaderMap::new()), None);
        assert_eq!(too_much(&long(URI_BYTES + 1), &HeaderMap::new()), Some(StatusCode::URI_TOO_LONG));
    }
}
