//! 会員情報参照 and 会員情報の変更.

mod account;
mod actions;
mod edit;
mod fields;

pub use account::AccountPage;
pub use actions::{ChangeProfile, ProfileView};
pub use edit::ProfilePage;
pub use fields::PersonFields;
