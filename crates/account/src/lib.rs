//! The state of one account and everything that may change it: the member and their identifiers, their credentials and
//! sessions, proofs by e-mail, the audit log, authentication, and what ends together.
//!
//! Use cases are built on this (the crate `identity`, later the provider, the console, organisations). Nothing else may
//! call it, since its functions take an open transaction. Functions that change credentials or sessions ask for a
//! [`lock::LockedAccount`].
//!
//! Modules stand in the order in which they may use each other (crates/testkit/tests/levels.rs).

pub mod lock;
pub mod audit;
pub mod lockout;
pub mod member;
pub mod credentials;
pub mod session;
pub mod sign_in_methods;
pub mod mailed;
pub mod email_sample;
pub mod notifications;
pub mod authn;
pub mod revoke;

use platform::dataset::DataSet;

/// Every table of an account, in the order of the data export.
pub const DATA: &[DataSet] = &[
    member::DATA,
    member::identifier::DATA,
    member::contact::DATA,
    credentials::password::DATA,
    credentials::factors::DATA,
    credentials::totp::DATA,
    credentials::backup_code::DATA,
    credentials::passkey::DATA,
    credentials::passkey::CHALLENGES,
    credentials::linked::DATA,
    session::DATA,
    session::PROOFS,
    session::remembered::DATA,
    session::browser::DATA,
    audit::DATA,
    lockout::DATA,
    authn::pending::DATA,
    mailed::DATA,
];
