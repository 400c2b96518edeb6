//! Policy of the way in: identifiers, registration, passwords, sign-in, captcha, session, reset.

use serde::{Deserialize, Serialize};

use super::{days_ms, minutes_ms};

/// What a member types to say who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInName {
    /// The e-mail address (`MP-21`, `MD-06`, `ER-01`).
    Email,
    /// A public user name fixed at registration (`KB-01`).
    Username,
    /// 団体コード and ID, with 家族コード for family users (`BA-01`).
    OrganizationAndId,
}

/// What a member types to say who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifiers {
    /// Which name signs in.
    pub sign_in_with: SignInName,
    /// Whether a member may set a name used only for signing in, which then replaces the public
    /// one (`KB-02`, `KB-03`).
    pub login_only_username: bool,
    /// Longest user name, in half-width letters and digits (`KB-01`).
    pub username_max_length: u16,
    /// Longest 家族コード, in half-width letters and digits (`BA-46`).
    pub family_code_max_length: u16,
}

/// Who makes accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// The member: anybody with a mailbox (`MP-03`).
    Member,
    /// Somebody invited by the 契約者 (`MD-12`).
    Invitation,
    /// The organisation's administrator (`BA-02`).
    Administrator,
}

/// How an account comes to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Who makes accounts.
    pub mode: RegistrationMode,
    /// Whether a 招待キー may be given (`KB-09`).
    pub invite_keys: bool,
    /// Life of the registration or invitation link; single use (`MP-08`, `MD-12`).
    pub link_valid_minutes: u32,
    /// Whether the owner of an address that already has an account is told so by letter (`MP-10`
    /// forbids it).
    pub known_address_letter: bool,
    /// Registration letters to one address in 24 hours; more are refused.
    pub letters_per_address_per_day: u16,
    /// Wrong tries of the code in the registration letter before its link dies with it.
    pub code_tries: u16,
}

impl Registration {
    /// Life of the registration or invitation link.
    pub const fn link_valid_ms(&self) -> i64 {
        minutes_ms(self.link_valid_minutes)
    }
}

/// Which characters a password may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordCharacters {
    /// All (`KB-05`).
    Any,
    /// Half-width letters, digits and symbols (`BA-40`).
    HalfWidth,
}

/// What a password must be. Judged when one is set, never when one is used (`C-23`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Fewest characters.
    pub min_length: u16,
    /// Most characters; 65535 is no limit of its own.
    pub max_length: u16,
    /// Which characters.
    pub characters: PasswordCharacters,
    /// How many of upper case, lower case, digit, symbol (`MD-16`); 0 asks for none.
    pub classes_required: u8,
    /// Whether the family and the given name are refused inside it (`MP-13`, `MP-14`).
    pub refuse_names: bool,
    /// Whether the whole user ID is refused inside it (`MP-15`).
    pub refuse_user_id: bool,
    /// Whether passwords that attackers try first are refused.
    pub refuse_common: bool,
    /// Whether 弱/中/強 is shown while typing; a weak one is still accepted (`BA-04`).
    pub strength_gauge: bool,
    /// Whether the field has a button that shows what was typed (`BA-05`, `MD-06`).
    pub reveal_button: bool,
    /// Whether a password that staff issued must be changed at the first sign-in (`BA-03`, `C-01`).
    pub change_after_issue: bool,
    /// Whether changing it asks for the current one (`MP-38`).
    pub current_needed_to_change: bool,
}

/// When a lock after wrong passwords ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockEnds {
    /// By itself after `lock_minutes` (`MP-25`, `KB-10`).
    Timed,
    /// Only when somebody unlocks (`MD-40`).
    WhenUnlocked,
}

