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
    /// A session was ended by its owner.
    SignOut,
    /// The password was changed, or somebody tried to.
    PasswordChange,
    /// Other sessions were ended because of a change.
    OtherSessionsEnded,
    /// The profile was changed.
    ProfileChange,
}

impl Event {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignIn => "sign_in",
            Self::AutoSignIn => "auto_sign_in",
            Self::SignOut => "sign_out",
            Self::PasswordChange => "password_change",
            Self::OtherSessionsEnded => "other_sessions_ended",
            Self::ProfileChange => "profile_change",
        }
    }
}

/// One line: of whom (`None`: nobody known), what, refused with which code, in which session.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The member it belongs to.
    pub member_id: Option<&'a str>,
    /// What happened.
    pub event: Event,
    /// Stable code of the refusal; `None`: it succeeded.
    pub refusal: Option<&'static str>,
    /// The session it happened in or began.
    pub session_id: Option<&'a str>,
}

/// Writes a line, with the caller's network and browser.
pub async fn write(work: &mut Work, line: Line<'_>) -> Result<(), Fault> {
    let (id, now) = (work.id(), work.now());
    let (network, browser) = (work.caller().network.clone(), work.caller().browser.clone());
    sqlx::query(
        "INSERT INTO audit (id, member_id, at, event, refusal, session_id, network, browser) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(line.member_id)
    .bind(now)
    .bind(line.event.name())
    .bind(line.refusal)
    .bind(line.session_id)
    .bind(network)
    .bind(browser)
    .execute(work.conn())
    .await?;
    Ok(())
}
