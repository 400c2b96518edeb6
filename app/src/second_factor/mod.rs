//! 2段階認証の設定: what is set up, setting up, removing; the trusted browsers (MP-44, MP-45, MP-54, MP-57).

mod actions;
mod app;
mod backup;
mod mail;
mod overview;

pub use actions::SecondFactorView;
pub use app::AppPage;
pub use backup::BackupCodesPage;
pub use mail::MailPage;
pub use overview::SecondFactorPage;
