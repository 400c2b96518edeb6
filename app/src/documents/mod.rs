//! 利用規約 and プライバシー: the operator's own Markdown, or samples that are marked as such.

#[cfg(feature = "ssr")]
mod file;

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::documents as t;

use crate::fetch::fetch_view;
use crate::form::ActionError;
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 利用規約
    Terms,
    /// プライバシー
    Privacy,
}

impl Kind {
    /// Its name on the wire and of its file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
        }
    }
}

/// A document as HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// From the operator's Markdown; markup in the Markdown itself is shown as text.
    pub html: String,
    /// Whether it is our sample, because the operator set no folder.
    pub sample: bool,
}

/// Reads a document.
#[server(prefix = "/api", endpoint = "document", input = PostUrl, output = Json)]
pub async fn read_document(kind: Kind) -> Result<Document, ActionError> {
    let ctx = crate::request::ctx()?;
    Ok(file::read(kind, ctx.locale(), ctx.settings()).await?)
}

/// 利用規約
#[component]
pub fn TermsPage() -> impl IntoView {
    view! { <DocumentPage kind=Kind::Terms/> }
}

/// プライバシー
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! { <DocumentPage kind=Kind::Privacy/> }
}

#[component]
fn DocumentPage(kind: Kind) -> impl IntoView {
    let locale = use_locale();
    let text = Resource::new_blocking(
        || (),
        move |()| async move { fetch_view(ReadDocument { kind }, &[("kind", kind.name())]).await },
    );
    let title = match kind {
        Kind::Terms => t::terms(locale),
        Kind::Privacy => t::privacy(locale),
    };
    view! {
        <Page title=title>
            <Suspense>
                {move || Suspend::new(async move {
                    render_result(text.await, |document| view! {
                        {document.sample.then(|| view! { <Notice tone=Tone::Warning text=t::sample(locale)/> })}
                        <div class="document" inner_html=document.html></div>
                    }
                    .into_any())
                })}
            </Suspense>
        </Page>
    }
    .into_any()
}
