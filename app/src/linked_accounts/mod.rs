//! SNSアカウント連携: the page of the links (on sites with one sign-in method at a time ログイン方法の設定), and what ログイン, 新規登録
//! and 本人確認 say and offer of outside accounts (MP-18, MP-60 to MP-67, MD-27).
//!
//! The buttons that lead to a provider are plain forms, also with script: `server` answers them.

mod actions;
mod notice;
mod page;

pub use actions::{ChoosePassword, DropWaiting, LinkedView, ProvidersOfSignIn, Row, Unlink};
pub use notice::{Html, ProviderNotice, ProvidersView};
pub use page::LinkedPage;
