//! Pages about the site itself: what is not there, and what is not there yet.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use words::errors as t;

use crate::action::ActionError;
use crate::boot::{Live, use_boot, use_lang};
use crate::ui::page::Page;

/// Pages of the menu that this version does not have yet. They say so; none is a dead link.
pub const PLANNED: [Route; 2] = [Route::Services, Route::NotAvailable];

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

/// Reads a page's data again whenever a form was done whose reply leads back to the page it stands on.
pub fn follow<T>(data: Resource<T>)
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let live = expect_context::<Live>();
    Effect::watch(move || live.track(), move |(), _, _| data.refetch(), false);
}

/// Draws a page's data, or says why they are not there.
pub fn drawn<T>(data: Result<T, ActionError>, draw: impl FnOnce(T) -> AnyView) -> AnyView {
    match data {
        Ok(data) => draw(data),
        // The browser is on its way to ログイン; the server has sent it there.
        Err(error) if error.door().is_some() => ().into_any(),
        Err(ActionError::NotOffered) => view! { <NotAvailablePage/> }.into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    }
}

/// The data of a page did not come. Trying again loads the page anew.
#[component]
fn Trouble(error: ActionError) -> impl IntoView {
    let lang = use_lang();
    let here = use_location();
    let (title, lead) = match error {
        ActionError::Unreachable => (t::offline_title(lang), t::offline_lead(lang).to_owned()),
        ActionError::Fault(reference) => {
            (t::fault_title(lang), [t::fault_lead(lang), &t::fault_reference(lang, &reference)].concat())
        }
        _ => (t::busy_title(lang), t::busy_lead(lang).to_owned()),
    };
    view! {
        <Page title=title lead=lead>
            <div class="actions">
                <a class="button button--primary" href=move || here.pathname.get() rel="external">{t::retry(lang)}</a>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn ToHome() -> impl IntoView {
    let lang = use_lang();
    // For a visitor ホーム is ログイン, which the server knows.
    let rel = use_boot().member.is_none().then_some("external");
    view! {
        <div class="actions">
            <a class="button button--primary" href=Route::Home.path() rel=rel>{t::to_home(lang)}</a>
        </div>
    }
    .into_any()
}
