//! The start of the help: search, chapters, and the pages for when something does not work.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{common, help as t};

use super::actions::{Help, HelpView, Hit};
use super::foot::Foot;
use crate::fetch::fetch_view;
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || query.with(|q| q.get("q").unwrap_or_default());
    let view =
        Resource::new_blocking(
            asked,
            |q| async move { fetch_view(Help { q: q.clone() }, &[("q", &q)]).await },
        );
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Start view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Start(view: HelpView) -> impl IntoView {
    let locale = use_locale();
    let HelpView { query, count, found, chapters } = view;
    let found = (!query.is_empty()).then(|| view! { <Found count found/> }.into_any());
    let chapters = chapters
        .into_iter()
        .map(|chapter| view! { <Row path=chapter.path title=chapter.title lead=chapter.lead/> }.into_any())
        .collect_view();
    let troubles = [
        (Route::HelpEmail, common::help_email(locale)),
        (Route::HelpCode, common::help_code(locale)),
        (Route::HelpData, t::data(locale)),
    ];
    let troubles = troubles
        .into_iter()
        .map(|(route, title)| {
            view! { <Row path=route.path().to_owned() title=title.to_owned() lead=String::new()/> }.into_any()
        })
        .collect_view();
    view! {
        <Page title=t::title(locale) lead=t::lead(locale)>
            // A search has an address: it works without script, and can be bookmarked and shared.
            <form method="get" action=Route::Help.path() role="search">
                <div class="field">
                    <label for="q">{t::search_label(locale)}</label>
                    <p class="hint" id="q-hint">{t::search_hint(locale)}</p>
                    <input id="q" name="q" type="search" value=query maxlength="100" autocomplete="off" aria-describedby="q-hint"/>
                </div>
                <div class="actions">
                    <button type="submit" class="button button--primary">{t::search_submit(locale)}</button>
                </div>
            </form>
            {found}
            <section aria-labelledby="troubles">
                <h2 id="troubles">{t::troubles(locale)}</h2>
                <ul class="rows">{troubles}</ul>
            </section>
            <section aria-labelledby="chapters">
                <h2 id="chapters">{t::chapters(locale)}</h2>
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
    let locale = use_locale();
    let nothing = found.is_empty();
    let items = found
        .into_iter()
        .map(|hit| {
            // The browser itself scrolls to the question; the router would before the page is rendered.
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
                view! { <p>{t::nothing_hint(locale)}</p> }.into_any()
            } else {
                view! { <ul class="things">{items}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}
