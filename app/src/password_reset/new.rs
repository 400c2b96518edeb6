//! 新しいパスワードの設定: the page behind the letter's link. Opening it changes nothing; mail scanners open links too.

use domain::password_change::Refused;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::password_reset as t;

use super::SetNewPassword;
use super::actions::{Door, LookAtReset, Owner};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::dead_link::{DeadLink, unless_used};
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::{About, NewPasswordFields};

/// The page.
#[component]
pub fn NewPasswordPage() -> impl IntoView {
    let link = use_query_map().get_untracked().get("t").unwrap_or_default();
    let to = sending::<SetNewPassword>();
    let token = link.clone();
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let t = token.clone();
            async move { ask(LookAtReset { t: t.clone() }, &[("t", &t)]).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let link = link.clone();
                Suspend::new(async move {
                    drawn(look.await, |Door { owner, valid }| {
                        let late = valid.clone();
                        let behind = move || match owner.clone() {
                            Some(owner) => view! { <Ready to link=link.clone() owner/> }.into_any(),
                            None => view! { <Invalid valid=valid.clone()/> }.into_any(),
                        };
                        let dead = move || view! { <Invalid valid=late.clone()/> }.into_any();
                        unless_used(move || to.refused_for(Refused::LinkInvalid), behind, dead)
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ready(to: Sending, link: String, owner: Owner) -> impl IntoView {
    let lang = use_lang();
    let Owner { email, family_name, given_name } = owner;
    let about = About { family_name, given_name, user_id: email.clone() };
    view! {
        <Page title=t::title(lang) lead=t::lead(lang)>
            <Form to>
                <input type="hidden" name="t" value=link/>
                <input type="text" name="username" autocomplete="username" value=email hidden readonly/>
                <NewPasswordFields problems=to.problems.into() about/>
                <p class="hint">{t::tips(lang)}</p>
                <div class="actions"><Submit to text=t::submit(lang)/></div>
            </Form>
        </Page>
    }
    .into_any()
}

/// Names the three causes and offers to ask again (MP-36).
#[component]
fn Invalid(valid: String) -> impl IntoView {
    let lang = use_lang();
    let causes =
        [t::invalid_done(lang).to_owned(), t::invalid_late(lang, &valid), t::invalid_cut(lang).to_owned()];
    view! {
        <DeadLink title=t::invalid_title(lang) lead=t::invalid_lead(lang) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::PasswordReset.path()>{t::invalid_again(lang)}</a>
                <a class="button button--secondary" href=Route::SignIn.path() rel="external">{t::invalid_to_sign_in(lang)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
