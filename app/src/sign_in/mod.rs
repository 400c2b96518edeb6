//! ログイン and ログアウト.

mod actions;
mod page;
mod second_factor;

pub use actions::{SignIn, SignOut};
pub use page::SignInPage;
pub(crate) use page::fold_address;
pub use second_factor::{ChallengePage, ResendPage};
