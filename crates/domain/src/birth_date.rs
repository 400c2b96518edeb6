//! Dates of birth, in the Western calendar or by Japanese era.
//!
//! No age is demanded (MP-04). The caller says what day it is: rules have no clock.

use crate::fold;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar. `Display` and `FromStr` are `YYYY-MM-DD`, on the wire too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate {
    /// The year, as 1985.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// Why three inputs are not a date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BirthDateRefused {
    /// At least one of the three is blank.
    Empty,
    /// No such day.
    NotADate,
    /// After today.
    InTheFuture,
    /// Before 1900.
    TooLongAgo,
}

impl BirthDateRefused {
    pub(crate) const fn among(self, codes: [&'static str; 4]) -> &'static str {
        match self {
            Self::Empty => codes[0],
            Self::NotADate => codes[1],
            Self::InTheFuture => codes[2],
            Self::TooLongAgo => codes[3],
        }
    }
}

const EARLIEST_YEAR: i32 = 1900;

/// Name, letter, the year before its first, and its last year. An era's last year and the next one's first are
/// the same; documents of those years use either, so the month is not looked at.
const ERAS: [(&str, char, i32, i32); 5] = [
    ("令和", 'R', 2018, 99),
    ("平成", 'H', 1988, 31),
    ("昭和", 'S', 1925, 64),
    ("大正", 'T', 1911, 15),
    ("明治", 'M', 1867, 45),
];

impl BirthDate {
    /// Reads what was typed: any width of digits, `1985`, `昭和60`, `S60`, `令和元`, with or without 年 月 日.
    pub fn parse(year: &str, month: &str, day: &str, today: BirthDate) -> Result<Self, BirthDateRefused> {
        let [year, month, day] = [year, month, day].map(fold::digits);
        if year.is_empty() || month.is_empty() || day.is_empty() {
            return Err(BirthDateRefused::Empty);
        }
        let date = western_year(year.trim_end_matches('年'))
            .zip(small_number(month.trim_end_matches('月')))
            .zip(small_number(day.trim_end_matches('日')))
            .and_then(|((year, month), day)| Self::real(year, month, day))
            .ok_or(BirthDateRefused::NotADate)?;
        if date > today {
            Err(BirthDateRefused::InTheFuture)
        } else if date.year < EARLIEST_YEAR {
            Err(BirthDateRefused::TooLongAgo)
        } else {
            Ok(date)
        }
    }

    fn real(year: i32, month: u8, day: u8) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }
}

fn western_year(text: &str) -> Option<i32> {
    for (name, letter, before, last) in ERAS {
        let rest =
            text.strip_prefix(name).or_else(|| text.strip_prefix([letter, letter.to_ascii_lowercase()]));
        if let Some(rest) = rest {
            let rest = rest.trim_start_matches('.');
            let year = if rest == "元" { 1 } else { i32::from(small_number(rest)?) };
            return (1..=last).contains(&year).then_some(before + year);
        }
    }
    let year = text.strip_prefix("西暦").unwrap_or(text);
    (all_digits(year) && year.len() == 4).then(|| year.parse().ok()).flatten()
}

/// One or two digits.
fn small_number(text: &str) -> Option<u8> {
    (all_digits(text) && text.len() <= 2).then(|| text.parse().ok()).flatten()
}

/// Number parsing alone would let a `+` through.
fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for BirthDate {
    type Err = BirthDateRefused;

    /// Exactly `YYYY-MM-DD`; any such day, today and the far past included.
    fn from_str(text: &str) -> Result<Self, BirthDateRefused> {
        let mut parts = text.split('-');
        let mut number = |width| parts.next().filter(|part| part.len() == width && all_digits(part));
        let date = match (number(4), number(2), number(2), number(0)) {
            (Some(year), Some(month), Some(day), None) if text.len() == 10 => {
                year.parse().ok().zip(small_number(month)).zip(small_number(day))
            }
            _ => None,
        };
        date.and_then(|((year, month), day)| Self::real(year, month, day)).ok_or(BirthDateRefused::NotADate)
    }
}

impl From<BirthDate> for String {
    fn from(date: BirthDate) -> String {
        date.to_string()
    }
}

impl TryFrom<String> for BirthDate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "not a date as YYYY-MM-DD")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: BirthDate = BirthDate { year: 2026, month: 7, day: 24 };

    fn parsed(year: &str, month: &str, day: &str) -> Result<String, BirthDateRefused> {
        BirthDate::parse(year, month, day, TODAY).map(|date| date.to_string())
    }

    #[test]
    fn both_calendars_and_any_width() {
        for (year, month, day, expected) in [
            ("1985", "4", "1", "1985-04-01"),
            ("１９８５年", "０４月", "１日", "1985-04-01"),
            ("西暦1985", "4", "1", "1985-04-01"),
            ("昭和60", "4", "1", "1985-04-01"),
            ("S60", "4", "1", "1985-04-01"),
            ("ｓ６０", "4", "1", "1985-04-01"),
            ("S.60年", "4", "1", "1985-04-01"),
            ("平成2", "12", "31", "1990-12-31"),
            ("H31", "4", "30", "2019-04-30"),
            ("令和元年", "5", "1", "2019-05-01"),
            ("令和 3", "5", "1", "2021-05-01"),
            ("大正15", "1", "2", "1926-01-02"),
            ("明治45", "1", "2", "1912-01-02"),
            ("2000", "2", "29", "2000-02-29"),
        ] {
            assert_eq!(parsed(year, month, day).as_deref(), Ok(expected), "{year}");
        }
    }

    #[test]
    fn mp_04_no_age_is_demanded() {
        assert_eq!(parsed("2026", "7", "24").as_deref(), Ok("2026-07-24"));
        assert_eq!(parsed("1900", "1", "1").as_deref(), Ok("1900-01-01"));
    }

    #[test]
    fn what_is_refused() {
        use BirthDateRefused::{Empty, InTheFuture, NotADate, TooLongAgo};
        for (year, month, day, why) in [
            ("", "", "", Empty),
            ("1985", "　", "1", Empty),
            ("1985", "2", "29", NotADate),
            ("1900", "2", "29", NotADate),
            ("1985", "13", "1", NotADate),
            ("1985", "0", "1", NotADate),
            ("1985", "4", "31", NotADate),
            ("85", "4", "1", NotADate),
            ("19850", "4", "1", NotADate),
            ("昭和65", "4", "1", NotADate),
            ("昭和", "4", "1", NotADate),
            ("昭和0", "4", "1", NotADate),
            ("+985", "4", "1", NotADate),
            ("1985", "+4", "1", NotADate),
            ("月", "月", "月", NotADate),
            ("2026", "7", "25", InTheFuture),
            ("令和99", "1", "1", InTheFuture),
            ("1899", "12", "31", TooLongAgo),
            ("明治2", "1", "1", TooLongAgo),
        ] {
            assert_eq!(parsed(year, month, day), Err(why), "{year}/{month}/{day}");
        }
    }

    #[test]
    fn text_and_wire_form() {
        assert_eq!("1985-04-01".parse(), Ok(BirthDate { year: 1985, month: 4, day: 1 }));
        for text in ["", "1985-4-1", "1985-04-01-", "1985-02-30", "1985/04/01", "+985-04-01", "1985-04"] {
            assert_eq!(text.parse::<BirthDate>(), Err(BirthDateRefused::NotADate), "{text}");
        }
        assert_eq!(serde_json::to_string(&TODAY).unwrap(), "\"2026-07-24\"");
        assert_eq!(serde_json::from_str::<BirthDate>("\"2026-07-24\"").unwrap(), TODAY);
        assert!(serde_json::from_str::<BirthDate>("\"2026-07-32\"").is_err());
    }

    proptest! {
        #[test]
        fn real_days_survive(year in 1900..2026_i32, month in 1..=12_u8, day in 1..=28_u8) {
            let date = BirthDate { year, month, day };
            prop_assert_eq!(BirthDate::parse(&year.to_string(), &month.to_string(), &day.to_string(), TODAY), Ok(date));
            prop_assert_eq!(date.to_string().parse(), Ok(date));
        }

        #[test]
        fn parsing_never_panics(year in "\\PC*|[昭和SHR元0-9年]*", month in "\\PC*|[0-9月]*", day in "\\PC*") {
            let _ = BirthDate::parse(&year, &month, &day, TODAY);
            let _ = year.parse::<BirthDate>();
        }
    }
}
