//! What is wrong with a policy, in sentences for the operator who wrote it.

use super::{
    BackupKind, CaptchaWhen, ForbiddenAct, Links, LockEnds, RegistrationMode, ResetMode, SecondFactorMethod,
    Simultaneous, SitePolicy, WayOut,
};

/// "Not me" and the taking back of an address find what a thief set up by the lines of that session: letters are answered
/// within 30 days, an address comes back 30 days after a link that lived for 30.
const LEAST_HISTORY_DAYS: u32 = 90;

/// Longest life of a link or temporary credential: 30 days. The longest in a source is 14 (`MD-12`).
const LONGEST_LINK_MINUTES: u32 = 30 * 24 * 60;
/// Longest life of a cookie that browsers keep (RFC 6265bis).
const LONGEST_COOKIE_DAYS: u32 = 400;
/// Most failures in a row before something must happen (NIST SP 800-63B-4, rate limiting).
const MOST_FAILURES: u32 = 100;
/// Longest life of a mailed code: the longest in a source (`BA-17`).
const LONGEST_CODE_SECONDS: u32 = 3_600;

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {says}")]
pub struct PolicyFault {
    /// The dotted key to change.
    pub key: &'static str,
    /// What is wrong and what would be right.
    pub says: String,
}

/// All faults of a policy.
pub(super) fn of(policy: &SitePolicy) -> Vec<PolicyFault> {
    let mut faults = Faults(Vec::new());
    way_in(policy, &mut faults);
    lock_and_reset(policy, &mut faults);
    second_factor(policy, &mut faults);
    account(policy, &mut faults);
    forbidden(policy, &mut faults);
    faults.0
}

struct Faults(Vec<PolicyFault>);

impl Faults {
    fn when(&mut self, wrong: bool, key: &'static str, says: impl Into<String>) {
        if wrong {
            self.0.push(PolicyFault { key, says: says.into() });
        }
    }

    fn range(&mut self, key: &'static str, value: u32, least: u32, most: u32, unit: &str) {
        self.when(
            !(least..=most).contains(&value),
            key,
            format!("{value} is outside {least} to {most} {unit}"),
        );
    }

    fn list<T: PartialEq>(&mut self, key: &'static str, values: &[T]) {
        self.when(values.is_empty(), key, "the list is empty; name at least one");
        self.once(key, values);
    }

    fn once<T: PartialEq>(&mut self, key: &'static str, values: &[T]) {
        let twice = values.iter().enumerate().any(|(at, value)| values[..at].contains(value));
        self.when(twice, key, "the list names something twice; name each once");
    }
}

fn way_in(policy: &SitePolicy, faults: &mut Faults) {
    let names = &policy.identifiers;
    faults.range("identifiers.username_max_length", names.username_max_length.into(), 1, 64, "characters");
    faults.range(
        "identifiers.family_code_max_length",
        names.family_code_max_length.into(),
        1,
        64,
        "characters",
    );

    let join = &policy.registration;
    faults.range(
        "registration.link_valid_minutes",
        join.link_valid_minutes,
        1,
        LONGEST_LINK_MINUTES,
        "minutes",
    );
    let letters = join.letters_per_address_per_day;
    faults.range("registration.letters_per_address_per_day", letters.into(), 1, 100, "letters");
    faults.range("registration.code_tries", join.code_tries.into(), 1, 10, "tries");

    let password = &policy.password;
    faults.when(
        password.min_length < 8,
        "password.min_length",
        format!("{} is too short: the least is 8 (NIST SP 800-63B-4)", password.min_length),
    );
    faults.when(
        password.min_length > password.max_length,
        "password.max_length",
        format!("{} is below password.min_length, {}", password.max_length, password.min_length),
    );
    faults.range("password.classes_required", password.classes_required.into(), 0, 4, "kinds of characters");

    let auto = policy.auto_sign_in.valid_days;
    faults.range("auto_sign_in.valid_days", auto, 1, LONGEST_COOKIE_DAYS, "days");
    faults.range("session.idle_minutes", policy.session.idle_minutes, 1, 24 * 60, "minutes");
}

