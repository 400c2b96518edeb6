//! メールアドレスの変更 (MP-68 to MP-72): which addresses are accepted, and why a change is refused.

use crate::address::{AddressRefused, EmailAddress};
use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Why a change of the address was not accepted, confirmed or reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Not an address (MP-23).
    Address(AddressRefused),
    /// Exactly the present address.
    Same,
    /// Codes by e-mail are in use as second factor; they would go to a mailbox that is given up (MP-70).
    MailFactor,
    /// Too many e-mails today.
    TooManyTries,
    /// The link was used, is too old, incomplete or was voided; the page does not say which.
    LinkInvalid,
    /// The password is asked for and was left blank.
    PasswordEmpty,
    /// Not the password of the account.
    PasswordWrong,
    /// Not the code of the newest e-mail.
    CodeWrong,
    /// Too many wrong codes for this e-mail.
    CodeTries,
    /// Locked out: too many wrong passwords in a row.
    Locked,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::Same => "EC01",
            Self::MailFactor => "EC02",
            Self::TooManyTries => "EC03",
            Self::LinkInvalid => "EC04",
            Self::PasswordEmpty => "EC05",
            Self::PasswordWrong => "EC06",
            Self::CodeWrong => "EC07",
            Self::CodeTries => "EC08",
            Self::Locked => "EC09",
            Self::Address(why) => why.among(["EC10", "EC11", "EC12"]),
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Address(_) | Self::Same => Field::Email,
            Self::PasswordEmpty | Self::PasswordWrong => Field::CurrentPassword,
            Self::CodeWrong | Self::CodeTries => Field::Code,
            Self::MailFactor | Self::TooManyTries | Self::LinkInvalid | Self::Locked => Field::Form,
        }
    }
}

/// Judges what was typed; `now` is the present address. Another letter case is another address here, so that members
/// can change how theirs is written. Whether the address is taken is not judged: the form must not show it (MP-69).
pub fn check(typed: &str, now: &str) -> Result<EmailAddress, Refused> {
    let address = EmailAddress::parse(typed).map_err(Refused::Address)?;
    if address.as_str() == now { Err(Refused::Same) } else { Ok(address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(typed: &str) -> Result<String, Refused> {
        check(typed, "Taro@example.jp").map(|address| address.as_str().to_owned())
    }

    #[test]
    fn mp_68_addresses_follow_the_rules_of_the_registration() {
        assert_eq!(judged("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ").as_deref(), Ok("taro@example.com"));
        assert_eq!(judged("taro+id@example.jp").as_deref(), Ok("taro+id@example.jp"));
        assert_eq!(judged("abc.@docomo.ne.jp").as_deref(), Ok("abc.@docomo.ne.jp"));
        assert_eq!(judged("abc.@example.jp"), Err(Refused::Address(AddressRefused::NotAnAddress)));
        assert_eq!(judged(" "), Err(Refused::Address(AddressRefused::Empty)));
        let longest = ["a".repeat(64), "@".into(), "b.".repeat(93), "jpn".into()].concat();
        assert_eq!((longest.len(), judged(&longest).as_deref()), (254, Ok(longest.as_str())));
        assert_eq!(judged(&(longest + "x")), Err(Refused::Address(AddressRefused::TooLong)));
    }

    #[test]
    fn the_present_address_is_not_a_new_one_but_its_letter_case_can_change() {
        for same in ["Taro@example.jp", " Taro@EXAMPLE.jp", "Ｔaro＠example.jp"] {
            assert_eq!(judged(same), Err(Refused::Same), "{same}");
        }
        assert_eq!(judged("taro@example.jp").as_deref(), Ok("taro@example.jp"));
    }
}
