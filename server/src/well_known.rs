//! Well-known addresses (RFC 8615).

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::contact::contact;
use domain::route::Route;
use identity::clock::{DAY_MS, in_japan};
use identity::passkeys;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::state::AppState;

/// `change-password` always, `passkey-endpoints` where there are passkeys, `security.txt` if `site.support` is an
/// address or a link; the rest is a plain 404.
pub fn router(state: &AppState) -> Router {
    let router = Router::new().route("/.well-known/change-password", get(change_password));
    let router = if passkeys::is_offered(&state.site_ctx()) {
        router.route("/.well-known/passkey-endpoints", get(passkey_endpoints).with_state(state.clone()))
    } else {
        router
    };
    match contact(&state.app.settings.site.support) {
        Some(contact) => {
            router.route("/.well-known/security.txt", get(security).with_state((state.clone(), contact)))
        }
        None => router,
    }
}

/// Where password managers send their user (W3C "A Well-Known URL for Changing Passwords").
async fn change_password() -> impl IntoResponse {
    let headers = [(header::LOCATION, Route::Profile.path()), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers)
}

/// Where password managers send their user to add and to remove passkeys (W3C "A Well-Known URL for Relying Party
/// Passkey Endpoints").
async fn passkey_endpoints(State(state): State<AppState>) -> impl IntoResponse {
    let page = state.app.settings.link(Route::Passkeys.path());
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, json!({ "enroll": page, "manage": page }).to_string())
}

/// Where to report a vulnerability (RFC 9116). It is valid for a year from the moment of the request.
async fn security(State((state, contact)): State<(AppState, String)>) -> impl IntoResponse {
    let expires = in_japan(state.app.clock.now() + 365 * DAY_MS);
    let expires = expires.replace_nanosecond(0).unwrap_or(expires).format(&Rfc3339).unwrap_or_default();
    let canonical = state.app.settings.link("/.well-known/security.txt");
    let text = format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: ja, en\nCanonical: {canonical}\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, text)
}
