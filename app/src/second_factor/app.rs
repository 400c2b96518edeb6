//! Setting up an authenticator app: scan, type the first code, name it (MP-44, C-28).

use domain::field::Field;
use domain::route::Route;
use domain::second_factor::Refused;
use leptos::prelude::*;
use words::{second_factor as t, second_step as s};

use super::actions::{AddApp, AppDraft, DraftView};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::field::{CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AppPage() -> impl IntoView {
    let to = sending::<AddApp>();
    let returned = StoredValue::new(to.value("draft", ""));
    // A secret that was shown too long ago is replaced.
    let stale = Memo::new(move |_| to.refused_for(Refused::Stale));
    let view = Resource::new_blocking(
        move || stale.get(),
        move |_| {
            let sealed = returned.get_value();
            async move { ask(AppDraft { sealed: sealed.clone() }, &[("sealed", &sealed)]).await }
        },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <SetUp to view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SetUp(to: Sending, view: DraftView) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=t::app_title(lang) lead=t::app_lead(lang) back=(Route::SecondStep.path(), t::back_to_list(lang).to_owned())>
            <Form to>
                <section aria-labelledby="scan">
                    <h2 id="scan">{t::app_scan(lang)}</h2>
                    <p>{t::app_scan_how(lang)}</p>
                    <div class="qr" role="img" aria-label=t::app_qr(lang) inner_html=view.qr></div>
                    <p><a class="button button--secondary" href=view.link rel="external">{t::app_open(lang)}</a></p>
                    <details class="help">
                        <summary>{t::app_type(lang)}</summary>
                        <p>{t::app_type_how(lang)}</p>
                        <p class="big key">{view.key}</p>
                    </details>
                </section>
                <section aria-labelledby="first-code">
                    <h2 id="first-code">{t::app_code(lang)}</h2>
                    <CodeField label=s::code(lang) hint=t::app_code_hint(lang) problems=to.problems.into()/>
                    <TextField
                        field=Field::Label
                        label=t::app_label(lang)
                        hint=t::app_label_hint(lang)
                        problems=to.problems.into()
                        autocomplete="off"
                        value=to.value("label", "")
                        optional=true
                    />
                    <input type="hidden" name="draft" value=view.sealed/>
                    <div class="actions"><Submit to text=t::app_save(lang)/></div>
                </section>
            </Form>
            <HelpLink to=Route::HelpCode/>
        </Page>
    }
    .into_any()
}
