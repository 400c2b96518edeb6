//! ログイン: the form and its refusals (MP-21 to MP-26).
//!
//! Unknown ID, wrong password and lockout are one refusal here, so that the form does not show which it was.

use crate::address::{AddressRefused, EmailAddress};
use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The sign-in form as it was sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// ユーザID(メールアドレス)
    pub email: String,
    /// パスワード
    pub password: String,
    /// Ticked: 次回から自動ログインする (MP-26).
    pub remember: Option<String>,
    /// Where to go afterwards; believed only through [`crate::route::safe_next`].
    pub next: Option<String>,
}

impl fmt::Debug for Form {
    /// Shows neither the address nor the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("sign_in::Form").finish_non_exhaustive()
    }
}

/// Why a sign-in was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The user ID is blank.
    EmailEmpty,
    /// The user ID is not of the form `x@y` (MP-23).
    NotAnAddress,
    /// The password is blank.
    PasswordEmpty,
    /// Unknown ID or wrong password, in the same words (MP-22).
    NotAccepted,
    /// The site is overloaded; in a moment it works again.
    Busy,
    /// Too many sign-ins from this network, or for this address, within minutes.
    TooMany,
    /// The password is right, but was invalidated because somebody else knows it: only the reset e-mail helps.
    Blocked,
    /// The passkey's answer was not accepted.
    PasskeyWrong,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::NotAnAddress => "SI01",
            Self::NotAccepted => "SI02",
            Self::EmailEmpty => "SI03",
            Self::PasswordEmpty => "SI04",
            Self::Busy => "SI05",
            Self::TooMany => "SI06",
            Self::Blocked => "SI07",
            Self::PasskeyWrong => "SI08",
        }
    }

    fn field(self) -> Field {
        match self {
            Self::EmailEmpty | Self::NotAnAddress => Field::Email,
            Self::PasswordEmpty => Field::Password,
            Self::NotAccepted | Self::Busy | Self::TooMany | Self::Blocked | Self::PasskeyWrong => {
                Field::Form
            }
        }
    }
}

/// What can be refused before credentials are looked at (MP-23).
pub fn check(form: &Form) -> Result<EmailAddress, Vec<Refused>> {
    let address = EmailAddress::parse(&form.email).map_err(|why| match why {
        AddressRefused::Empty => Refused::EmailEmpty,
        AddressRefused::TooLong | AddressRefused::NotAnAddress => Refused::NotAnAddress,
    });
    match (address, form.password.is_empty()) {
        (Ok(address), false) => Ok(address),
        (Ok(_), true) => Err(vec![Refused::PasswordEmpty]),
        (Err(why), false) => Err(vec![why]),
        (Err(why), true) => Err(vec![why, Refused::PasswordEmpty]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(email: &str, password: &str) -> Result<String, Vec<Refused>> {
        let form = Form { email: email.into(), password: password.into(), ..Form::default() };
        check(&form).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn mp_21_an_address_and_a_password() {
        assert_eq!(judged("taro＠example.jp", "x").as_deref(), Ok("taro@example.jp"));
        assert_eq!(judged("", ""), Err(vec![Refused::EmailEmpty, Refused::PasswordEmpty]));
        assert_eq!(judged("taro@example.jp", ""), Err(vec![Refused::PasswordEmpty]));
    }

    #[test]
    fn mp_23_the_form_of_the_id_is_judged_first() {
        let long = "a".repeat(65) + "@example.jp";
        for id in ["taro", "太郎@example.jp", &long] {
            assert_eq!(judged(id, "x"), Err(vec![Refused::NotAnAddress]), "{id}");
        }
    }

    #[test]
    fn debug_is_silent_and_absent_fields_are_blank() {
        let form: Form = serde_json::from_str(r#"{"password":"hush"}"#).unwrap();
        assert_eq!((form.email.as_str(), form.remember.as_ref()), ("", None));
        assert!(!format!("{form:?}").contains("hush"));
    }
}
