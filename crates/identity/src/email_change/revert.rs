//! Objecting to a change from the old mailbox: a pending change is stopped, one that took effect is reverted, and the
//! account is protected as after "it was not me" ([`crate::alerts`]). By a link, without sign-in; it opens no session.

use account::audit::{self, Event, Line};
use account::lock::{self, LockedAccount};
use account::mailed::{self, MailedProof, Purpose};
use account::member;
use account::revoke::{Intruder, Undo, undo_intruder};
use domain::address::EmailAddress;
use domain::email_change::Refused;
use platform::context::Ctx;
use platform::error::{Error, Failure, Fault, refused};
use platform::secret::Token;
use platform::tx::Tx;

use super::store::{self, Row};
use super::{Change, email};
use crate::account_suspension;

/// What the page behind the link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevertView {
    /// Whether the change took effect; else it is pending.
    pub done: bool,
    /// The address that stays or comes back, masked.
    pub old_email: String,
    /// The new address of the change, masked.
    pub new_email: String,
}

/// The links of both e-mails to the old address: of the request, and of the change that took effect.
const PURPOSES: [Purpose; 2] = [Purpose::EmailChangeStop, Purpose::EmailChangeUndo];

/// What a link would revert; `None` when it is used, expired or unknown. Changes nothing: mail scanners open links.
pub async fn preview(ctx: &Ctx, link: &Token) -> Result<Option<RevertView>, Fault> {
    let Some((_, change)) = find(ctx, link).await? else { return Ok(None) };
    Ok(Some(RevertView {
        done: store::is_done(ctx, &change.id).await?,
        old_email: change.old.masked(),
        new_email: change.new.masked(),
    }))
}

async fn find(ctx: &Ctx, link: &Token) -> Result<Option<(MailedProof, Change)>, Failure> {
    for purpose in PURPOSES {
        if let Some(proof) = mailed::by_link(ctx.readers(), purpose, link, ctx.now()).await? {
            let change = proof.payload(ctx, purpose)?;
            return Ok(Some((proof, change)));
        }
    }
    Ok(None)
}

/// Stops the change, or brings the old address back, even if further changes followed. An intruder requested it: all
/// sessions end, what the intruder set up is removed, and only the reset e-mail that this sends opens the account
/// again.
pub async fn revert(ctx: &Ctx, link: &Token) -> Result<(), Error<Refused>> {
    let Some((proof, change)) = find(ctx, link).await? else { return refused(Refused::LinkInvalid) };
    let Some(member_id) = proof.member_id else { return refused(Refused::LinkInvalid) };
    let mut tx = Tx::begin(ctx).await?;
    let Some(account) = lock::lock(&mut tx, &member_id).await? else { return refused(Refused::LinkInvalid) };
    if !use_link(&mut tx, link).await? {
        return refused(Refused::LinkInvalid);
    }
    // The other e-mail to the old address and the one that confirms the change are void.
    mailed::void_detail(&mut tx, account.id(), &change.id).await?;
    let intruders =
        if let Some(first) = store::revertible(&mut tx, &account, Some(&change.id), i64::MAX).await? {
            // The address is reserved for the member; if another member has it all the same, nothing of this stays.
            let Some(changes) = bring_back(&mut tx, &account, &first).await? else {
                return refused(Refused::LinkInvalid);
            };
            changes.into_iter().map(|row| (row.asked_in, Some(row.done_at))).collect()
        } else {
            audit::write(&mut tx, Line::of(account.id(), Event::EmailChangeStopped)).await?;
            vec![(change.asked_in, None)]
        };
    account_suspension::shut(&mut tx, &account).await?;
    let intruders: Vec<_> = intruders
        .iter()
        .map(|(asked_in, done_at)| Intruder {
            session_id: Some(asked_in),
            browser_id: None,
            // A pending change gave the intruder no mailbox: only the session that requested it is suspect.
            since: done_at.unwrap_or(i64::MAX),
            mailbox: done_at.is_some(),
        })
        .collect();
    undo_intruder(&mut tx, &account, &intruders, Undo::AllCredentials).await?;
    tx.commit().await?;
    Ok(())
}

async fn use_link(tx: &mut Tx, link: &Token) -> Result<bool, Failure> {
    for purpose in PURPOSES {
        if mailed::use_link(tx, purpose, link).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// For a member who answers an e-mail of `since` (unix ms): stops a pending change, and brings back the address that
/// the e-mail went to, if it was changed since and the change can still be reverted.
pub(crate) async fn revert_since(tx: &mut Tx, account: &LockedAccount, since: i64) -> Result<(), Failure> {
    mailed::void_email_change(tx, account.id(), None).await?;
    if let Some(first) = store::revertible(tx, account, None, since).await? {
        bring_back(tx, account, &first).await?.ok_or(Failure::Damaged("identifier"))?;
    }
    Ok(())
}

/// Brings back the address before `first`; returns all changes from it on, or `None` if another member has the address.
async fn bring_back(tx: &mut Tx, account: &LockedAccount, first: &Row) -> Result<Option<Vec<Row>>, Failure> {
    let before = member::of(tx, account).await?;
    let old = address(&first.old_email)?;
    let changes = store::revert_from(tx, account, first).await?;
    if member::set_email(tx, account, &old, None).await?.is_err() {
        return Ok(None);
    }
    for change in &changes {
        let given_up = address(&change.old_email)?;
        if given_up.key() != old.key() {
            member::release_email(tx, account, &given_up).await?;
        }
        mailed::void_detail(tx, account.id(), &change.id).await?;
    }
    audit::write(tx, Line::of(account.id(), Event::EmailChangeReverted)).await?;
    let current = before.email.as_ref().filter(|current| current.key() != old.key());
    for to in std::iter::once(&old).chain(current) {
        let email = email::reverted(tx, &before, to, &old)?;
        tx.enqueue(email).await?;
    }
    Ok(Some(changes))
}

fn address(stored: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(stored).map_err(|_| Failure::Damaged("address_change"))
}
