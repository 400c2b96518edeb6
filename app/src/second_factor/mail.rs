//! Setting up codes by letter: a letter goes out, its code comes back (MP-45).

use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{second_factor as t, second_step as s};

use super::actions::{ConfirmMail, SendMailCode};
use crate::action::sending;
use crate::boot::use_lang;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn MailPage() -> impl IntoView {
    let lang = use_lang();
    let letter = sending::<SendMailCode>();
    let to = sending::<ConfirmMail>();
    let query = use_query_map();
    let sent = move || query.with(|q| q.get("done").is_some()) || to.problems.with(|all| !all.is_empty());
    view! {
        <Page title=t::mail_title(lang) lead=t::mail_lead(lang) back=(Route::SecondStep.path(), t::back_to_list(lang).to_owned())>
            <Done known=vec![("sent", t::mail_sent(lang))]/>
            {move || sent().then(|| view! {
                <Form to>
                    <CodeField label=s::code(lang) hint=s::code_hint(lang) problems=to.problems.into()/>
                    <div class="actions"><Submit to text=t::mail_save(lang)/></div>
                </Form>
            })}
            <Form to=letter>
                {move || {
                    let (text, class) = if sent() {
                        (t::mail_send_again(lang), "button button--secondary")
                    } else {
                        (t::mail_send(lang), "button button--primary")
                    };
                    view! { <div class="actions"><Submit to=letter text class/></div> }
                }}
            </Form>
            <HelpLink to=Route::HelpLetter/>
        </Page>
    }
    .into_any()
}
