//! Policy of the account: e-mail change, profile, linked accounts, helpdesk, withdrawal, languages,
//! and what a preset's source forbids.

use serde::{Deserialize, Serialize};

use super::{BackupKind, SecondFactorMethod, days_ms, minutes_ms};
use crate::locale::Locale;

/// What an e-mail change does when mailed codes are the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailChangeSecondFactor {
    /// The change is refused until the mail token is turned off (`MP-70`).
    Refuse,
    /// The change clears the second factor of password users (`MD-31`).
    Clear,
}

/// メールアドレスの変更.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    /// Life of the confirmation link; single use (`MP-68`, `MD-29`, `ER-14`).
    pub link_valid_minutes: u32,
    /// `C-50` (`email_change_2fa`).
    pub second_factor: EmailChangeSecondFactor,
    /// Days in which the old address can undo the change; 0 sends no such link.
    pub undo_days: u32,
}

impl EmailChange {
    /// Life of the confirmation link.
    pub const fn link_valid_ms(&self) -> i64 {
        minutes_ms(self.link_valid_minutes)
    }

    /// How long the old address can undo, or `None` when it cannot.
    pub const fn undo_ms(&self) -> Option<i64> {
        if self.undo_days == 0 { None } else { Some(days_ms(self.undo_days)) }
    }
}

/// 会員情報.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Whether a person with one name only can say so and leave 名 empty.
    pub single_names: bool,
    /// Whether a letter tells of changed data (`MP-76` forbids it).
    pub change_letter: bool,
}

/// An outside provider that can sign members in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// `MP-60`, `MD-06`.
    Google,
    /// `MP-60`, `MD-06`.
    Facebook,
    /// `MP-60`.
    #[serde(alias = "yahoo-japan")]
    YahooJapan,
    /// `MD-06`.
    Microsoft,
    /// LINE.
    Line,
    /// Apple.
    Apple,
    /// dアカウント (`MD-06`).
    #[serde(alias = "d-account")]
    DAccount,
    /// ビジネスdアカウント (`BA-24`).
    #[serde(alias = "business-d-account")]
    BusinessDAccount,
    /// An organisation's own directory (`MD-09`).
    #[serde(alias = "active-directory")]
    ActiveDirectory,
    /// Any other `OpenID` Connect provider that the site's settings describe.
    Oidc,
}

/// How many links one member may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// One for each provider (`MP-62`).
    OnePerProvider,
    /// One in all (`BA-24`, `MD-07`).
    One,
}

/// SNSアカウント連携.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedAccounts {
    /// Providers that may be used, in the order in which they are shown; a provider without
    /// credentials in the settings has no button.
    pub providers: Vec<Provider>,
    /// How many links one member may have.
    pub links: Links,
    /// Whether a member has one way to sign in at a time: the password or one provider (`C-53`).
    pub login_method_exclusive: bool,
    /// Whether a registration needs no letter for an address that the provider vouches for.
    pub vouched_addresses: bool,
}

/// What staff give a member who cannot get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemporaryCredential {
    /// Nothing.
    None,
    /// 仮パスワード by letter to the registered address (`MP-96`).
    TemporaryPassword,
    /// 臨時 login-only user name (`KB-34`).
    TemporaryUsername,
    /// The administrator's initial password (`BA-02`).
    InitialPassword,
}

/// What staff may do for a member. Unlocking and clearing stand with what they undo:
/// `sign_in.unlock_by_staff`, `second_factor.ways_out`, `trusted_browsers.release_by_staff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helpdesk {
    /// What staff give a member who cannot get in.
    pub temporary_credential: TemporaryCredential,
    /// How long it works; single use (`C-01`).
    pub temporary_credential_valid_minutes: u32,
}

impl Helpdesk {
    /// How long a temporary credential works.
    pub const fn temporary_credential_valid_ms(&self) -> i64 {
        minutes_ms(self.temporary_credential_valid_minutes)
    }
}

/// The private note sealed with the member's password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Whether there is one (`KB-41`).
    pub offered: bool,
    /// Whether a reset makes it unreadable (`KB-42`). Follows from the sealing: no other value can
    /// be kept where the note is offered.
    pub unreadable_after_reset: bool,
}

/// Who ends an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeavesBy {
    /// The member (`MP-91`).
    Member,
    /// The 契約者, by 解約 (`MD-02`).
    ContractHolder,
}

/// 退会. Final (`MP-92`, `MP-93`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Who ends an account.
    pub by: LeavesBy,
    /// Whether staff may delete a member (`MP-94` forbids it).
    pub by_staff: bool,
    /// Days after which a trial contract ends; 0: there are no trials (`MD-03`).
    pub trial_days: u32,
}

/// Languages of pages and letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    /// Offered, in the order of the switch (`MP-95`, `BA-28`).
    pub offered: Vec<Locale>,
}

/// A thing that a source forbids and that a site therefore cannot allow under its preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForbiddenAct {
    /// Telling an address by letter that it is registered (`MP-10`).
    KnownAddressLetter,
    /// Limiting simultaneous sign-ins (`MP-29`).
    SessionLimit,
    /// A letter on changed data (`MP-76`).
    ProfileChangeLetter,
    /// Deleting history while the account lives (`MP-85`).
    HistoryLimit,
    /// Deleting a member by staff (`MP-94`).
    DeletionByStaff,
    /// Unlocking by staff (`KB-11`, `KB-17`).
    UnlockByStaff,
    /// Resetting one's own password (`KB-39`).
    ResetByMember,
    /// Making one's own account (`BA-02`).
    RegistrationByMember,
    /// A lock that ends by itself (`MD-40`).
    TimedUnlock,
}

/// What the preset's source forbids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forbidden {
    /// Second factors (`MP-41`). A forbidden passkey cannot sign in either.
    pub second_factors: Vec<SecondFactorMethod>,
    /// Backup means (`MP-41`).
    pub backup_kinds: Vec<BackupKind>,
    /// Outside providers (`MP-60`).
    pub providers: Vec<Provider>,
    /// Everything else.
    pub acts: Vec<ForbiddenAct>,
}
