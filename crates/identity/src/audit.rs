//! The one writer of audit lines. What the history and the helpdesk show is read elsewhere.

use crate::fault::Fault;
use crate::work::Work;

/// What happened. The names are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An account came to be.
    Registered,
    /// Somebody signed in, or tried to.
    SignIn,
    /// A remembered browser started a session by itself.
    AutoSignIn,
    /// The second step of a sign-in was passed, or tried.
    SecondStep,
    /// Too many wrong passwords: sign-in is locked for a while.
    SignInLocked,
    /// Too many wrong codes: the second step is locked for a while.
    SecondStepLocked,
    /// A session was ended by its owner, in its own browser.
    SignOut,
    /// A session was ended from another browser.
    SessionEnded,
    /// Other sessions were ended because of a change, or all at once.
    OtherSessionsEnded,
    /// The member proved again to be themself, or somebody tried to.
    Confirmed,
    /// The password was changed, or somebody tried to.
    PasswordChange,
    /// A reset letter was asked for, by whoever knows the address.
    ResetAsked,
    /// A new password was set by a reset letter.
    PasswordReset,
    /// Staff sent a temporary password to the registered address.
    TemporaryPasswordSent,
    /// The temporary password was used.
    TemporaryPasswordUsed,
    /// The owner locked the account.
    AccountLocked,
    /// 2段階認証サービス was turned on.
    SecondStepOn,
    /// 2段階認証サービス was turned off.
    SecondStepOff,
    /// A second factor was set up.
    FactorAdded,
    /// A second factor was removed.
    FactorRemoved,
    /// A new list of backup codes was made.
    BackupCodesMade,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// An account of an outside provider was linked, or somebody tried to.
    AccountLinked,
    /// It was unlinked, or somebody tried to.
    AccountUnlinked,
    /// A browser was made a trusted one.
    BrowserTrusted,
    /// A trusted browser, or all of them, was forgotten.
    TrustForgotten,
    /// The owner answered a security letter: it was me.
    AlertMine,
    /// The owner answered a security letter: it was not me.
    AlertNotMine,
    /// The profile was changed.
    ProfileChange,
    /// A new address was given, and waits to be confirmed.
    EmailChangeAsked,
    /// The new address took effect, or somebody tried to confirm it.
    EmailChange,
    /// A change of the address that waited was cancelled or stopped.
    EmailChangeStopped,
    /// The old address came back.
    EmailChangeUndone,
    /// A copy of everything held about the member was asked for.
    DataAsked,
    /// That copy was downloaded.
    DataTaken,
    /// The member left. Nobody's line: it is anonymised with the others.
    Withdrawn,
}

/// What the history filters by. The names are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody came in.
    SignIn,
    /// Somebody was refused.
    Refused,
    /// A session ended.
    Session,
    /// What protects the account changed.
    Security,
    /// Anything else of the account.
    Account,
}

impl Kind {
    /// Every kind, in the order in which the history offers them.
    pub const ALL: [Self; 5] = [Self::SignIn, Self::Refused, Self::Session, Self::Security, Self::Account];

