//! What every request passes on its way in and every answer on its way out. One promise, one file; their order
//! is in [`crate::router`].

pub mod limits;
pub mod log;
pub mod origin;
pub mod panic;
pub mod security_headers;
pub mod visitor;

use app::cookies::Cookie;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::locale::Locale;
use domain::route::Route;
use identity::caller::Caller;
use identity::fault::Fault;
use identity::settings::Settings;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use words::Lang;

use crate::pages;
use log::RequestId;

/// Compresses what is written anew for each request. Built files are not in its way: they lie there compressed
/// better than there is time for here.
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().br(true).gzip(true).quality(CompressionLevel::Precise(4))
}

/// What must be remembered of a request to answer it with a fault after it was handed on.
pub(crate) struct Asker {
    lang: Lang,
    reference: String,
}

impl Asker {
    /// Of somebody of whom nothing else is known.
    pub(crate) fn of(settings: &Settings, request: &Request) -> Self {
        Self::speaking(locale(settings, request.headers()), request)
    }

    /// Of a caller who was let in.
    pub(crate) fn of_caller(caller: &Caller, request: &Request) -> Self {
        Self::speaking(caller.locale, request)
    }

    fn speaking(locale: Locale, request: &Request) -> Self {
        let reference = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Self { lang: identity::mail::lang(locale), reference }
    }

    /// The number under which the request is logged.
    pub(crate) fn reference(&self) -> &str {
        &self.reference
    }

    /// What a fault of a deed is answered with. `next` is the page to go to after signing in, or proving it anew.
    pub(crate) fn answer(&self, fault: &Fault, next: &str) -> Response {
        let door = |route: Route| pages::see_other(&route.with_next(next), &HeaderMap::new());
        match fault {
            Fault::SignInFirst => door(Route::SignIn),
            Fault::ProveFirst => door(Route::Confirm),
            Fault::NotOffered => self.fault(StatusCode::NOT_FOUND),
            fault if fault.passes() => {
                tracing::warn!(error = %fault, "a request was put off");
                self.fault(StatusCode::SERVICE_UNAVAILABLE)
            }
            fault => {
                tracing::error!(error = %fault, "a request failed");
                self.fault(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// The page that says why nothing was done.
    pub(crate) fn fault(&self, status: StatusCode) -> Response {
        let mut response = pages::fault(status, self.lang, &self.reference);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// The language of somebody of whom nothing is known but the request: the one they chose here, else the
/// browser's. The member's saved choice is for pages; what is answered here was not let so far.
fn locale(settings: &Settings, headers: &HeaderMap) -> Locale {
    let chosen = Cookie::Lang.read(settings, headers);
    chosen.and_then(|tag| Locale::from_tag(&tag)).unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepted.map_or_else(Locale::default, Locale::from_accept_language)
    })
}
