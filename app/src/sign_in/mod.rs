//! ログイン and ログアウト.

mod actions;
mod page;

pub use actions::{SignIn, SignOut};
pub use page::SignInPage;
pub(crate) use page::tidy;
