//! パスワードの再設定 (MP-35, MP-36): asking for the letter, and the page behind its link.

mod actions;
mod ask;
mod new;
mod sent;

pub use actions::{AskForReset, ResetAgain, ResetByCode, SetNewPassword};
pub use ask::AskPage;
pub use new::NewPasswordPage;
pub use sent::SentPage;
