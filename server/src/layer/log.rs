//! Gives each request its number and writes one line when it is answered.
//!
//! The line holds number, method, page, status and time, and no personal data: no address, no name, no network, no
//! query (links carry their token there). A path that is not a page of ours is not written: it may hold anything.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use platform::rng::Random;
use tracing::Instrument;

use crate::state::AppState;

/// Number of a request, in its log lines and on its fault page: short enough to be read out on the telephone.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The layer: the number goes into the request's extensions and the header `x-request-id`.
pub async fn record(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = number(&state.app.rng);
    let method = known(request.method());
    let page = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method, path = page);
    request.extensions_mut().insert(RequestId(id.clone()));
    async move {
        let began = state.app.clock.now();
        let mut response = next.run(request).await;
        let ms = (state.app.clock.now() - began).max(0);
        let status = response.status().as_u16();
        // Monitoring asks every few seconds: logged at debug level only.
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

/// A caller can send any text as the method, so only standard ones are written.
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
