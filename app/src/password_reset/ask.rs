//! パスワードの再設定: which account.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::password_reset as t;

use super::AskForReset;
use super::actions::NewReset;
use crate::action::{ask, sending};
use crate::boot::use_lang;
use crate::sign_in::tidy;
use crate::site::drawn;
use crate::ui::field::TextField;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AskPage() -> impl IntoView {
    let form_id = Resource::new_blocking(|| (), |()| ask(NewReset {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(form_id.await, |form_id| view! { <Ask form_id/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ask(form_id: String) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<AskForReset>();
    view! {
        <Page title=t::ask_title(lang) lead=t::ask_lead(lang)>
            <Form to>
                <input type="hidden" name="form_id" value=to.value("form_id", &form_id)/>
                <TextField
                    field=Field::Email
                    label=t::ask_user_id(lang)
                    problems=to.problems.into()
                    kind="email"
                    autocomplete="username"
                    value=to.value("email", "")
                    fold=tidy
                />
                <div class="actions"><Submit to text=t::ask_submit(lang)/></div>
            </Form>
            <p class="hint">{t::ask_dead_mailbox(lang)}</p>
            <ul class="links">
                <li><a href=Route::SignIn.path()>{t::ask_to_sign_in(lang)}</a></li>
            </ul>
        </Page>
    }
    .into_any()
}
