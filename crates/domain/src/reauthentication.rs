//! Authenticating again before a change of what protects the account (ASVS 7.5.1).

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form: a password, or a code of an authenticator app.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// パスワード
    pub password: String,
    /// A code of an authenticator app instead.
    pub code: String,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows neither.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("reauthentication::Form").finish_non_exhaustive()
    }
}

/// Why the proof was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Neither a password nor a code was typed.
    Empty,
    /// The password is not the member's.
    PasswordWrong,
    /// The code is wrong, expired or used (MP-48).
    CodeWrong,
    /// Locked out: too many wrong ones in a row.
    Locked,
    /// The passkey's answer was not accepted.
    PasskeyWrong,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::Empty => "CF01",
            Self::PasswordWrong => "CF02",
            Self::CodeWrong => "CF03",
            Self::Locked => "CF04",
            Self::PasskeyWrong => "CF05",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Empty | Self::PasswordWrong => Field::Password,
            Self::CodeWrong => Field::Code,
            Self::Locked | Self::PasskeyWrong => Field::Form,
        }
    }
}
