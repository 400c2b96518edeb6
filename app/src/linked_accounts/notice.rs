//! The parameters of a page's address that the server needs, and the notices and buttons that it returns. These come as
//! HTML: they need no script, and a browser that never shows one loads no code for it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// How an authorization request to a provider ended, and where the person was going.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderNotice {
    /// Why it led to nothing, by the name of the refusal; empty: there was none.
    pub provider_error: String,
    /// The provider's id.
    pub with: String,
    /// The page to go to afterwards.
    pub next: String,
}

impl ProviderNotice {
    /// From the address of the present page.
    pub fn of_page() -> Self {
        use_query_map().with_untracked(|query| {
            let param = |key: &str| query.get(key).unwrap_or_default();
            Self { provider_error: param("provider_error"), with: param("with"), next: param("next") }
        })
    }

    /// As fields of a request to the server.
    pub fn fields(&self) -> [(&'static str, &str); 3] {
        [("provider_error", &self.provider_error), ("with", &self.with), ("next", &self.next)]
    }
}

/// The notices and buttons of a page about outside accounts, as HTML; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvidersView {
    /// Messages.
    pub notices: String,
    /// A button for each provider.
    pub buttons: String,
}

/// Inserts HTML that the server rendered.
#[component]
pub fn Html(
    /// From the server; empty: nothing is inserted.
    html: String,
) -> impl IntoView {
    (!html.is_empty()).then(|| view! { <div class="drawn" inner_html=html></div> }).into_any()
}
