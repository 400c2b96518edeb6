//! 仮登録 and 本登録: what the two forms hold and what may be wrong with them (MP-02 to MP-17).
//!
//! Whether the address has an account is not among the refusals: a visitor must not learn it (MP-10).

use crate::address::{AddressRefused, EmailAddress};
use crate::field::Field;
use crate::password::{self, PasswordContext, PasswordRefused, PasswordRules};
use crate::person::{self, Person, PersonForm, PersonRefused, PersonRules};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The registration form as it was sent. An absent field is a blank one.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The new user ID.
    pub email: String,
    /// The new password.
    pub password: String,
    /// The person data.
    #[serde(flatten)]
    pub person: PersonForm,
    /// Ticked: the terms are agreed to (MP-04).
    pub terms: Option<String>,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows nothing of the content: all of it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("registration::Form").finish_non_exhaustive()
    }
}

/// A form that keeps every rule. It leaves the password out, because this value is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Where the e-mail goes.
    pub email: EmailAddress,
    /// The person data.
    pub person: Person,
}

/// Why a registration was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The e-mail address.
    Address(AddressRefused),
    /// The person data.
    Person(PersonRefused),
    /// The password.
    Password(PasswordRefused),
    /// The terms were not agreed to (MP-04).
    TermsNotAccepted,
    /// This address was sent as many e-mails as it may get today.
    TooManyTries,
    /// The site is overloaded; in a moment it works again.
    Busy,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::Address(why) => why.among(["RG01", "RG02", "RG03"]),
            Self::TermsNotAccepted => "RG04",
            Self::TooManyTries => "RG05",
            Self::Busy => "RG06",
            Self::Password(why) => {
                why.among(["RG10", "RG11", "RG12", "RG13", "RG14", "RG15", "RG16", "RG17"])
            }
            Self::Person(why) => why.code(),
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Address(_) | Self::TooManyTries => Field::Email,
            Self::Password(_) => Field::Password,
            Self::Person(why) => why.field(),
            Self::TermsNotAccepted => Field::Terms,
            Self::Busy => Field::Form,
        }
    }
}

/// Why a 本登録 was not completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompleteRefused {
    /// Used, expired or cut short; the page names all three causes (MP-09).
    LinkInvalid,
    /// The link alone does not prove who filled in the form: the form's password is asked for.
    PasswordNeeded,
    /// Not the password of the form.
    PasswordWrong,
    /// Not the code of the e-mail.
    CodeWrong,
    /// The code was guessed too often and is void.
    CodeTries,
}

impl Refusal for CompleteRefused {
    fn code(self) -> &'static str {
        match self {
            Self::LinkInvalid => "RC01",
            Self::PasswordNeeded => "RC02",
            Self::PasswordWrong => "RC03",
            Self::CodeWrong => "RC04",
            Self::CodeTries => "RC05",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::LinkInvalid => Field::Form,
            Self::PasswordNeeded | Self::PasswordWrong => Field::Password,
            Self::CodeWrong | Self::CodeTries => Field::Code,
        }
    }
}

/// Judges the whole form and names all problems at once, in the order of its fields.
pub fn check(form: &Form, person: &PersonRules, rules: &PasswordRules) -> Result<Accepted, Vec<Refused>> {
    let mut refused = Vec::new();
    let email = EmailAddress::parse(&form.email).map_err(|why| refused.push(Refused::Address(why)));
    let person = person::check(&form.person, person)
        .map_err(|reasons| refused.extend(reasons.into_iter().map(Refused::Person)));
    let context = PasswordContext {
        family_name: &form.person.family_name,
        given_name: &form.person.given_name,
        user_id: email.as_ref().map_or("", EmailAddress::as_str),
    };
    refused.extend(password::check(&form.password, rules, &context).into_iter().map(Refused::Password));
    if form.terms.is_none() {
        refused.push(Refused::TermsNotAccepted);
    }
    match (email, person) {
        (Ok(email), Ok(person)) if refused.is_empty() => Ok(Accepted { email, person }),
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::birth_date::{BirthDate, BirthDateRefused};
    use crate::locale::Locale;
    use crate::name::NameRefused;
    use crate::person::{NameField, ProfileFields};

    const PERSON: PersonRules = PersonRules {
        locale: Locale::Ja,
        today: BirthDate { year: 2026, month: 7, day: 24 },
        fields: ProfileFields { single_names: true, birth_date_required: true, phone: false },
    };
    const RULES: PasswordRules = PasswordRules {
        min_length: 8,
        max_length: 64,
        classes_required: 0,
        refuse_names: true,
        refuse_user_id: true,
        refuse_common: true,
    };

    fn taro() -> Form {
        Form {
            email: "ｔａｒｏ＠example.jp".into(),
            password: "kinoshita-8-sakura".into(),
            person: PersonForm {
                family_name: "山田".into(),
                given_name: "太郎".into(),
                family_name_kana: "やまだ".into(),
                given_name_kana: "ﾀﾛｳ".into(),
                birth_year: "昭和60".into(),
                birth_month: "４".into(),
                birth_day: "1".into(),
                ..PersonForm::default()
            },
            terms: Some("on".into()),
            next: None,
        }
    }

    fn judged(form: &Form) -> Result<Accepted, Vec<Refused>> {
        check(form, &PERSON, &RULES)
    }

    #[test]
    fn mp_02_a_good_form_is_folded() {
        let accepted = judged(&taro()).unwrap();
        assert_eq!(accepted.email.as_str(), "taro@example.jp");
        assert_eq!(accepted.person.family_name.as_str(), "山田");
        assert_eq!(accepted.person.birth_date.unwrap().to_string(), "1985-04-01");
    }

    #[test]
    fn all_problems_at_once_in_form_order() {
        let person = [
            PersonRefused::Name(NameField::FamilyName, NameRefused::Empty),
            PersonRefused::Name(NameField::GivenName, NameRefused::Empty),
            PersonRefused::Name(NameField::FamilyNameKana, NameRefused::Empty),
            PersonRefused::Name(NameField::GivenNameKana, NameRefused::Empty),
            PersonRefused::BirthDate(BirthDateRefused::Empty),
        ];
        let mut all = vec![Refused::Address(AddressRefused::Empty)];
        all.extend(person.map(Refused::Person));
        all.extend([Refused::Password(PasswordRefused::Empty), Refused::TermsNotAccepted]);
        assert_eq!(judged(&Form::default()).unwrap_err(), all);
    }

    #[test]
    fn mp_04_terms_must_be_agreed_to() {
        let form = Form { terms: None, ..taro() };
        assert_eq!(judged(&form), Err(vec![Refused::TermsNotAccepted]));
    }

    #[test]
    fn mp_13_14_15_the_password_is_judged_with_the_names_of_the_form() {
        let form = Form { password: "山田太郎taro@example.jp".into(), ..taro() };
        let refused = [
            PasswordRefused::ContainsGivenName,
            PasswordRefused::ContainsFamilyName,
            PasswordRefused::ContainsUserId,
        ];
        assert_eq!(judged(&form), Err(refused.map(Refused::Password).to_vec()));
    }

    #[test]
    fn absent_fields_are_blank_and_debug_is_silent() {
        let form: Form = serde_json::from_str(r#"{"email":"taro@example.jp","password":"hush"}"#).unwrap();
        assert_eq!(form.person.family_name, "");
        let shown = format!("{form:?}");
        assert!(!shown.contains("hush") && !shown.contains("taro"), "{shown}");
    }
}
