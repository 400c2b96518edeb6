//! The page behind a security letter's link: what happened, and three buttons: it was me, it was not me, lock my account (MP-88, MP-89, MP-40, MP-87). For whoever
//! holds the letter, signed in or not.

mod actions;
mod page;

pub use actions::{AlertLock, AlertMine, AlertNotMine};
pub use page::AlertPage;
