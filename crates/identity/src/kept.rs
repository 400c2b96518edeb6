//! What this site keeps about people, and how long (「当サイトが保管する情報」): the one list that the page is made of.
//! Times come from the policy and from the constants that the purge itself obeys; the words are the page's.
//!
//! **Whoever adds a table names it here**, in [`KINDS`]; a test compares the list with the migrated database.

use domain::policy::{SecondFactorMethod, TemporaryCredential};

use crate::proof::{mail_code, passkey};
use crate::settings::Settings;
use crate::{alerts, limits, linked_accounts, lockout, my_data, passkeys, sign_in};

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Address, name, date of birth, language.
    Profile,
    /// The password's hash.
    Password,
    /// The switch of 2段階認証 and the mail method.
    SecondStep,
    /// Authenticator apps.
    Apps,
    /// Backup codes.
    BackupCodes,
    /// Passkeys.
    Passkeys,
    /// Accounts of outside providers.
    LinkedAccounts,
    /// Signed-in browsers, and those of 自動ログイン.
    Sessions,
    /// Browsers that the member signed in with.
    Browsers,
    /// 信頼済み端末.
    Trust,
    /// ログイン履歴.
    History,
    /// Attempts for an address that nobody has.
    StrangersHistory,
    /// Wrong guesses for an account, and the lock that follows.
    Tries,
    /// Wrong guesses for an address that nobody has.
    StrangersTries,
    /// Counters of letters and attempts.
    Counters,
    /// 仮登録.
    Registrations,
    /// Sign-ins between their two steps.
    HalfSignIns,
    /// Visits to outside providers, and what they brought.
    ProviderVisits,
    /// Codes by letter.
    MailCodes,
    /// Questions put to a passkey.
    PasskeyQuestions,
    /// Wishes for a new password, and the links of their letters.
    Resets,
    /// 仮パスワード.
    TemporaryPasswords,
    /// Links of security letters.
    Alerts,
    /// Changes of the address, until the old one cannot take them back any more.
    EmailChanges,
    /// Data that a member had put together for download.
    Downloads,
    /// Letters on their way.
    Letters,
    /// That a letter of some kind left at some time.
    LetterRecords,
    /// Numbers of withdrawals.
    Receipts,
    /// When the site's own work was last done.
    Work,
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowLong {
    /// While the account lives.
    WhileAccount,
    /// Until the member removes it, or leaves.
    UntilRemoved,
    /// Until it was sent, or is of no use any more.
    UntilSent,
    /// So many ms from its making.
    For(i64),
    /// So many ms after its time is over.
    AfterItsTime(i64),
    /// Without an end: it is nobody's.
    Always,
}

/// Every kind in the order of the page, with its tables.
pub const KINDS: [(Kind, &[&str]); 29] = [
    (Kind::Profile, &["member"]),
    (Kind::Password, &["member_password"]),
    (Kind::SecondStep, &["member_second_step"]),
    (Kind::Apps, &["authenticator_app"]),
    (Kind::BackupCodes, &["backup_code"]),
    (Kind::Passkeys, &["passkey"]),
    (Kind::LinkedAccounts, &["linked_account"]),
    (Kind::Sessions, &["session", "remembered_browser"]),
    (Kind::Browsers, &["member_browser"]),
    (Kind::Trust, &["member_browser"]),
    (Kind::History, &["audit"]),
    (Kind::StrangersHistory, &["audit"]),
    (Kind::Tries, &["lockout"]),
    (Kind::StrangersTries, &["lockout"]),
    (Kind::Counters, &["counter"]),
    (Kind::Registrations, &["registration"]),
    (Kind::HalfSignIns, &["pending_sign_in"]),
    (Kind::ProviderVisits, &["provider_visit", "pending_link"]),
    (Kind::MailCodes, &["mail_code"]),
    (Kind::PasskeyQuestions, &["passkey_challenge"]),
    (Kind::Resets, &["password_reset", "password_reset_request"]),
    (Kind::TemporaryPasswords, &["temporary_password"]),
    (Kind::Alerts, &["alert"]),
    (Kind::EmailChanges, &["email_change", "reserved_address"]),
    (Kind::Downloads, &["data_export", "data_export_chunk"]),
    (Kind::Letters, &["outbox"]),
    (Kind::LetterRecords, &["outbox"]),
    (Kind::Receipts, &["withdrawal", "withdrawn_member"]),
    (Kind::Work, &["job_run"]),
];

/// How long a kind is kept on this site; `None`: its policy does not have it.
pub fn how_long(kind: Kind, settings: &Settings) -> Option<HowLong> {
    let policy = &settings.policy;
    let factor = &policy.second_factor;
    let (passkeys, trusted) = (passkeys::offered(settings), &policy.trusted_browsers);
    let kept = match kind {
        Kind::Profile | Kind::Password | Kind::Sessions | Kind::Browsers | Kind::Tries => {
            HowLong::WhileAccount
        }
        Kind::History => policy.history.keep_ms().map_or(HowLong::WhileAccount, HowLong::For),
        Kind::SecondStep => HowLong::UntilRemoved,
        Kind::LinkedAccounts if linked_accounts::is_offered(settings) => HowLong::UntilRemoved,
        Kind::ProviderVisits if linked_accounts::is_offered(settings) => {
            HowLong::For(linked_accounts::WAITS_MS)
        }
        Kind::Apps if factor.offers(SecondFactorMethod::App) => HowLong::UntilRemoved,
        Kind::BackupCodes if policy.backup.codes_given() > 0 => HowLong::UntilRemoved,
        Kind::Passkeys if passkeys => HowLong::UntilRemoved,
        Kind::PasskeyQuestions if passkeys => HowLong::For(passkey::WAITS_MS),
        Kind::Trust if trusted.offered => HowLong::For(trusted.valid_ms()),
        Kind::MailCodes if factor.offers(SecondFactorMethod::Mail) => {
            HowLong::AfterItsTime(mail_code::KEPT_MS)
        }
        Kind::TemporaryPasswords
            if policy.helpdesk.temporary_credential == TemporaryCredential::TemporaryPassword =>
        {
            HowLong::For(policy.helpdesk.temporary_credential_valid_ms())
        }
        Kind::Apps
        | Kind::TemporaryPasswords
        | Kind::BackupCodes
        | Kind::Passkeys
        | Kind::PasskeyQuestions
        | Kind::Trust
        | Kind::MailCodes
        | Kind::LinkedAccounts
        | Kind::ProviderVisits => {
            return None;
        }
        Kind::StrangersTries => HowLong::For(lockout::STRANGERS_MS),
        Kind::Counters => HowLong::For(limits::LONGEST_MS),
        Kind::Registrations => HowLong::For(policy.registration.link_valid_ms()),
        Kind::HalfSignIns => HowLong::For(sign_in::WAITS_MS),
        Kind::Resets => HowLong::For(policy.reset.link_valid_ms()),
        Kind::Alerts => HowLong::For(alerts::ANSWERABLE_MS),
        Kind::EmailChanges => {
            let change = &policy.email_change;
            HowLong::For(change.link_valid_ms() + change.undo_ms().unwrap_or_default())
        }
        Kind::Downloads => HowLong::For(my_data::KEPT_MS),
        Kind::Letters => HowLong::UntilSent,
        Kind::StrangersHistory => policy.history.keep_ms().map_or(HowLong::Always, HowLong::For),
        Kind::LetterRecords | Kind::Receipts | Kind::Work => HowLong::Always,
    };
    Some(kept)
}
