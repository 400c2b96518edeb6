//! The page: what happened, from where, and what to do if it was not the member.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{history as t, menu as m};

use super::actions::{History, HistoryView, Row};
use crate::fetch::fetch_view;
use crate::page_context::use_locale;
use crate::page_data::render_result;
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
        fetch_view(function, &[("kind", &kind), ("before", &before)]).await
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Records view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Records(view: HistoryView) -> impl IntoView {
    let locale = use_locale();
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
        view! { <p>{t::empty(locale)}</p> }.into_any()
    } else {
        view! { <ol class="rows">{list(view.rows)}</ol> }.into_any()
    };
    let link = |href: String, rel: &'static str, text: &'static str| {
        (!href.is_empty()).then(|| view! { <a class="button" href=href rel=rel>{text}</a> }.into_any())
    };
    view! {
        <Page title=m::history(locale) lead=t::lead(locale)>
            <details class="help">
                <summary>{t::unfamiliar_heading(locale)}</summary>
                <p>{t::unfamiliar_lead(locale)}</p>
                <ol>
                    <li><a href=Route::Profile.path()>{t::unfamiliar_password(locale)}</a></li>
                    <li><a href=Route::SecondFactor.path()>{t::unfamiliar_second_factor(locale)}</a></li>
                </ol>
                <p>{t::unfamiliar_note(locale)}</p>
            </details>
            <nav aria-label=t::filter(locale)><ul class="chips">{filters}</ul></nav>
            {records}
            <p class="hint">{t::zone(locale)}</p>
            <div class="actions">
                {link(view.older, "next", t::older(locale))}
                {link(view.newest, "first", t::newest(locale))}
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
    let locale = use_locale();
    let chip = |shown: bool, class: &'static str, text: &'static str| {
        shown.then(|| view! { " " <span class=class>{text}</span> }.into_any())
    };
    let since = row.since.map(|since| view! { <Time at=since/> {t::from_to(locale)} }.into_any());
    let each = (!row.each.is_empty()).then(|| {
        view! { <details><summary>{t::each(locale)}</summary><ol class="rows">{list(row.each)}</ol></details> }.into_any()
    });
    view! {
        <li class="record">
            <p class="record__at">{since}<Time at=row.at/></p>
            <p class="record__what">
                {row.what}
                {chip(row.refused, "chip chip--refused", t::refused(locale))}
                {chip(row.here, "chip chip--here", t::here(locale))}
            </p>
            <p class="record__with">{row.browser}</p>
            <p class="record__with">{row.from}</p>
            {each}
        </li>
    }
    .into_any()
}
