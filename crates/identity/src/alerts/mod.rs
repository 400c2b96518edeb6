//! ログインアラート and the letters that tell of every change of what protects an account (MP-88 to MP-90). Each
//! carries a link that acts without sign-in, by a button: it was me, it was not me (docs/designs/alerts.md).

mod after_sign_in;
mod answer;
mod letters;

pub(crate) use after_sign_in::after_sign_in;
pub use answer::{AlertView, lock, look, mine, not_mine, purge};
pub(crate) use letters::{facts, greeting};
pub use letters::{sentence, what};

use domain::locale::Locale;

use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::member;
use crate::work::Work;

/// How long a letter's link can be answered.
pub const ANSWERABLE_MS: i64 = 30 * DAY_MS;

/// What a letter tells of. The names are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A sign-in from a browser never used before (MP-88).
    NewBrowser,
    /// Two sign-ins too far apart for the time between them (MP-89).
    FarPlaces,
    /// Too many wrong passwords.
    SignInLocked,
    /// Too many wrong codes after a right password.
    SecondStepLocked,
    /// The password was changed.
    PasswordChanged,
    /// 2段階認証サービス was turned on.
    SecondStepOn,
    /// 2段階認証サービス was turned off.
    SecondStepOff,
    /// Codes by letter were set up.
    MailAdded,
    /// Codes by letter were removed.
    MailRemoved,
    /// An authenticator app was set up.
    AppAdded,
    /// An authenticator app was removed.
    AppRemoved,
    /// A new list of backup codes was made.
    BackupCodesMade,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// An account of an outside provider was linked.
    AccountLinked,
    /// It was unlinked.
    AccountUnlinked,
    /// A browser was made a trusted one.
    BrowserTrusted,
    /// A trusted browser, or all of them, was forgotten.
    TrustForgotten,
}

impl Told {
    /// Everything a letter can tell of.
    pub const ALL: [Self; 18] = [
        Self::NewBrowser,
        Self::FarPlaces,
        Self::SignInLocked,
        Self::SecondStepLocked,
        Self::PasswordChanged,
        Self::SecondStepOn,
        Self::SecondStepOff,
        Self::MailAdded,
        Self::MailRemoved,
        Self::AppAdded,
        Self::AppRemoved,
        Self::BackupCodesMade,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::AccountLinked,
        Self::AccountUnlinked,
        Self::BrowserTrusted,
        Self::TrustForgotten,
    ];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewBrowser => "new_browser",
            Self::FarPlaces => "far_places",
            Self::SignInLocked => "sign_in_locked",
            Self::SecondStepLocked => "second_step_locked",
            Self::PasswordChanged => "password_changed",
            Self::SecondStepOn => "second_step_on",
            Self::SecondStepOff => "second_step_off",
            Self::MailAdded => "mail_added",
            Self::MailRemoved => "mail_removed",
            Self::AppAdded => "app_added",
            Self::AppRemoved => "app_removed",
            Self::BackupCodesMade => "backup_codes_made",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::AccountLinked => "account_linked",
            Self::AccountUnlinked => "account_unlinked",
            Self::BrowserTrusted => "browser_trusted",
            Self::TrustForgotten => "trust_forgotten",
        }
    }

    /// What a stored name tells of.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }
}

/// Tells the member by letter, in the transaction that did it. `session_id` is the session it happened in or began.
pub async fn tell(
    work: &mut Work,
    member_id: &str,
    told: Told,
    session_id: Option<&str>,
) -> Result<(), Fault> {
    tell_about(work, member_id, told, session_id, &|_| None).await
}

/// The same, with a paragraph more, in the member's language.
pub(crate) async fn tell_about(
    work: &mut Work,
    member_id: &str,
    told: Told,
    session_id: Option<&str>,
    about: &(dyn Fn(Locale) -> Option<String> + Sync),
) -> Result<(), Fault> {
    let member =
        member::find(&mut *work.conn(), member_id).await?.ok_or(Fault::Damaged("alert.member_id"))?;
    let (id, now, token) = (work.id(), work.now(), work.token());
    let caller = work.caller();
    let (network, browser) = (caller.network.clone(), caller.browser.clone());
    let device = caller.device.as_ref().map(crate::secret::Token::digest);
    sqlx::query(
        "INSERT INTO alert (id, member_id, kind, token_hash, session_id, browser_id, network, browser, created_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, \
         (SELECT id FROM member_browser WHERE member_id = $2 AND token_hash = $10), $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(member_id)
    .bind(told.name())
    .bind(token.digest())
    .bind(session_id)
    .bind(network)
    .bind(browser)
    .bind(now)
    .bind(now + ANSWERABLE_MS)
    .bind(device)
    .execute(work.conn())
    .await?;
    let letter = letters::security(work, &member, told, about(member.locale), &token)?;
    work.post(letter).await
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, kind, created_at, browser, network, expires_at, answered_at, answer FROM alert \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
