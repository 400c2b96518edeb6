//! Proving again to be oneself, before what protects the account is changed.

use domain::confirm::Form as Typed;
use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::confirm as t;

use crate::action::{ActionError, Reply, ask, sending};
use crate::boot::use_lang;
use crate::linked_accounts::{Here, Html, Visit};
use crate::passkeys::PasskeyConfirm;
use crate::site::drawn;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// The user ID, which password managers look for.
    pub email: String,
    /// Whether a code of an authenticator app does it, too.
    pub app: bool,
    /// Whether a passkey does it, too.
    pub passkey: bool,
    /// Whether a password does it. Who has none shows a linked account instead.
    pub password: bool,
    /// What is said and offered of linked accounts.
    pub linked: Here,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "confirm", input = PostUrl, output = Json)]
pub async fn how_to_confirm(#[server(flatten)] visit: Visit) -> Result<ConfirmView, ActionError> {
    use crate::linked_accounts::said;
    use crate::request::{caller, desk, told};
    use domain::second_step::Method;

    let (desk, caller) = (desk()?, caller()?);
    let methods = identity::confirm::methods(&desk, &caller).await.map_err(told)?;
    let email = caller.signed_in().map_err(told)?.email.clone();
    let password = identity::password::set_at(&desk, &caller).await.map_err(told)?.is_some();
    let linked = said::confirm(&desk, &caller, &visit, password).await.map_err(told)?;
    Ok(ConfirmView {
        email,
        password,
        linked,
        app: methods.contains(&Method::App),
        passkey: methods.contains(&Method::Passkey),
    })
}

/// Judges the proof; the session goes on under a new token.
#[server(prefix = "", endpoint = "account/confirm", input = PostUrl, output = Json)]
pub async fn confirm(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use crate::say;
    use domain::route::next_or_home;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::confirm::confirm(&desk, &caller, &form).await.map_err(told)? {
        Ok(token) => {
            set_cookie(&Cookie::Session.set(&desk.settings, token.expose(), None));
            Reply::Go(next_or_home(form.next.as_deref()).to_owned())
        }
        Err(refused) => say::refused(refused, say::confirm, lang_of(caller.locale)),
    })
}

/// The page.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let visit = Visit::of_page();
    let next = visit.next.clone();
    let view = Resource::new_blocking(
        || (),
        move |()| {
            let visit = visit.clone();
            async move { ask(HowToConfirm { visit: visit.clone() }, &visit.fields()).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let next = next.clone();
                Suspend::new(async move { drawn(view.await, |view| view! { <Prove view next/> }.into_any()) })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Prove(view: ConfirmView, next: String) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<Confirm>();
    let next = to.value("next", &next);
    let passkey = view.passkey.then(|| view! { <PasskeyConfirm next=next.clone()/> });
    view! {
        <Page title=t::title(lang) lead=t::lead(lang) back=(Route::Security.path(), t::back(lang).to_owned())>
            <Html html=view.linked.notices/>
            {(view.password || view.app).then(|| view! {
                <Form to>
                    <input type="text" name="username" autocomplete="username" value=view.email hidden readonly/>
                    {view.password.then(|| view! {
                        <PasswordField
                            field=Field::Password
                            label=t::password(lang)
                            problems=to.problems.into()
                            autocomplete="current-password"
                        />
                        <p class="hint">{words::account::password_forgotten(lang)}</p>
                    })}
                    {view.app.then(|| view! {
                        <details class="help" open=!view.password || !to.value("code", "").is_empty()>
                            <summary>{t::by_app(lang)}</summary>
                            <CodeField label=t::code(lang) hint=t::code_hint(lang) problems=to.problems.into()/>
                        </details>
                    })}
                    <input type="hidden" name="next" value=next/>
                    <div class="actions"><Submit to text=t::submit(lang)/></div>
                </Form>
            })}
            <Html html=view.linked.providers/>
            {passkey}
        </Page>
    }
    .into_any()
}
