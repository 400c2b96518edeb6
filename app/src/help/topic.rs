//! A page of questions and answers: a chapter, or what to do about trouble with e-mails and codes.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use words::help as t;

use super::actions::{HelpTopic, TopicView};
use super::foot::Foot;
use crate::fetch::fetch_view;
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::page::Page;
use crate::ui::time::Time;

/// The page that the address names.
#[component]
pub fn TopicPage() -> impl IntoView {
    let path = use_location().pathname;
    // Until the page is removed, it sees the address of the next page.
    let topic = Memo::new(move |topic: Option<&String>| {
        let here = path.with(|path| path.strip_prefix("/help/").map(str::to_owned));
        here.or_else(|| topic.cloned()).unwrap_or_default()
    });
    let view = Resource::new_blocking(
        move || topic.get(),
        |topic| async move { fetch_view(HelpTopic { topic: topic.clone() }, &[("topic", &topic)]).await },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Topic view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Topic(view: TopicView) -> impl IntoView {
    let locale = use_locale();
    let contents = view
        .questions
        .into_iter()
        .map(|(id, title)| view! { <li><a href=["#", &id].concat()>{title}</a></li> }.into_any())
        .collect_view();
    let now = view.now.map(|at| {
        view! {
            <div>
                <p class="big">{t::now_label(locale)} " " <Time at/></p>
                <p class="hint">{t::now_zone(locale)}</p>
            </div>
        }
        .into_any()
    });
    view! {
        <Page title=view.title lead=view.lead back=(Route::Help.path(), t::back(locale).to_owned())>
            {now}
            <nav aria-label=t::contents(locale)><ul class="links">{contents}</ul></nav>
            <div class="document answers" inner_html=view.html></div>
            <Foot/>
        </Page>
    }
    .into_any()
}
