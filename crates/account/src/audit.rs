//! The one writer of audit lines, and the list of events that can happen to an account. `sign_in_history` of `identity`
//! reads them; `app` chooses their text.

use std::str::FromStr;

use platform::dataset::{Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use strum::{EnumIter, EnumProperty, EnumString, IntoStaticStr};

/// What happened. The names are stored and never change. `kind` is what the history filters by (`security` where none
/// is given). With `email` the member is notified by e-mail ([`crate::notifications`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumProperty, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A registration was completed.
    #[strum(props(kind = "account"))]
    Registered,
    /// A sign-in, or a refused one.
    #[strum(props(kind = "sign_in"))]
    SignIn,
    /// A remembered browser started a session by itself.
    #[strum(props(kind = "sign_in"))]
    AutoSignIn,
    /// The second factor of a sign-in, or a refused one.
    #[strum(props(kind = "sign_in"))]
    SecondFactor,
    /// A sign-in from a browser never used before (MP-88). It is only e-mailed: the history has the sign-in itself.
    #[strum(props(email = "yes"))]
    NewBrowser,
    /// Two sign-ins too far apart for the time between them (MP-89). It is only e-mailed.
    #[strum(props(email = "yes"))]
    FarPlaces,
    /// Too many wrong passwords: sign-in is locked for a while.
    #[strum(props(kind = "refused", email = "yes"))]
    SignInLocked,
    /// Too many wrong codes: the second factor is locked for a while.
    #[strum(props(kind = "refused", email = "yes"))]
    SecondFactorLocked,
    /// The member signed out, in the session's own browser.
    #[strum(props(kind = "session"))]
    SignOut,
    /// A session was ended from another browser.
    #[strum(props(kind = "session"))]
    SessionEnded,
    /// Other sessions were ended because of a change, or all at once.
    #[strum(props(kind = "session"))]
    OtherSessionsEnded,
    /// The member authenticated again, or was refused.
    Reauthenticated,
    /// The password was changed, or the change was refused.
    #[strum(props(email = "yes"))]
    PasswordChanged,
    /// A reset e-mail was asked for. Anybody who knows the address can do that.
    PasswordResetRequested,
    /// A new password was set by a reset e-mail.
    PasswordReset,
    /// Staff sent a temporary password to the registered address.
    TemporaryPasswordSent,
    /// The temporary password was used.
    TemporaryPasswordUsed,
    /// The member suspended the account.
    AccountSuspended,
    /// 2段階認証サービス was turned on.
    #[strum(props(email = "yes"))]
    SecondFactorOn,
    /// 2段階認証サービス was turned off.
    #[strum(props(email = "yes"))]
    SecondFactorOff,
    /// An authenticator app was set up.
    #[strum(props(email = "yes"))]
    TotpAdded,
    /// An authenticator app was removed.
    #[strum(props(email = "yes"))]
    TotpRemoved,
    /// Codes by e-mail were set up.
    #[strum(props(email = "yes"))]
    MailCodesAdded,
    /// Codes by e-mail were removed.
    #[strum(props(email = "yes"))]
    MailCodesRemoved,
    /// All second factors were removed at once.
    FactorsCleared,
    /// A new list of backup codes was made.
    #[strum(props(email = "yes"))]
    BackupCodesMade,
    /// A passkey was added.
    #[strum(props(email = "yes"))]
    PasskeyAdded,
    /// A passkey was removed.
    #[strum(props(email = "yes"))]
    PasskeyRemoved,
    /// An account of an outside provider was linked, or the link was refused.
    #[strum(props(email = "yes"))]
    AccountLinked,
    /// It was unlinked, or that was refused.
    #[strum(props(email = "yes"))]
    AccountUnlinked,
    /// A browser became a trusted one.
    #[strum(props(email = "yes"))]
    BrowserTrusted,
    /// A trusted browser, or all of them, was forgotten.
    #[strum(props(email = "yes"))]
    TrustForgotten,
    /// A security e-mail was answered: it was me.
    AlertMine,
    /// A security e-mail was answered: it was not me.
    AlertNotMine,
    /// The profile was changed.
    #[strum(props(kind = "account"))]
    ProfileChanged,
    /// A new address was given, and waits to be confirmed.
    #[strum(props(kind = "account"))]
    EmailChangeRequested,
    /// The new address took effect, or its confirmation was refused.
    #[strum(props(kind = "account"))]
    EmailChanged,
    /// A pending change of the address was cancelled or stopped.
    #[strum(props(kind = "account"))]
    EmailChangeStopped,
    /// The old address came back.
    #[strum(props(kind = "account"))]
    EmailChangeReverted,
    /// A copy of everything stored about the member was asked for.
    DataExportRequested,
    /// That copy was downloaded.
    DataExportDownloaded,
    /// The member withdrew. This line is anonymised with the others.
    #[strum(props(kind = "account"))]
    Withdrawn,
}

