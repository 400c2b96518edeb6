//! ログイン and ログアウト.

mod actions;
mod page;
mod second_step;

pub use actions::{SignIn, SignOut};
pub use page::SignInPage;
pub(crate) use page::tidy;
pub use second_step::{ResendPage, SecondStepPage};
