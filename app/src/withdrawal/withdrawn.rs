//! 退会完了: thanks, and the number. Read without sign-in, as often as one likes; it says nothing about anybody.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::withdrawal as t;

use super::actions::LookAtReceipt;
use crate::action::ask;
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn WithdrawnPage() -> impl IntoView {
    let typed = use_query_map().with_untracked(|q| q.get("receipt").unwrap_or_default());
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let receipt = typed.clone();
            async move { ask(LookAtReceipt { receipt: receipt.clone() }, &[("receipt", &receipt)]).await }
        },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                drawn(look.await, |receipt| view! { <Farewell receipt/> }.into_any())
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Farewell(receipt: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let boot = use_boot();
    let number = receipt.map(|receipt| {
        view! {
            <dl class="facts"><div><dt>{t::done_receipt(lang)}</dt><dd><strong>{receipt}</strong></dd></div></dl>
            <p>{t::done_letter(lang)}</p>
        }
        .into_any()
    });
    let register = boot.open.then(|| {
        view! {
            <div class="actions">
                <a class="button button--secondary" href=Route::Register.path()>{t::done_register(lang)}</a>
            </div>
        }
        .into_any()
    });
    view! {
        <Page title=t::done_title(lang) lead=t::done_lead(lang, &boot.site)>
            {number}
            <p>{t::done_again(lang)}</p>
            {register}
        </Page>
    }
    .into_any()
}
