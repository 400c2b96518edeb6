//! What every use case stands on: who acts and under which policy, time and randomness as values, secrets and keys, the
//! hasher, the two databases, the mail queue, limits, settings. It knows no members and none of their tables.
//!
//! Modules stand in the order in which they may use each other (crates/testkit/tests/levels.rs).

pub mod clock;
pub mod error;
pub mod secret;
pub mod rng;
pub mod recovery_code;
pub mod keys;
pub mod hasher;
pub mod db;
pub mod user_agent;
pub mod format;
pub mod geoip;
pub mod provider_kind;
pub mod settings;
pub mod upstream;
pub mod lane;
pub mod app_context;
pub mod context;
pub mod tx;
pub mod dataset;
pub mod mail;
pub mod sealed_draft;
pub mod rate_limit;
pub mod jobs;
pub mod export;
