//! 電話番号: a telephone number as members type it.

use crate::fold;
use serde::{Deserialize, Serialize};

/// A telephone number: 10 to 15 digits (ITU-T E.164 has 15 at most), with a `+` in front of a country code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{self:?}")]
pub enum PhoneRefused {
    /// Letters in it, or too few or too many digits.
    NotAPhone,
}

impl Phone {
    /// Takes any width of digits, with hyphens, dots, brackets and spaces between them.
    pub fn parse(text: &str) -> Result<Self, PhoneRefused> {
        let folded = fold::ascii_fold(text);
        let number: String = folded
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')' | 'ー' | '−' | '‐' | '―'))
            .collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let fits = (10..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(number)) } else { Err(PhoneRefused::NotAPhone) }
    }

    /// Digits only, with the `+` if there was one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

crate::text_newtype!(Phone, PhoneRefused);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_people_type_them() {
        for (typed, stored) in [
            ("03-1234-5678", "0312345678"),
            ("０９０−１２３４−５６７８", "09012345678"),
            ("+81 (3) 1234.5678", "+81312345678"),
            (" 0120ー000ー000 ", "0120000000"),
        ] {
            assert_eq!(Phone::parse(typed).map(|p| p.as_str().to_owned()).as_deref(), Ok(stored), "{typed}");
        }
        for typed in ["", "110", "call me", "03-1234-567x", "1234567890123456", "++81312345678"] {
            assert_eq!(Phone::parse(typed), Err(PhoneRefused::NotAPhone), "{typed}");
        }
    }
}
