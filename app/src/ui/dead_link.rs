//! A letter's link that is of no use (any more): the three causes, and the ways on.

use leptos::prelude::*;

use super::page::Page;

/// The page.
#[component]
pub fn DeadLink(
    /// The heading.
    title: &'static str,
    /// What cannot be done.
    lead: &'static str,
    /// Done already, too late, a part is missing.
    causes: [String; 3],
    /// The ways on.
    children: Children,
) -> impl IntoView {
    let items = causes.into_iter().map(|cause| view! { <li>{cause}</li> }).collect_view();
    view! { <Page title=title lead=lead><ul>{items}</ul>{children()}</Page> }.into_any()
}

/// A link's form, until it comes back because the link was used meanwhile, in another tab. The switch stands inside of what
/// waits for the page's data: outside of it, the form would listen on while the data are waited for again.
pub fn unless_used(
    is_used: impl Fn() -> bool + Send + Sync + 'static,
    form: impl Fn() -> AnyView + Send + 'static,
    dead: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let is_used = Memo::new(move |_| is_used());
    (move || if is_used.get() { dead() } else { form() }).into_any()
}
