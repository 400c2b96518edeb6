//! The deeds on a real database, both of them, with a hand-moved clock. One test binary; a module a slice.

#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint knows test functions only")]

mod deeds {
    mod account_lock;
    mod alerts;
    mod authenticator;
    mod confirm;
    mod email_change;
    mod email_change_races;
    mod email_change_undo;
    mod foundation;
    mod kept;
    mod linked_accounts;
    mod linked_attacks;
    mod linked_hijack;
    mod linked_kinds;
    mod linked_method;
    mod lockout;
    mod my_data;
    mod passkey_steps;
    mod passkeys;
    mod password;
    mod password_reset;
    mod profile;
    mod races;
    mod registration;
    mod reset_letters;
    mod second_factor;
    mod second_step;
    mod session;
    mod sessions;
    mod sign_in;
    mod sign_in_history;
    mod step_by_step;
    mod thefts;
    mod trusted_browsers;
    mod under_way;
    mod with_passkeys;
    mod with_provider;
    mod withdrawal;
    mod withdrawal_cut;
}
