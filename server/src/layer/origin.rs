//! Requests that change something must come from a page of this site: the protection against cross-site request
//! forgery.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site` and `Origin`, and no script can change either. They
//! are compared with `site.url`. The ready-made layer of `tower-http` compares `Origin` with `Host`, which the caller
//! chooses; here `Host` is never looked at. A request with neither header comes from no browser of the last ten years
//! and is refused.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::ErrorResponder;
use crate::state::AppState;

/// Endpoints that other programs call with their own credentials instead of a cookie (`OpenID` provider).
const EXEMPT: [&str; 1] = ["/oauth/"];

/// Whether it is the redirect URI of a provider, which may post its answer from its own page. The answer is bound to
/// the browser by other means, and the post changes nothing: it redirects to the same address by GET, with our
/// cookies.
fn is_providers_answer(path: &str) -> bool {
    path.strip_prefix("/linked/")
        .and_then(|rest| rest.strip_suffix("/return"))
        .is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The layer: 403 for what comes from elsewhere.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_ours(
        request.method(),
        request.uri().path(),
        request.headers(),
        &own_origin(state.app.settings.site_url()),
    ) {
        return next.run(request).await;
    }
    tracing::warn!("a request that did not come from a page of site.url was refused");
    ErrorResponder::of_request(&state, &request).page(StatusCode::FORBIDDEN)
}

/// Whether a request is let through. `own` is our origin as browsers write it.
fn is_ours(method: &Method, path: &str, headers: &HeaderMap, own: &str) -> bool {
    let harmless = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    if harmless || EXEMPT.iter().any(|prefix| path.starts_with(prefix)) || is_providers_answer(path) {
        return true;
    }
    match (only(headers, SEC_FETCH_SITE), only(headers, header::ORIGIN)) {
        (Said::Nothing, Said::Nothing) => false,
        (site, origin) => site.is_not_other_than("same-origin") && origin.is_not_other_than(own),
    }
}

/// Our origin as browsers write it (RFC 6454 §6.2).
fn own_origin(site: &Url) -> String {
    site.origin().ascii_serialization()
}

/// The value of a header that must come once at most.
enum Said<'a> {
    Nothing,
    Once(&'a [u8]),
    Twice,
}

impl Said<'_> {
    fn is_not_other_than(&self, expected: &str) -> bool {
        match self {
            Self::Nothing => true,
            Self::Once(value) => *value == expected.as_bytes(),
            Self::Twice => false,
        }
    }
}

fn only(headers: &HeaderMap, name: HeaderName) -> Said<'_> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Said::Nothing,
        (Some(value), None) => Said::Once(value.as_bytes()),
        (Some(_), Some(_)) => Said::Twice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const OWN: &str = "https://id.example.jp";

    fn says(headers: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn only_pages_of_the_site_change_something() {
        let site = "sec-fetch-site";
        let table: &[(&[(&'static str, &str)], bool)] = &[
            (&[(site, "same-origin"), ("origin", OWN)], true),
            (&[(site, "same-origin")], true),
            (&[("origin", OWN)], true),
            (&[], false),
            (&[(site, "same-site"), ("origin", OWN)], false),
            (&[(site, "cross-site"), ("origin", OWN)], false),
            (&[(site, "none"), ("origin", OWN)], false),
            (&[(site, "")], false),
            (&[(site, "same-origin"), ("origin", "https://evil.example")], false),
            (&[(site, "same-origin"), ("origin", "null")], false),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
            (&[("origin", "http://id.example.jp")], false),
            (&[("origin", "https://id.example.jp.evil.example")], false),
            (&[("origin", "https://id.example.jp:8443")], false),
            (&[("origin", "https://id.example.jp/")], false),
            (&[("origin", OWN), ("origin", OWN)], false),
            (&[(site, "same-origin"), (site, "same-origin")], false),
            // the caller's host headers decide nothing
            (&[("host", "evil.example"), ("origin", "https://evil.example")], false),
            (&[("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("origin", OWN)], true),
        ];
        for (headers, ours) in table {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
                assert_eq!(is_ours(&method, "/sign-in", &says(headers), OWN), *ours, "{method} {headers:?}");
            }
        }
    }

    #[test]
    fn reading_is_allowed_from_everywhere() {
        let evil = says(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]);
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(is_ours(&method, "/sign-in", &evil, OWN), "{method}");
        }
    }

    #[test]
    fn the_oauth_endpoints_are_called_by_programs() {
        assert!(is_ours(&Method::POST, "/oauth/token", &says(&[]), OWN));
        assert!(is_ours(&Method::POST, "/linked/apple/return", &says(&[]), OWN));
        for path in [
            "/linked/apple",
            "/linked//return",
            "/linked/a/b/return",
            "/oauth",
            "/sign-in/oauth/",
            "//oauth/",
            "/%6fauth/",
        ] {
            assert!(!is_ours(&Method::POST, path, &says(&[]), OWN), "{path}");
        }
    }

    #[test]
    fn our_origin_is_written_as_browsers_do() {
        for (url, origin) in [
            ("https://ID.Example.jp", "https://id.example.jp"),
            ("https://id.example.jp:443", "https://id.example.jp"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://id.example.jp:80", "https://id.example.jp:80"),
            ("http://[::1]:443", "http://[::1]:443"),
        ] {
            assert_eq!(own_origin(&url.parse().unwrap()), origin);
        }
    }
}
