//! The old mailbox's word against a change: what waits is stopped, what took effect is taken back, and the account is
//! protected as after "it was not me" ([`crate::alerts`]). By a link, without sign-in; it signs nobody in.

use domain::address::EmailAddress;
use domain::email_change::Refused;

use super::letters;
use super::store::{self, Row};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::proof::password;
use crate::secret::Token;
use crate::work::Work;
use crate::{account_lock, linked_accounts, member, second_factor, session};

/// What the page behind the link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoView {
    /// Whether the change took effect; else it waits.
    pub done: bool,
    /// The address that stays or comes back, masked.
    pub old_email: String,
    /// The address that was given, masked.
    pub new_email: String,
}

/// Looks at a link without changing anything: mail scanners open links.
pub async fn look(desk: &Desk, link: &Token) -> Result<Option<UndoView>, Fault> {
    let Some(row) = store::by_undo(desk.db.readers(), link, desk.now()).await? else { return Ok(None) };
    Ok(Some(UndoView {
        done: row.done_at.is_some(),
        old_email: address(&row.old_email)?.masked(),
        new_email: address(&row.new_email)?.masked(),
    }))
}

/// Stops the change, or brings the old address back, also when others followed it. Whoever asked for it was in the
/// account: all sessions end, what they set up goes, and only a new password, by the letter that leaves now, opens it.
pub async fn undo(desk: &Desk, caller: &Caller, link: &Token) -> Outcome<(), Vec<Refused>> {
    let invalid = || Ok(Err(vec![Refused::LinkInvalid]));
    let Some(seen) = store::by_undo(desk.db.readers(), link, desk.now()).await? else { return invalid() };
    let mut work = desk.work(caller).await?;
    member::hold(&mut work, &seen.member_id).await?;
    let Some(row) = store::use_undo(&mut work, link).await? else { return invalid() };
    let member_id = row.member_id.as_str();
    let changes = if row.done_at.is_some() {
        // The address is kept for the member; should somebody have it all the same, nothing of this stays.
        let Some(changes) = bring_back(&mut work, &row).await? else { return invalid() };
        changes
    } else {
        audit::write(&mut work, Line::of(member_id, Event::EmailChangeStopped)).await?;
        vec![row.clone()]
    };
    account_lock::shut_out(&mut work, member_id).await?;
    // A change that waits gave nobody a way in: only what asked for it is in doubt.
    let since = row.done_at.unwrap_or(i64::MAX);
    let mut doubtful = Vec::new();
    for change in &changes {
        doubtful.extend(session::doubtful(&mut work, member_id, &change.asked_in, since).await?);
    }
    doubtful.sort_by(|a, b| a.id.cmp(&b.id));
    doubtful.dedup_by(|a, b| a.id == b.id);
    for session in &doubtful {
        second_factor::undo_session(&mut work, member_id, &session.id).await?;
        linked_accounts::undo_session(&mut work, member_id, &session.id).await?;
        if let Some(browser) = &session.browser_id {
            session::forget_browser(&mut work, member_id, browser).await?;
        }
    }
    work.finish().await?;
    Ok(Ok(()))
}

/// For an owner who answers a letter of `since`: stops what waits, and brings back the address that the letter went to,
/// if it was changed since and can still come back.
pub(crate) async fn take_back(work: &mut Work, member_id: &str, since: i64) -> Result<(), Fault> {
    member::hold(work, member_id).await?;
    store::stop(work, member_id, None).await?;
    if let Some(first) = store::first_since(work, member_id, since).await? {
        bring_back(work, &first).await?.ok_or(Fault::Damaged("reserved_address"))?;
    }
    Ok(())
}

/// Brings back the address before `first`; all changes from it on, or `None` if somebody else has the address.
async fn bring_back(work: &mut Work, first: &Row) -> Result<Option<Vec<Row>>, Fault> {
    let member_id = first.member_id.as_str();
    // Before the address: a sign-in under way holds the password, and then needs the member's row.
    password::block(work, member_id).await?;
    let before = member::find(&mut *work.conn(), member_id).await?.ok_or(Fault::Damaged("member"))?;
    let old = address(&first.old_email)?;
    let changes = store::undo_from(work, first).await?;
    if member::set_address(work, member_id, &old).await?.is_err() {
        return Ok(None);
    }
    for change in &changes {
        member::release(work, member_id, &address(&change.old_email)?).await?;
    }
    audit::write(work, Line::of(member_id, Event::EmailChangeUndone)).await?;
    let current = address(&before.email)?;
    let other = Some(&current).filter(|current| current.key() != old.key());
    for to in std::iter::once(&old).chain(other) {
        let letter = letters::undone(work, &before, to, &old)?;
        work.post(letter).await?;
    }
    Ok(Some(changes))
}

fn address(stored: &str) -> Result<EmailAddress, Fault> {
    EmailAddress::parse(stored).map_err(|_| Fault::Damaged("email_change"))
}
