//! A member's person data: names, readings, date of birth, telephone number (MP-02, MP-75). One form and one set of
//! rules for 新規登録 and 会員情報の変更.

use crate::birth_date::{BirthDate, BirthDateRefused};
use crate::field::Field;
use crate::locale::Locale;
use crate::name::{Kana, NameRefused, PersonName};
use crate::password::PasswordContext;
use crate::phone::{Phone, PhoneRefused};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The fields as they were sent. An absent field is a blank one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// 姓(カナ); not on the English form (MP-17).
    pub family_name_kana: String,
    /// 名(カナ); not on the English form (MP-17).
    pub given_name_kana: String,
    /// Year of birth, Western or by era.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
    /// 電話番号, where the site asks for it.
    pub phone: String,
    /// Ticked: the person has one name only, the given-name fields may be blank.
    pub single_name: Option<String>,
}

impl fmt::Debug for PersonForm {
    /// Shows nothing: all of it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonForm").finish_non_exhaustive()
    }
}

impl From<Person> for PersonForm {
    /// The fields as they hold what is stored.
    fn from(person: Person) -> Self {
        let number = |part: fn(BirthDate) -> String| person.birth_date.map(part).unwrap_or_default();
        Self {
            birth_year: number(|date| date.year.to_string()),
            birth_month: number(|date| date.month.to_string()),
            birth_day: number(|date| date.day.to_string()),
            family_name: person.family_name.into(),
            given_name: person.given_name.map(String::from).unwrap_or_default(),
            family_name_kana: person.family_name_kana.map(String::from).unwrap_or_default(),
            given_name_kana: person.given_name_kana.map(String::from).unwrap_or_default(),
            phone: person.phone.map(String::from).unwrap_or_default(),
            single_name: None,
        }
    }
}

/// In what the forms of sites differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFields {
    /// Whether a person may have one name only.
    pub single_names: bool,
    /// Whether a date of birth has to be given.
    pub birth_date_required: bool,
    /// Whether a telephone number can be given.
    pub phone: bool,
}

/// What the site asks of a person, and what day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonRules {
    /// The language of the form: readings are asked for in Japanese only (MP-17).
    pub locale: Locale,
    /// Today in Japan.
    pub today: BirthDate,
    /// The fields of the site's form.
    pub fields: ProfileFields,
}

/// Person data that keep every rule; this is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// 姓, or the only name.
    pub family_name: PersonName,
    /// 名; `None`: one name only.
    pub given_name: Option<PersonName>,
    /// 姓(カナ); `None`: not asked for.
    pub family_name_kana: Option<Kana>,
    /// 名(カナ); `None`: not asked for, or one name only.
    pub given_name_kana: Option<Kana>,
    /// 生年月日; `None`: not given.
    pub birth_date: Option<BirthDate>,
    /// 電話番号; `None`: not given.
    #[serde(default)]
    pub phone: Option<Phone>,
}

impl Person {
    /// A person of whom nothing but the names is known.
    pub const fn of_names(family_name: PersonName, given_name: Option<PersonName>) -> Self {
        Self {
            family_name,
            given_name,
            family_name_kana: None,
            given_name_kana: None,
            birth_date: None,
            phone: None,
        }
    }

    /// What a password of theirs must not contain.
    pub fn password_context<'a>(&'a self, user_id: &'a str) -> PasswordContext<'a> {
        PasswordContext {
            family_name: self.family_name.as_str(),
            given_name: self.given_name.as_ref().map_or("", PersonName::as_str),
            user_id,
        }
    }

    /// Keeps from `before` what the form of these rules did not ask for.
    #[must_use]
    pub fn or_as_before(self, before: Self, rules: &PersonRules) -> Self {
        let kana = rules.locale == Locale::Ja;
        Self {
            family_name_kana: self.family_name_kana.or(before.family_name_kana),
            given_name_kana: if kana {
                self.given_name_kana
            } else {
                self.given_name_kana.or(before.given_name_kana)
            },
            phone: if rules.fields.phone { self.phone } else { before.phone },
            ..self
        }
    }
}

/// Which name is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameField {
    /// 姓
    FamilyName,
    /// 名
    GivenName,
    /// 姓(カナ)
    FamilyNameKana,
    /// 名(カナ)
    GivenNameKana,
}

/// Why the fields do not describe a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonRefused {
    /// A name, or its reading.
    Name(NameField, NameRefused),
    /// 生年月日
    BirthDate(BirthDateRefused),
    /// 電話番号
    Phone(PhoneRefused),
}

