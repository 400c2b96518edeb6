//! ヘルプ (MP-101 to MP-103) and 「当サイトが保管する情報」. The texts are Markdown in `crates/words/help/`. Here they are
//! filled with the running site's figures, searched and rendered, all on the server: the browser gets HTML. The tables
//! declare what is stored, and how long (`identity::stored`).

mod actions;
mod foot;
mod page;
mod stored;
mod topic;

#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
pub mod texts;

pub use actions::StoredRow;
pub use page::HelpPage;
pub use stored::StoredPage;
pub use topic::TopicPage;