    /// The kind of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Refused => "refused",
            Self::Session => "session",
            Self::Security => "security",
            Self::Account => "account",
        }
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 37] = [
        Self::Registered,
        Self::SignIn,
        Self::AutoSignIn,
        Self::SecondStep,
        Self::SignInLocked,
        Self::SecondStepLocked,
        Self::SignOut,
        Self::SessionEnded,
        Self::OtherSessionsEnded,
        Self::Confirmed,
        Self::PasswordChange,
        Self::ResetAsked,
        Self::PasswordReset,
        Self::TemporaryPasswordSent,
        Self::TemporaryPasswordUsed,
        Self::AccountLocked,
        Self::SecondStepOn,
        Self::SecondStepOff,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::BackupCodesMade,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::AccountLinked,
        Self::AccountUnlinked,
        Self::BrowserTrusted,
        Self::TrustForgotten,
        Self::AlertMine,
        Self::AlertNotMine,
        Self::ProfileChange,
        Self::EmailChangeAsked,
        Self::EmailChange,
        Self::EmailChangeStopped,
        Self::EmailChangeUndone,
        Self::DataAsked,
        Self::DataTaken,
        Self::Withdrawn,
    ];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignIn => "sign_in",
            Self::AutoSignIn => "auto_sign_in",
            Self::SecondStep => "second_step",
            Self::SignInLocked => "sign_in_locked",
            Self::SecondStepLocked => "second_step_locked",
            Self::SignOut => "sign_out",
            Self::SessionEnded => "session_ended",
            Self::OtherSessionsEnded => "other_sessions_ended",
            Self::Confirmed => "confirmed",
            Self::PasswordChange => "password_change",
            Self::ResetAsked => "reset_asked",
            Self::PasswordReset => "password_reset",
            Self::TemporaryPasswordSent => "temporary_password_sent",
            Self::TemporaryPasswordUsed => "temporary_password_used",
            Self::AccountLocked => "account_locked",
            Self::SecondStepOn => "second_step_on",
            Self::SecondStepOff => "second_step_off",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::BackupCodesMade => "backup_codes_made",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::AccountLinked => "account_linked",
            Self::AccountUnlinked => "account_unlinked",
            Self::BrowserTrusted => "browser_trusted",
            Self::TrustForgotten => "trust_forgotten",
            Self::AlertMine => "alert_mine",
            Self::AlertNotMine => "alert_not_mine",
            Self::ProfileChange => "profile_change",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChange => "email_change",
            Self::EmailChangeStopped => "email_change_stopped",
            Self::EmailChangeUndone => "email_change_undone",
            Self::DataAsked => "data_asked",
            Self::DataTaken => "data_taken",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The event of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// What a line of it is filtered by.
    const fn kind(self, refused: bool) -> Kind {
        match self {
            _ if refused => Kind::Refused,
            Self::SignInLocked | Self::SecondStepLocked => Kind::Refused,
            Self::SignIn | Self::AutoSignIn | Self::SecondStep => Kind::SignIn,
            Self::SignOut | Self::SessionEnded | Self::OtherSessionsEnded => Kind::Session,
            Self::Registered
            | Self::ProfileChange
            | Self::EmailChangeAsked
            | Self::EmailChange
            | Self::EmailChangeStopped
            | Self::EmailChangeUndone
            | Self::Withdrawn => Kind::Account,
            _ => Kind::Security,
        }
    }
}

/// One line: of whom (`None`: nobody known), what, refused with which code, how, in which session.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The member it belongs to.
    pub member_id: Option<&'a str>,
    /// What happened.
    pub event: Event,
    /// Stable code of the refusal; `None`: it succeeded.
    pub refusal: Option<&'static str>,
    /// How: the stored name of a proof or a method, where the event does not say it.
    pub method: Option<&'a str>,
    /// The session it happened in or began.
    pub session_id: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// Something that a member did or that was done to the account.
    pub const fn of(member_id: &'a str, event: Event) -> Self {
        Self { member_id: Some(member_id), event, refusal: None, method: None, session_id: None }
    }

    /// In a session.
    #[must_use]
    pub const fn within(mut self, session_id: &'a str) -> Self {
        self.session_id = Some(session_id);
        self
    }

    /// How.
    #[must_use]
    pub const fn by(mut self, method: &'a str) -> Self {
        self.method = Some(method);
        self
    }

    /// That it was refused.
    #[must_use]
    pub const fn refused(mut self, code: &'static str) -> Self {
        self.refusal = Some(code);
        self
    }
}

/// Writes a line, with the caller's network and browser.
pub async fn write(work: &mut Work, line: Line<'_>) -> Result<(), Fault> {
    let (id, now) = (work.id(), work.now());
    let caller = work.caller();
    let (network, browser) = (caller.network.clone(), caller.browser.clone());
    let device = caller.device.as_ref().map(crate::secret::Token::digest);
    // The pair of member and browser is looked up in the same statement: no line without it, none more to send.
    sqlx::query(
        "INSERT INTO audit (id, member_id, at, event, refusal, session_id, network, browser, kind, method, browser_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
         (SELECT id FROM member_browser WHERE member_id = $2 AND token_hash = $11))",
    )
    .bind(id)
    .bind(line.member_id)
    .bind(now)
    .bind(line.event.name())
    .bind(line.refusal)
    .bind(line.session_id)
    .bind(network)
    .bind(browser)
    .bind(line.event.kind(line.refusal.is_some()).name())
    .bind(line.method)
    .bind(device)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Takes a member out of the history: what happened and when stays, who it was does not (C-13).
pub(crate) async fn anonymise(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE audit SET member_id = NULL, session_id = NULL, browser_id = NULL, network = '', browser = '' \
         WHERE member_id = $1",
    )
    .bind(member_id)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Removes lines that are older than the site keeps them (`history.keep_days`), at most `batch`; how many went. Ids sort by
/// time, so only the oldest need a look.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let Some(keep_ms) = work.desk().settings.policy.history.keep_ms() else { return Ok(0) };
    work.purge(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT $2) AND at <= $1",
        work.now() - keep_ms,
        batch,
    )
    .await
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, at, event, kind, refusal, method, browser, network FROM audit \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_and_kind_is_found_by_its_name() {
        for event in Event::ALL {
            assert_eq!(Event::from_name(event.name()), Some(event));
        }
        assert_eq!(Event::from_name("nothing"), None);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
    }
}