impl Refusal for PersonRefused {
    fn code(self) -> &'static str {
        match self {
            Self::Name(NameField::FamilyName, why) => why.among(["PE01", "PE02", "PE03", "PE04"]),
            Self::Name(NameField::GivenName, why) => why.among(["PE05", "PE06", "PE07", "PE08"]),
            Self::Name(NameField::FamilyNameKana, why) => why.among(["PE09", "PE10", "PE11", "PE12"]),
            Self::Name(NameField::GivenNameKana, why) => why.among(["PE13", "PE14", "PE15", "PE16"]),
            Self::BirthDate(why) => why.among(["PE17", "PE18", "PE19", "PE20"]),
            Self::Phone(PhoneRefused::NotAPhone) => "PE21",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Name(NameField::FamilyName, _) => Field::FamilyName,
            Self::Name(NameField::GivenName, _) => Field::GivenName,
            Self::Name(NameField::FamilyNameKana, _) => Field::FamilyNameKana,
            Self::Name(NameField::GivenNameKana, _) => Field::GivenNameKana,
            Self::BirthDate(_) => Field::BirthDate,
            Self::Phone(_) => Field::Phone,
        }
    }
}

/// Judges all fields and names all problems at once, in the order of the form.
pub fn check(form: &PersonForm, rules: &PersonRules) -> Result<Person, Vec<PersonRefused>> {
    let mut refused = Vec::new();
    let single = rules.fields.single_names && form.single_name.is_some();
    let kana = rules.locale == Locale::Ja;
    let family_name = PersonName::parse(&form.family_name)
        .map_err(|why| refused.push(PersonRefused::Name(NameField::FamilyName, why)));
    let given_name = unless_blank(PersonName::parse(&form.given_name), single)
        .map_err(|why| refused.push(PersonRefused::Name(NameField::GivenName, why)));
    let family_name_kana = if_asked(kana, || Kana::parse(&form.family_name_kana).map(Some))
        .map_err(|why| refused.push(PersonRefused::Name(NameField::FamilyNameKana, why)));
    let given_name_kana = if_asked(kana, || unless_blank(Kana::parse(&form.given_name_kana), single))
        .map_err(|why| refused.push(PersonRefused::Name(NameField::GivenNameKana, why)));
    let birth_date = birth_date(form, rules).map_err(|why| refused.push(PersonRefused::BirthDate(why)));
    let given_phone = rules.fields.phone && !form.phone.trim().is_empty();
    let phone = if_asked(given_phone, || Phone::parse(&form.phone).map(Some))
        .map_err(|why| refused.push(PersonRefused::Phone(why)));
    match (family_name, given_name, family_name_kana, given_name_kana, birth_date, phone) {
        (
            Ok(family_name),
            Ok(given_name),
            Ok(family_name_kana),
            Ok(given_name_kana),
            Ok(birth_date),
            Ok(phone),
        ) => Ok(Person { family_name, given_name, family_name_kana, given_name_kana, birth_date, phone }),
        _ => Err(refused),
    }
}

fn birth_date(form: &PersonForm, rules: &PersonRules) -> Result<Option<BirthDate>, BirthDateRefused> {
    let blank =
        [&form.birth_year, &form.birth_month, &form.birth_day].iter().all(|part| part.trim().is_empty());
    if blank && !rules.fields.birth_date_required {
        return Ok(None);
    }
    BirthDate::parse(&form.birth_year, &form.birth_month, &form.birth_day, rules.today).map(Some)
}

/// A blank is not refused where it `may` be one.
fn unless_blank<T>(parsed: Result<T, NameRefused>, may: bool) -> Result<Option<T>, NameRefused> {
    match parsed {
        Err(NameRefused::Empty) if may => Ok(None),
        other => other.map(Some),
    }
}

