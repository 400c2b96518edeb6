//! 会員情報の変更: the profile, and the password below it (C-15).

use domain::field::Field;
use domain::fold::katakana;
use domain::locale::Locale;
use domain::route::Route;
use leptos::prelude::*;
use words::{account as t, menu as m, profile_fields as f};

use super::ChangeProfile;
use super::actions::{Profile, ProfileView};
use crate::action::{ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::password::PasswordSection;
use crate::site::drawn;
use crate::ui::field::{BirthDateField, Check, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Profile {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Edit view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Edit(view: ProfileView) -> impl IntoView {
    let lang = use_lang();
    let site = use_boot();
    let kana = site.locale == Locale::Ja;
    let to = sending::<ChangeProfile>();
    let text = move |field: Field,
                     label: &'static str,
                     token: &'static str,
                     stored: &str,
                     fold: fn(&str) -> String| {
        view! {
            <TextField field label problems=to.problems.into() autocomplete=token value=to.value(field.name(), stored) fold/>
        }
        .into_any()
    };
    let family =
        text(Field::FamilyName, f::family_name(lang), "family-name", &view.family_name, str::to_owned);
    let given = text(Field::GivenName, f::given_name(lang), "given-name", &view.given_name, str::to_owned);
    let names = if kana { [family, given] } else { [given, family] };
    let single = view.given_name.is_empty();
    let [year, month, day] = &view.birth;
    let birth = [to.value("birth_year", year), to.value("birth_month", month), to.value("birth_day", day)];
    view! {
        <Page title=m::profile(lang) lead=t::edit_lead(lang) back=(Route::Account.path(), t::back(lang).to_owned())>
            <Form to>
                <div class="pair">{names.into_iter().collect_view()}</div>
                {kana.then(|| view! {
                    <div class="pair">
                        {text(Field::FamilyNameKana, f::family_name_kana(lang), "off", &view.family_name_kana, katakana)}
                        {text(Field::GivenNameKana, f::given_name_kana(lang), "off", &view.given_name_kana, katakana)}
                    </div>
                })}
                {(site.single_names && single).then(|| view! {
                    <Check name="single_name" ticked=to.ticked("single_name", true)>{f::single_name(lang)}</Check>
                })}
                <BirthDateField
                    label=f::birth_date(lang)
                    hint=f::birth_date_hint(lang)
                    problems=to.problems.into()
                    values=birth
                />
                <div class="actions"><Submit to text=t::save(lang)/></div>
            </Form>
            {if view.has_password {
                let ProfileView { email, family_name: family, given_name: given, .. } = view;
                view! { <PasswordSection email family given/> }.into_any()
            } else {
                no_password()
            }}
        </Page>
    }
    .into_any()
}

/// Who signs in with a provider in place of a password (C-53) sets one where the provider was chosen.
fn no_password() -> AnyView {
    let lang = use_lang();
    view! {
        <section aria-labelledby="password-heading">
            <h2 id="password-heading">{t::password_heading(lang)}</h2>
            <p>{t::password_none(lang)}</p>
            <p><a href=Route::Linked.path()>{words::linked_accounts::method_title(lang)}</a></p>
        </section>
    }
    .into_any()
}
