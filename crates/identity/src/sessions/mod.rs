//! セッション管理 (MP-83): where a member is signed in, or would be again by 自動ログイン, and ending it from anywhere.
//! How sessions live and end is [`crate::session`]'s.
//!
//! Ending needs no fresh proof: it takes access away and gives none, and who lost a phone is in a hurry.

mod store;

pub use store::Listed;

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::session;

/// The member's sessions, this one first, then by last use; at most [`store::MOST`].
pub async fn list(desk: &Desk, caller: &Caller) -> Result<Vec<Listed>, Fault> {
    store::list(desk, caller.signed_in()?).await
}

/// Ends one session and the 自動ログイン of its browser. One that is over, or somebody else's, is no refusal: the
/// page shows what is left.
pub async fn end(desk: &Desk, caller: &Caller, session_id: &str) -> Result<(), Fault> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    if session::end_one(&mut work, &me.member_id, session_id).await? {
        audit::write(&mut work, Line::of(&me.member_id, Event::SessionEnded).within(&me.session_id)).await?;
    }
    work.finish().await
}

/// Ends all sessions but this one, and every other browser's 自動ログイン.
pub async fn end_others(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    if session::end_others(&mut work, me).await? > 0 {
        let line = Line::of(&me.member_id, Event::OtherSessionsEnded).within(&me.session_id);
        audit::write(&mut work, line).await?;
    }
    work.finish().await
}
