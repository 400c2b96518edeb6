//! パスワードの再設定 (MP-35, MP-36): requesting the e-mail, and the page behind its link.

mod actions;
mod new;
mod request;
mod sent;

pub use actions::{RequestReset, ResetAgain, ResetByCode, SetNewPassword};
pub use new::NewPasswordPage;
pub use request::RequestPage;
pub use sent::SentPage;
