//! 新規登録: the form.

use domain::field::Field;
use domain::person::PersonForm;
use domain::route::{Route, next_or_home};
use leptos::ev::Event;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use words::{profile_fields as f, registration as t};

use super::Register;
use super::actions::{NewForm, NewFormView};
use super::sent::Steps;
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::linked_accounts::{Html, ProviderNotice};
use crate::page_context::{use_locale, use_page};
use crate::page_data::NotAvailablePage;
use crate::profile::PersonFields;
use crate::sign_in::fold_address;
use crate::ui::field::{Check, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::{OwnContext, PasswordField};

/// The page; on a site where people cannot register by themselves, one that says so.
#[component]
pub fn RegisterPage() -> impl IntoView {
    if use_page().open { view! { <OpenPage/> }.into_any() } else { view! { <NotAvailablePage/> }.into_any() }
}

#[component]
fn OpenPage() -> impl IntoView {
    let notice = ProviderNotice::of_page();
    let next = notice.next.clone();
    let view = Resource::new_blocking(
        || (),
        move |()| {
            let notice = notice.clone();
            // The form works without an answer, too; the server then derives its secret from the contents.
            async move {
                fetch_view(NewForm { notice: notice.clone() }, &notice.fields()).await.unwrap_or_default()
            }
        },
    );
    view! {
        <Suspense>
            {move || {
                let next = next.clone();
                Suspend::new(async move { view! { <NewRegistration view=view.await next/> } })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewRegistration(view: NewFormView, next: String) -> impl IntoView {
    let locale = use_locale();
    let page = use_page();
    let to = use_form::<Register>();
    let NewFormView { form_id, providers, family_name, given_name, email } = view;
    let email = to.value("email", &email);
    let next = to.value("next", &next);
    let to_sign_in = Route::SignIn.with_next(next_or_home(Some(&next)));
    let context = RwSignal::new(OwnContext {
        family_name: to.value("family_name", &family_name),
        given_name: to.value("given_name", &given_name),
        user_id: email.clone(),
    });
    let person = PersonForm { family_name, given_name, ..PersonForm::default() };
    // What the password must not contain changes while the names are typed.
    let listen = move |event: Event| {
        let input = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            let (name, value) = (input.name(), input.value());
            context.update(|context| match name.as_str() {
                "family_name" => context.family_name = value,
                "given_name" => context.given_name = value,
                "email" => context.user_id = value,
                _ => {}
            });
        }
    };
    view! {
        <Page title=t::title(locale) lead=t::lead(locale)>
            <Steps at=0/>
            <Html html=providers.notices/>
            <div class="beside">
            <Html html=providers.buttons/>
            <Form to>
                <div class="fields" on:input=listen>
                    <TextField
                        field=Field::Email
                        label=f::email(locale)
                        hint=t::email_hint(locale)
                        problems=to.problems.into()
                        kind="email"
                        autocomplete="email"
                        value=email
                        fold=fold_address
                    />
                    <PersonFields to person single_name=page.fields.single_names.then_some(false)/>
                    <PasswordField
                        field=Field::Password
                        label=f::password(locale)
                        problems=to.problems.into()
                        autocomplete="new-password"
                        rules=(page.rules, context.into())
                    />
                    <Check name="terms" field=(Field::Terms, to.problems.into()) ticked=to.ticked("terms", false)>
                        {t::terms_agree(locale)}
                        " "
                        <a href=Route::Terms.path() target="_blank">{t::terms_link(locale)}</a>
                        " "
                        {t::terms_and(locale)}
                        " "
                        <a href=Route::Privacy.path() target="_blank">{t::privacy_link(locale)}</a>
                    </Check>
                </div>
                <input type="hidden" name="form_id" value=to.value("form_id", &form_id)/>
                <input type="hidden" name="next" value=next/>
                <div class="actions">
                    <Submit to text=t::submit(locale)/>
                    <a class="button button--secondary" href=to_sign_in>{t::to_sign_in(locale)}</a>
                </div>
            </Form>
            </div>
        </Page>
    }
    .into_any()
}
