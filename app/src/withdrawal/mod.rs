//! 退会 and 退会完了 (MP-91 to MP-94): what goes, what stays, the last button; then the number.

mod actions;
mod page;
mod withdrawn;

pub use actions::Withdraw;
pub use page::WithdrawPage;
pub use withdrawn::WithdrawnPage;