fn lock_and_reset(policy: &SitePolicy, faults: &mut Faults) {
    let lock = &policy.sign_in;
    faults.range("sign_in.lock_threshold", lock.lock_threshold.into(), 1, MOST_FAILURES, "failures");
    faults.range("sign_in.lock_minutes", lock.lock_minutes, 1, 24 * 60, "minutes");
    faults.when(
        lock.lock_ends == LockEnds::WhenUnlocked
            && !(lock.unlock_by_mail_link || lock.unlock_by_reset || lock.unlock_by_staff),
        "sign_in.lock_ends",
        "a lock could never end: allow unlocking by mail link, reset or staff, or use \"timed\"",
    );
    let unlock = lock.unlock_link_valid_minutes;
    faults.range("sign_in.unlock_link_valid_minutes", unlock, 1, LONGEST_LINK_MINUTES, "minutes");

    let captcha = &policy.captcha;
    faults.range("captcha.after_failures", captcha.after_failures.into(), 1, MOST_FAILURES, "failures");
    faults.when(
        captcha.when == CaptchaWhen::AfterFailures && captcha.after_failures >= lock.lock_threshold,
        "captcha.after_failures",
        format!(
            "{} is not below sign_in.lock_threshold, {}: the account would lock before any captcha",
            captcha.after_failures, lock.lock_threshold
        ),
    );
    faults.list("captcha.kinds", &captcha.kinds);

    let reset = &policy.reset;
    faults.range("reset.link_valid_minutes", reset.link_valid_minutes, 1, LONGEST_LINK_MINUTES, "minutes");
    let letters = reset.letters_per_address_per_day;
    faults.range("reset.letters_per_address_per_day", letters.into(), 1, 100, "letters");
}

fn second_factor(policy: &SitePolicy, faults: &mut Faults) {
    let second = &policy.second_factor;
    faults.list("second_factor.methods", &second.methods);
    let life = second.mail_code_valid_seconds;
    faults.range("second_factor.mail_code_valid_seconds", life, 30, LONGEST_CODE_SECONDS, "seconds");
    faults.range("second_factor.lock_threshold", second.lock_threshold.into(), 1, MOST_FAILURES, "failures");
    faults.range("second_factor.lock_minutes", second.lock_minutes, 1, 24 * 60, "minutes");

    let key = "second_factor.ways_out";
    faults.list(key, &second.ways_out);
    let way = |way| second.ways_out.contains(&way);
    faults.when(
        way(WayOut::BackupCode) && policy.backup.codes_given() == 0,
        key,
        "names \"backup_code\", but backup.kind gives no codes",
    );
    faults.when(
        way(WayOut::RecoveryAddress) && policy.backup.kind != BackupKind::RecoveryAddress,
        key,
        "names \"recovery_address\", but backup.kind is another",
    );
    faults.when(
        way(WayOut::PasswordReset) && !policy.reset.clears_second_factor,
        key,
        "names \"password_reset\", but reset.clears_second_factor is false",
    );
    faults.when(
        way(WayOut::MethodChange) && !policy.linked_accounts.login_method_exclusive,
        key,
        "names \"method_change\", but linked_accounts.login_method_exclusive is false",
    );

    faults.range("backup.list_length", policy.backup.list_length.into(), 1, 50, "codes");
    // eight digits are above the 20 bits that NIST SP 800-63B-4 asks of a look-up secret
    faults.range("backup.code_length", policy.backup.code_length.into(), 8, 64, "characters");
    faults.range("grid.cells_asked", policy.grid.cells_asked.into(), 2, 10, "cells");
    faults.range("grid.cell_characters", policy.grid.cell_characters.into(), 2, 4, "characters");
    faults.range("passkeys.per_member", policy.passkeys.per_member.into(), 1, 100, "passkeys");

    let trusted = &policy.trusted_browsers;
    faults.range("trusted_browsers.valid_days", trusted.valid_days, 1, LONGEST_COOKIE_DAYS, "days");
    faults.when(
        trusted.offered && !trusted.release_by_staff && !trusted.release_by_member,
        "trusted_browsers.release_by_staff",
        "nobody could release a trusted browser: allow staff or the member",
    );

    faults.range("alerts.far_places_speed_kmh", policy.alerts.far_places_speed_kmh, 100, 10_000, "km/h");
    faults.range("alerts.far_places_min_km", policy.alerts.far_places_min_km, 1, 20_000, "km");
}

