//! 「今すぐアカウントをロックする」: the member suspends the account, from a security e-mail or from 認証ポリシー管理. All sessions end, and
//! no sign-in works, not even by passkey, until a new password is set by e-mail. No fresh authentication is asked
//! for: an attacker at the member's browser could do no worse with it than annoy, and in an emergency every step is
//! one too many.

use account::audit::{self, Event, Line};
use account::lock::{self, LockedAccount};
use account::member;
use account::revoke::{Cause, revoke};
use platform::context::Ctx;
use platform::error::{Denied, Failure, Fault};
use platform::tx::Tx;

use crate::password_reset;

/// Suspends the account of the signed-in member.
pub async fn suspend_mine(ctx: &Ctx) -> Result<(), Fault> {
    let me = ctx.member()?;
    let mut tx = Tx::begin(ctx).await?;
    let account = lock::lock(&mut tx, &me.member_id).await?.ok_or(Denied::SignIn)?;
    let line = Line::of(account.id(), Event::AccountSuspended).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    suspend(&mut tx, &account).await?;
    Ok(tx.commit().await?)
}

/// Suspends an account; the caller writes the line of the history.
pub(crate) async fn suspend(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    member::suspend(tx, account).await?;
    shut(tx, account).await
}

/// Ends all sessions and invalidates the password until it is reset by the e-mail that this sends. E-mails that were
/// sent before are void: somebody else may read them.
pub(crate) async fn shut(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    revoke(tx, account, Cause::AccountShut).await?;
    password_reset::issue(tx, account).await
}
