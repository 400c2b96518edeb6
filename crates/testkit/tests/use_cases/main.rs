//! Tests of the use cases, on both databases, with a clock moved by hand. One module for each subject.

#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint knows test functions only")]

mod account_suspension;
mod account_takeover;
mod alerts;
mod concurrent_requests;
mod data_export;
mod email_change;
mod email_change_races;
mod email_change_undo;
mod foundation;
mod linked_accounts;
mod linked_attacks;
mod linked_hijack;
mod linked_kinds;
mod linked_method;
mod lockout;
mod passkey_factor;
mod passkeys;
mod password;
mod password_reset;
mod profile;
mod races;
mod reauthentication;
mod registration;
mod reset_emails;
mod revocation;
mod second_factor;
mod second_factor_challenge;
mod session;
mod sessions;
mod sign_in;
mod sign_in_history;
mod step_by_step;
mod stored_data;
mod trusted_browsers;
mod update;
mod with_passkeys;
mod with_provider;
mod withdrawal;
mod withdrawal_cut;
