//! What every handler may ask for.

use axum::extract::FromRef;
use identity::desk::Desk;
use leptos::config::LeptosOptions;

use crate::assets::Assets;

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What deeds work with.
    pub desk: Desk,
    /// What the renderer of the pages wants to know.
    pub leptos: LeptosOptions,
    /// The built site.
    pub assets: Assets,
}

impl AppState {
    /// From a desk and the built site.
    pub fn new(desk: Desk, assets: Assets) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("tegata")
            .site_root("target/site")
            .site_addr(desk.settings.http.listen)
            .build();
        Self { desk, leptos, assets }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
