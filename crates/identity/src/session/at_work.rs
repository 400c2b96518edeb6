//! What is done in a session must still be allowed when it is done, not only when the request came: hashing, a provider's
//! answer and a busy database leave time in between.

use super::{Current, remembered};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::member;
use crate::proof::password;
use crate::work::Work;

/// The work of a signed-in member who adds or takes away what protects the account, in a session that is still open:
/// since the request came, it may have been ended by "not me", a lock or a new password. [`Fault::SignInFirst`] if so.
pub(crate) async fn at_work(desk: &Desk, caller: &Caller) -> Result<Work, Fault> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    if still_here(&mut work, me).await? { Ok(work) } else { Err(Fault::SignInFirst) }
}

/// Whether it is still open. Member, password, remembered browser and session are held to the end, in the order in which
/// those take them who shut an account.
pub(crate) async fn still_here(work: &mut Work, me: &Current) -> Result<bool, Fault> {
    let is_there = member::hold(work, &me.member_id).await?.is_some();
    password::lock(work, &me.member_id).await?;
    if let Some(remembered) = &me.remembered_id {
        remembered::hold(work, remembered).await?;
    }
    let open = sqlx::query("UPDATE session SET id = id WHERE id = $1 AND ended_at IS NULL")
        .bind(&me.session_id)
        .execute(work.conn())
        .await?;
    Ok(is_there && open.rows_affected() == 1)
}
