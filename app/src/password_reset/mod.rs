//! パスワードの再設定: the page behind the reset letter's link (MP-36).

mod actions;
mod new;

pub use actions::SetNewPassword;
pub use new::NewPasswordPage;
