//! The real router, asked as a browser or an attacker would. One test binary; a module a promise.

mod http {
    mod alerts;
    mod architecture;
    mod ask;
    mod assets;
    #[expect(clippy::unwrap_used, reason = "as in identity/tests/deeds.rs")]
    #[path = "../../../crates/identity/tests/deeds/authenticator.rs"]
    mod authenticator;
    mod dev_mail;
    mod doors;
    mod email_change;
    mod faults;
    mod half_signed_in;
    mod health;
    mod help;
    mod history;
    mod hostile;
    mod leaving;
    mod limits;
    mod linked;
    mod pages;
    mod passkeys;
    mod processes;
    mod safety;
    mod sessions;
    mod well_known;
    mod withdrawal_killed;
}
