//! ログイン

use domain::field::Field;
use domain::fold::ascii_fold;
use domain::route::Route;
use leptos::prelude::*;
use words::sign_in as t;

use super::SignIn;
use crate::action::{ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::linked_accounts::{Html, LinkedHere, Visit};
use crate::passkeys::PasskeySignIn;
use crate::ui::field::{Check, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let lang = use_lang();
    let site = use_boot();
    let to = sending::<SignIn>();
    let visit = Visit::of_page();
    let next = to.value("next", &visit.next);
    let linked = Resource::new_blocking(
        || (),
        move |()| {
            let visit = visit.clone();
            async move { ask(LinkedHere { visit: visit.clone() }, &visit.fields()).await.unwrap_or_default() }
        },
    );
    let passkey = site.passkeys.then(|| view! { <PasskeySignIn next=next.clone()/> });
    view! {
        <Page title=t::title(lang)>
            <Done known=vec![
                ("signed-out", t::signed_out(lang)),
                ("password-reset", words::password_reset::done(lang)),
                ("method", words::linked_accounts::method_done(lang)),
            ]/>
            <Suspense>{move || Suspend::new(async move { view! { <Html html=linked.await.notices/> } })}</Suspense>
            <Form to>
                <TextField
                    field=Field::Email
                    label=t::user_id(lang)
                    problems=to.problems.into()
                    kind="email"
                    autocomplete=if site.passkeys { "username webauthn" } else { "username" }
                    value=to.value("email", "")
                    fold=tidy
                />
                <PasswordField
                    field=Field::Password
                    label=t::password(lang)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
                {site.remember.then(|| view! {
                    <Check name="remember" ticked=to.ticked("remember", false)>{t::remember(lang)}</Check>
                })}
                <input type="hidden" name="next" value=next/>
                <div class="actions">
                    <Submit to text=t::submit(lang) class="button button--primary button--wide"/>
                </div>
            </Form>
            {passkey}
            <Suspense>{move || Suspend::new(async move { view! { <Html html=linked.await.providers/> } })}</Suspense>
            <ul class="links">
                <li><a href=Route::PasswordReset.path()>{t::forgotten(lang)}</a></li>
                {site.open.then(|| view! {
                    <li><a href=Route::Register.path()>{t::register(lang, &site.site)}</a></li>
                })}
            </ul>
        </Page>
    }
    .into_any()
}

/// An address as it will be read: width folded, no space around it.
pub(crate) fn tidy(typed: &str) -> String {
    ascii_fold(typed).trim().to_owned()
}
