//! SNSアカウント連携: the page of the links (on sites with one way to sign in at a time ログイン方法の設定), and what ログイン, 新規登録
//! and 本人確認 say and offer of outside accounts (MP-18, MP-60 to MP-67, MD-27).
//!
//! The buttons that lead to a provider are forms that script leaves alone: `server` answers them itself.

mod actions;
mod page;
mod visit;

#[cfg(feature = "ssr")]
pub mod said;

pub use actions::{ChoosePassword, LetGo, LinkedHere, LinkedView, Row, Unlink};
pub use page::LinkedPage;
pub use visit::{Here, Html, Visit};