/// Wrong passwords and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The wrong password in a row that locks.
    pub lock_threshold: u16,
    /// Whether the lock ends by itself.
    pub lock_ends: LockEnds,
    /// How long a timed lock lasts, counted from the last failure (`C-22`).
    pub lock_minutes: u32,
    /// Whether a letter with an unlock link is sent when the account locks (`MD-39`).
    pub unlock_by_mail_link: bool,
    /// Life of that link; single use.
    pub unlock_link_valid_minutes: u32,
    /// Whether a password reset unlocks (`MD-40`).
    pub unlock_by_reset: bool,
    /// Whether staff may unlock (`KB-11` forbids it, `C-54`).
    pub unlock_by_staff: bool,
}

impl SignIn {
    /// How long the lock lasts, or `None` when only unlocking ends it.
    pub const fn lock_ms(&self) -> Option<i64> {
        match self.lock_ends {
            LockEnds::Timed => Some(minutes_ms(self.lock_minutes)),
            LockEnds::WhenUnlocked => None,
        }
    }

    /// Life of the unlock link, or `None` when none is sent.
    pub const fn unlock_link_valid_ms(&self) -> Option<i64> {
        if self.unlock_by_mail_link { Some(minutes_ms(self.unlock_link_valid_minutes)) } else { None }
    }
}

/// Whether a browser stays signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoSignInMode {
    /// No.
    Never,
    /// If the box 「次回から自動ログインする」 was ticked (`MP-26`).
    OptIn,
    /// Always: the session is kept when the browser is closed (`ER-11`).
    Always,
}

/// Staying signed in on a browser. Ends on sign-out only (`MP-27`) or after the days below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoSignIn {
    /// Whether a browser stays signed in.
    pub mode: AutoSignInMode,
    /// Days without use after which it ends; every use begins them anew.
    pub valid_days: u32,
}

impl AutoSignIn {
    /// How long it lasts without use.
    pub const fn valid_ms(&self) -> i64 {
        days_ms(self.valid_days)
    }
}

/// When 画像認証 is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaWhen {
    /// Never.
    Never,
    /// After a number of failures, for every account alike (`KB-12`, `KB-13`).
    AfterFailures,
}

/// How a captcha can be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaKind {
    /// Characters in a picture.
    Image,
    /// Digits in a sound.
    Audio,
}

/// 画像認証 at sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Captcha {
    /// When it is asked for.
    pub when: CaptchaWhen,
    /// Failures in a row from which it is asked for.
    pub after_failures: u16,
    /// Kinds, any one of which suffices.
    pub kinds: Vec<CaptchaKind>,
}

impl Captcha {
    /// Whether a sign-in after this many failures in a row needs a captcha.
    pub const fn is_due(&self, failures: u16) -> bool {
        matches!(self.when, CaptchaWhen::AfterFailures) && failures >= self.after_failures
    }
}

/// How many visits of one member may be signed in at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Simultaneous {
    /// Any number (`MP-29`).
    Unlimited,
    /// One: a new one ends the others.
    One,
}

/// A signed-in visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Idle time after which it ends (`MP-31`, `BA-08`).
    pub idle_minutes: u32,
    /// How many at a time.
    pub simultaneous: Simultaneous,
}

impl Session {
    /// Idle time after which it ends.
    pub const fn idle_ms(&self) -> i64 {
        minutes_ms(self.idle_minutes)
    }
}

/// Who gets a member with a forgotten password in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetMode {
    /// The member, by a link in a letter (`MP-35`, `MD-41`).
    MailLink,
    /// Staff, who judge a request with evidence (`KB-39`).
    StaffRequest,
    /// The organisation's administrator.
    Administrator,
}

/// Forgotten passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// Who resets.
    pub mode: ResetMode,
    /// Life of the reset link; single use (`MP-36`, `MD-41`).
    pub link_valid_minutes: u32,
    /// Whether a reset also clears the second factor (`MD-43`).
    pub clears_second_factor: bool,
    /// Reset letters to one address in 24 hours; more are not sent.
    pub letters_per_address_per_day: u16,
}

impl Reset {
    /// Life of the reset link.
    pub const fn link_valid_ms(&self) -> i64 {
        minutes_ms(self.link_valid_minutes)
    }
}
