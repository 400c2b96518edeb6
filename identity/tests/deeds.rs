//! The deeds on a real database, both of them, with a hand-moved clock. One test binary; a module a slice.

#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint knows test functions only")]

mod deeds {
    mod alerts;
    mod authenticator;
    mod foundation;
    mod passkeys;
    mod password;
    mod password_reset;
    mod profile;
    mod registration;
    mod session;
    mod sessions;
    mod sign_in;
    mod sign_in_history;
}
