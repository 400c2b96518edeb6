//! パスワードの再設定: requesting the e-mail, and typing its code (MP-35). The new password itself is judged by
//! [`crate::password_change`].

use crate::address::{AddressRefused, EmailAddress};
use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The form as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The user ID.
    pub email: String,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

/// Why no e-mail was requested. The same for known and unknown addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Not an address (MP-23).
    Address(AddressRefused),
    /// Too many e-mails to this address today, or too many requests from this network.
    TooMany,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::Address(why) => why.among(["RP01", "RP02", "RP03"]),
            Self::TooMany => "RP04",
        }
    }

    fn field(self) -> Field {
        Field::Email
    }
}

/// Why the code of the e-mail was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeRefused {
    /// No request is pending in this browser (any more).
    NothingWaits,
    /// Not the code of the e-mail.
    CodeWrong,
    /// It was guessed too often and is void.
    CodeTries,
}

impl Refusal for CodeRefused {
    fn code(self) -> &'static str {
        match self {
            Self::NothingWaits => "RP10",
            Self::CodeWrong => "RP11",
            Self::CodeTries => "RP12",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::NothingWaits => Field::Form,
            Self::CodeWrong | Self::CodeTries => Field::Code,
        }
    }
}

/// The address that was typed.
pub fn check(form: &Form) -> Result<EmailAddress, Vec<Refused>> {
    EmailAddress::parse(&form.email).map_err(|why| vec![Refused::Address(why)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mp_23_the_address_is_judged_before_anything_else() {
        let form = |email: &str| Form { email: email.into(), ..Form::default() };
        assert_eq!(check(&form("ｈａｎａｋｏ＠example.jp")).unwrap().as_str(), "hanako@example.jp");
        for typed in ["", "hanako", "a@b@c"] {
            assert!(matches!(check(&form(typed)).unwrap_err()[..], [Refused::Address(_)]), "{typed}");
        }
    }
}
