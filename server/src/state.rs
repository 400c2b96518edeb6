//! What every handler may ask for.

use app::help::texts::HelpTexts;
use domain::locale::Locale;
use identity::app_context::AppContext;
use identity::context::{Actor, Ctx, RequestContext};

use crate::assets::Assets;

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What use cases work with.
    pub app: AppContext,
    /// The built site.
    pub assets: Assets,
    /// The help of this site.
    pub help: HelpTexts,
}

impl AppState {
    /// From what use cases work with and the built site.
    pub fn new(app: AppContext, assets: Assets) -> Self {
        Self { app, assets, help: HelpTexts::default() }
    }

    /// A context for what is the same for everybody: a visitor without network, browser or language.
    pub fn site_ctx(&self) -> Ctx {
        Ctx::new(&self.app, RequestContext::new(String::new(), "", Locale::default()), Actor::Visitor)
    }
}