/// What the form does not ask for is not read, even if it was sent.
fn if_asked<T, E>(asked: bool, parse: impl FnOnce() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
    if asked { parse() } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PersonRules = PersonRules {
        locale: Locale::Ja,
        today: BirthDate { year: 2026, month: 7, day: 24 },
        fields: ProfileFields { single_names: true, birth_date_required: true, phone: false },
    };
    const ENGLISH: PersonRules = PersonRules { locale: Locale::En, ..RULES };

    fn hanako() -> PersonForm {
        PersonForm {
            family_name: "髙橋".into(),
            given_name: "花子".into(),
            family_name_kana: "たかはし".into(),
            given_name_kana: "ﾊﾅｺ".into(),
            birth_year: "H2".into(),
            birth_month: "12".into(),
            birth_day: "31".into(),
            ..PersonForm::default()
        }
    }

    #[test]
    fn mp_02_mp_75_a_good_form_is_folded() {
        let person = check(&hanako(), &RULES).unwrap();
        assert_eq!(person.family_name.as_str(), "髙橋");
        assert_eq!(person.family_name_kana.unwrap().as_str(), "タカハシ");
        assert_eq!(person.given_name_kana.unwrap().as_str(), "ハナコ");
        assert_eq!(person.birth_date.unwrap().to_string(), "1990-12-31");
    }

    #[test]
    fn mp_75_none_can_be_unset_and_all_problems_come_at_once() {
        assert_eq!(
            check(&PersonForm::default(), &RULES).unwrap_err(),
            [
                PersonRefused::Name(NameField::FamilyName, NameRefused::Empty),
                PersonRefused::Name(NameField::GivenName, NameRefused::Empty),
                PersonRefused::Name(NameField::FamilyNameKana, NameRefused::Empty),
                PersonRefused::Name(NameField::GivenNameKana, NameRefused::Empty),
                PersonRefused::BirthDate(BirthDateRefused::Empty),
            ]
        );
    }

    #[test]
    fn mp_17_english_neither_asks_for_readings_nor_takes_them() {
        let form = PersonForm { family_name_kana: "not kana".into(), ..hanako() };
        let person = check(&form, &ENGLISH).unwrap();
        assert_eq!((&person.family_name_kana, &person.given_name_kana), (&None, &None));
        // What was stored stays.
        let before = check(&hanako(), &RULES).unwrap();
        assert_eq!(person.or_as_before(before.clone(), &ENGLISH), before);
    }

    #[test]
    fn a_single_name_is_enough_when_ticked_and_the_site_has_them() {
        let single = PersonForm { given_name: " ".into(), given_name_kana: String::new(), ..hanako() };
        assert_eq!(check(&single, &RULES).unwrap_err().len(), 2);
        let ticked = PersonForm { single_name: Some("on".into()), ..single };
        assert_eq!(check(&ticked, &RULES).unwrap().given_name, None);
        let both = PersonForm { single_name: Some("on".into()), ..hanako() };
        assert!(check(&both, &RULES).unwrap().given_name.is_some());
        // Sent to a site that does not have them, the tick counts for nothing.
        let fields = ProfileFields { single_names: false, ..RULES.fields };
        let rules = PersonRules { fields, ..RULES };
        assert_eq!(check(&ticked, &rules).unwrap_err().len(), 2);
    }

    #[test]
    fn a_date_of_birth_may_be_missing_where_the_policy_says_so() {
        let fields = ProfileFields { birth_date_required: false, ..RULES.fields };
        let rules = PersonRules { fields, ..RULES };
        let none = PersonForm {
            birth_year: String::new(),
            birth_month: " ".into(),
            birth_day: String::new(),
            ..hanako()
        };
        assert_eq!(check(&none, &rules).unwrap().birth_date, None);
        assert_eq!(check(&none, &RULES).unwrap_err(), [PersonRefused::BirthDate(BirthDateRefused::Empty)]);
        let half = PersonForm { birth_year: "1990".into(), ..none };
        assert!(check(&half, &rules).is_err());
    }

    #[test]
    fn a_telephone_number_is_read_where_the_site_asks_for_it() {
        let form = PersonForm { phone: "03-1234-5678".into(), ..hanako() };
        assert_eq!(check(&form, &RULES).unwrap().phone, None);
        let fields = ProfileFields { phone: true, ..RULES.fields };
        let rules = PersonRules { fields, ..RULES };
        assert_eq!(check(&form, &rules).unwrap().phone.unwrap().as_str(), "0312345678");
        assert_eq!(check(&hanako(), &rules).unwrap().phone, None);
        let wrong = PersonForm { phone: "none".into(), ..hanako() };
        assert_eq!(check(&wrong, &rules).unwrap_err(), [PersonRefused::Phone(PhoneRefused::NotAPhone)]);
    }

    #[test]
    fn debug_is_silent_and_what_is_stored_reads_back() {
        assert!(!format!("{:?}", hanako()).contains("花子"));
        let person = check(&hanako(), &RULES).unwrap();
        let json = serde_json::to_string(&person).unwrap();
        assert_eq!(serde_json::from_str::<Person>(&json).unwrap(), person);
        assert!(serde_json::from_str::<Person>(&json.replace("タカハシ", "x")).is_err());
    }
}
