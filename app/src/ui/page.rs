//! One page: title, heading that takes the focus after a navigation, lead, contents.

use leptos::html::H1;
use leptos::prelude::*;
use leptos_meta::Title;
use words::common as t;

use crate::page_context::{use_locale, use_page};

/// Whether the page was opened by the router, not loaded: only then the focus has to be moved.
#[derive(Clone, Copy, Debug)]
pub struct Arrived(pub StoredValue<bool>);

/// An address and the text of the link to it.
pub struct Back(String, String);

impl<P: Into<String>> From<(P, String)> for Back {
    fn from((path, words): (P, String)) -> Self {
        Self(path.into(), words)
    }
}

/// The heading and what is under it.
#[component]
pub fn Page(
    /// The heading, and the page's part of the title.
    #[prop(into)]
    title: String,
    /// A sentence or two under the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// Where "back" leads, with its text.
    #[prop(optional, into)]
    back: Option<Back>,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let heading = NodeRef::<H1>::new();
    let arrived = expect_context::<Arrived>();
    // Screen readers announce the new page by its heading; a page that was loaded is announced by the browser.
    Effect::new(move || {
        if let Some(h1) = heading.get() {
            if arrived.0.get_value() {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = h1.focus_with_options(&options);
            }
            arrived.0.set_value(true);
        }
    });
    view! {
        <Title text=t::page_title(locale, &title, &use_page().site)/>
        <div class="page">
            {back.map(|Back(path, words)| view! { <p class="back"><a href=path>{words}</a></p> })}
            <hgroup>
                <h1 tabindex="-1" node_ref=heading>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
            </hgroup>
            {children()}
        </div>
    }
    .into_any()
}
