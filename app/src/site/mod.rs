//! Pages about the site itself: what is not there, and what is not there yet.

use domain::route::Route;
use leptos::prelude::*;
use words::errors as t;

use crate::boot::use_lang;
use crate::ui::page::Page;

/// 404. The status is set by the server, which knows the addresses.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=t::not_found_title(lang) lead=t::not_found_lead(lang)><ToHome/></Page>
    }
    .into_any()
}

/// A part of Tegata that this site does not have (yet), and says so.
#[component]
pub fn NotAvailablePage() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=t::not_available_title(lang) lead=t::not_available_lead(lang)><ToHome/></Page>
    }
    .into_any()
}

#[component]
fn ToHome() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="actions"><a class="button button--primary" href=Route::Home.path()>{t::to_home(lang)}</a></div>
    }
    .into_any()
}
