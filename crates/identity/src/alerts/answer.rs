//! The answer to a security letter, by its link and without sign-in: it was me, it was not me. Looking changes
//! nothing, since mail scanners open links; an answer counts once, and signs nobody in.

use domain::alerts::Refused;
use sqlx::FromRow;

use super::Told;
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::{self, Counted};
use crate::secret::Token;
use crate::work::Work;
use crate::{account_lock, email_change, linked_accounts, second_factor, session};

/// What the page behind the link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertView {
    /// What happened.
    pub told: Told,
    /// Unix ms: when.
    pub at: i64,
    /// The network address.
    pub network: String,
    /// The `User-Agent`.
    pub browser: String,
}

#[derive(FromRow)]
struct Seen {
    kind: String,
    created_at: i64,
    network: String,
    browser: String,
}

#[derive(FromRow)]
struct Answered {
    member_id: String,
    created_at: i64,
    #[sqlx(rename = "session_id")]
    session: Option<String>,
    #[sqlx(rename = "browser_id")]
    browser: Option<String>,
}

/// What the letter told of; `None` when its link is of no use (any more).
pub async fn look(desk: &Desk, token: &Token) -> Result<Option<AlertView>, Fault> {
    let seen: Option<Seen> = sqlx::query_as(
        "SELECT kind, created_at, network, browser FROM alert \
         WHERE token_hash = $1 AND answered_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(desk.now())
    .fetch_optional(desk.db.readers())
    .await?;
    seen.map(|seen| {
        let told = Told::from_name(&seen.kind).ok_or(Fault::Damaged("alert.kind"))?;
        Ok(AlertView { told, at: seen.created_at, network: seen.network, browser: seen.browser })
    })
    .transpose()
}

/// It was me: noted, and nothing else. The browser is known already.
pub async fn mine(desk: &Desk, caller: &Caller, token: &Token) -> Outcome<(), Refused> {
    let mut work = desk.work(caller).await?;
    let Some(alert) = answer(&mut work, token, "me").await? else { return Ok(Err(Refused::LinkInvalid)) };
    audit::write(&mut work, alert.line(Event::AlertMine)).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// It was not me: somebody else knows the password. Nobody is signed in any more, no browser is trusted, the one that
/// the letter told of is a stranger again, and only the reset letter, which leaves now, makes the password work.
pub async fn not_mine(desk: &Desk, caller: &Caller, token: &Token) -> Outcome<(), Refused> {
    let mut work = desk.work(caller).await?;
    let Some(alert) = answer(&mut work, token, "not_me").await? else {
        return Ok(Err(Refused::LinkInvalid));
    };
    let member_id = alert.member_id.as_str();
    // The letters from here on go to the address that the alert went to, not to one that the thief gave since.
    email_change::take_back(&mut work, member_id, alert.created_at).await?;
    audit::write(&mut work, alert.line(Event::AlertNotMine)).await?;
    account_lock::shut_out(&mut work, member_id).await?;
    alert.undo(&mut work).await?;
    // The thief's own app or passkey must not outlive the theft. Only what that very session set up goes: whoever can
    // merely read the mail cannot weaken what the owner has.
    if let Some(session_id) = &alert.session {
        second_factor::undo_session(&mut work, member_id, session_id).await?;
    }
    work.finish().await?;
    Ok(Ok(()))
}

/// Lock my account, whatever it was. The second factor stays as it is: whoever locks may not know whose doing it was, and
/// a lost phone reads the mail.
pub async fn lock(desk: &Desk, caller: &Caller, token: &Token) -> Outcome<(), Refused> {
    let mut work = desk.work(caller).await?;
    let Some(alert) = answer(&mut work, token, "lock").await? else { return Ok(Err(Refused::LinkInvalid)) };
    email_change::take_back(&mut work, &alert.member_id, alert.created_at).await?;
    audit::write(&mut work, alert.line(Event::AccountLocked)).await?;
    account_lock::lock(&mut work, &alert.member_id).await?;
    alert.undo(&mut work).await?;
    work.finish().await?;
    Ok(Ok(()))
}

impl Answered {
    fn line(&self, event: Event) -> Line<'_> {
        let line = Line::of(&self.member_id, event);
        match &self.session {
            Some(id) => line.within(id),
            None => line,
        }
    }

    /// The browser of the letter is a stranger again, and accounts of a provider that were linked there go, with those of
    /// the sessions that followed: they are ways in, and protect nothing.
    async fn undo(&self, work: &mut Work) -> Result<(), Fault> {
        let (member_id, browser) = (self.member_id.as_str(), self.browser.as_deref());
        if let Some(session_id) = &self.session {
            linked_accounts::undo_from(work, member_id, session_id, browser, self.created_at).await?;
        }
        if let Some(browser) = browser {
            session::forget_browser(work, member_id, browser).await?;
            lockout::clear(work, &Counted::browser(browser, member_id)).await?;
        }
        Ok(())
    }
}

/// Takes the answer, unless there is one.
async fn answer(work: &mut Work, token: &Token, answer: &str) -> Result<Option<Answered>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(
        "UPDATE alert SET answered_at = $2, answer = $3 \
         WHERE token_hash = $1 AND answered_at IS NULL AND expires_at > $2 \
         RETURNING member_id, created_at, session_id, browser_id",
    )
    .bind(token.digest())
    .bind(now)
    .bind(answer)
    .fetch_optional(work.conn())
    .await?)
}

/// Removes alerts that cannot be answered any more, at most `batch`; how many went. They all live equally long and ids
/// sort by time, so only the oldest need a look.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert ORDER BY id LIMIT $2) AND expires_at <= $1",
        work.now(),
        batch,
    )
    .await
}
