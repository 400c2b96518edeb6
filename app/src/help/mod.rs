//! ヘルプ (MP-101 to MP-103) and 「当サイトが保管する情報」. The texts are Markdown in `words/help/`; here they are filled with
//! the running site's figures, searched and drawn, all on the server: the browser gets HTML. What is kept, and how
//! long, is `identity::kept`'s to say.

mod actions;
mod foot;
mod kept;
mod page;
mod topic;

#[cfg(feature = "ssr")]
mod data;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
mod texts;

pub use kept::KeptPage;
pub use page::HelpPage;
pub use topic::TopicPage;
