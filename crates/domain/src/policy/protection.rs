//! Policy of protection: second factor, backup, passkeys, trusted browsers, alerts, history, network.

use serde::{Deserialize, Serialize};

use super::{days_ms, minutes_ms, seconds_ms};

/// Who decides that a second factor is asked for at every sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnedOnBy {
    /// The member (`MP-42`).
    Member,
    /// The organisation, for all its users (`BA-11`).
    Organization,
    /// The 契約者, for all users of the contract (`MD-22`).
    ContractHolder,
}

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorMethod {
    /// A code by e-mail.
    Mail,
    /// A code from an authenticator app (RFC 6238).
    App,
    /// A code by SMS (`MD-18`).
    Sms,
    /// 乱数表: cells of a printed card (`KB-15`).
    Grid,
    /// A passkey (`WebAuthn`).
    Passkey,
}

/// Where mailed codes may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailCodeAddress {
    /// The user-ID address only (`MP-46`).
    UserId,
    /// Any address the member proves at set-up (`BA-16`).
    Any,
    /// One of the member's verified addresses, chosen by the member (`ER-04`).
    Selectable,
}

/// What gets a member in again who lost the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// Staff clear the second factor on notice (`MP-55`, `BA-22`).
    Administrator,
    /// 使用停止手続き: a request judged by staff (`KB-27`).
    StopRequest,
    /// A backup or recovery code (`KB-16`, `BA-21`, `MD-21`).
    BackupCode,
    /// A password reset, which clears it (`MD-25`).
    PasswordReset,
    /// Changing the sign-in method (`MD-25`).
    MethodChange,
    /// A code to the 復帰用 address stops it (`ER-12`).
    RecoveryAddress,
}

/// 2段階認証.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// Who turns it on.
    pub turned_on_by: TurnedOnBy,
    /// Whether a connected service may demand it (`MP-42`, `MP-80`).
    pub service_may_demand: bool,
    /// What may be set up, in the order in which it is offered (`MP-41`, `C-26`).
    pub methods: Vec<SecondFactorMethod>,
    /// Whether several may be set up at once.
    pub several_methods: bool,
    /// Whether it is also asked for after an outside provider signed the member in (`C-52`).
    pub on_external_sign_in: bool,
    /// Life of a mailed or texted code; single use (`MP-47`, `BA-17`, `ER-10`).
    pub mail_code_valid_seconds: u32,
    /// Where mailed codes may go.
    pub mail_code_address: MailCodeAddress,
    /// The wrong code in a row that locks (`MP-50`).
    pub lock_threshold: u16,
    /// How long that lock lasts (`MP-50`, `KB-17`).
    pub lock_minutes: u32,
    /// Whether staff may end that lock (`KB-17` forbids it).
    pub unlock_by_staff: bool,
    /// What helps a member who lost it.
    pub ways_out: Vec<WayOut>,
}

impl SecondFactor {
    /// Whether a method may be set up.
    pub fn offers(&self, method: SecondFactorMethod) -> bool {
        self.methods.contains(&method)
    }

    /// Life of a mailed or texted code.
    pub const fn mail_code_valid_ms(&self) -> i64 {
        seconds_ms(self.mail_code_valid_seconds)
    }

    /// How long the lock after wrong codes lasts.
    pub const fn lock_ms(&self) -> i64 {
        minutes_ms(self.lock_minutes)
    }

    /// Whether staff may clear a member's second factor.
    pub fn staff_may_clear(&self) -> bool {
        self.ways_out.contains(&WayOut::Administrator)
    }
}

/// What a member keeps for the day the second factor is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupKind {
    /// Nothing (`MP-41`).
    None,
    /// A list of codes, each good once (`KB-16`).
    CodeList,
    /// One code that clears all second factors (`BA-21`, `C-27`).
    ClearingCode,
    /// One code that passes the second step once; then it is set up again (`MD-21`, `C-36`).
    RecoveryCode,
    /// A second verified address (`ER-06`).
    RecoveryAddress,
}

