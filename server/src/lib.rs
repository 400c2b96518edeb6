//! HTTP and the command line. Here a request becomes a deed or a page, and its answer gets headers; no rule of
//! the house and no word shown to members is decided here.
//!
//! A request passes the layers in the order of [`router`]: each stands for one promise and is one file in
//! [`layer`]. Behind them are built files ([`assets`]), what machines ask ([`health`], [`well_known`]), the
//! developer's letters ([`dev_mail`]), members' copies of their data ([`my_data`]), the way to outside
//! providers and back ([`linked`]) and the pages ([`pages`]). [`metrics`] has a listener of its own.

pub mod assets;
pub mod command;
pub mod dev_mail;
pub mod health;
pub mod layer;
pub mod linked;
pub mod metrics;
pub mod my_data;
pub mod pages;
pub mod state;
pub mod well_known;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

pub use state::AppState;

/// Everything that is served at `http.listen`, as it is served: tests use it, too.
///
/// The headers are set further out than a panic is caught and a request is refused, so that no answer is without
/// them.
pub fn router(state: AppState) -> Router {
    let pages = pages::router(&state).merge(my_data::router(&state)).merge(linked::router(&state));
    let pages = pages.layer(from_fn_with_state(state.clone(), layer::visitor::resolve));
    let written_anew = pages.merge(dev_mail::router(&state)).layer(layer::compression());
    let routes = Router::new()
        .merge(assets::router(&state))
        .merge(health::router(&state))
        .merge(well_known::router(&state))
        .merge(written_anew);
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), layer::log::record))
            .layer(from_fn_with_state(state.clone(), layer::security_headers::add))
            .layer(from_fn_with_state(state.clone(), layer::panic::tell))
            .layer(CatchPanicLayer::custom(layer::panic::mark))
            .layer(from_fn_with_state(state.clone(), layer::limits::time))
            .layer(from_fn_with_state(state.clone(), layer::limits::head))
            .layer(from_fn_with_state(state.clone(), layer::limits::body))
            .layer(from_fn_with_state(state, layer::origin::check)),
    )
}
