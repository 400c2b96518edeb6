//! メールをご確認ください: the same for every address. Waits for the code of the letter.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::password_reset as t;

use super::actions::{ResetSent, Waiting};
use super::{ResetAgain, ResetByCode};
use crate::action::{ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::field::TextField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn SentPage() -> impl IntoView {
    let lang = use_lang();
    let waiting = Resource::new_blocking(|| (), |()| ask(ResetSent {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                drawn(waiting.await, |waiting| match waiting {
                    Some(waiting) => view! { <Code waiting/> }.into_any(),
                    // Nothing waits in this browser: the way begins at the form.
                    None => view! {
                        <Page title=t::sent_nothing_title(lang) lead=t::sent_nothing_lead(lang)>
                            <div class="actions">
                                <a class="button button--primary" href=Route::PasswordReset.path()>{t::sent_restart(lang)}</a>
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
fn Code(waiting: Waiting) -> impl IntoView {
    let lang = use_lang();
    let Waiting { email, valid, second_step } = waiting;
    let code = sending::<ResetByCode>();
    let again = sending::<ResetAgain>();
    view! {
        <Page title=t::sent_title(lang) lead=t::sent_lead(lang, &valid)>
            <Done known=vec![("sent-again", t::sent_sent_again(lang))]/>
            <div>
                <p class="big">{email}</p>
                <p><a href=Route::PasswordReset.path()>{t::sent_wrong_address(lang)}</a></p>
            </div>
            <Form to=code>
                <TextField
                    field=Field::Code
                    label=t::sent_code(lang)
                    hint=t::sent_code_hint(lang)
                    problems=code.problems.into()
                    autocomplete="one-time-code"
                    value=code.value("code", "")
                />
                {second_step.then(|| view! { <p class="hint">{t::sent_second_step(lang)}</p> })}
                <div class="actions"><Submit to=code text=t::sent_submit(lang)/></div>
            </Form>
            <HelpLink to=Route::HelpLetter/>
            <Form to=again>
                <div class="actions">
                    <Submit to=again text=t::sent_again(lang) class="button button--secondary"/>
                </div>
            </Form>
        </Page>
    }
    .into_any()
}
