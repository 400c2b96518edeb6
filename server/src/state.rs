//! What every handler may ask for.

use identity::desk::Desk;

use crate::assets::Assets;

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What deeds work with.
    pub desk: Desk,
    /// The built site.
    pub assets: Assets,
}

impl AppState {
    /// From a desk and the built site.
    pub fn new(desk: Desk, assets: Assets) -> Self {
        Self { desk, assets }
    }
}
