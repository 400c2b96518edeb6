//! メールをご確認ください: the same for every address. Waits for the code of the e-mail.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::password_reset as t;

use super::actions::{ResetSent, SentView};
use super::{ResetAgain, ResetByCode};
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::field::TextField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn SentPage() -> impl IntoView {
    let locale = use_locale();
    let waiting = Resource::new_blocking(|| (), |()| fetch_view(ResetSent {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                render_result(waiting.await, |waiting| match waiting {
                    Some(waiting) => view! { <Code waiting/> }.into_any(),
                    // No request is pending in this browser: it begins at the form.
                    None => view! {
                        <Page title=t::sent_nothing_title(locale) lead=t::sent_nothing_lead(locale)>
                            <div class="actions">
                                <a class="button button--primary" href=Route::PasswordReset.path()>{t::sent_restart(locale)}</a>
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
fn Code(waiting: SentView) -> impl IntoView {
    let locale = use_locale();
    let SentView { email, second_factor } = waiting;
    let valid = use_page().reset_valid;
    let code = use_form::<ResetByCode>();
    let again = use_form::<ResetAgain>();
    view! {
        <Page title=t::sent_title(locale) lead=t::sent_lead(locale, &valid)>
            <Done known=vec![("sent-again", t::sent_sent_again(locale))]/>
            <div>
                <p class="big">{email}</p>
                <p><a href=Route::PasswordReset.path()>{t::sent_wrong_address(locale)}</a></p>
            </div>
            <Form to=code>
                <TextField
                    field=Field::Code
                    label=t::sent_code(locale)
                    hint=t::sent_code_hint(locale)
                    problems=code.problems.into()
                    autocomplete="one-time-code"
                    value=code.value("code", "")
                />
                {second_factor.then(|| view! { <p class="hint">{t::sent_second_factor(locale)}</p> })}
                <div class="actions"><Submit to=code text=t::sent_submit(locale)/></div>
            </Form>
            <HelpLink to=Route::HelpEmail/>
            <Form to=again>
                <div class="actions">
                    <Submit to=again text=t::sent_again(locale) class="button button--secondary"/>
                </div>
            </Form>
        </Page>
    }
    .into_any()
}
