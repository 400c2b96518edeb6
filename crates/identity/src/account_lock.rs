//! 「今すぐアカウントをロックする」: the owner shuts the account, from a security letter or from 認証ポリシー管理. Whatever is
//! open ends, and nothing signs in, a passkey neither, until a new password was set by letter. No fresh proof is asked
//! for: who holds a browser of the member and presses it does no worse than a nuisance, and in a panic every step is
//! one too many.

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::proof::{password, temporary_password};
use crate::work::Work;
use crate::{email_change, member, password_reset, session, sign_in};

/// Locks the account of whoever is signed in.
pub async fn lock_mine(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    audit::write(&mut work, Line::of(&me.member_id, Event::AccountLocked).within(&me.session_id)).await?;
    lock(&mut work, &me.member_id).await?;
    work.finish().await
}

/// Locks an account; the line of the history is the caller's to write.
pub(crate) async fn lock(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    member::lock(work, member_id).await?;
    shut_out(work, member_id).await
}

/// Ends everything that is open and makes the password useless until the reset letter, which leaves now, was used.
pub(crate) async fn shut_out(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    email_change::drop_pending(work, member_id, None).await?;
    // First what would open new sessions, then the sessions: a sign-in that is under way waits, or is ended with them.
    password::block(work, member_id).await?;
    sign_in::drop_pending(work, member_id).await?;
    session::end_everything(work, member_id).await?;
    // What was sent before is in somebody's mailbox; the letter that leaves now is the only way in.
    temporary_password::forget(work, member_id).await?;
    password_reset::issue(work, member_id).await
}
