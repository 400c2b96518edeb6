//! The real router, asked as a browser or an attacker would. One test binary, with a module for each subject.

mod http {
    mod alerts;
    mod architecture;
    mod ask;
    mod assets;
    mod dev_emails;
    mod doors;
    mod email_change;
    mod faults;
    mod half_signed_in;
    mod health;
    mod help;
    mod hostile;
    mod limits;
    mod linked;
    mod pages;
    mod passkeys;
    mod processes;
    mod safety;
    mod sessions;
    mod sign_in_history;
    mod well_known;
    mod withdrawal;
    mod withdrawal_killed;
    mod way_on;
}
