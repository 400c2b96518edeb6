//! ログイン履歴 (MP-85 to MP-87).

mod actions;
mod page;
#[cfg(feature = "ssr")]
mod said;

pub use page::HistoryPage;
#[cfg(feature = "ssr")]
pub use said::{event_in_words, kind_in_words};
