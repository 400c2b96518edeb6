//! Pages that need neither the app nor the database: error pages, and the page between a button of ours and a provider.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::locale::Locale;
use domain::route::Route;
use words::{errors as t, provider_notices as p};

/// A page without the app.
#[derive(Template)]
#[template(path = "bare.html")]
struct Bare<'a> {
    lang: &'static str,
    stylesheet: &'a str,
    title: &'a str,
    lead: &'a str,
    more: Option<String>,
    href: &'a str,
    action: &'a str,
    /// Whether the page goes to `href` by itself.
    redirects: bool,
}

/// Renders the page as an answer that is not stored.
fn answer(status: StatusCode, page: &Bare<'_>) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            status.into_response()
        }
    }
}

/// An error page: what went wrong, what to do, and the number of the request if it was a 500.
pub fn error(status: StatusCode, locale: Locale, reference: &str, stylesheet: &str) -> Response {
    let (title, lead) = match status {
        StatusCode::NOT_FOUND => (t::not_found_title(locale), t::not_found_lead(locale)),
        StatusCode::FORBIDDEN => (t::cross_site_title(locale), t::cross_site_lead(locale)),
        StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            (t::too_large_title(locale), t::too_large_lead(locale))
        }
        StatusCode::SERVICE_UNAVAILABLE => (t::busy_title(locale), t::busy_lead(locale)),
        _ => (t::fault_title(locale), t::fault_lead(locale)),
    };
    let numbered = status == StatusCode::INTERNAL_SERVER_ERROR && !reference.is_empty();
    let page = Bare {
        lang: locale.tag(),
        stylesheet,
        title,
        lead,
        more: numbered.then(|| t::fault_reference(locale, reference)),
        href: Route::Home.path(),
        action: t::to_home(locale),
        redirects: false,
    };
    answer(status, &page)
}

/// The page between a button of ours and a provider. It goes there by itself. A redirect would belong to our form, and
/// forms may not leave this site: browsers check `form-action` for every further redirect (docs/decisions/0009).
pub fn interstitial(locale: Locale, provider: &str, url: &str, stylesheet: &str) -> Response {
    let page = Bare {
        lang: locale.tag(),
        stylesheet,
        title: &p::away_title(locale, provider),
        lead: p::away_lead(locale),
        more: None,
        href: url,
        action: &p::away_go(locale, provider),
        redirects: true,
    };
    answer(StatusCode::OK, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_name_is_escaped() {
        let page = Bare {
            lang: "en",
            stylesheet: "/pkg/tegata.css",
            title: "<b>",
            lead: "",
            more: None,
            href: "https://example.com/?a=1&b=\"><script>",
            action: "&",
            redirects: true,
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<b>") && !html.contains("<script>") && !html.contains("b=\""), "{html}");
        assert!(html.contains("content=\"0;url=https://example.com/?a=1&#38;b=&#34;"), "{html}");
    }
}
