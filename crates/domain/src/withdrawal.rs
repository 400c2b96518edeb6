//! 退会 (MP-91 to MP-94): the form with its one box, and the receipt number that is left afterwards.

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The form as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Ticked: the member read what will be erased.
    #[serde(default)]
    pub agree: Option<String>,
    /// The page's own secret: a double click gets one receipt number.
    #[serde(default)]
    pub t: Option<String>,
}

/// Why nothing was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The box was not ticked.
    NotAgreed,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::NotAgreed => "WD01",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::NotAgreed => Field::Agree,
        }
    }
}

/// Judges the form.
pub fn check(form: &Form) -> Result<(), Vec<Refused>> {
    if form.agree.is_some() { Ok(()) } else { Err(vec![Refused::NotAgreed]) }
}

/// Without I, L, O and U, which are mistaken for others when read aloud or copied.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// 受付番号: 60 random bits, as `7K3M-Q9XT-02HB`. It shows that a member withdrew, not who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(String);

impl Receipt {
    /// From random bytes, of which the first twelve are used.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let letters = bytes.iter().take(LENGTH).map(|byte| LETTERS[usize::from(byte & 31)]);
        Self(grouped(letters))
    }

    /// From what a person typed, with or without dashes, in either case; `None`: it is not a receipt number.
    pub fn parse(typed: &str) -> Option<Self> {
        let letters: Vec<u8> =
            typed.bytes().filter(|byte| *byte != b'-').map(|byte| byte.to_ascii_uppercase()).collect();
        let fits = letters.len() == LENGTH && letters.iter().all(|letter| LETTERS.contains(letter));
        fits.then(|| Self(grouped(letters.into_iter())))
    }

    /// As it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn grouped(letters: impl Iterator<Item = u8>) -> String {
    let mut text = String::with_capacity(LENGTH + LENGTH / GROUP);
    for (n, letter) in letters.enumerate() {
        if n > 0 && n % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(letter));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mp_91_nothing_happens_without_the_tick() {
        assert_eq!(check(&Form::default()), Err(vec![Refused::NotAgreed]));
        assert_eq!(check(&Form { agree: Some("on".into()), t: None }), Ok(()));
    }

    proptest! {
        #[test]
        fn a_receipt_is_read_back_however_it_is_typed(bytes: [u8; 32]) {
            let receipt = Receipt::from_bytes(bytes);
            prop_assert_eq!(receipt.as_str().len(), 14);
            let bare = receipt.as_str().replace('-', "").to_lowercase();
            prop_assert_eq!(Receipt::parse(&bare), Some(receipt));
        }

        #[test]
        fn anything_else_is_none(typed in "\\PC{0,11}") {
            prop_assert_eq!(Receipt::parse(&typed), None);
        }
    }
}
