//! 仮登録 and 本登録: what the two forms hold and what may be wrong with them (MP-02 to MP-17).
//!
//! Whether the address has an account is not among the refusals: a visitor must not learn it (MP-10).

use crate::address::{AddressRefused, EmailAddress};
use crate::birth_date::{BirthDate, BirthDateRefused};
use crate::field::Field;
use crate::locale::Locale;
use crate::name::{Kana, NameRefused, PersonName};
use crate::password::{self, PasswordRefused, PasswordRules};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The registration form as it was sent. An absent field is a blank one.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The user ID to be.
    pub email: String,
    /// The password to be.
    pub password: String,
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
    /// Ticked: the terms are agreed to (MP-04).
    pub terms: Option<String>,
    /// Ticked: the person has one name only, the given-name fields may be blank.
    pub single_name: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows nothing of the content: all of it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("registration::Form").finish_non_exhaustive()
    }
}

/// A form in which every rule was kept. The password stays in the form: this value is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Where the letter goes.
    pub email: EmailAddress,
    /// 姓, or the only name.
    pub family_name: PersonName,
    /// 名; none when the person has one name only.
    pub given_name: Option<PersonName>,
    /// 姓(カナ); none in English.
    pub family_name_kana: Option<Kana>,
    /// 名(カナ); none in English and with a single name.
    pub given_name_kana: Option<Kana>,
    /// 生年月日
    pub birth_date: BirthDate,
}

/// Why a registration was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The e-mail address.
    Address(AddressRefused),
    /// The password.
    Password(PasswordRefused),
    /// 姓
    FamilyName(NameRefused),
    /// 名
    GivenName(NameRefused),
    /// 姓(カナ)
    FamilyNameKana(NameRefused),
    /// 名(カナ)
    GivenNameKana(NameRefused),
    /// 生年月日
    BirthDate(BirthDateRefused),
    /// The terms were not agreed to (MP-04).
    TermsNotAccepted,
    /// This address was sent as many letters as it may get today.
    TooManyTries,
    /// The site has too much to do; in a moment it works again.
    Busy,
}

impl Refused {
    /// Every refusal, with some figure where there is one.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::TermsNotAccepted, Self::TooManyTries, Self::Busy];
        all.extend(AddressRefused::ALL.map(Self::Address));
        all.extend(PasswordRefused::ALL.map(Self::Password));
        for name in [Self::FamilyName, Self::GivenName, Self::FamilyNameKana, Self::GivenNameKana] {
            all.extend(NameRefused::ALL.map(name));
        }
        all.extend(BirthDateRefused::ALL.map(Self::BirthDate));
        all
    }
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
            Self::FamilyName(why) => why.among(["RG20", "RG21", "RG22", "RG23"]),
            Self::GivenName(why) => why.among(["RG30", "RG31", "RG32", "RG33"]),
            Self::FamilyNameKana(why) => why.among(["RG40", "RG41", "RG42", "RG43"]),
            Self::GivenNameKana(why) => why.among(["RG50", "RG51", "RG52", "RG53"]),
            Self::BirthDate(why) => why.among(["RG60", "RG61", "RG62", "RG63"]),
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Address(_) | Self::TooManyTries => Field::Email,
            Self::Password(_) => Field::Password,
            Self::FamilyName(_) => Field::FamilyName,
            Self::GivenName(_) => Field::GivenName,
            Self::FamilyNameKana(_) => Field::FamilyNameKana,
            Self::GivenNameKana(_) => Field::GivenNameKana,
            Self::BirthDate(_) => Field::BirthDate,
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
    /// The link alone does not prove who filled in the form: the password of then is asked for.
    PasswordNeeded,
    /// Not the password of the form.
    PasswordWrong,
    /// Not the code of the letter.
    CodeWrong,
    /// The code was guessed too often and is void.
    CodeTries,
}

