//! Requesting another address, sending the e-mail again, and cancelling.

use account::audit::{self, Event, Line};
use account::credentials::factors;
use account::lock::{self, LockedAccount};
use account::mailed::{self, DOUBLE_CLICK_MS, Issue, Purpose, Request};
use account::member::{self, Member, identifier};
use domain::address::EmailAddress;
use domain::email_change::{Refused, check};
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::tx::Tx;

use super::{Change, email, pending, refuses};

/// Takes the new address. Link and code go to it, and the present address is notified at once. If another member has
/// the new one, nothing shows that: its e-mail is not sent, and no secret confirms the change (MP-69).
pub async fn start(ctx: &Ctx, typed: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    let (member, old) = with_address(&mut tx, &account).await?;
    let new = check(typed, old.as_str()).map_err(|reason| Error::Refused(vec![reason]))?;
    factors_allow(&mut tx, &account).await?;
    if let Some((proof, change)) = pending(&mut *tx.conn(), ctx, account.id()).await? {
        let again = proof.bound_to.as_deref() == Some(&me.session_id) && change.new == new;
        if again && proof.sent_at > tx.now() - DOUBLE_CLICK_MS {
            return Ok(()); // a double click
        }
    }
    mailed::void_email_change(&mut tx, account.id(), None).await?;
    let change = Change { id: tx.id(), asked_in: me.session_id.clone(), old: old.clone(), new };
    let until = send_confirmation(&mut tx, &member, &change).await?;
    let stop = if ctx.policy().email_change.undo_ms().is_some() {
        let request = Request {
            detail: Some(&change.id),
            ..Request::new(Purpose::EmailChangeStop, Some(account.id()), &old)
        };
        mailed::issue_unasked(&mut tx, request, &change).await?.link
    } else {
        None
    };
    let line = Line::of(account.id(), Event::EmailChangeRequested).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    let email = email::requested(&tx, &member, &change, stop.as_ref(), until)?;
    tx.enqueue(email).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the e-mail to the new address again, with a new link and a new code, which is bound to this session; the old
/// ones are void. Without a pending change nothing happens.
pub async fn send_again(ctx: &Ctx) -> Result<(), Error<Refused>> {
    ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    let (member, _) = with_address(&mut tx, &account).await?;
    factors_allow(&mut tx, &account).await?;
    let Some((_, change)) = pending(&mut *tx.conn(), ctx, account.id()).await? else { return Ok(()) };
    mailed::void(&mut tx, account.id(), &[Purpose::EmailChange]).await?;
    let until = send_confirmation(&mut tx, &member, &change).await?;
    // The old address can stop it for as long as it can be confirmed.
    mailed::extend(&mut tx, Purpose::EmailChangeStop, account.id(), &change.id, until).await?;
    tx.commit().await?;
    Ok(())
}

/// Cancels the pending change. Needs no fresh authentication: everything stays as it is.
pub async fn cancel(ctx: &Ctx) -> Result<(), Fault> {
    let me = ctx.member()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if mailed::void_email_change(&mut tx, account.id(), None).await? {
        let line = Line::of(account.id(), Event::EmailChangeStopped).within(me.session_id.as_str());
        audit::write(&mut tx, line).await?;
    }
    Ok(tx.commit().await?)
}

/// The member and their address; a member without one is refused.
async fn with_address(
    tx: &mut Tx,
    account: &LockedAccount,
) -> Result<(Member, EmailAddress), Error<Refused>> {
    let member = member::of(tx, account).await?;
    let old = member.email.clone().ok_or(Denied::NotOffered)?;
    Ok((member, old))
}

async fn factors_allow(tx: &mut Tx, account: &LockedAccount) -> Result<(), Error<Refused>> {
    let policy = tx.policy().clone();
    let has = factors::of(&mut *tx.conn(), &policy, account.id()).await?;
    if refuses(&policy, &has) { refused(Refused::MailFactor) } else { Ok(()) }
}

/// Sends link and code to the new address; returns until when they are valid (unix ms).
async fn send_confirmation(tx: &mut Tx, member: &Member, change: &Change) -> Result<i64, Error<Refused>> {
    let session_id = tx.ctx().member()?.session_id.clone();
    let free = is_free(tx, member, &change.new).await?;
    let request = Request {
        detail: Some(&change.id),
        bound_to: Some(&session_id),
        provable: free,
        ..Request::new(Purpose::EmailChange, Some(&member.id), &change.new)
    };
    let Issue::Ready(issued) = mailed::issue(tx, request, change).await? else {
        return refused(Refused::TooManyTries);
    };
    let email = email::confirm(tx, &change.new, member.locale, &issued)?;
    tx.enqueue_if(email, free).await?;
    Ok(issued.expires_at)
}

async fn is_free(tx: &mut Tx, member: &Member, new: &EmailAddress) -> Result<bool, Failure> {
    let now = tx.now();
    identifier::is_free(&mut *tx.conn(), &new.into(), Some(&member.id), now).await
}
