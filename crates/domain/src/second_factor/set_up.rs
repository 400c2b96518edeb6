//! 2段階認証の設定: what can be set up and why it may be refused (MP-43 to MP-45, MP-54).

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most authenticator apps of one member.
pub const APPS_MOST: i64 = 10;
/// Longest name that a member gives to an app or a passkey, in characters.
pub const LABEL_CHARS: usize = 40;

/// The form that confirms a new authenticator app.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppForm {
    /// The member's own word for it.
    pub label: String,
    /// The first code that it shows.
    pub code: String,
    /// The secret on its way, sealed by the server.
    pub draft: String,
}

impl fmt::Debug for AppForm {
    /// Shows neither code nor secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("set_up::AppForm").finish_non_exhaustive()
    }
}

/// A member's own word as it is stored: without control characters, no space around it, cut.
pub fn label(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(LABEL_CHARS).collect()
}

/// Why it was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The first code is not of this app, or the letter's is wrong, expired or used (MP-48).
    CodeWrong,
    /// The page was open too long; it shows a new QR code.
    Stale,
    /// As many as one member may have are set up.
    TooMany,
    /// No more letters with codes today.
    TooManyLetters,
    /// Too many wrong codes in a row: not now (MP-50).
    Locked,
}

impl Refused {
    /// Every refusal.
    pub const ALL: [Self; 5] =
        [Self::CodeWrong, Self::Stale, Self::TooMany, Self::TooManyLetters, Self::Locked];
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::CodeWrong => "SF01",
            Self::Stale => "SF02",
            Self::TooMany => "SF03",
            Self::TooManyLetters => "SF04",
            Self::Locked => "SF05",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::CodeWrong => Field::Code,
            _ => Field::Form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_kept_as_written_but_bounded() {
        assert_eq!(label("  仕事の𠮷スマホ "), "仕事の𠮷スマホ");
        assert_eq!(label("a\r\nb"), "ab");
        assert_eq!(label(&"あ".repeat(99)).chars().count(), LABEL_CHARS);
    }
}
