//! 新規登録: the form, the page that takes the e-mail's code, the page behind its link.

mod actions;
mod complete;
mod form;
mod sent;

pub use actions::{Register, RegisterAgain, RegisterByCode, RegisterByLink};
pub use complete::CompletePage;
pub use form::RegisterPage;
pub use sent::{SentPage, Steps};
