//! The page behind the new address's link: a button, and the password where the member is not signed in.

use domain::email_change::Refused;
use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{email_change as t, profile_fields as f};

use super::actions::{LinkState, PreviewEmailChange};
use super::{ConfirmEmail, Dead, MailFactor, ToSecondFactor};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::{use_locale, use_page};
use crate::ui::form::{Form, Submit};
use crate::ui::link_page::link_page;
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn EmailConfirmPage() -> impl IntoView {
    if use_query_map().with_untracked(|query| query.get_str("done") == Some("changed")) {
        return view! { <Changed/> }.into_any();
    }
    let to = use_form::<ConfirmEmail>();
    link_page(
        |t| async move { fetch_view(PreviewEmailChange { t: t.clone() }, &[("t", &t)]).await },
        move |state, link| match state {
            LinkState::Button(email) => view! { <Ready to link email password=false/> }.into_any(),
            LinkState::Password(email) => view! { <Ready to link email password=true/> }.into_any(),
            LinkState::SignIn => view! { <SignInFirst link/> }.into_any(),
            LinkState::Refused => view! { <Blocked/> }.into_any(),
        },
        move || to.refused_for(Refused::LinkInvalid),
        || view! { <Dead/> }.into_any(),
    )
}

#[component]
fn Ready(to: FormState, link: String, email: String, password: bool) -> impl IntoView {
    let locale = use_locale();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    let lead = if password { t::confirm_lead_password(locale) } else { t::confirm_lead(locale) };
    view! {
        <Page title=t::confirm_title(locale) lead=lead>
            <p class="big">{email}</p>
            <Form to>
                <input type="hidden" name="t" value=link/>
                {password.then(|| view! {
                    <PasswordField
                        field=Field::CurrentPassword
                        label=f::password(locale)
                        problems=to.problems.into()
                        autocomplete="current-password"
                    />
                })}
                <div class="actions"><Submit to text=t::confirm_submit(locale)/></div>
            </Form>
            {move || by_factor.get().then(|| view! { <ToSecondFactor/> })}
        </Page>
    }
    .into_any()
}

#[component]
fn SignInFirst(link: String) -> impl IntoView {
    let locale = use_locale();
    let path = Route::SignIn.with_next(&Route::EmailConfirm.with_token(&link));
    view! {
        <Page title=t::confirm_title(locale) lead=t::confirm_sign_in(locale)>
            <div class="actions">
                <a class="button button--primary" href=path rel="external">{t::to_sign_in(locale)}</a>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Blocked() -> impl IntoView {
    let locale = use_locale();
    view! { <Page title=t::confirm_title(locale)><MailFactor/></Page> }.into_any()
}

#[component]
fn Changed() -> impl IntoView {
    let locale = use_locale();
    // A member who is signed in here goes to 会員情報参照; others sign in, with the new address.
    let (path, words) = if use_page().member.is_some() {
        (Route::Account.path(), t::to_account(locale))
    } else {
        (Route::SignIn.path(), t::to_sign_in(locale))
    };
    view! {
        <Page title=t::changed_title(locale)>
            <Notice tone=Tone::Success text=t::changed_lead(locale)/>
            <div class="actions">
                <a class="button button--primary" href=path rel="external">{words}</a>
            </div>
        </Page>
    }
    .into_any()
}