/// What helps when the second factor is out of reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Which kind.
    pub kind: BackupKind,
    /// Codes given at a time, for the kind `code_list`; the other kinds give one.
    pub list_length: u16,
    /// Characters of a code.
    pub code_length: u16,
}

impl Backup {
    /// How many codes are given at a time; 0 when the kind has none.
    pub const fn codes_given(&self) -> u16 {
        match self.kind {
            BackupKind::None | BackupKind::RecoveryAddress => 0,
            BackupKind::CodeList => self.list_length,
            BackupKind::ClearingCode | BackupKind::RecoveryCode => 1,
        }
    }
}

/// 乱数表 (`KB-15`). Answers are case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Cells asked for.
    pub cells_asked: u8,
    /// Characters in a cell.
    pub cell_characters: u8,
}

/// Passkeys. As a second factor they stand in `second_factor.methods`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passkeys {
    /// Whether a passkey signs in by itself, without password and second factor.
    pub sign_in: bool,
    /// Most passkeys of one member.
    pub per_member: u16,
}

/// From when the days of a trusted browser count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustCounts {
    /// From the moment the box was ticked, never extended (`C-09`).
    FromTicking,
    /// From the last use (`C-42`).
    FromLastUse,
}

/// 信頼済み端末: browsers that are not asked for the second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedBrowsers {
    /// Whether the box is on the code screen (`MP-57`, `MP-58`).
    pub offered: bool,
    /// How long a browser is trusted.
    pub valid_days: u32,
    /// From when the days count.
    pub counted: TrustCounts,
    /// Whether trust also covers a service's demand (`C-20`).
    pub covers_service_demand: bool,
    /// Whether staff release browsers on request (`MP-59`).
    pub release_by_staff: bool,
    /// Whether members release their own (`C-10`).
    pub release_by_member: bool,
}

impl TrustedBrowsers {
    /// How long a browser is trusted.
    pub const fn valid_ms(&self) -> i64 {
        days_ms(self.valid_days)
    }
}

/// ログインアラート.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Letter after a sign-in from a browser never used before (`MP-88`).
    pub new_browser: bool,
    /// Letter after two sign-ins too far apart for the time between them (`MP-89`).
    pub far_places: bool,
    /// Speed between the two places above which they are too far apart.
    pub far_places_speed_kmh: u32,
    /// Distance below which places are never far apart: address tables are not exact.
    pub far_places_min_km: u32,
    /// No new-browser letter when the sign-in was completed with a mailed code (`MP-90`, `C-05`).
    pub mail_code_exempt: bool,
    /// Letter when the account locks (`MD-39`).
    pub lock: bool,
}

/// What members see of their history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryShown {
    /// All of it (`MP-85`).
    All,
    /// The last sign-in (`BA-06`).
    LastSignIn,
    /// Nothing; staff look it up on request (`ER-16`).
    OnRequest,
}

/// ログイン履歴. Nobody can clear it (`MP-86`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// What members see.
    pub shown: HistoryShown,
    /// Days it is kept; 0 keeps it while the account lives (`MP-85`, `C-13`).
    pub keep_days: u32,
    /// Whether staff see matches with it when judging a request (`KB-35`, `KB-37`).
    pub used_as_evidence: bool,
}

impl History {
    /// How long an entry is kept, or `None` while the account lives.
    pub const fn keep_ms(&self) -> Option<i64> {
        if self.keep_days == 0 { None } else { Some(days_ms(self.keep_days)) }
    }
}

/// What the visitor's network decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkRule {
    /// Nothing.
    None,
    /// Evidence in requests to staff (`KB-35`).
    Evidence,
    /// An organisation may refuse all networks but its own (`MD-35`).
    Restrictable,
}

/// What the visitor's network decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The rule.
    pub rule: NetworkRule,
    /// Whether restricting access suspends the second factor; the former value returns with the
    /// restriction's end (`MD-24`, `C-38`).
    pub restriction_suspends_second_factor: bool,
}
