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