impl CompleteRefused {
    /// Every refusal.
    pub const ALL: [Self; 5] =
        [Self::LinkInvalid, Self::PasswordNeeded, Self::PasswordWrong, Self::CodeWrong, Self::CodeTries];
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
pub fn check(
    form: &Form,
    locale: Locale,
    rules: &PasswordRules,
    today: BirthDate,
) -> Result<Accepted, Vec<Refused>> {
    let mut refused = Vec::new();
    let email = EmailAddress::parse(&form.email).map_err(|why| refused.push(Refused::Address(why)));
    let single = form.single_name.is_some();
    let kana = locale == Locale::Ja;
    let family_name =
        PersonName::parse(&form.family_name).map_err(|why| refused.push(Refused::FamilyName(why)));
    let given_name = unless_blank(PersonName::parse(&form.given_name), single)
        .map_err(|why| refused.push(Refused::GivenName(why)));
    let family_name_kana = asked(kana, || Kana::parse(&form.family_name_kana).map(Some))
        .map_err(|why| refused.push(Refused::FamilyNameKana(why)));
    let given_name_kana = asked(kana, || unless_blank(Kana::parse(&form.given_name_kana), single))
        .map_err(|why| refused.push(Refused::GivenNameKana(why)));
    let birth_date = BirthDate::parse(&form.birth_year, &form.birth_month, &form.birth_day, today)
        .map_err(|why| refused.push(Refused::BirthDate(why)));
    let about = password::Context {
        family_name: &form.family_name,
        given_name: &form.given_name,
        user_id: email.as_ref().map_or("", EmailAddress::as_str),
    };
    refused.extend(password::check(&form.password, rules, &about).into_iter().map(Refused::Password));
    if form.terms.is_none() {
        refused.push(Refused::TermsNotAccepted);
    }

    match (email, family_name, given_name, family_name_kana, given_name_kana, birth_date) {
        (
            Ok(email),
            Ok(family_name),
            Ok(given_name),
            Ok(family_name_kana),
            Ok(given_name_kana),
            Ok(birth_date),
        ) if refused.is_empty() => {
            Ok(Accepted { email, family_name, given_name, family_name_kana, given_name_kana, birth_date })
        }
        _ => Err(refused),
    }
}

/// A blank is no fault where it `may` be one.
pub(crate) fn unless_blank<T>(parsed: Result<T, NameRefused>, may: bool) -> Result<Option<T>, NameRefused> {
    match parsed {
        Err(NameRefused::Empty) if may => Ok(None),
        other => other.map(Some),
    }
}

/// What the form does not ask for is not read, even if it was sent.
pub(crate) fn asked<T>(
    is_asked: bool,
    parse: impl FnOnce() -> Result<Option<T>, NameRefused>,
) -> Result<Option<T>, NameRefused> {
    if is_asked { parse() } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: BirthDate = BirthDate { year: 2026, month: 7, day: 24 };
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
            family_name: "山田".into(),
            given_name: "太郎".into(),
            family_name_kana: "やまだ".into(),
            given_name_kana: "ﾀﾛｳ".into(),
            birth_year: "昭和60".into(),
            birth_month: "４".into(),
            birth_day: "1".into(),
            terms: Some("on".into()),
            single_name: None,
        }
    }

    fn judged(form: &Form, locale: Locale) -> Result<Accepted, Vec<Refused>> {
        check(form, locale, &RULES, TODAY)
    }

    #[test]
    fn mp_02_a_good_form_is_folded() {
        let accepted = judged(&taro(), Locale::Ja).unwrap();
        assert_eq!(accepted.email.as_str(), "taro@example.jp");
        assert_eq!(accepted.family_name.as_str(), "山田");
        assert_eq!(accepted.family_name_kana.unwrap().as_str(), "ヤマダ");
        assert_eq!(accepted.given_name_kana.unwrap().as_str(), "タロウ");
        assert_eq!(accepted.birth_date.to_string(), "1985-04-01");
    }

    #[test]
    fn all_problems_at_once_in_form_order() {
        let refused = judged(&Form::default(), Locale::Ja).unwrap_err();
        assert_eq!(
            refused,
            [
                Refused::Address(AddressRefused::Empty),
                Refused::FamilyName(NameRefused::Empty),
                Refused::GivenName(NameRefused::Empty),
                Refused::FamilyNameKana(NameRefused::Empty),
                Refused::GivenNameKana(NameRefused::Empty),
                Refused::BirthDate(BirthDateRefused::Empty),
                Refused::Password(PasswordRefused::Empty),
                Refused::TermsNotAccepted,
            ]
        );
    }

    #[test]
    fn mp_04_terms_must_be_agreed_to() {
        let form = Form { terms: None, ..taro() };
        assert_eq!(judged(&form, Locale::Ja), Err(vec![Refused::TermsNotAccepted]));
    }

    #[test]
    fn mp_13_14_15_the_password_is_judged_with_the_names_of_the_form() {
        let form = Form { password: "山田太郎taro@example.jp".into(), ..taro() };
        let refused = [
            PasswordRefused::ContainsGivenName,
            PasswordRefused::ContainsFamilyName,
            PasswordRefused::ContainsUserId,
        ];
        assert_eq!(judged(&form, Locale::Ja), Err(refused.map(Refused::Password).to_vec()));
    }

    #[test]
    fn mp_17_english_neither_asks_for_kana_nor_takes_it() {
        let form = Form { family_name_kana: "not kana".into(), given_name_kana: String::new(), ..taro() };
        let accepted = judged(&form, Locale::En).unwrap();
        assert_eq!((accepted.family_name_kana, accepted.given_name_kana), (None, None));
        assert_eq!(
            judged(&form, Locale::Ja),
            Err(vec![
                Refused::FamilyNameKana(NameRefused::NotKana),
                Refused::GivenNameKana(NameRefused::Empty),
            ])
        );
    }

    #[test]
    fn a_single_name_is_enough_when_ticked() {
        let single = Form { given_name: " ".into(), given_name_kana: String::new(), ..taro() };
        assert_eq!(judged(&single, Locale::Ja).unwrap_err().len(), 2);
        let ticked = Form { single_name: Some("on".into()), ..single };
        assert_eq!(judged(&ticked, Locale::Ja).unwrap().given_name, None);
        let both = Form { single_name: Some("on".into()), ..taro() };
        assert!(judged(&both, Locale::Ja).unwrap().given_name.is_some());
    }

    #[test]
    fn absent_fields_are_blank_and_debug_is_silent() {
        let form: Form = serde_json::from_str(r#"{"email":"taro@example.jp","password":"hush"}"#).unwrap();
        assert_eq!(form.family_name, "");
        let shown = format!("{form:?}");
        assert!(!shown.contains("hush") && !shown.contains("taro"), "{shown}");
    }
}
