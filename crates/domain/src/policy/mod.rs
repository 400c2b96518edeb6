//! Site policy: everything in which one site's rules may differ from another's, as one value.
//!
//! Answers for the shape of the policy, the six presets, the faults an operator is told of, and the
//! meaning of every key (`DOC`). Leaves to others: reading settings and laying a site's own values
//! over a preset (`identity::settings`), and obeying the values (each slice).
//!
//! There is no optional key. TOML has no null, so a site could never say the opposite of a preset's
//! figure; what may be absent is a switch or a choice beside its figure, and accessors such as
//! [`SignIn::lock_ms`] give the `Option`.

mod account;
mod doc;
mod entry;
mod faults;
mod protection;
#[cfg(test)]
mod tests;

pub use account::{
    EmailChange, EmailChangeSecondFactor, Forbidden, ForbiddenAct, Helpdesk, Languages, LeavesBy,
    LinkedAccounts, Links, Profile, Provider, TemporaryCredential, Vault, Withdrawal,
};
pub use doc::DOC;
pub use entry::{
    AutoSignIn, AutoSignInMode, Captcha, CaptchaKind, CaptchaWhen, Identifiers, LockEnds, Password,
    PasswordCharacters, Registration, RegistrationMode, Reset, ResetMode, Session, SignIn, SignInName,
    Simultaneous,
};
pub use faults::PolicyFault;
pub use protection::{
    Alerts, Backup, BackupKind, Grid, History, HistoryShown, MailCodeAddress, Network, NetworkRule, Passkeys,
    SecondFactor, SecondFactorMethod, TrustCounts, TrustedBrowsers, TurnedOnBy, WayOut,
};

use serde::{Deserialize, Serialize};

use crate::password::PasswordRules;

/// The presets compiled in: name (as in the setting `site.policy`) and complete TOML text.
pub const PRESETS: [(&str, &str); 6] = [
    ("standard", include_str!("../../presets/standard.toml")),
    ("community", include_str!("../../presets/community.toml")),
    ("workforce", include_str!("../../presets/workforce.toml")),
    ("business", include_str!("../../presets/business.toml")),
    ("event", include_str!("../../presets/event.toml")),
    ("modern", include_str!("../../presets/modern.toml")),
];

/// Tables of a preset that a site's own settings must not touch: what a source forbids stays
/// forbidden under its preset (`MP-41` and the like). Whoever merges settings refuses these.
pub const FIXED_TABLES: [&str; 1] = ["forbidden"];

/// The TOML text of a preset, or `None` when no preset has that name.
pub fn preset(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every rule of a site. Made by laying the site's own values over a preset; call
/// [`SitePolicy::check`] before use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitePolicy {
    /// What a member types to say who they are.
    pub identifiers: Identifiers,
    /// How an account comes to be.
    pub registration: Registration,
    /// What a password must be.
    pub password: Password,
    /// Wrong passwords and what follows.
    pub sign_in: SignIn,
    /// Staying signed in on a browser (自動ログイン).
    pub auto_sign_in: AutoSignIn,
    /// 画像認証 at sign-in.
    pub captcha: Captcha,
    /// A signed-in visit.
    pub session: Session,
    /// Forgotten passwords.
    pub reset: Reset,
    /// 2段階認証.
    pub second_factor: SecondFactor,
    /// What helps when the second factor is out of reach.
    pub backup: Backup,
    /// 乱数表.
    pub grid: Grid,
    /// Passkeys.
    pub passkeys: Passkeys,
    /// 信頼済み端末.
    pub trusted_browsers: TrustedBrowsers,
    /// ログインアラート.
    pub alerts: Alerts,
    /// ログイン履歴.
    pub history: History,
    /// What the visitor's network decides.
    pub network: Network,
    /// メールアドレスの変更.
    pub email_change: EmailChange,
    /// 会員情報.
    pub profile: Profile,
    /// SNSアカウント連携.
    pub linked_accounts: LinkedAccounts,
    /// What staff may do for a member.
    pub helpdesk: Helpdesk,
    /// The private note sealed with the member's password.
    pub vault: Vault,
    /// 退会.
    pub withdrawal: Withdrawal,
    /// Languages of pages and letters.
    pub languages: Languages,
    /// What the preset's source forbids; no site may change it ([`FIXED_TABLES`]).
    pub forbidden: Forbidden,
}

impl SitePolicy {
    /// Everything that is wrong with the policy, in the order of the keys. Run once at start.
    pub fn check(&self) -> Result<(), Vec<PolicyFault>> {
        let found = faults::of(self);
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// The rules for a new password, wherever one is set (`MP-16`).
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
}

/// Milliseconds in a number of seconds; the policy's units are the operator's, the code's are these.
const fn seconds_ms(seconds: u32) -> i64 {
    seconds as i64 * 1_000
}

/// Milliseconds in a number of minutes.
const fn minutes_ms(minutes: u32) -> i64 {
    minutes as i64 * 60_000
}

/// Milliseconds in a number of days of 24 hours.
const fn days_ms(days: u32) -> i64 {
    days as i64 * 86_400_000
}
