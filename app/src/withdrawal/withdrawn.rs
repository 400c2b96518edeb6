//! 退会完了: thanks, and the receipt number. It can be read without sign-in, and holds no personal data.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::withdrawal as t;

use super::actions::Receipt;
use crate::fetch::fetch_view;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn WithdrawnPage() -> impl IntoView {
    let typed = use_query_map().with_untracked(|q| q.get("receipt").unwrap_or_default());
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let receipt = typed.clone();
            async move { fetch_view(Receipt { receipt: receipt.clone() }, &[("receipt", &receipt)]).await }
        },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                render_result(look.await, |receipt| view! { <Farewell receipt/> }.into_any())
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Farewell(receipt: Option<String>) -> impl IntoView {
    let locale = use_locale();
    let site = use_page();
    let number = receipt.map(|receipt| {
        view! {
            <dl class="facts"><div><dt>{t::done_receipt(locale)}</dt><dd><strong>{receipt}</strong></dd></div></dl>
            <p>{t::done_email(locale)}</p>
        }
        .into_any()
    });
    let register = site.open.then(|| {
        view! {
            <div class="actions">
                <a class="button button--secondary" href=Route::Register.path()>{t::done_register(locale)}</a>
            </div>
        }
        .into_any()
    });
    view! {
        <Page title=t::done_title(locale) lead=t::done_lead(locale, &site.site)>
            {number}
            <p>{t::done_again(locale)}</p>
            {register}
        </Page>
    }
    .into_any()
}
