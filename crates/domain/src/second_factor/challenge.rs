//! ワンタイムパスワードの認証: the second factor of a sign-in (MP-47 to MP-50, MP-57).

use crate::field::Field;
use crate::refusal::Refusal;
use crate::second_factor::Method;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form as it was sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// ワンタイムパスワード, or a backup code.
    pub code: String,
    /// Which of the methods it is of.
    pub method: Method,
    /// Ticked: 信頼済み端末として登録する (MP-57).
    pub trust: Option<String>,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows no code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("challenge::Form").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Why the second factor was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Wrong, expired, used, or another member's, in the same words (MP-48).
    CodeWrong,
    /// 認証ロック: too many wrong ones in a row (MP-50).
    Locked,
    /// The first factor is too long ago, or this sign-in is over: it has to be started again.
    StartAgain,
    /// No more e-mails with codes today.
    TooManyEmails,
    /// The method is not one that this member can use now.
    NotSetUp,
    /// The passkey's answer was not accepted.
    PasskeyWrong,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::CodeWrong => "SS01",
            Self::Locked => "SS02",
            Self::StartAgain => "SS03",
            Self::TooManyEmails => "SS04",
            Self::NotSetUp => "SS05",
            Self::PasskeyWrong => "SS06",
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
    fn debug_shows_no_code() {
        let form: Form = serde_json::from_str(r#"{"code":"123456","method":"mail"}"#).unwrap();
        assert!(!format!("{form:?}").contains("123456"));
    }
}
