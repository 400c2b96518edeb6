//! The page: what is in a copy, and the button or the files.

use domain::route::Route;
use leptos::prelude::*;
use words::data_export as t;

use super::actions::{DataExport, DataView, RequestExport};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::page_data::{refetch_after_submit, render_result};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn DataExportPage() -> impl IntoView {
    let to = use_form::<RequestExport>();
    let view = Resource::new_blocking(|| (), |()| fetch_view(DataExport {}, &[]));
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Copy to view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Copy(to: FormState, view: DataView) -> impl IntoView {
    let locale = use_locale();
    let state = match view {
        DataView::Nothing => view! { <Prepare to text=t::prepare(locale)/> }.into_any(),
        DataView::Building => view! {
            <Notice tone=Tone::Info text=t::building(locale)/>
            <div class="actions">
                <a class="button" href=Route::DataExport.path() rel="external">{t::reload(locale)}</a>
            </div>
        }
        .into_any(),
        DataView::Ready { at, until } => view! {
            <Files at until/>
            <Prepare to text=t::prepare_again(locale) class="button"/>
        }
        .into_any(),
    };
    view! {
        <Page title=t::title(locale) lead=t::lead(locale) back=(Route::Account.path(), t::back(locale).to_owned())>
            <section aria-labelledby="contents">
                <h2 id="contents">{t::contents_heading(locale)}</h2>
                <ul>
                    <li>{t::contents_profile(locale)}</li>
                    <li>{t::contents_protection(locale)}</li>
                    <li>{t::contents_history(locale)}</li>
                </ul>
                <p class="hint">{t::secrets(locale)}</p>
            </section>
            {state}
        </Page>
    }
    .into_any()
}

#[component]
fn Prepare(
    to: FormState,
    text: &'static str,
    #[prop(default = "button button--primary")] class: &'static str,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Form to>
            <p class="hint">{t::prepare_hint(locale)}</p>
            <div class="actions"><Submit to text class/></div>
        </Form>
    }
    .into_any()
}

/// The two files. The server gives them their names.
#[component]
fn Files(at: String, until: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section aria-labelledby="files">
            <h2 id="files">{t::ready_heading(locale)}</h2>
            <Notice tone=Tone::Success text=t::ready(locale, &until)/>
            <p>{t::ready_at(locale, &at)}</p>
            <ul class="rows">
                <li><a class="row" href="/account/data/download?as=html" rel="external" download><span class="row__label">{t::html(locale)}</span></a></li>
                <li><a class="row" href="/account/data/download?as=json" rel="external" download><span class="row__label">{t::json(locale)}</span></a></li>
            </ul>
            <p class="hint">{t::care(locale)}</p>
        </section>
    }
    .into_any()
}
