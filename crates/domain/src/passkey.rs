//! パスキー: the forms that carry what the browser's authenticator answered, and why it may be refused.

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form that adds a passkey.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewForm {
    /// The name that the member gives it.
    pub label: String,
    /// The token of the challenge.
    pub challenge: String,
    /// The authenticator's answer, as the JSON that browsers make of it.
    pub credential: String,
}

/// The form that sends a passkey's answer: at the sign-in, as its second factor, or when authenticating again.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The token of the challenge.
    pub challenge: String,
    /// The authenticator's answer, as the JSON that browsers make of it.
    pub credential: String,
    /// Ticked: 次回から自動ログインする. At the sign-in only.
    pub remember: Option<String>,
    /// Ticked: 信頼済み端末として登録する. As the second factor only.
    pub trust: Option<String>,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

impl fmt::Debug for NewForm {
    /// Shows neither the challenge nor the answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("passkey::NewForm").finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    /// Shows neither the challenge nor the answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("passkey::Answer").finish_non_exhaustive()
    }
}

/// Why a passkey was not added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// What the authenticator answered is not a new passkey for this site, or the challenge is used or expired.
    NotMade,
    /// The same passkey is registered already, by this or another member.
    Known,
    /// As many as one member may have.
    TooMany,
    /// It is the last sign-in method of this account.
    LastSignInMethod,
    /// The policy allows one second factor at a time, and another one is set up (MP-44).
    OneMethod,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::NotMade => "PK01",
            Self::Known => "PK02",
            Self::TooMany => "PK03",
            Self::LastSignInMethod => "PK04",
            Self::OneMethod => "PK05",
        }
    }

    fn field(self) -> Field {
        Field::Form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_silent_and_absent_fields_are_blank() {
        let form: Answer = serde_json::from_str(r#"{"challenge":"abc","credential":"xyz"}"#).unwrap();
        assert_eq!((form.remember.as_ref(), form.next.as_ref()), (None, None));
        let new: NewForm = serde_json::from_str(r#"{"credential":"xyz"}"#).unwrap();
        let shown = format!("{form:?} {new:?}");
        assert!(!shown.contains("abc") && !shown.contains("xyz"));
    }
}
