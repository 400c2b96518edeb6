//! The page behind the letter's link: a button. Opening it changes nothing; mail scanners open links too.

use domain::field::Field;
use domain::registration::CompleteRefused;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{profile_fields as f, register as t};

use super::RegisterByLink;
use super::actions::{Door, LookAtLink};
use super::sent::Steps;
use crate::action::{Sending, ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::dead_link::{DeadLink, unless_used};
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn CompletePage() -> impl IntoView {
    let link = use_query_map().get_untracked().get("t").unwrap_or_default();
    let to = sending::<RegisterByLink>();
    let token = link.clone();
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let t = token.clone();
            async move { ask(LookAtLink { t: t.clone() }, &[("t", &t)]).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let link = link.clone();
                Suspend::new(async move {
                    drawn(look.await, |open| {
                        let behind = move || match open {
                            Door::Closed => view! { <Invalid/> }.into_any(),
                            _ => view! { <Ready to link=link.clone() password=open == Door::Password/> }.into_any(),
                        };
                        let dead = || view! { <Invalid/> }.into_any();
                        unless_used(move || to.refused_for(CompleteRefused::LinkInvalid), behind, dead)
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ready(to: Sending, link: String, password: bool) -> impl IntoView {
    let lang = use_lang();
    let lead = if password { t::complete_lead_password(lang) } else { t::complete_lead(lang) };
    view! {
        <Page title=t::complete_title(lang) lead=lead>
            <Steps at=2/>
            <Form to>
                <input type="hidden" name="t" value=link/>
                {password.then(|| view! {
                    <PasswordField
                        field=Field::Password
                        label=f::password(lang)
                        problems=to.problems.into()
                        autocomplete="current-password"
                    />
                })}
                <div class="actions"><Submit to text=t::complete_submit(lang)/></div>
            </Form>
        </Page>
    }
    .into_any()
}

/// Names the three causes and offers to start again (MP-09).
#[component]
fn Invalid() -> impl IntoView {
    let lang = use_lang();
    let late = t::invalid_late(lang, &use_boot().registration_valid);
    let causes = [t::invalid_done(lang).to_owned(), late, t::invalid_cut(lang).to_owned()];
    view! {
        <DeadLink title=t::invalid_title(lang) lead=t::invalid_lead(lang) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::Register.path()>{t::restart(lang)}</a>
                <a class="button button--secondary" href=Route::SignIn.path()>{t::to_sign_in(lang)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
