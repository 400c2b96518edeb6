//! 「当サイトが保管する情報」: each kind of data, why, how long, and when what was over was last removed.

use domain::route::Route;
use leptos::prelude::*;
use words::help as t;

use super::actions::{Kept, KeptView};
use super::foot::Foot;
use crate::action::ask;
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::page::Page;
use crate::ui::time::Time;

/// The page.
#[component]
pub fn KeptPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Kept {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <All view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn All(view: KeptView) -> impl IntoView {
    let lang = use_lang();
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
        None => t::kept_not_purged(lang).into_any(),
    };
    view! {
        <Page title=t::data(lang) lead=t::kept_lead(lang) back=(Route::Help.path(), t::back(lang).to_owned())>
            <div>
                <p>{view.every}</p>
                <p class="hint purged">{t::kept_purged(lang)} " " {last}</p>
            </div>
            <ul class="things">{rows}</ul>
            <Foot/>
        </Page>
    }
    .into_any()
}
