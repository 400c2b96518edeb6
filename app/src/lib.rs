//! The screens: pages, components and server functions.
//!
//! A page is a component that reads its data through a server function and renders on the server and in the
//! browser alike; a form posts to an address of its own and works without script ([`action`]). Words come from
//! `words`, rules from `domain`, deeds (on the server only) from `identity`. `cfg(feature = …)` stands on module
//! lines and inside server functions only.

#![expect(missing_docs, reason = "the argument structs that server functions expand to")]
// Views are deep types even when erased.
#![recursion_limit = "256"]

pub mod action;
pub mod alerts;
pub mod app;
pub mod auth_policy;
pub mod boot;
pub mod confirm;
pub mod documents;
pub mod email_change;
pub mod help;
pub mod home;
pub mod language;
pub mod linked_accounts;
pub mod my_data;
pub mod part;
pub mod passkeys;
pub mod password;
pub mod password_reset;
pub mod profile;
pub mod registration;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_history;
pub mod site;
pub mod ui;
pub mod withdrawal;

#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
pub mod dev;
#[cfg(feature = "ssr")]
mod markdown;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod say;
#[cfg(feature = "ssr")]
pub mod shell;
