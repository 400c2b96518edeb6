//! Every key of the policy: its type, its range, what it decides, where it comes from.
//!
//! There is no optional key: TOML has no null, so a site could never take a preset's figure back. What may be absent
//! is a choice beside its figure, or the figure 0. The values are in `presets/`; what has to fit together is in
//! `rules.rs`.

use domain::password::PasswordRules;
use domain::second_factor::Offered;

use crate::choices::{
    AutoSignInMode, BackupKind, BirthDateField, EmailChangeSecondFactor, HistoryShown, IdentifierKind, Links,
    LockEnds, PhoneField, Provider, RegistrationMode, ResetMode, SecondFactorMethod, TemporaryCredential,
    TrustCounts,
};
use crate::declare::{Key, policy, range};
use crate::read::Reader;
use crate::value::Value;

/// Longest life of a link or a temporary password, in minutes: 30 days. The longest in a source is 14 (MD-12).
const LONGEST_LINK: u32 = 30 * DAY;
/// Longest life of a mailed code, in seconds: the longest in a source (BA-17).
const LONGEST_CODE: u32 = 3_600;
/// Longest life of a cookie, in days (RFC 6265bis).
const LONGEST_COOKIE: u32 = 400;
/// Most failures in a row before something has to happen (NIST SP 800-63B-4, rate limiting).
const MOST_FAILURES: u32 = 100;
/// Minutes of a day.
const DAY: u32 = 24 * 60;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

