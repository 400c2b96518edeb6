//! 本人確認: authenticating again, before a change of what protects the account.

use domain::field::Field;
use domain::reauthentication::Form as Typed;
use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::reauthentication as t;

use crate::fetch::fetch_view;
use crate::form::{ActionError, Reply, use_form};
use crate::linked_accounts::{Html, ProviderNotice, ProvidersView};
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::passkeys::PasskeyStepUp;
use crate::ui::field::CodeField;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodsView {
    /// The user ID, which password managers look for; may be empty.
    pub email: String,
    /// Whether a code of an authenticator app is accepted, too.
    pub app: bool,
    /// Whether a passkey is accepted, too.
    pub passkey: bool,
    /// Whether a password is accepted. A member who has none uses a linked account instead.
    pub password: bool,
    /// The notices and buttons about linked accounts.
    pub providers: ProvidersView,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "reauthentication", input = PostUrl, output = Json)]
pub async fn reauthentication_methods(
    #[server(flatten)] notice: ProviderNotice,
) -> Result<MethodsView, ActionError> {
    use crate::present::providers;
    use crate::request::ctx;
    use domain::second_factor::Method;

    let ctx = ctx()?;
    let methods = identity::reauthentication::methods(&ctx).await?;
    let password = identity::password::set_at(&ctx).await?.is_some();
    Ok(MethodsView {
        email: ctx.member()?.email.clone().unwrap_or_default(),
        app: methods.contains(&Method::App),
        passkey: methods.contains(&Method::Passkey),
        password,
        providers: providers::of_reauthentication(&ctx, &notice, password).await?,
    })
}

/// Judges what was shown; the session gets a new token.
#[server(prefix = "", endpoint = "account/confirm", input = PostUrl, output = Json)]
pub async fn reauthenticate(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::request::{ctx, renew_session};
    use domain::route::next_or_home;

    let ctx = ctx()?;
    let token = identity::reauthentication::reauthenticate(&ctx, &form).await?;
    renew_session(&ctx, &token);
    Ok(Reply::Navigate(next_or_home(form.next.as_deref()).to_owned()))
}

/// The page.
#[component]
pub fn ReauthenticationPage() -> impl IntoView {
    let notice = ProviderNotice::of_page();
    let next = notice.next.clone();
    let view = Resource::new_blocking(
        || (),
        move |()| {
            let notice = notice.clone();
            async move { fetch_view(ReauthenticationMethods { notice: notice.clone() }, &notice.fields()).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let next = next.clone();
                Suspend::new(async move { render_result(view.await, |view| view! { <Methods view next/> }.into_any()) })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Methods(view: MethodsView, next: String) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<Reauthenticate>();
    let next = to.value("next", &next);
    let passkey = view.passkey.then(|| view! { <PasskeyStepUp next=next.clone()/> });
    view! {
        <Page title=t::title(locale) lead=t::lead(locale) back=(Route::Security.path(), t::back(locale).to_owned())>
            <Html html=view.providers.notices/>
            {(view.password || view.app).then(|| view! {
                <Form to>
                    <input type="text" name="username" autocomplete="username" value=view.email hidden readonly/>
                    {view.password.then(|| view! {
                        <PasswordField
                            field=Field::Password
                            label=t::password(locale)
                            problems=to.problems.into()
                            autocomplete="current-password"
                        />
                        <p class="hint">{words::account::password_forgotten(locale)}</p>
                    })}
                    {view.app.then(|| view! {
                        <details class="help" open=!view.password || !to.value("code", "").is_empty()>
                            <summary>{t::by_app(locale)}</summary>
                            <CodeField label=t::code(locale) hint=t::code_hint(locale) problems=to.problems.into()/>
                        </details>
                    })}
                    <input type="hidden" name="next" value=next/>
                    <div class="actions"><Submit to text=t::submit(locale)/></div>
                </Form>
            })}
            <Html html=view.providers.buttons/>
            {passkey}
        </Page>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::reauthentication::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::Empty => t::password_empty(l),
            Self::PasswordWrong => t::password_change_current_wrong(l),
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Locked => t::reauthentication_locked(l),
            Self::PasskeyWrong => t::challenge_passkey_wrong(l),
        }
        .into()
    }
}
