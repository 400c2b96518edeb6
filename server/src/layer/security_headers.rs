//! Headers that keep a browser from doing what no page of ours asks for. Every answer has them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::rng::Random;

use crate::state::AppState;

/// The nonce that this answer's own scripts carry, 128 bits; found in the request's extensions.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

/// For every answer. A page may use the authenticator (passkeys), but no other device.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Links in e-mails carry a token: no other site may see the page's address.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), usb=(), \
         publickey-credentials-create=(self), publickey-credentials-get=(self)",
    ),
];

/// For answers that are not pages: they load nothing and cannot be framed.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// The layer.
pub async fn add(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = fresh(&state.app.rng);
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = if is_page(headers) { HeaderValue::from_str(&page_policy(&nonce)).ok() } else { None };
    // A developer's page sets its own policy.
    let policy = policy.unwrap_or(HeaderValue::from_static(NO_PAGE));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if state.app.settings.https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// In base64url: none of its characters needs escaping inside an attribute.
fn fresh(random: &Random) -> String {
    URL_SAFE_NO_PAD.encode(random.bytes::<16>())
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Scripts run only with the nonce or when such a script loads them; `wasm-unsafe-eval` allows compiling wasm
/// and nothing else.
fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_each_time_and_128_bits_long() {
        let random = Random::seeded(1);
        let (one, two) = (fresh(&random), fresh(&random));
        assert_ne!(one, two);
        assert_eq!(URL_SAFE_NO_PAD.decode(one).unwrap().len(), 16);
    }

    #[test]
    fn nothing_unsafe_is_allowed() {
        let policy = page_policy("n");
        assert!(policy.contains("script-src 'nonce-n' 'strict-dynamic' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    }
}
