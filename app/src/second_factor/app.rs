//! Setting up an authenticator app: scan, type the first code, name it (MP-44, C-28).

use domain::field::Field;
use domain::route::Route;
use domain::second_factor::set_up::Refused;
use leptos::prelude::*;
use words::{second_factor as t, second_factor_challenge as s};

use super::actions::{AddApp, AppDraft, DraftView};
use super::use_next;
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::field::{CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AppPage() -> impl IntoView {
    let to = use_form::<AddApp>();
    let returned = StoredValue::new(to.value("draft", ""));
    // A secret that was shown too long ago is replaced.
    let stale = Memo::new(move |_| to.refused_for(Refused::Stale));
    let view = Resource::new_blocking(
        move || stale.get(),
        move |_| {
            let sealed = returned.get_value();
            async move { fetch_view(AppDraft { sealed: sealed.clone() }, &[("sealed", &sealed)]).await }
        },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <SetUp to view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SetUp(to: FormState, view: DraftView) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=t::app_title(locale) lead=t::app_lead(locale) back=(Route::SecondFactor.with_next(&use_next()), t::back_to_list(locale).to_owned())>
            <Form to>
                <section aria-labelledby="scan">
                    <h2 id="scan">{t::app_scan(locale)}</h2>
                    <p>{t::app_scan_how(locale)}</p>
                    <div class="qr" role="img" aria-label=t::app_qr(locale) inner_html=view.qr></div>
                    <p><a class="button button--secondary" href=view.link rel="external">{t::app_open(locale)}</a></p>
                    <details class="help">
                        <summary>{t::app_type(locale)}</summary>
                        <p>{t::app_type_how(locale)}</p>
                        <p class="big key">{view.key}</p>
                    </details>
                </section>
                <section aria-labelledby="first-code">
                    <h2 id="first-code">{t::app_code(locale)}</h2>
                    <CodeField label=s::code(locale) hint=t::app_code_hint(locale) problems=to.problems.into()/>
                    <TextField
                        field=Field::Label
                        label=t::app_label(locale)
                        hint=t::app_label_hint(locale)
                        problems=to.problems.into()
                        autocomplete="off"
                        value=to.value("label", "")
                        optional=true
                    />
                    <input type="hidden" name="draft" value=view.sealed/>
                    <input type="hidden" name="next" value=use_next()/>
                    <div class="actions"><Submit to text=t::app_save(locale)/></div>
                </section>
            </Form>
            <HelpLink to=Route::HelpCode/>
        </Page>
    }
    .into_any()
}
