//! ログイン履歴 (MP-85 to MP-87): the page and its server function.

mod actions;
mod page;

pub use actions::{Filter, Row};
pub use page::HistoryPage;
