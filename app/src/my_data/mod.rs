//! マイデータ: asking for a copy of everything held, and taking it. How the copy looks as a file is in `file`.

mod actions;
#[cfg(feature = "ssr")]
pub mod file;
mod page;

pub use actions::AskForData;
pub use page::MyDataPage;
