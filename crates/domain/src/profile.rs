//! 会員情報の変更 (MP-75): the person, as [`crate::person`] judges them. The password has a form of its own.

pub use crate::person::{PersonForm as Form, PersonRefused as Refused};
