//! The page behind the link of a security e-mail: what happened, and three buttons: it was me, it was not me, suspend
//! my account (MP-40, MP-87 to MP-89). For the holder of the e-mail, signed in or not.

mod actions;
mod page;

pub use actions::{AlertMine, AlertNotMine, AlertSuspend};
pub use page::AlertPage;
