//! The rules of forms and values, the same in the browser and on the server.
//!
//! A rule is a pure function from what was typed, the site's policy and the present moment to an accepted value or to
//! refusals. Whatever needs a clock, randomness, a disk or a network is a use case in `identity`; every sentence a
//! person reads is in `words`. Refusals are small enums with stable codes ([`refusal::Refusal`]): the browser and the
//! server judge alike, and `app` chooses the sentence in the member's language.
//!
//! Not allowed here: I/O, the system clock, randomness, regular expressions, Unicode normalisation tables, any other
//! crate of this workspace. All of this ships to the browser, where every table costs a member on a slow line.
//!
//! Values that were judged (`EmailAddress`, `PersonName`, `Kana`, `Code`) can be made by parsing only. Types
//! that hold a secret or an address show a mask in `Debug`.

pub mod address;
pub mod alerts;
pub mod birth_date;
pub mod code;
pub mod contact;
pub mod data_export;
pub mod email_change;
pub mod field;
pub mod fold;
pub mod geo;
pub mod linked_accounts;
pub mod locale;
pub mod name;
pub mod passkey;
pub mod password;
pub mod password_change;
pub mod password_reset;
pub mod person;
pub mod phone;
pub mod profile;
pub mod reauthentication;
pub mod refusal;
pub mod registration;
pub mod route;
pub mod second_factor;
pub mod sign_in;
pub mod withdrawal;

/// Reading and writing a judged text as a plain one, so that what is stored is judged again when it is read.
macro_rules! text_newtype {
    ($type:ident, $refused:ty) => {
        impl TryFrom<String> for $type {
            type Error = $refused;

            fn try_from(text: String) -> Result<Self, $refused> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}
pub(crate) use text_newtype;
