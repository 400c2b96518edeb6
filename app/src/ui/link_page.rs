//! The page behind the link of an e-mail. Opening it changes nothing, since mail scanners open links: it says what
//! the link does, and has a button. For a link that is used, expired or incomplete it names these causes, and what to
//! do next.

use std::future::Future;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::page::Page;
use crate::form::ActionError;
use crate::page_data::render_result;

/// The page. `preview` asks the server what the link with this token does; `form` renders that, with the token.
/// `is_used` says that the form was refused because the link was used meanwhile, in another tab. `dead` renders the
/// page for that case, and for a link that does nothing.
pub fn link_page<T, Answer>(
    preview: impl Fn(String) -> Answer + Send + Sync + 'static,
    form: impl Fn(T, String) -> AnyView + Clone + Send + Sync + 'static,
    is_used: impl Fn() -> bool + Copy + Send + Sync + 'static,
    dead: fn() -> AnyView,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<Option<T>, ActionError>> + Send + 'static,
{
    let link = use_query_map().get_untracked().get("t").unwrap_or_default();
    let token = link.clone();
    let view = Resource::new_blocking(|| (), move |()| preview(token.clone()));
    view! {
        <Suspense>
            {move || {
                let (form, link) = (form.clone(), link.clone());
                Suspend::new(async move {
                    render_result(view.await, move |found| {
                        // The switch is inside of what waits for the page's data: outside of it, the form would stay
                        // subscribed while the data are waited for again.
                        let is_used = Memo::new(move |_| is_used());
                        (move || match found.clone().filter(|_| !is_used.get()) {
                            Some(found) => form(found, link.clone()),
                            None => dead(),
                        })
                        .into_any()
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

/// The page for a link that is used, expired or incomplete.
#[component]
pub fn DeadLink(
    /// The heading.
    title: &'static str,
    /// What cannot be done.
    lead: &'static str,
    /// The causes: used already, expired, incomplete.
    causes: [String; 3],
    /// Links to what to do next.
    children: Children,
) -> impl IntoView {
    let items = causes.into_iter().map(|cause| view! { <li>{cause}</li> }).collect_view();
    view! { <Page title=title lead=lead><ul>{items}</ul>{children()}</Page> }.into_any()
}