fn account(policy: &SitePolicy, faults: &mut Faults) {
    let change = &policy.email_change;
    faults.range(
        "email_change.link_valid_minutes",
        change.link_valid_minutes,
        1,
        LONGEST_LINK_MINUTES,
        "minutes",
    );
    faults.range("email_change.undo_days", change.undo_days, 0, 30, "days");
    let kept = policy.history.keep_days;
    faults.when(
        kept != 0 && kept < LEAST_HISTORY_DAYS,
        "history.keep_days",
        format!("{kept} is less than {LEAST_HISTORY_DAYS} days, and not 0 (as long as the account)"),
    );

    let linked = &policy.linked_accounts;
    faults.once("linked_accounts.providers", &linked.providers);
    faults.when(
        linked.login_method_exclusive && linked.links != Links::One,
        "linked_accounts.login_method_exclusive",
        "one way to sign in at a time needs linked_accounts.links = \"one\"",
    );

    let life = policy.helpdesk.temporary_credential_valid_minutes;
    faults.range("helpdesk.temporary_credential_valid_minutes", life, 1, LONGEST_LINK_MINUTES, "minutes");
    faults.when(
        policy.vault.offered && !policy.vault.unreadable_after_reset,
        "vault.unreadable_after_reset",
        "the note is sealed with the password, so a reset cannot keep it readable: set true",
    );
    faults.range("withdrawal.trial_days", policy.withdrawal.trial_days, 0, 3_650, "days");
    faults.list("languages.offered", &policy.languages.offered);
}

/// What the preset's source forbids (`MP-41` and the like), against what the policy allows.
fn forbidden(policy: &SitePolicy, faults: &mut Faults) {
    let never = &policy.forbidden;
    for method in policy.second_factor.methods.iter().filter(|method| never.second_factors.contains(method)) {
        faults.when(true, "second_factor.methods", refused(method));
    }
    faults.when(
        policy.passkeys.sign_in && never.second_factors.contains(&SecondFactorMethod::Passkey),
        "passkeys.sign_in",
        "passkeys are forbidden under this preset",
    );
    faults.when(
        never.backup_kinds.contains(&policy.backup.kind),
        "backup.kind",
        refused(&policy.backup.kind),
    );
    for provider in policy.linked_accounts.providers.iter().filter(|one| never.providers.contains(one)) {
        faults.when(true, "linked_accounts.providers", refused(provider));
    }
    for act in &never.acts {
        for (done, key) in done(policy, *act) {
            faults.when(
                done,
                key,
                "this value is forbidden under this preset; choose the preset whose rule it is",
            );
        }
    }
}

/// Names a forbidden choice as the settings write it: `CodeList` is `"code_list"` there.
fn refused(choice: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for letter in format!("{choice:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    format!("\"{name}\" is forbidden under this preset")
}

/// The keys by which a policy may do a forbidden act, and whether it does.
fn done(policy: &SitePolicy, act: ForbiddenAct) -> Vec<(bool, &'static str)> {
    match act {
        ForbiddenAct::KnownAddressLetter => {
            vec![(policy.registration.known_address_letter, "registration.known_address_letter")]
        }
        ForbiddenAct::SessionLimit => {
            vec![(policy.session.simultaneous != Simultaneous::Unlimited, "session.simultaneous")]
        }
        ForbiddenAct::ProfileChangeLetter => vec![(policy.profile.change_letter, "profile.change_letter")],
        ForbiddenAct::HistoryLimit => vec![(policy.history.keep_days != 0, "history.keep_days")],
        ForbiddenAct::DeletionByStaff => vec![(policy.withdrawal.by_staff, "withdrawal.by_staff")],
        ForbiddenAct::UnlockByStaff => vec![
            (policy.sign_in.unlock_by_staff, "sign_in.unlock_by_staff"),
            (policy.second_factor.unlock_by_staff, "second_factor.unlock_by_staff"),
        ],
        ForbiddenAct::ResetByMember => vec![(policy.reset.mode == ResetMode::MailLink, "reset.mode")],
        ForbiddenAct::RegistrationByMember => {
            vec![(policy.registration.mode == RegistrationMode::Member, "registration.mode")]
        }
        ForbiddenAct::TimedUnlock => vec![(policy.sign_in.lock_ends == LockEnds::Timed, "sign_in.lock_ends")],
    }
}
