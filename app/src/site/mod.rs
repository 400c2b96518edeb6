//! Pages about the site itself: what is not there, and what is not there yet.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use words::errors as t;

use crate::boot::use_lang;
use crate::ui::page::Page;

/// Pages of the menu that this version does not have yet. They say so; none is a dead link.
pub const PLANNED: [Route; 9] = [
    Route::PasswordReset,
    Route::EmailChange,
    Route::Services,
    Route::Linked,
    Route::Security,
    Route::History,
    Route::Withdraw,
    Route::Help,
    Route::NotAvailable,
];

/// For an address without a page of its own.
#[component]
pub fn OtherPage() -> impl IntoView {
    let path = use_location().pathname;
    move || {
        if path.with(|p| PLANNED.iter().any(|route| route.path() == p)) {
            view! { <NotAvailablePage/> }.into_any()
        } else {
            view! { <NotFoundPage/> }.into_any()
        }
    }
}

/// 404. The status is set by the server, which knows the addresses.
#[component]
fn NotFoundPage() -> impl IntoView {
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
