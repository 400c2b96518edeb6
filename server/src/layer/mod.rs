//! The layers that every request and every answer passes. One layer, one file; their order is in [`crate::router`].

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
use identity::context::Ctx;
use identity::error::{Denied, Failure, Fault};
use identity::settings::Settings;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::bare;
use crate::pages::see_other;
use crate::state::AppState;
use log::RequestId;

/// Compresses what is rendered for each request. Built files do not pass it: they are compressed better beforehand.
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().br(true).gzip(true).quality(CompressionLevel::Precise(4))
}

/// What is kept of a request, to answer it with an error after it was handed on.
pub(crate) struct ErrorResponder {
    locale: Locale,
    reference: String,
    stylesheet: String,
}

impl ErrorResponder {
    /// For a request whose member is not known yet.
    pub(crate) fn of_request(state: &AppState, request: &Request) -> Self {
        let reference = request.extensions().get::<RequestId>().map(|id| id.0.clone());
        Self::new(state, locale(&state.app.settings, request.headers()), reference)
    }

    /// For a request whose context is known.
    pub(crate) fn of_ctx(state: &AppState, ctx: &Ctx) -> Self {
        Self::new(state, ctx.locale(), ctx.request().request_id.clone())
    }

    fn new(state: &AppState, locale: Locale, reference: Option<String>) -> Self {
        let stylesheet = state.assets.name("tegata.css");
        Self { locale, reference: reference.unwrap_or_default(), stylesheet }
    }

    /// The answer when a use case did nothing. `next` is the page to go to after signing in, or authenticating again.
    pub(crate) fn fault(&self, fault: &Fault, next: &str) -> Response {
        match fault {
            Fault::Denied(Denied::SignIn) => see_other(&Route::SignIn.with_next(next), &HeaderMap::new()),
            Fault::Denied(Denied::StepUp) => {
                see_other(&Route::Reauthenticate.with_next(next), &HeaderMap::new())
            }
            Fault::Denied(_) => self.page(StatusCode::NOT_FOUND),
            Fault::Failed(failure) => self.failure(failure),
        }
    }

    /// The answer to something unexpected, which is logged here: 503 if it is transient, else 500.
    pub(crate) fn failure(&self, failure: &Failure) -> Response {
        if failure.is_transient() {
            tracing::warn!(error = %failure, "a request was put off");
            self.page(StatusCode::SERVICE_UNAVAILABLE)
        } else {
            tracing::error!(error = %failure, "a request failed");
            self.page(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    /// The error page of a status.
    pub(crate) fn page(&self, status: StatusCode) -> Response {
        let mut response = bare::error(status, self.locale, &self.reference, &self.stylesheet);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// The language of a request whose member is not known yet: the one in the cookie, else the browser's. [`visitor`]
/// replaces it with the member's saved choice.
fn locale(settings: &Settings, headers: &HeaderMap) -> Locale {
    let chosen = Cookie::Locale.read(settings, headers);
    chosen.and_then(|tag| Locale::from_tag(&tag)).unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepted.map_or_else(Locale::default, Locale::from_accept_language)
    })
}
