//! The page: what happened, from where; what to do about what was not oneself.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{history as t, menu as m};

use super::actions::{History, HistoryView, Row};
use crate::action::ask;
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::page::Page;
use crate::ui::time::Time;

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|q| {
            let of = |name| q.get(name).unwrap_or_default();
            (of("kind"), of("before"))
        })
    };
    let view = Resource::new_blocking(asked, |(kind, before)| async move {
        let function = History { kind: kind.clone(), before: before.clone() };
        ask(function, &[("kind", &kind), ("before", &before)]).await
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Records view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Records(view: HistoryView) -> impl IntoView {
    let lang = use_lang();
    let filters = view
        .filters
        .into_iter()
        .map(|filter| {
            let current = filter.here.then_some("true");
            view! { <li><a class="chip" href=filter.href aria-current=current>{filter.text}</a></li> }
                .into_any()
        })
        .collect_view();
    let records = if view.rows.is_empty() {
        view! { <p>{t::empty(lang)}</p> }.into_any()
    } else {
        view! { <ol class="rows">{list(view.rows)}</ol> }.into_any()
    };
    let link = |href: String, rel: &'static str, text: &'static str| {
        (!href.is_empty()).then(|| view! { <a class="button" href=href rel=rel>{text}</a> }.into_any())
    };
    view! {
        <Page title=m::history(lang) lead=t::lead(lang)>
            <details class="help">
                <summary>{t::unfamiliar_heading(lang)}</summary>
                <p>{t::unfamiliar_lead(lang)}</p>
                <ol>
                    <li><a href=Route::Profile.path()>{t::unfamiliar_password(lang)}</a></li>
                    <li><a href=Route::SecondStep.path()>{t::unfamiliar_second_step(lang)}</a></li>
                </ol>
                <p>{t::unfamiliar_note(lang)}</p>
            </details>
            <nav aria-label=t::filter(lang)><ul class="chips">{filters}</ul></nav>
            {records}
            <p class="hint">{t::zone(lang)}</p>
            <div class="actions">
                {link(view.older, "next", t::older(lang))}
                {link(view.newest, "first", t::newest(lang))}
            </div>
        </Page>
    }
    .into_any()
}

fn list(rows: Vec<Row>) -> AnyView {
    rows.into_iter().map(record).collect_view().into_any()
}

/// One record; several that are shown as one can be opened.
fn record(row: Row) -> AnyView {
    let lang = use_lang();
    let chip = |shown: bool, class: &'static str, text: &'static str| {
        shown.then(|| view! { " " <span class=class>{text}</span> }.into_any())
    };
    let since = row.since.map(|since| view! { <Time at=since/> {t::from_to(lang)} }.into_any());
    let each = (!row.each.is_empty()).then(|| {
        view! { <details><summary>{t::each(lang)}</summary><ol class="rows">{list(row.each)}</ol></details> }.into_any()
    });
    view! {
        <li class="record">
            <p class="record__at">{since}<Time at=row.at/></p>
            <p class="record__what">
                {row.what}
                {chip(row.refused, "chip chip--refused", t::refused(lang))}
                {chip(row.here, "chip chip--here", t::here(lang))}
            </p>
            <p class="record__with">{row.browser}</p>
            <p class="record__with">{row.from}</p>
            {each}
        </li>
    }
    .into_any()
}
