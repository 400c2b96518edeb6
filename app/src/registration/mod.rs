//! 新規登録: the form, the page that waits for the letter, the page behind the letter's link.

mod actions;
mod complete;
mod form;
mod sent;

pub use actions::{Register, RegisterAgain, RegisterByCode, RegisterByLink};
pub use complete::CompletePage;
pub use form::RegisterPage;
pub use sent::{SentPage, Steps};
