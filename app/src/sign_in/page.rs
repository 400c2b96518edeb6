//! ログイン: user ID and password, passkeys, providers.

use domain::field::Field;
use domain::fold::ascii_fold;
use domain::route::{Route, next_or_home};
use leptos::prelude::*;
use words::sign_in as t;

use super::SignIn;
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::linked_accounts::{Html, ProviderNotice, ProvidersOfSignIn};
use crate::page_context::{use_locale, use_page};
use crate::passkeys::PasskeySignIn;
use crate::ui::field::{Check, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let locale = use_locale();
    let page = use_page();
    let to = use_form::<SignIn>();
    let notice = ProviderNotice::of_page();
    let next = to.value("next", &notice.next);
    let providers = Resource::new_blocking(
        || (),
        move |()| {
            let notice = notice.clone();
            async move {
                let view = fetch_view(ProvidersOfSignIn { notice: notice.clone() }, &notice.fields()).await;
                view.unwrap_or_default()
            }
        },
    );
    let to_reset = Route::PasswordReset.with_next(next_or_home(Some(&next)));
    let to_register = Route::Register.with_next(next_or_home(Some(&next)));
    let passkey = page.passkeys.then(|| view! { <PasskeySignIn next=next.clone()/> });
    view! {
        <Page title=t::title(locale)>
            <Done known=vec![
                ("signed-out", t::signed_out(locale)),
                ("password-reset", words::password_reset::done(locale)),
                ("method", words::linked_accounts::method_done(locale)),
            ]/>
            <Suspense>{move || Suspend::new(async move { view! { <Html html=providers.await.notices/> } })}</Suspense>
            <Form to>
                <TextField
                    field=Field::Email
                    label=t::user_id(locale)
                    problems=to.problems.into()
                    kind="email"
                    autocomplete=if page.passkeys { "username webauthn" } else { "username" }
                    value=to.value("email", "")
                    fold=fold_address
                />
                <PasswordField
                    field=Field::Password
                    label=t::password(locale)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
                {page.remember.then(|| view! {
                    <Check name="remember" ticked=to.ticked("remember", false)>{t::remember(locale)}</Check>
                })}
                <input type="hidden" name="next" value=next/>
                <div class="actions">
                    <Submit to text=t::submit(locale) class="button button--primary button--wide"/>
                </div>
            </Form>
            {passkey}
            <Suspense>{move || Suspend::new(async move { view! { <Html html=providers.await.buttons/> } })}</Suspense>
            <ul class="links">
                <li><a href=to_reset>{t::forgotten(locale)}</a></li>
                {page.open.then(|| view! {
                    <li><a href=to_register>{t::register(locale, &page.site)}</a></li>
                })}
            </ul>
        </Page>
    }
    .into_any()
}

/// An address as the server will read it: width folded, no space around it.
pub(crate) fn fold_address(typed: &str) -> String {
    ascii_fold(typed).trim().to_owned()
}