policy! {
    /// What a member types to say who they are.
    identifiers: Identifiers {
        /// What a member signs in with.
        sign_in_with: Vec<IdentifierKind>, "MP-21, KB-01, BA-01";
    }

    /// How an account comes to be.
    registration: Registration {
        /// Who makes accounts.
        mode: RegistrationMode, "MP-07, MD-12, BA-02";
        /// Life of the registration link; it works once.
        link_valid_minutes: u32 = 1..=LONGEST_LINK => link_valid_ms(MINUTE_MS), "MP-08, MD-12";
        /// The owner of an address that already has an account is told by e-mail; the screen never says it.
        known_address_letter: bool, "MP-10";
        /// Registration e-mails to one address in 24 hours.
        letters_per_address_per_day: u16 = 1..=100, "ours";
        /// Wrong codes (or, in another browser, passwords) after which only a new e-mail helps.
        code_tries: u16 = 1..=10, "ours";
    }

    /// What a new password must be. Older ones keep working (C-23).
    password: Password {
        /// Fewest characters.
        min_length: u16 = 8..=65_535, "MD-16, NIST SP 800-63B-4";
        /// Most characters; 65535 is no limit of its own.
        max_length: u16 = 8..=65_535, "BA-40, KB-05";
        /// How many of upper case, lower case, digit, symbol it needs; 0 asks for none.
        classes_required: u8 = 0..=4, "MD-16, C-33";
        /// Family and given name are refused inside it.
        refuse_names: bool, "MP-13, MP-14";
        /// The whole user ID is refused inside it.
        refuse_user_id: bool, "MP-15";
        /// Passwords that attackers try first are refused.
        refuse_common: bool, "NIST SP 800-63B-4";
    }

    /// Wrong passwords and what follows (C-49).
    sign_in: SignIn {
        /// The wrong password in a row that locks.
        lock_threshold: u16 = 1..=MOST_FAILURES, "MP-25, C-02, KB-10, MD-39";
        /// When the lock ends.
        lock_ends: LockEnds, "C-49";
        /// How long a timed lock lasts, from the last failure.
        lock_minutes: u32 = 1..=DAY, "MP-25, KB-10, C-22";
        /// A password reset unlocks.
        unlock_by_reset: bool, "MD-40";
    }

    /// 自動ログイン: staying signed in on a browser.
    auto_sign_in: AutoSignIn {
        /// Whether a browser stays signed in.
        mode: AutoSignInMode, "MP-26, ER-11";
        /// Days without use after which the browser is signed out.
        valid_days: u32 = 1..=LONGEST_COOKIE => valid_ms(DAY_MS), "MP-27, ours";
    }

    /// A signed-in visit.
    session: Session {
        /// Idle time after which the member is signed out.
        idle_minutes: u32 = 1..=DAY => idle_ms(MINUTE_MS), "MP-31, BA-08";
    }

    /// Forgotten passwords.
    reset: Reset {
        /// Who replaces a forgotten password.
        mode: ResetMode, "C-51";
        /// Life of the reset link; it works once.
        link_valid_minutes: u32 = 1..=LONGEST_LINK => link_valid_ms(MINUTE_MS), "MP-36, MD-41";
        /// A reset also clears the second factor.
        clears_second_factor: bool, "MD-43";
        /// Reset e-mails to one address in 24 hours.
        letters_per_address_per_day: u16 = 1..=100, "ours";
    }

    /// 2段階認証.
    second_factor: SecondFactor {
        /// What members may set up, in the order in which it is offered.
        methods: Vec<SecondFactorMethod>, "MP-41, C-26, KB-14, BA-12, MD-18, ER-02";
        /// A member may have several methods set up at once.
        several_methods: bool, "MP-44, BA-12";
        /// A second factor is also asked for after an outside provider signed the member in.
        on_external_sign_in: bool, "C-52";
        /// Life of a mailed code; it works once.
        mail_code_valid_seconds: u32 = 30..=LONGEST_CODE => mail_code_valid_ms(SECOND_MS), "MP-47, C-07, BA-17, ER-10";
        /// The wrong code in a row that locks.
        lock_threshold: u16 = 1..=MOST_FAILURES, "MP-50, KB-17";
        /// How long that lock lasts.
        lock_minutes: u32 = 1..=DAY => lock_ms(MINUTE_MS), "MP-50, KB-17";
    }

    /// What helps when the second factor is out of reach.
    backup: Backup {
        /// What a member has for the day the second factor is out of reach.
        kind: BackupKind, "KB-16, MP-41";
        /// Codes in a list.
        list_length: u16 = 1..=50, "KB-16, ours";
        /// Characters of a code; eight are above the 20 bits that NIST SP 800-63B-4 asks for.
        code_length: u16 = 8..=64, "BA-19, ours";
    }

    /// Passkeys. As a second factor they are one of `second_factor.methods`.
    passkeys: Passkeys {
        /// A passkey signs in by itself, without password and second factor.
        sign_in: bool, "ours";
        /// Most passkeys of one member.
        per_member: u16 = 1..=100, "ours";
    }

    /// 信頼済み端末: browsers that are not asked for the second factor.
    trusted_browsers: TrustedBrowsers {
        /// The code screen has the box that trusts the browser.
        offered: bool, "MP-57, MP-58, MD-18";
        /// How long a browser is trusted.
        valid_days: u32 = 1..=LONGEST_COOKIE => valid_ms(DAY_MS), "MP-57, MD-17";
        /// From when the days count.
        counted: TrustCounts, "C-09, C-42";
        /// Members release their own.
        release_by_member: bool, "C-10";
    }

    /// ログインアラート.
    alerts: Alerts {
        /// E-mail after a sign-in from a browser never used before.
        new_browser: bool, "MP-88";
        /// E-mail after two sign-ins too far apart for the time between them.
        far_places: bool, "MP-89";
        /// Speed between two places above which they are too far apart.
        far_places_speed_kmh: u32 = 100..=10_000, "MP-89";
        /// Distance below which places are never far apart.
        far_places_min_km: u32 = 1..=20_000, "MP-89";
        /// No new-browser e-mail when a mailed code completed the sign-in.
        mail_code_exempt: bool, "MP-90, C-05";
        /// E-mail when wrong passwords lock; after wrong codes of the second factor it is always sent.
        lock: bool, "MD-39";
    }

    /// ログイン履歴. Nobody can clear it (MP-86).
    history: History {
        /// What members see.
        shown: HistoryShown, "MP-85, BA-06, ER-16";
        /// Days after which an entry is deleted; 0 deletes none while the account exists.
        keep_days: u32 = 0..=36_500, "MP-85, C-13";
    }

    /// メールアドレスの変更.
    email_change: EmailChange {
        /// Life of the confirmation link; it works once.
        link_valid_minutes: u32 = 1..=LONGEST_LINK => link_valid_ms(MINUTE_MS), "MP-68, MD-29, ER-14";
        /// What a change does while codes by e-mail are the second factor.
        second_factor: EmailChangeSecondFactor, "C-50";
        /// Days in which the old address can undo the change; 0 sends no such link.
        undo_days: u32 = 0..=30, "ours";
        /// E-mails to one new address, and changes that one member asks for, in 24 hours.
        letters_per_day: u16 = 1..=100, "ours";
        /// Wrong codes after which only a new e-mail helps.
        code_tries: u16 = 1..=10, "ours";
    }

    /// 会員情報.
    profile: Profile {
        /// People with one name only can say so and leave 名 empty.
        single_names: bool, "ours";
        /// Whether there is a telephone number.
        phone: PhoneField, "ours";
        /// Whether 生年月日 has to be entered.
        birth_date: BirthDateField, "MP-02, MP-75, KB-09";
    }

    /// SNSアカウント連携.
    linked_accounts: LinkedAccounts {
        /// Providers that the settings may set up, in the order in which they are shown.
        providers: Vec<Provider>, "MP-60, BA-24, MD-06";
        /// How many links one member may have.
        links: Links, "MP-62, MD-07";
        /// A member has one way to sign in at a time: the password or one provider.
        login_method_exclusive: bool, "C-53";
        /// A registration needs no e-mail for an address that the provider says it verified.
        vouched_addresses: bool, "MP-07, ours";
    }

    /// What staff may do for a member.
    helpdesk: Helpdesk {
        /// What staff give a member who cannot sign in.
        temporary_credential: TemporaryCredential, "MP-96, KB-34, BA-02";
        /// How long that works; it works once.
        temporary_credential_valid_minutes: u32 = 1..=LONGEST_LINK => temporary_credential_valid_ms(MINUTE_MS), "C-01";
    }
}

