//! マイデータ: requesting a copy of everything stored, and downloading it. `present::data_file` gives the copy its file
//! format.

mod actions;
mod page;

pub use actions::RequestExport;
pub use page::DataExportPage;
