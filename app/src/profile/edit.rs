//! 会員情報の変更: the profile, and the password below it (C-15).

use domain::route::Route;
use leptos::prelude::*;
use words::{account as t, menu as m};

use super::actions::{Profile, ProfileView};
use super::{ChangeProfile, PersonFields};
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::password::PasswordSection;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::OwnContext;

/// The page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Profile {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Edit view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Edit(view: ProfileView) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<ChangeProfile>();
    let person = view.person;
    let context = OwnContext {
        family_name: person.family_name.clone(),
        given_name: person.given_name.clone(),
        user_id: view.email,
    };
    // For members who never had a given name.
    let single_name = (use_page().fields.single_names && person.given_name.is_empty()).then_some(true);
    view! {
        <Page title=m::profile(locale) lead=t::edit_lead(locale) back=(Route::Account.path(), t::back(locale).to_owned())>
            <Form to>
                <PersonFields to person single_name/>
                <div class="actions"><Submit to text=t::save(locale)/></div>
            </Form>
            {if view.has_password { view! { <PasswordSection context/> }.into_any() } else { no_password() }}
        </Page>
    }
    .into_any()
}

/// A member who signs in with a provider instead of a password (C-53) sets one on the page of the links.
fn no_password() -> AnyView {
    let locale = use_locale();
    view! {
        <section aria-labelledby="password-heading">
            <h2 id="password-heading">{t::password_heading(locale)}</h2>
            <p>{t::password_none(locale)}</p>
            <p><a href=Route::Linked.path()>{words::linked_accounts::method_title(locale)}</a></p>
        </section>
    }
    .into_any()
}
