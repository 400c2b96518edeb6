//! The answer to a security e-mail, by its link and without sign-in: it was me, it was not me, suspend my account.
//! Opening the link changes nothing, since mail scanners open links. An answer is accepted once, and opens no session
//! (docs/designs/alerts.md).

use account::audit::{self, Event, Line};
use account::lock::{self, LockedAccount};
use account::mailed::{self, MailedProof, Purpose};
use account::notifications::Alert;
use account::revoke::{Intruder, Undo, undo_intruder};
use domain::alerts::Refused;
use platform::context::Ctx;
use platform::error::{Error, Failure, Fault, refused};
use platform::secret::Token;
use platform::tx::Tx;

use crate::{account_suspension, email_change};

pub use account::mailed::ANSWERABLE_MS;
pub use account::notifications::{sentence, summary};

const PURPOSE: Purpose = Purpose::Alert;

/// What the page behind the link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertView {
    /// What happened.
    pub event: Event,
    /// Unix ms: when.
    pub at: i64,
    /// The network address.
    pub network: String,
    /// The `User-Agent`.
    pub user_agent: String,
}

/// What the e-mail was about; `None` when its link is used, expired or unknown.
pub async fn preview(ctx: &Ctx, token: &Token) -> Result<Option<AlertView>, Fault> {
    let Some(proof) = mailed::by_link(ctx.readers(), PURPOSE, token, ctx.now()).await? else {
        return Ok(None);
    };
    let alert: Alert = proof.payload(ctx, PURPOSE)?;
    let event = proof.detail.as_deref().and_then(Event::from_name);
    Ok(Some(AlertView {
        event: event.ok_or(Failure::Damaged("mailed_proof.detail"))?,
        at: proof.sent_at,
        network: alert.network,
        user_agent: alert.user_agent,
    }))
}

/// An alert that is being answered.
struct Answered {
    account: LockedAccount,
    alert: Alert,
    sent_at: i64,
}

/// It was me: recorded, and nothing else. The browser is known already.
pub async fn mine(ctx: &Ctx, token: &Token) -> Result<(), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(answered) = answer(&mut tx, token).await? else { return refused(Refused::LinkInvalid) };
    audit::write(&mut tx, answered.line(Event::AlertMine)).await?;
    tx.commit().await?;
    Ok(())
}

/// It was not me: an intruder knows the password. All sessions end, no browser is trusted, what the intruder left is
/// removed, and only the reset e-mail that this sends sets a new password.
pub async fn not_mine(ctx: &Ctx, token: &Token) -> Result<(), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(answered) = answer(&mut tx, token).await? else { return refused(Refused::LinkInvalid) };
    // The e-mails from here on go to the address that the alert went to, not to one that the intruder gave since.
    email_change::revert_since(&mut tx, &answered.account, answered.sent_at).await?;
    audit::write(&mut tx, answered.line(Event::AlertNotMine)).await?;
    account_suspension::shut(&mut tx, &answered.account).await?;
    // Only what the sessions in question made is removed: someone who can only read the mail must not weaken the
    // account.
    answered.undo(&mut tx, Undo::AllCredentials).await?;
    tx.commit().await?;
    Ok(())
}

/// "Suspend my account", no matter who acted. The second factor stays as it is: an attacker who has the member's
/// phone could press this.
pub async fn suspend(ctx: &Ctx, token: &Token) -> Result<(), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(answered) = answer(&mut tx, token).await? else { return refused(Refused::LinkInvalid) };
    email_change::revert_since(&mut tx, &answered.account, answered.sent_at).await?;
    audit::write(&mut tx, answered.line(Event::AccountSuspended)).await?;
    account_suspension::suspend(&mut tx, &answered.account).await?;
    answered.undo(&mut tx, Undo::SignInCredentials).await?;
    tx.commit().await?;
    Ok(())
}

impl Answered {
    fn line(&self, event: Event) -> Line<'_> {
        Line::of(self.account.id(), event).within(self.alert.session_id.as_deref())
    }

    async fn undo(&self, tx: &mut Tx, undo: Undo) -> Result<(), Failure> {
        let intruder = Intruder {
            session_id: self.alert.session_id.as_deref(),
            // Without a session no one signed in; the browser is forgotten all the same.
            browser_id: self.alert.browser_id.as_deref(),
            since: self.sent_at,
            mailbox: false,
        };
        undo_intruder(tx, &self.account, &[intruder], undo).await
    }
}

/// Uses the link up, and locks the account; `None` when it is used, expired or unknown.
async fn answer(tx: &mut Tx, token: &Token) -> Result<Option<Answered>, Failure> {
    let now = tx.now();
    // The account is locked before anything of it changes.
    let seen = mailed::by_link(&mut *tx.conn(), PURPOSE, token, now).await?;
    let Some(member_id) = seen.and_then(|proof| proof.member_id) else { return Ok(None) };
    let Some(account) = lock::lock(tx, &member_id).await? else { return Ok(None) };
    let used: Option<MailedProof> = mailed::use_link(tx, PURPOSE, token).await?;
    let Some(proof) = used else { return Ok(None) };
    let alert = proof.payload(tx.ctx(), PURPOSE)?;
    Ok(Some(Answered { account, alert, sent_at: proof.sent_at }))
}
