//! The start of the help: search, chapters, and the pages for when something does not work.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{common, help as t};

use super::actions::{Help, HelpView, Hit};
use super::foot::Foot;
use crate::action::ask;
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || query.with(|q| q.get("q").unwrap_or_default());
    let view =
        Resource::new_blocking(asked, |q| async move { ask(Help { q: q.clone() }, &[("q", &q)]).await });
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Start view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Start(view: HelpView) -> impl IntoView {
    let lang = use_lang();
    let HelpView { query, count, found, chapters } = view;
    let found = (!query.is_empty()).then(|| view! { <Found count found/> }.into_any());
    let chapters = chapters
        .into_iter()
        .map(|chapter| view! { <Row path=chapter.path title=chapter.title lead=chapter.lead/> }.into_any())
        .collect_view();
    let troubles = [
        (Route::HelpLetter, common::help_letter(lang)),
        (Route::HelpCode, common::help_code(lang)),
        (Route::HelpData, t::data(lang)),
    ];
    let troubles = troubles
        .into_iter()
        .map(|(route, title)| {
            view! { <Row path=route.path().to_owned() title=title.to_owned() lead=String::new()/> }.into_any()
        })
        .collect_view();
    view! {
        <Page title=t::title(lang) lead=t::lead(lang)>
            // A search is an address: it works without script, and can be kept and sent.
            <form method="get" action=Route::Help.path() role="search">
                <div class="field">
                    <label for="q">{t::search_label(lang)}</label>
                    <p class="hint" id="q-hint">{t::search_hint(lang)}</p>
                    <input id="q" name="q" type="search" value=query maxlength="100" autocomplete="off" aria-describedby="q-hint"/>
                </div>
                <div class="actions">
                    <button type="submit" class="button button--primary">{t::search_submit(lang)}</button>
                </div>
            </form>
            {found}
            <section aria-labelledby="troubles">
                <h2 id="troubles">{t::troubles(lang)}</h2>
                <ul class="rows">{troubles}</ul>
            </section>
            <section aria-labelledby="chapters">
                <h2 id="chapters">{t::chapters(lang)}</h2>
                <ul class="rows">{chapters}</ul>
            </section>
            <Foot/>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(path: String, title: String, lead: String) -> impl IntoView {
    view! {
        <li>
            <a class="row" href=path>
                <span class="row__label">{title}</span>
                " "
                <span class="row__value">{lead}</span>
                " "
                <span class="row__more"></span>
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn Found(count: String, found: Vec<Hit>) -> impl IntoView {
    let lang = use_lang();
    let nothing = found.is_empty();
    let items = found
        .into_iter()
        .map(|hit| {
            // The browser itself goes to the question; the page is not there yet when the router would.
            view! {
                <li>
                    <div class="thing__about">
                        <p class="thing__name"><a href=hit.path rel="external">{hit.question}</a></p>
                        <p>{hit.excerpt}</p>
                        <p class="hint">{hit.chapter}</p>
                    </div>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section aria-labelledby="found">
            <h2 id="found">{count}</h2>
            {if nothing {
                view! { <p>{t::nothing_hint(lang)}</p> }.into_any()
            } else {
                view! { <ul class="things">{items}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}
