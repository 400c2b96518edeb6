//! Messages above the contents: done, warning, error.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something worth knowing.
    Info,
    /// Something was done.
    Success,
    /// Something needs care.
    Warning,
    /// Something went wrong.
    Error,
}

impl Tone {
    /// Its CSS classes.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "notice notice--info",
            Self::Success => "notice notice--success",
            Self::Warning => "notice notice--warning",
            Self::Error => "notice notice--error",
        }
    }
}

/// One message.
#[component]
pub fn Notice(
    /// What kind.
    tone: Tone,
    #[prop(into)]
    /// The sentence.
    text: String,
) -> impl IntoView {
    let role = if tone == Tone::Error { "alert" } else { "status" };
    view! { <div class=tone.class() role=role><p>{text}</p></div> }.into_any()
}

/// Says what was just done, by a closed list of codes in `?done=`; any other value shows nothing.
#[component]
pub fn Done(
    /// The codes of this page with their sentences.
    known: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let query = use_query_map();
    let text = move || {
        let done = query.with(|q| q.get("done"))?;
        known.iter().find(|(code, _)| *code == done).map(|(_, text)| *text)
    };
    view! { {move || text().map(|text| view! { <Notice tone=Tone::Success text=text/> })} }.into_any()
}