/// What the history filters by. The names are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A sign-in.
    SignIn,
    /// A refusal of any kind.
    Refused,
    /// A session ended.
    Session,
    /// What protects the account changed.
    Security,
    /// Anything else of the account.
    Account,
}

impl Event {
    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The event of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_str(name).ok()
    }

    /// Whether the member is notified by e-mail.
    pub fn is_mailed(self) -> bool {
        self.get_str("email").is_some()
    }

    /// What a line of it is filtered by.
    fn kind(self, refused: bool) -> Kind {
        let kind = self.get_str("kind").and_then(|kind| Kind::from_str(kind).ok());
        if refused { Kind::Refused } else { kind.unwrap_or(Kind::Security) }
    }
}

/// One line of the history. The context adds who acted, from where and in which request.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The member it belongs to; `None`: no known member.
    pub member_id: Option<&'a str>,
    /// What happened.
    pub event: Event,
    /// Stable code of the refusal; `None`: it succeeded.
    pub refusal: Option<&'static str>,
    /// How: the stored name of an authentication method, where the event does not say it.
    pub method: Option<&'a str>,
    /// The session it happened in or began.
    pub session_id: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// An event of a member, without further details.
    pub const fn of(member_id: &'a str, event: Event) -> Self {
        Self::of_whom(Some(member_id), event)
    }

    /// An event of a member, if it is known of whom.
    pub const fn of_whom(member_id: Option<&'a str>, event: Event) -> Self {
        Self { member_id, event, refusal: None, method: None, session_id: None }
    }

    /// Adds the session.
    #[must_use]
    pub fn within(mut self, session_id: impl Into<Option<&'a str>>) -> Self {
        self.session_id = session_id.into();
        self
    }

    /// How.
    #[must_use]
    pub const fn by(mut self, method: &'a str) -> Self {
        self.method = Some(method);
        self
    }

    /// Adds the code of a refusal.
    #[must_use]
    pub const fn refused(mut self, code: &'static str) -> Self {
        self.refusal = Some(code);
        self
    }
}

/// Writes a line.
pub async fn write(tx: &mut Tx, line: Line<'_>) -> Result<(), Failure> {
    let (id, now, ctx) = (tx.id(), tx.now(), tx.ctx().clone());
    let (request, actor) = (ctx.request(), ctx.actor());
    // The pair of member and browser is looked up in the same statement, which saves one.
    sqlx::query(
        "INSERT INTO audit (id, member_id, at, event, refusal, session_id, network, browser, kind, method, \
         actor_kind, actor_id, client_id, reason, request_id, browser_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         (SELECT id FROM member_browser WHERE member_id = $2 AND token_hash = $16))",
    )
    .bind(id)
    .bind(line.member_id)
    .bind(now)
    .bind(line.event.name())
    .bind(line.refusal)
    .bind(line.session_id)
    .bind(&request.network)
    .bind(&request.user_agent)
    .bind(<&str>::from(line.event.kind(line.refusal.is_some())))
    .bind(line.method)
    .bind(actor.kind())
    .bind(actor.id())
    .bind(actor.client_id())
    .bind(actor.reason())
    .bind(request.request_id.as_deref())
    .bind(request.browser.as_ref().map(platform::secret::Token::digest))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Anonymises a member's lines: what happened and when stays, who it was does not (C-13).
pub async fn anonymise(tx: &mut Tx, member_id: &str) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE audit SET member_id = NULL, session_id = NULL, browser_id = NULL, network = '', browser = '', \
         actor_id = CASE WHEN actor_kind = 'member' THEN NULL ELSE actor_id END, reason = NULL, request_id = NULL \
         WHERE member_id = $1",
    )
    .bind(member_id)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// ログイン履歴.
pub const DATA: DataSet = DataSet {
    table: "audit",
    categories: &[
        Category {
            name: "history",
            retention: |ctx| {
                Some(ctx.policy().history.keep_ms().map_or(Retention::WhileAccount, Retention::For))
            },
        },
        Category {
            name: "strangers_history",
            retention: |ctx| Some(ctx.policy().history.keep_ms().map_or(Retention::Always, Retention::For)),
        },
    ],
    export: Some(
        "SELECT id AS key, at, event, kind, refusal, method, browser, network, actor_kind, reason FROM audit \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    // Ids sort by time, so only the oldest rows are looked at.
    purge: &[Purge::Delete(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT $2) AND at <= $1",
        |ctx| ctx.policy().history.keep_ms().map(|keep_ms| ctx.now() - keep_ms),
    )],
};

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn events_are_found_by_their_names_and_have_a_kind() {
        for event in Event::iter() {
            assert_eq!(Event::from_name(event.name()), Some(event));
            if let Some(kind) = event.get_str("kind") {
                assert_eq!(<&str>::from(event.kind(false)), kind);
            }
        }
        assert_eq!(Event::from_name("nothing"), None);
        assert_eq!(Event::SignIn.kind(true), Kind::Refused);
        assert_eq!(Event::TotpAdded.kind(false), Kind::Security);
    }
}
