//! The page behind the letter's link: a button. Opening it changes nothing; mail scanners open links too.

use domain::field::Field;
use domain::registration::CompleteRefused;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{profile_fields as f, register as t};

use super::RegisterByLink;
use super::actions::{Door, look_at_link};
use super::sent::Steps;
use crate::action::{Reply, Sending, sending};
use crate::boot::{use_boot, use_lang};
use crate::say;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn CompletePage() -> impl IntoView {
    let lang = use_lang();
    let query = use_query_map();
    let link = move || query.with(|q| q.get("t").unwrap_or_default());
    let look = Resource::new_blocking(link, look_at_link);
    let to = sending::<RegisterByLink, CompleteRefused>(lang, say::completion);
    // Used in another tab meanwhile: the page says so instead of the form.
    let closed = move || {
        matches!(to.action.value().get(), Some(Ok(Reply::Refused(r))) if r.contains(&CompleteRefused::LinkInvalid))
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match look.await {
                    Ok(open) if open != Door::Closed && !closed() => {
                        view! { <Ready to link=link() password=open == Door::Password/> }.into_any()
                    }
                    _ => view! { <Invalid/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ready(to: Sending<RegisterByLink, CompleteRefused>, link: String, password: bool) -> impl IntoView {
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
                        problems=to.problems
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
    let hours = use_boot().registration_hours.to_string();
    view! {
        <Page title=t::invalid_title(lang) lead=t::invalid_lead(lang)>
            <ul>
                <li>{t::invalid_done(lang)}</li>
                <li>{t::invalid_late(lang, &hours)}</li>
                <li>{t::invalid_cut(lang)}</li>
            </ul>
            <div class="actions">
                <a class="button button--primary" href=Route::Register.path()>{t::restart(lang)}</a>
                <a class="button button--secondary" href=Route::SignIn.path()>{t::to_sign_in(lang)}</a>
            </div>
        </Page>
    }
    .into_any()
}
