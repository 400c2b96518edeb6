//! 新規登録: the form.

use domain::field::Field;
use domain::fold::katakana;
use domain::locale::Locale;
use domain::route::Route;
use leptos::ev::Event;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use words::{profile_fields as f, register as t};

use super::Register;
use super::actions::{Fresh, NewForm};
use crate::action::{ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::linked_accounts::{Html, Visit};
use crate::sign_in::tidy;
use crate::site::NotAvailablePage;
use crate::ui::field::{BirthDateField, Check, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;
use crate::ui::password::{About, PasswordField};

/// The page; on a site where people cannot register by themselves, one that says so.
#[component]
pub fn RegisterPage() -> impl IntoView {
    if use_boot().open { view! { <OpenPage/> }.into_any() } else { view! { <NotAvailablePage/> }.into_any() }
}

#[component]
fn OpenPage() -> impl IntoView {
    let visit = Visit::of_page();
    let fresh = Resource::new_blocking(
        || (),
        move |()| {
            let visit = visit.clone();
            // Without an answer the form does, too; the server then makes up what ties it together.
            async move { ask(NewForm { visit: visit.clone() }, &visit.fields()).await.unwrap_or_default() }
        },
    );
    view! {
        <Suspense>{move || Suspend::new(async move { view! { <Ready fresh=fresh.await/> } })}</Suspense>
    }
    .into_any()
}

#[component]
fn Ready(fresh: Fresh) -> impl IntoView {
    let lang = use_lang();
    let site = use_boot();
    let kana = site.locale == Locale::Ja;
    let to = sending::<Register>();
    let Fresh { form_id, linked, family_name, given_name, email } = fresh;
    let email = to.value("email", &email);
    let about = RwSignal::new(About {
        family_name: to.value("family_name", &family_name),
        given_name: to.value("given_name", &given_name),
        user_id: email.clone(),
    });
    // What the password must not contain changes while the names are typed.
    let listen = move |event: Event| {
        let input = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            let (name, value) = (input.name(), input.value());
            about.update(|about| match name.as_str() {
                "family_name" => about.family_name = value,
                "given_name" => about.given_name = value,
                "email" => about.user_id = value,
                _ => {}
            });
        }
    };
    let text = move |field: Field, label: &'static str, token: &'static str, value: String| {
        view! { <TextField field label problems=to.problems.into() autocomplete=token value/> }.into_any()
    };
    let kana_text = move |field: Field, label: &'static str| {
        view! {
            <TextField
                field
                label
                problems=to.problems.into()
                autocomplete="off"
                value=to.value(field.name(), "")
                fold=katakana
            />
        }
        .into_any()
    };
    let About { family_name, given_name, .. } = about.get_untracked();
    let family = text(Field::FamilyName, f::family_name(lang), "family-name", family_name);
    let given = text(Field::GivenName, f::given_name(lang), "given-name", given_name);
    let names = if kana { vec![family, given] } else { vec![given, family] };
    view! {
        <Page title=t::title(lang) lead=t::lead(lang)>
            <super::sent::Steps at=0/>
            <Html html=linked.notices/>
            <div class="beside">
            <Html html=linked.providers/>
            <Form to>
                <div class="fields" on:input=listen>
                    <TextField
                        field=Field::Email
                        label=f::email(lang)
                        hint=t::email_hint(lang)
                        problems=to.problems.into()
                        kind="email"
                        autocomplete="email"
                        value=email
                        fold=tidy
                    />
                    <div class="pair">{names}</div>
                    {kana.then(|| view! {
                        <div class="pair">
                            {kana_text(Field::FamilyNameKana, f::family_name_kana(lang))}
                            {kana_text(Field::GivenNameKana, f::given_name_kana(lang))}
                        </div>
                    })}
                    {site.single_names.then(|| view! {
                        <Check name="single_name" ticked=to.ticked("single_name", false)>{f::single_name(lang)}</Check>
                    })}
                    <BirthDateField
                        label=f::birth_date(lang)
                        hint=f::birth_date_hint(lang)
                        problems=to.problems.into()
                        values=["birth_year", "birth_month", "birth_day"].map(|name| to.value(name, ""))
                    />
                    <PasswordField
                        field=Field::Password
                        label=f::password(lang)
                        problems=to.problems.into()
                        autocomplete="new-password"
                        rules=(site.rules, about.into())
                    />
                    <Check name="terms" field=(Field::Terms, to.problems.into()) ticked=to.ticked("terms", false)>
                        {t::terms_agree(lang)}
                        " "
                        <a href=Route::Terms.path() target="_blank">{t::terms_link(lang)}</a>
                        " "
                        {t::terms_and(lang)}
                        " "
                        <a href=Route::Privacy.path() target="_blank">{t::privacy_link(lang)}</a>
                    </Check>
                </div>
                <input type="hidden" name="form_id" value=to.value("form_id", &form_id)/>
                <div class="actions">
                    <Submit to text=t::submit(lang)/>
                    <a class="button button--secondary" href=Route::SignIn.path()>{t::to_sign_in(lang)}</a>
                </div>
            </Form>
            </div>
        </Page>
    }
    .into_any()
}
