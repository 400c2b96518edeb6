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
use crate::ui::dead_link::DeadLink;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn CompletePage() -> impl IntoView {
    let query = use_query_map();
    let link = move || query.with(|q| q.get("t").unwrap_or_default());
    let look =
        Resource::new_blocking(link, |t| async move { ask(LookAtLink { t: t.clone() }, &[("t", &t)]).await });
    let to = sending::<RegisterByLink>();
    // Used in another tab meanwhile: the page says so instead of the form.
    let closed = Memo::new(move |_| to.refused_for(CompleteRefused::LinkInvalid));
    view! {
        <Suspense>
            {move || {
                let (link, closed) = (link(), closed.get());
                Suspend::new(async move {
                    drawn(look.await, |open| {
                        if open == Door::Closed || closed {
                            view! { <Invalid/> }.into_any()
                        } else {
                            view! { <Ready to link password=open == Door::Password/> }.into_any()
                        }
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
