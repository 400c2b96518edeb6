//! The page behind the e-mail's link: a button, and the chosen password in another browser than the form's.

use domain::field::Field;
use domain::registration::CompleteRefused;
use domain::route::Route;
use leptos::prelude::*;
use words::{profile_fields as f, registration as t};

use super::RegisterByLink;
use super::actions::PreviewRegistration;
use super::sent::Steps;
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::{use_locale, use_page};
use crate::ui::form::{Form, Submit};
use crate::ui::link_page::{DeadLink, link_page};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn CompletePage() -> impl IntoView {
    let to = use_form::<RegisterByLink>();
    link_page(
        |t| async move { fetch_view(PreviewRegistration { t: t.clone() }, &[("t", &t)]).await },
        move |password, link| view! { <Complete to link password/> }.into_any(),
        move || to.refused_for(CompleteRefused::LinkInvalid),
        || view! { <Dead/> }.into_any(),
    )
}

#[component]
fn Complete(to: FormState, link: String, password: bool) -> impl IntoView {
    let locale = use_locale();
    let lead = if password { t::complete_lead_password(locale) } else { t::complete_lead(locale) };
    view! {
        <Page title=t::complete_title(locale) lead=lead>
            <Steps at=2/>
            <Form to>
                <input type="hidden" name="t" value=link/>
                {password.then(|| view! {
                    <PasswordField
                        field=Field::Password
                        label=f::password(locale)
                        problems=to.problems.into()
                        autocomplete="current-password"
                    />
                })}
                <div class="actions"><Submit to text=t::complete_submit(locale)/></div>
            </Form>
        </Page>
    }
    .into_any()
}

/// Names the three causes and offers to start again (MP-09).
#[component]
fn Dead() -> impl IntoView {
    let locale = use_locale();
    let late = t::invalid_late(locale, &use_page().registration_valid);
    let causes = [t::invalid_done(locale).to_owned(), late, t::invalid_cut(locale).to_owned()];
    view! {
        <DeadLink title=t::invalid_title(locale) lead=t::invalid_lead(locale) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::Register.path()>{t::restart(locale)}</a>
                <a class="button button--secondary" href=Route::SignIn.path()>{t::to_sign_in(locale)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
