//! The fields of the person data, once for 新規登録 and 会員情報の変更: names, readings, date of birth, telephone number, as
//! the site asks for them (MP-02, MP-17, MP-75).

use domain::field::Field;
use domain::fold::katakana;
use domain::locale::Locale;
use domain::person::PersonForm;
use leptos::prelude::*;
use words::profile_fields as t;

use crate::form::FormState;
use crate::page_context::{use_locale, use_page};
use crate::ui::field::{BirthDateField, Check, TextField};

/// The fields.
#[component]
pub fn PersonFields(
    /// The form that they belong to.
    to: FormState,
    /// What is stored.
    person: PersonForm,
    /// The box for people with one name only, and whether it is ticked at first.
    single_name: Option<bool>,
) -> impl IntoView {
    let locale = use_locale();
    let fields = use_page().fields;
    let kana = locale == Locale::Ja;
    let text = move |field: Field,
                     label: &'static str,
                     token: &'static str,
                     stored: &str,
                     fold: fn(&str) -> String| {
        let value = to.value(field.name(), stored);
        view! { <TextField field label problems=to.problems.into() autocomplete=token value fold/> }
            .into_any()
    };
    let family =
        text(Field::FamilyName, t::family_name(locale), "family-name", &person.family_name, str::to_owned);
    let given =
        text(Field::GivenName, t::given_name(locale), "given-name", &person.given_name, str::to_owned);
    let names = if kana { [family, given] } else { [given, family] };
    let readings = kana.then(|| {
        view! {
            <div class="pair">
                {text(Field::FamilyNameKana, t::family_name_kana(locale), "off", &person.family_name_kana, katakana)}
                {text(Field::GivenNameKana, t::given_name_kana(locale), "off", &person.given_name_kana, katakana)}
            </div>
        }
        .into_any()
    });
    let PersonForm { birth_year, birth_month, birth_day, phone, .. } = person;
    let birth = [("birth_year", birth_year), ("birth_month", birth_month), ("birth_day", birth_day)]
        .map(|(name, stored)| to.value(name, &stored));
    let phone = fields.phone.then(|| {
        view! {
            <TextField
                field=Field::Phone
                label=t::phone(locale)
                hint=t::phone_hint(locale)
                problems=to.problems.into()
                kind="tel"
                autocomplete="tel"
                value=to.value("phone", &phone)
                fold=domain::fold::ascii_fold
                optional=true
            />
        }
        .into_any()
    });
    view! {
        <div class="pair">{names.into_iter().collect_view()}</div>
        {readings}
        {single_name.map(|ticked| view! {
            <Check name="single_name" ticked=to.ticked("single_name", ticked)>{t::single_name(locale)}</Check>
        })}
        <BirthDateField
            label=t::birth_date(locale)
            hint=t::birth_date_hint(locale)
            problems=to.problems.into()
            values=birth
            required=fields.birth_date_required
        />
        {phone}
    }
    .into_any()
}
