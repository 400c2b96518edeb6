//! HTTP and the command line. A request becomes a use case or a page here, and its answer gets headers. Rules and
//! texts are decided elsewhere.
//!
//! A request passes the layers in the order of [`router`]; each is one file in [`layer`]. Behind them are built files
//! ([`assets`]), what machines ask for ([`health`], [`well_known`]), developers' e-mails ([`dev_emails`]), copies of
//! members' data ([`data_export`]), requests to outside providers and their callbacks ([`linked`]) and the pages
//! ([`pages`], and [`bare`] where the app cannot render). [`metrics`] has a listener of its own.

pub mod assets;
pub mod bare;
pub mod command;
pub mod data_export;
pub mod dev_emails;
pub mod health;
pub mod layer;
pub mod linked;
pub mod metrics;
pub mod pages;
pub mod state;
pub mod well_known;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

pub use state::AppState;

/// Everything that is served at `http.listen`; tests use it, too.
///
/// The layer of the headers is outside of those that catch panics and refuse requests, so that every answer has them.
pub fn router(state: AppState) -> Router {
    let pages = pages::router(&state).merge(data_export::router(&state)).merge(linked::router(&state));
    let pages = pages.layer(from_fn_with_state(state.clone(), layer::visitor::resolve));
    let compressed = pages.merge(dev_emails::router(&state)).layer(layer::compression());
    let routes = Router::new()
        .merge(assets::router(&state))
        .merge(health::router(&state))
        .merge(well_known::router(&state))
        .merge(compressed);
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), layer::log::record))
            .layer(from_fn_with_state(state.clone(), layer::security_headers::add))
            .layer(from_fn_with_state(state.clone(), layer::panic::report))
            .layer(CatchPanicLayer::custom(layer::panic::mark))
            .layer(from_fn_with_state(state.clone(), layer::limits::time))
            .layer(from_fn_with_state(state.clone(), layer::limits::head))
            .layer(from_fn_with_state(state.clone(), layer::limits::body))
            .layer(from_fn_with_state(state, layer::origin::check)),
    )
}
