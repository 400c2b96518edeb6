//! The page behind the new address's link: a button, and the password where the member is not signed in. Opening it
//! changes nothing; mail scanners open links too.

use domain::email_change::Refused;
use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{email_change as t, profile_fields as f};

use super::actions::{Door, LookAtEmail};
use super::{ConfirmEmail, Invalid, MailFactor, ToSecondStep};
use crate::action::{Sending, ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::dead_link::unless_used;
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn EmailConfirmPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    if query.get_str("done") == Some("changed") {
        return view! { <Changed/> }.into_any();
    }
    let to = sending::<ConfirmEmail>();
    let link = to.value("t", &query.get("t").unwrap_or_default());
    let token = link.clone();
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let t = token.clone();
            async move { ask(LookAtEmail { t: t.clone() }, &[("t", &t)]).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let link = link.clone();
                Suspend::new(async move {
                    drawn(look.await, |door| {
                        let behind = move || {
                            let link = link.clone();
                            match door.clone() {
                                Door::Closed => view! { <Invalid/> }.into_any(),
                                Door::Button(email) => {
                                    view! { <Ready to link email password=false/> }.into_any()
                                }
                                Door::Password(email) => {
                                    view! { <Ready to link email password=true/> }.into_any()
                                }
                                Door::SignIn => view! { <SignInFirst link/> }.into_any(),
                                Door::Refused => view! { <Blocked/> }.into_any(),
                            }
                        };
                        let dead = || view! { <Invalid/> }.into_any();
                        unless_used(move || to.refused_for(Refused::LinkInvalid), behind, dead)
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ready(to: Sending, link: String, email: String, password: bool) -> impl IntoView {
    let lang = use_lang();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    let lead = if password { t::confirm_lead_password(lang) } else { t::confirm_lead(lang) };
    view! {
        <Page title=t::confirm_title(lang) lead=lead>
            <p class="big">{email}</p>
            <Form to>
                <input type="hidden" name="t" value=link/>
                {password.then(|| view! {
                    <PasswordField
                        field=Field::CurrentPassword
                        label=f::password(lang)
                        problems=to.problems.into()
                        autocomplete="current-password"
                    />
                })}
                <div class="actions"><Submit to text=t::confirm_submit(lang)/></div>
            </Form>
            {move || by_factor.get().then(|| view! { <ToSecondStep/> })}
        </Page>
    }
    .into_any()
}

#[component]
fn SignInFirst(link: String) -> impl IntoView {
    let lang = use_lang();
    let path = Route::SignIn.with_next(&Route::EmailConfirm.with_token(&link));
    view! {
        <Page title=t::confirm_title(lang) lead=t::confirm_sign_in(lang)>
            <div class="actions">
                <a class="button button--primary" href=path rel="external">{t::to_sign_in(lang)}</a>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Blocked() -> impl IntoView {
    let lang = use_lang();
    view! { <Page title=t::confirm_title(lang)><MailFactor/></Page> }.into_any()
}

#[component]
fn Changed() -> impl IntoView {
    let lang = use_lang();
    // Whoever is signed in here goes home; others sign in, with the new address.
    let (path, words) = if use_boot().member.is_some() {
        (Route::Account.path(), t::to_account(lang))
    } else {
        (Route::SignIn.path(), t::to_sign_in(lang))
    };
    view! {
        <Page title=t::changed_title(lang)>
            <Notice tone=Tone::Success text=t::changed_lead(lang)/>
            <div class="actions">
                <a class="button button--primary" href=path rel="external">{words}</a>
            </div>
        </Page>
    }
    .into_any()
}
