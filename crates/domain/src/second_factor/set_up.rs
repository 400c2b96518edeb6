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
    /// The name that the member gives it.
    pub label: String,
    /// The first code that it shows.
    pub code: String,
    /// The new secret, sealed by the server.
    pub draft: String,
}

impl fmt::Debug for AppForm {
    /// Shows neither code nor secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("set_up::AppForm").finish_non_exhaustive()
    }
}

/// A name that a member typed, as it is stored: without control characters and spaces around it, cut to
/// [`LABEL_CHARS`].
pub fn label(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(LABEL_CHARS).collect()
}

/// Why a method was not set up or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The first code is not of this app, or the e-mail's is wrong, expired or used (MP-48).
    CodeWrong,
    /// The page was open too long; it shows a new QR code.
    Stale,
    /// As many as one member may have are set up.
    TooMany,
    /// No more e-mails with codes today.
    TooManyEmails,
    /// Locked out: too many wrong codes in a row (MP-50).
    Locked,
    /// The policy allows one method at a time, and another one is set up (MP-44).
    OneMethod,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::CodeWrong => "SF01",
            Self::Stale => "SF02",
            Self::TooMany => "SF03",
            Self::TooManyEmails => "SF04",
            Self::Locked => "SF05",
            Self::OneMethod => "SF06",
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
