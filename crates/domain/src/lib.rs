//! The rules of the house, the same in the browser and on the server.
//!
//! A rule is a pure function from what was typed, the site's policy and the present moment to an accepted
//! value or to refusals. Whatever needs a clock, randomness, a disk or a network is a deed and lives in
//! `identity`; every sentence a person reads lives in `words`. Refusals are small enums with stable codes
//! ([`refusal::Refusal`]), so that the browser and the server judge alike and each can be worded in the
//! member's language at the edge.
//!
//! May not come in: I/O, the system clock, randomness, regular expressions, Unicode normalisation tables,
//! any other crate of this workspace. All of this ships to the browser, where every table costs a member
//! on a slow line.
//!
//! Values that were judged (`EmailAddress`, `PersonName`, `Kana`, `Code`) can be made by parsing only. Types
//! that hold a secret or an address show a mask in `Debug`.

pub mod address;
pub mod alerts;
pub mod birth_date;
pub mod code;
pub mod confirm;
pub mod contact;
pub mod email_change;
pub mod field;
pub mod fold;
pub mod linked_accounts;
pub mod locale;
pub mod my_data;
pub mod name;
pub mod passkey;
pub mod password;
pub mod password_change;
pub mod password_reset;
pub mod place;
pub mod profile;
pub mod refusal;
pub mod registration;
pub mod route;
pub mod second_factor;
pub mod sign_in;
pub mod withdrawal;
