//! 会員情報の変更: names, readings, date of birth (MP-75). The password has a form of its own.

use crate::birth_date::{BirthDate, BirthDateRefused};
use crate::field::Field;
use crate::locale::Locale;
use crate::name::{Kana, NameRefused, PersonName};
use crate::refusal::Refusal;
use crate::registration::{asked, unless_blank};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The profile form as it was sent. An absent field is a blank one.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
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
    /// Ticked: the person has one name only, the given-name fields may be blank.
    pub single_name: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows nothing of the content: all of it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("profile::Form").finish_non_exhaustive()
    }
}

/// A profile in which every rule was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// 姓, or the only name.
    pub family_name: PersonName,
    /// 名; none when the person has one name only. Whether a member who has one may give it up (MP-75: no) is
    /// judged by the deed, which knows the profile as it was.
    pub given_name: Option<PersonName>,
    /// 姓(カナ); none leaves it as it was.
    pub family_name_kana: Option<Kana>,
    /// 名(カナ); none leaves it as it was.
    pub given_name_kana: Option<Kana>,
    /// 生年月日
    pub birth_date: BirthDate,
}

/// Why a profile was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
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
}

impl Refused {
    /// Every refusal.
    pub fn all() -> Vec<Self> {
        let mut all = BirthDateRefused::ALL.map(Self::BirthDate).to_vec();
        for name in [Self::FamilyName, Self::GivenName, Self::FamilyNameKana, Self::GivenNameKana] {
            all.extend(NameRefused::ALL.map(name));
        }
        all
    }
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::FamilyName(why) => why.among(["PR01", "PR02", "PR03", "PR04"]),
            Self::GivenName(why) => why.among(["PR05", "PR06", "PR07", "PR08"]),
            Self::FamilyNameKana(why) => why.among(["PR09", "PR10", "PR11", "PR12"]),
            Self::GivenNameKana(why) => why.among(["PR13", "PR14", "PR15", "PR16"]),
            Self::BirthDate(why) => why.among(["PR17", "PR18", "PR19", "PR20"]),
        }
    }

    fn field(self) -> Field {
        match self {
            Self::FamilyName(_) => Field::FamilyName,
            Self::GivenName(_) => Field::GivenName,
            Self::FamilyNameKana(_) => Field::FamilyNameKana,
            Self::GivenNameKana(_) => Field::GivenNameKana,
            Self::BirthDate(_) => Field::BirthDate,
        }
    }
}

/// Judges the whole form and names all problems at once, in the order of its fields.
pub fn check(form: &Form, locale: Locale, today: BirthDate) -> Result<Accepted, Vec<Refused>> {
    let mut refused = Vec::new();
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
    match (family_name, given_name, family_name_kana, given_name_kana, birth_date) {
        (Ok(family_name), Ok(given_name), Ok(family_name_kana), Ok(given_name_kana), Ok(birth_date)) => {
            Ok(Accepted { family_name, given_name, family_name_kana, given_name_kana, birth_date })
        }
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: BirthDate = BirthDate { year: 2026, month: 7, day: 24 };

    fn hanako() -> Form {
        Form {
            family_name: "髙橋".into(),
            given_name: "花子".into(),
            family_name_kana: "たかはし".into(),
            given_name_kana: "はなこ".into(),
            birth_year: "H2".into(),
            birth_month: "12".into(),
            birth_day: "31".into(),
            single_name: None,
        }
    }

    #[test]
    fn mp_75_all_can_be_changed() {
        let accepted = check(&hanako(), Locale::Ja, TODAY).unwrap();
        assert_eq!(accepted.family_name.as_str(), "髙橋");
        assert_eq!(accepted.family_name_kana.unwrap().as_str(), "タカハシ");
        assert_eq!(accepted.birth_date.to_string(), "1990-12-31");
    }

    #[test]
    fn mp_75_none_can_be_unset() {
        assert_eq!(
            check(&Form::default(), Locale::Ja, TODAY).unwrap_err(),
            [
                Refused::FamilyName(NameRefused::Empty),
                Refused::GivenName(NameRefused::Empty),
                Refused::FamilyNameKana(NameRefused::Empty),
                Refused::GivenNameKana(NameRefused::Empty),
                Refused::BirthDate(BirthDateRefused::Empty),
            ]
        );
    }

    #[test]
    fn mp_17_in_english_the_readings_stay_as_they_were() {
        let accepted = check(&hanako(), Locale::En, TODAY).unwrap();
        assert_eq!((accepted.family_name_kana, accepted.given_name_kana), (None, None));
    }

    #[test]
    fn debug_is_silent() {
        assert!(!format!("{:?}", hanako()).contains("花子"));
    }
}
