//! 仮登録受付: the same for every address. Waits for the code of the e-mail.

use domain::route::Route;
use leptos::prelude::*;
use words::registration as t;

use super::actions::RegistrationSent;
use super::{RegisterAgain, RegisterByCode};
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The steps of a registration: 0 the form, 1 the e-mail, 2 the end.
#[component]
pub fn Steps(
    /// The present step.
    at: usize,
) -> impl IntoView {
    let locale = use_locale();
    let steps = [t::step_form(locale), t::step_email(locale), t::step_done(locale)];
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(i, words)| {
            let done = i < at;
            view! {
                <li data-state=done.then_some("done") aria-current=(i == at).then_some("step")>
                    {words}
                    {done.then(|| view! { <span class="vh">{t::step_is_done(locale)}</span> })}
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! { <ol class="steps" aria-label=t::steps(locale)>{items}</ol> }.into_any()
}

/// The page.
#[component]
pub fn SentPage() -> impl IntoView {
    let locale = use_locale();
    let waiting = Resource::new_blocking(|| (), |()| fetch_view(RegistrationSent {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                render_result(waiting.await, |email| match email {
                    Some(email) => view! { <Waiting email/> }.into_any(),
                    // No registration is pending in this browser: it begins at the form.
                    None => view! {
                        <Page title=t::nothing_title(locale) lead=t::nothing_lead(locale)>
                            <div class="actions">
                                <a class="button button--primary" href=Route::Register.path()>{t::restart(locale)}</a>
                            </div>
                        </Page>
                    }
                    .into_any(),
                })
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Waiting(email: String) -> impl IntoView {
    let locale = use_locale();
    let valid = use_page().registration_valid;
    let code = use_form::<RegisterByCode>();
    let again = use_form::<RegisterAgain>();
    view! {
        <Page title=t::sent_title(locale) lead=t::sent_lead(locale, &valid)>
            <Steps at=1/>
            <Done known=vec![("sent-again", t::sent_again(locale))]/>
            <div>
                <p class="big">{email}</p>
                <p><a href=Route::Register.path()>{t::wrong_address(locale)}</a></p>
            </div>
            <Form to=code>
                <CodeField label=t::code_name(locale) hint=t::code_hint(locale) problems=code.problems.into()/>
                <div class="actions"><Submit to=code text=t::code_submit(locale)/></div>
            </Form>
            <HelpLink to=Route::HelpEmail/>
            <Form to=again>
                <div class="actions">
                    <Submit to=again text=t::again_button(locale) class="button button--secondary"/>
                </div>
            </Form>
        </Page>
    }
    .into_any()
}
