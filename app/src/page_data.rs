//! The data of a page: rendered, read again after a form, or replaced by an error.

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use words::errors as t;

use crate::form::ActionError;
use crate::page_context::{PageSignal, use_locale, use_page};
use crate::ui::page::Page;

/// Reads a page's data again whenever a form was accepted whose reply leads back to the same page.
pub fn refetch_after_submit<T>(data: Resource<T>)
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let page = expect_context::<PageSignal>();
    Effect::watch(move || page.track(), move |(), _, _| data.refetch(), false);
}

/// Renders a page's data, or the page that says why they are not there.
pub fn render_result<T>(data: Result<T, ActionError>, render: impl FnOnce(T) -> AnyView) -> AnyView {
    match data {
        Ok(data) => render(data),
        // The browser is being sent to ログイン or 本人確認.
        Err(error) if error.redirect().is_some() => ().into_any(),
        Err(ActionError::NotOffered) => view! { <NotAvailablePage/> }.into_any(),
        Err(error) => view! { <ErrorPage error/> }.into_any(),
    }
}

/// The data of a page could not be read. Trying again loads the page from the server.
#[component]
fn ErrorPage(error: ActionError) -> impl IntoView {
    let locale = use_locale();
    let here = use_location();
    let (title, lead) = match error {
        ActionError::Unreachable => (t::offline_title(locale), t::offline_lead(locale).to_owned()),
        ActionError::Failed(reference) => (
            t::fault_title(locale),
            [t::fault_lead(locale), &t::fault_reference(locale, &reference)].concat(),
        ),
        _ => (t::busy_title(locale), t::busy_lead(locale).to_owned()),
    };
    view! {
        <Page title=title lead=lead>
            <div class="actions">
                <a class="button button--primary" href=move || here.pathname.get() rel="external">{t::retry(locale)}</a>
            </div>
        </Page>
    }
    .into_any()
}

/// Says that this site does not have a part of Tegata (yet).
#[component]
pub fn NotAvailablePage() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=t::not_available_title(locale) lead=t::not_available_lead(locale)><ToHome/></Page>
    }
    .into_any()
}

/// 404. The status is set by the server, which knows the addresses.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=t::not_found_title(locale) lead=t::not_found_lead(locale)><ToHome/></Page>
    }
    .into_any()
}

#[component]
fn ToHome() -> impl IntoView {
    let locale = use_locale();
    // For a visitor ホーム leads to ログイン: the server redirects.
    let rel = use_page().member.is_none().then_some("external");
    view! {
        <div class="actions">
            <a class="button button--primary" href=Route::Home.path() rel=rel>{t::to_home(locale)}</a>
        </div>
    }
    .into_any()
}
