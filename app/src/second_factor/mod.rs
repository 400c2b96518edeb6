//! 2段階認証の設定: the methods that are set up, setting up and removing; trusted browsers (MP-44, MP-45, MP-54, MP-57).

mod actions;
mod app;
mod backup;
mod mail;
mod overview;

use domain::route::next_or_home;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use actions::SecondFactorView;
pub use app::AppPage;
pub use backup::BackupCodesPage;
pub use mail::MailPage;
pub use overview::SecondFactorPage;

/// The page to go to afterwards, when a sign-in asked for the set-up (MP-52).
fn use_next() -> String {
    let next = use_query_map().with_untracked(|query| query.get("next"));
    next_or_home(next.as_deref()).to_owned()
}