impl Policy {
    /// The rules for a new password, wherever one is set (MP-16).
    pub fn password_rules(&self) -> PasswordRules {
        let rules = &self.password;
        PasswordRules {
            min_length: rules.min_length,
            max_length: rules.max_length,
            classes_required: rules.classes_required,
            refuse_names: rules.refuse_names,
            refuse_user_id: rules.refuse_user_id,
            refuse_common: rules.refuse_common,
        }
    }

    /// What members can set up as second factors, for the advice on ホーム (MP-87).
    pub fn second_factors_offered(&self) -> Offered {
        Offered {
            methods: self.second_factor.methods.len(),
            several: self.second_factor.several_methods,
            backup_codes: self.backup.codes_given() > 0,
        }
    }
}

impl SignIn {
    /// How long a lock lasts, in milliseconds, or `None` when only unlocking ends it.
    pub const fn lock_ms(&self) -> Option<i64> {
        match self.lock_ends {
            LockEnds::Timed => Some(self.lock_minutes as i64 * MINUTE_MS),
            LockEnds::WhenUnlocked => None,
        }
    }
}

impl SecondFactor {
    /// Whether members may set a method up.
    pub fn offers(&self, method: SecondFactorMethod) -> bool {
        self.methods.contains(&method)
    }
}

impl Backup {
    /// How many codes a member gets at a time; 0 when there are none.
    pub const fn codes_given(&self) -> u16 {
        match self.kind {
            BackupKind::None => 0,
            BackupKind::CodeList => self.list_length,
        }
    }
}

impl History {
    /// How long an entry stays, in milliseconds, or `None` while the account exists.
    pub const fn keep_ms(&self) -> Option<i64> {
        days_ms(self.keep_days)
    }
}

impl EmailChange {
    /// How long the old address can undo the change, in milliseconds, or `None` when it cannot.
    pub const fn undo_ms(&self) -> Option<i64> {
        days_ms(self.undo_days)
    }
}

/// Days in milliseconds; `None` for 0.
const fn days_ms(days: u32) -> Option<i64> {
    if days == 0 { None } else { Some(days as i64 * DAY_MS) }
}
