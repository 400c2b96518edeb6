//! 退会 and 退会完了 (MP-91 to MP-94): what is erased, what stays, the button; then the receipt number.

mod actions;
mod page;
mod withdrawn;

pub use actions::Withdraw;
pub use page::WithdrawPage;
pub use withdrawn::WithdrawnPage;
