//! A page of questions and answers: a chapter, or what to do when a letter or a code is the trouble.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use words::help as t;

use super::actions::{HelpTopic, TopicView};
use super::foot::Foot;
use crate::action::ask;
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::page::Page;
use crate::ui::time::Time;

/// The page; which one, its address says.
#[component]
pub fn TopicPage() -> impl IntoView {
    let path = use_location().pathname;
    // Until it is taken away, the page sees the address that is left for.
    let topic = Memo::new(move |topic: Option<&String>| {
        let here = path.with(|path| path.strip_prefix("/help/").map(str::to_owned));
        here.or_else(|| topic.cloned()).unwrap_or_default()
    });
    let view = Resource::new_blocking(
        move || topic.get(),
        |topic| async move { ask(HelpTopic { topic: topic.clone() }, &[("topic", &topic)]).await },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Topic view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Topic(view: TopicView) -> impl IntoView {
    let lang = use_lang();
    let contents = view
        .questions
        .into_iter()
        .map(|(id, title)| view! { <li><a href=["#", &id].concat()>{title}</a></li> }.into_any())
        .collect_view();
    let now = view.now.map(|at| {
        view! {
            <div>
                <p class="big">{t::now_label(lang)} " " <Time at/></p>
                <p class="hint">{t::now_zone(lang)}</p>
            </div>
        }
        .into_any()
    });
    view! {
        <Page title=view.title lead=view.lead back=(Route::Help.path(), t::back(lang).to_owned())>
            {now}
            <nav aria-label=t::contents(lang)><ul class="links">{contents}</ul></nav>
            <div class="document answers" inner_html=view.html></div>
            <Foot/>
        </Page>
    }
    .into_any()
}
