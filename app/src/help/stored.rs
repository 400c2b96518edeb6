//! 「当サイトが保管する情報」: each kind of data, why and how long it is stored, and when expired data were last removed.

use domain::route::Route;
use leptos::prelude::*;
use words::help as t;

use super::actions::{StoredData, StoredView};
use super::foot::Foot;
use crate::fetch::fetch_view;
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::page::Page;
use crate::ui::time::Time;

/// The page.
#[component]
pub fn StoredPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(StoredData {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <All view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn All(view: StoredView) -> impl IntoView {
    let locale = use_locale();
    let rows = view
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <div class="thing__about">
                        <h2 class="thing__name">{row.what}</h2>
                        <p>{row.why}</p>
                        <p class="hint">{row.how_long}</p>
                    </div>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let last = match view.last_purge {
        Some(at) => view! { <Time at/> }.into_any(),
        None => t::stored_not_purged(locale).into_any(),
    };
    view! {
        <Page title=t::data(locale) lead=t::stored_lead(locale) back=(Route::Help.path(), t::back(locale).to_owned())>
            <div>
                <p>{view.every}</p>
                <p class="hint purged">{t::stored_purged(locale)} " " {last}</p>
            </div>
            <ul class="things">{rows}</ul>
            <Foot/>
        </Page>
    }
    .into_any()
}
