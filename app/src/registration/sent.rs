//! 仮登録受付: the same for every address. Waits for the code of the letter.

use domain::route::Route;
use leptos::prelude::*;
use words::register as t;

use super::actions::Sent;
use super::{RegisterAgain, RegisterByCode};
use crate::action::{ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// Where one is on the way: 0 the form, 1 the letter, 2 the end.
#[component]
pub fn Steps(
    /// Which step is on.
    at: usize,
) -> impl IntoView {
    let lang = use_lang();
    let steps = [t::step_form(lang), t::step_letter(lang), t::step_done(lang)];
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(i, words)| {
            let done = i < at;
            view! {
                <li data-state=done.then_some("done") aria-current=(i == at).then_some("step")>
                    {words}
                    {done.then(|| view! { <span class="vh">{t::step_is_done(lang)}</span> })}
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! { <ol class="steps" aria-label=t::steps(lang)>{items}</ol> }.into_any()
}

/// The page.
#[component]
pub fn SentPage() -> impl IntoView {
    let lang = use_lang();
    let waiting = Resource::new_blocking(|| (), |()| ask(Sent {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                drawn(waiting.await, |email| match email {
                    Some(email) => view! { <Waiting email/> }.into_any(),
                    // Nothing waits in this browser: the way begins at the form.
                    None => view! {
                        <Page title=t::nothing_title(lang) lead=t::nothing_lead(lang)>
                            <div class="actions">
                                <a class="button button--primary" href=Route::Register.path()>{t::restart(lang)}</a>
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
    let lang = use_lang();
    let valid = use_boot().registration_valid;
    let code = sending::<RegisterByCode>();
    let again = sending::<RegisterAgain>();
    view! {
        <Page title=t::sent_title(lang) lead=t::sent_lead(lang, &valid)>
            <Steps at=1/>
            <Done known=vec![("sent-again", t::sent_again(lang))]/>
            <div>
                <p class="big">{email}</p>
                <p><a href=Route::Register.path()>{t::wrong_address(lang)}</a></p>
            </div>
            <Form to=code>
                <CodeField label=t::code_name(lang) hint=t::code_hint(lang) problems=code.problems.into()/>
                <div class="actions"><Submit to=code text=t::code_submit(lang)/></div>
            </Form>
            <HelpLink to=Route::HelpLetter/>
            <Form to=again>
                <div class="actions">
                    <Submit to=again text=t::again_button(lang) class="button button--secondary"/>
                </div>
            </Form>
        </Page>
    }
    .into_any()
}
