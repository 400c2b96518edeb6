//! The screens: pages, components and server functions.
//!
//! A page is a component that reads its data through a server function and renders on the server and in the browser
//! alike. A form posts to an address of its own and works without script ([`form`]). Texts come from `words`, rules
//! from `domain`, use cases (on the server only) from `identity`; [`present`] turns their results into texts.
//! `cfg(feature = …)` is only used on module lines, on the sentences of refusals, and inside server functions.

#![expect(missing_docs, reason = "the argument structs that server functions expand to")]
// Views are deep types even when erased.
#![recursion_limit = "256"]

pub mod alerts;
pub mod app;
pub mod data_export;
pub mod documents;
pub mod email_change;
pub mod fetch;
pub mod form;
pub mod frame;
pub mod help;
pub mod language;
pub mod lazy;
pub mod linked_accounts;
pub mod menu;
pub mod page_context;
pub mod page_data;
pub mod passkeys;
pub mod password;
pub mod password_reset;
pub mod profile;
pub mod reauthentication;
pub mod registration;
pub mod second_factor;
pub mod security_settings;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_history;
pub mod ui;
pub mod withdrawal;

#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
pub mod dev;
#[cfg(feature = "ssr")]
mod markdown;
#[cfg(feature = "ssr")]
pub mod present;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod shell;
