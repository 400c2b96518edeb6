//! What a page tells the server of its address, and what the server has it say. Notices and buttons come drawn: nothing
//! of them needs script, and a browser that never sees one loads no code for it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

/// How a visit to a provider ended, and where the person was going.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    /// Why it led to nothing, by the name of the refusal; empty: there was none.
    pub sns: String,
    /// The provider's id.
    pub with: String,
    /// The page to go to afterwards.
    pub next: String,
}

impl Visit {
    /// As the address of the page on view says.
    pub fn of_page() -> Self {
        use_query_map().with_untracked(Self::of)
    }

    /// As an address says.
    pub fn of(query: &ParamsMap) -> Self {
        let asked = |key: &str| query.get(key).unwrap_or_default();
        Self { sns: asked("sns"), with: asked("with"), next: asked("next") }
    }

    /// For a question to the server.
    pub fn fields(&self) -> [(&'static str, &str); 3] {
        [("sns", &self.sns), ("with", &self.with), ("next", &self.next)]
    }
}

/// What a page says and offers of outside accounts, as HTML; empty where there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// Messages.
    pub notices: String,
    /// A button for each provider.
    pub providers: String,
}

/// Puts in what the server drew.
#[component]
pub fn Html(
    /// By the server; empty: nothing.
    html: String,
) -> impl IntoView {
    (!html.is_empty()).then(|| view! { <div class="drawn" inner_html=html></div> }).into_any()
}
