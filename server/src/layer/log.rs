//! Gives each request its number and writes one line when it is answered.
//!
//! The line holds number, method, page, status and time, and nothing of a person: no address, no name, no
//! network, no query (links carry their token there). Of a path that is no page of ours nothing is written: it
//! may hold anything.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use identity::random::Random;
use tracing::Instrument;

use crate::state::AppState;

/// Number of a request, in its log lines and on its fault page: short enough to be read out on the telephone.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The layer.
pub async fn record(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = number(&state.desk.random);
    let method = known(request.method());
    let page = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method, path = page);
    request.extensions_mut().insert(RequestId(id.clone()));
    async move {
        let began = state.desk.now();
        let mut response = next.run(request).await;
        let ms = (state.desk.now() - began).max(0);
        let status = response.status().as_u16();
        // Asked every few seconds by machines: on request only.
        if ["/healthz", "/readyz"].contains(&page.as_str()) {
            tracing::debug!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
    .instrument(span)
    .await
}

/// A method's name is for the caller to choose, so only those that exist are written.
fn known(method: &Method) -> &'static str {
    ["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("-")
}

/// Ten letters and digits of which none is mistaken for another (Crockford's base 32), 50 bits.
fn number(random: &Random) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    random.bytes::<10>().into_iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_and_can_be_read_out() {
        let random = Random::seeded(1);
        let (one, two) = (number(&random), number(&random));
        assert_ne!(one, two);
        assert!(one.len() == 10 && !one.contains(['i', 'l', 'o', 'u']), "{one}");
    }

    #[test]
    fn an_invented_method_is_not_written() {
        assert_eq!(known(&Method::POST), "POST");
        assert_eq!(known(&Method::from_bytes(b"YAMADA").unwrap()), "-");
    }
}
