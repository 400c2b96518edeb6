//! The six digits of a one-time password or an e-mail's code, as a person types them.
//!
//! The server judges whether a code is the right one.

use crate::fold;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Six digits.
#[derive(Clone)]
pub struct Code(String);

/// The text is not six digits, whatever its width, spaces and hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotACode;

impl Code {
    /// Accepts full-width digits, spaces and hyphens: `１２３ ４５６`, `123-456`.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let digits = fold::digits(text);
        let six = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if six { Ok(Self(digits)) } else { Err(NotACode) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mp_41_six_digits_of_any_width() {
        for typed in ["123456", " 123 456 ", "１２３ー４５６", "123-456"] {
            assert_eq!(Code::parse(typed).unwrap().as_str(), "123456", "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12345\n6"] {
            assert_eq!(Code::parse(typed).unwrap_err(), NotACode, "{typed}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        assert_eq!(format!("{:?}", Code::parse("123456").unwrap()), "Code(***)");
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in "\\PC*") {
            if let Ok(code) = Code::parse(&text) {
                prop_assert_eq!(code.as_str().len(), 6);
            }
        }
    }
}
