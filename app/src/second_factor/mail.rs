//! Setting up codes by e-mail: an e-mail is sent, and its code typed (MP-45).

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{second_factor as t, second_factor_challenge as s};

use super::actions::{ConfirmMailCodes, SendMailCode};
use super::use_next;
use crate::form::use_form;
use crate::page_context::use_locale;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn MailPage() -> impl IntoView {
    let locale = use_locale();
    let email = use_form::<SendMailCode>();
    let to = use_form::<ConfirmMailCodes>();
    let (query, next) = (use_query_map(), StoredValue::new(use_next()));
    let sent = move || query.with(|q| q.get("done").is_some()) || to.problems.with(|all| !all.is_empty());
    view! {
        <Page title=t::mail_title(locale) lead=t::mail_lead(locale) back=(Route::SecondFactor.with_next(&next.get_value()), t::back_to_list(locale).to_owned())>
            <Done known=vec![("sent", t::mail_sent(locale))]/>
            {move || sent().then(|| view! {
                <Form to>
                    <input type="hidden" name="next" value=next.get_value()/>
                    <CodeField label=s::code(locale) hint=s::code_hint(locale) problems=to.problems.into()/>
                    <div class="actions"><Submit to text=t::mail_save(locale)/></div>
                </Form>
            })}
            <Form to=email>
                <input type="hidden" name="next" value=next.get_value()/>
                {move || {
                    let (text, class) = if sent() {
                        (t::mail_send_again(locale), "button button--secondary")
                    } else {
                        (t::mail_send(locale), "button button--primary")
                    };
                    view! { <div class="actions"><Submit to=email text class/></div> }
                }}
            </Form>
            <HelpLink to=Route::HelpEmail/>
        </Page>
    }
    .into_any()
}
