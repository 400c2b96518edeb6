//! The page: what is in a copy, and the button or the files.

use domain::route::Route;
use leptos::prelude::*;
use words::my_data as t;

use super::actions::{AskForData, DataView, MyData};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::{drawn, follow};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn MyDataPage() -> impl IntoView {
    let to = sending::<AskForData>();
    let view = Resource::new_blocking(|| (), |()| ask(MyData {}, &[]));
    follow(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Copy to view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Copy(to: Sending, view: DataView) -> impl IntoView {
    let lang = use_lang();
    let state = match view {
        DataView::Nothing => view! { <Prepare to text=t::prepare(lang)/> }.into_any(),
        DataView::Building => view! {
            <Notice tone=Tone::Info text=t::building(lang)/>
            <div class="actions">
                <a class="button" href=Route::MyData.path() rel="external">{t::reload(lang)}</a>
            </div>
        }
        .into_any(),
        DataView::Ready { at, until } => view! {
            <Files at until/>
            <Prepare to text=t::prepare_again(lang) class="button"/>
        }
        .into_any(),
    };
    view! {
        <Page title=t::title(lang) lead=t::lead(lang) back=(Route::Account.path(), t::back(lang).to_owned())>
            <section aria-labelledby="contents">
                <h2 id="contents">{t::contents_heading(lang)}</h2>
                <ul>
                    <li>{t::contents_profile(lang)}</li>
                    <li>{t::contents_protection(lang)}</li>
                    <li>{t::contents_history(lang)}</li>
                </ul>
                <p class="hint">{t::secrets(lang)}</p>
            </section>
            {state}
        </Page>
    }
    .into_any()
}

#[component]
fn Prepare(
    to: Sending,
    text: &'static str,
    #[prop(default = "button button--primary")] class: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Form to>
            <p class="hint">{t::prepare_hint(lang)}</p>
            <div class="actions"><Submit to text class/></div>
        </Form>
    }
    .into_any()
}

/// The two files. The server gives them their names.
#[component]
fn Files(at: String, until: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section aria-labelledby="files">
            <h2 id="files">{t::ready_heading(lang)}</h2>
            <Notice tone=Tone::Success text=t::ready(lang, &until)/>
            <p>{t::ready_at(lang, &at)}</p>
            <ul class="rows">
                <li><a class="row" href="/account/data/download?as=html" rel="external" download><span class="row__label">{t::html(lang)}</span></a></li>
                <li><a class="row" href="/account/data/download?as=json" rel="external" download><span class="row__label">{t::json(lang)}</span></a></li>
            </ul>
            <p class="hint">{t::care(lang)}</p>
        </section>
    }
    .into_any()
}
