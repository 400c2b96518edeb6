//! The member's own password: changing it while signed in (MP-38, MP-16), and choosing one in the place of a provider
//! (MD-27). A change asks for the current one and ends all other sessions; this one continues under a new token.

use account::audit::{self, Event, Line};
use account::authn::password::{Verdict, verify_own};
use account::credentials::{linked, password as stored};
use account::lock::{self, LockedAccount, PasswordState};
use account::revoke::{Cause, revoke};
use account::session::{AuthMethod, Proof};
use account::{notifications, session, sign_in_methods};
use domain::password::{PasswordContext, PasswordRefused};
use domain::password_change::{Form, Refused, check, check_new};
use domain::refusal::Refusal;
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::hasher::is_common;
use platform::secret::{Password, Token};
use platform::tx::Tx;

use crate::pending_identity;
use crate::profile;

/// A change that was made.
#[derive(Debug)]
pub struct Changed {
    /// The session's new token, for its cookie.
    pub token: Token,
    /// How many other sessions were ended.
    pub others_ended: u64,
}

/// Changes the signed-in member's password.
pub async fn change(ctx: &Ctx, form: &Form) -> Result<Changed, Error<Refused>> {
    let me = ctx.member()?;
    let member = profile::view(ctx).await?;
    check(form, &ctx.policy().password_rules(), &member.password_context())?;
    let (current, new) = (Password::new(&form.current_password), Password::new(&form.new_password));
    let line = Line::of(&me.member_id, Event::PasswordChanged).within(me.session_id.as_str());
    let wrong = line.refused(Refused::CurrentWrong.code());
    let right = match verify_own(ctx, &me.member_id, &current, wrong, Refused::Locked.code()).await? {
        Verdict::Right(right) => right,
        Verdict::Wrong => return refused(Refused::CurrentWrong),
        Verdict::LockedOut | Verdict::Throttled => return refused(Refused::Locked),
    };
    // A refusal from here on is not a wrong guess.
    right.release(ctx).await?;
    if current.expose() == new.expose() {
        return refused(Refused::SameAsBefore);
    }
    let context = member.password_context();
    let hash = hash_chosen(ctx, &new, &context).await.map_err(|e| e.map(Refused::New))?;

    let (mut tx, account) = lock::begin(ctx).await?;
    // If the current one was invalidated or replaced meanwhile, it does not change the password.
    if right.redeem(&mut tx, &account).await?.is_err() {
        drop(tx);
        return refuse(ctx, wrong).await;
    }
    stored::store(&mut tx, &account, &hash).await?;
    let proof = Proof::of(AuthMethod::Password, tx.now());
    let token = session::renew(&mut tx, &account, me, &proof).await?;
    audit::write(&mut tx, line).await?;
    let revoked = revoke(&mut tx, &account, Cause::PasswordChanged).await?;
    notify_changed(&mut tx, &account, Some(&me.session_id)).await?;
    tx.commit().await?;
    Ok(Changed { token, others_ended: revoked.sessions })
}

async fn refuse(ctx: &Ctx, wrong: Line<'_>) -> Result<Changed, Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    audit::write(&mut tx, wrong).await?;
    tx.commit().await?;
    refused(Refused::CurrentWrong)
}

/// Makes a password the member's sign-in method, in the place of a provider (C-53, MD-27). All sessions end.
pub async fn choose(ctx: &Ctx, new: &str, confirm: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    if !ctx.policy().linked_accounts.login_method_exclusive {
        return Err(Denied::NotOffered.into());
    }
    let member = profile::view(ctx).await?;
    let context = member.password_context();
    check_new(new, confirm, &ctx.policy().password_rules(), &context)?;
    let hash = hash_chosen(ctx, &Password::new(new), &context).await.map_err(|e| e.map(Refused::New))?;

    let (mut tx, account) = lock::begin(ctx).await?;
    // A member who has one changes it with `change`, which asks for the present one.
    if account.password != PasswordState::None {
        return Err(Denied::NotOffered.into());
    }
    stored::store(&mut tx, &account, &hash).await?;
    let line = Line::of(account.id(), Event::PasswordChanged).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    for provider in linked::remove_all(&mut tx, &account).await? {
        pending_identity::unlinked(&mut tx, &account, &provider, None).await?;
    }
    notify_changed(&mut tx, &account, Some(&me.session_id)).await?;
    revoke(&mut tx, &account, Cause::MethodSwitched).await?;
    tx.commit().await?;
    Ok(())
}

/// Hashes a chosen password that the rules accept. Where the policy says so, it refuses common ones: from the lists,
/// or made of what is known about the member and the site.
pub(crate) async fn hash_chosen(
    ctx: &Ctx,
    chosen: &Password,
    context: &PasswordContext<'_>,
) -> Result<String, Error<PasswordRefused>> {
    if ctx.policy().password.refuse_common {
        let own = [context.family_name, context.given_name, context.user_id, &ctx.settings().site.name];
        let (draft, own) = (chosen.clone(), own.map(str::to_owned));
        let judged = move || is_common(&draft, &own.each_ref().map(String::as_str));
        if ctx.hasher().in_turn(judged).await? {
            return refused(PasswordRefused::TooCommon);
        }
    }
    Ok(ctx.hasher().hash(chosen).await?)
}

/// Notifies the member that the password was changed. The e-mail names what else signs in: an intruder may have left
/// something there, which a new password does not remove (security.md 2.9).
pub(crate) async fn notify_changed(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: Option<&str>,
) -> Result<(), Failure> {
    let ctx = tx.ctx().clone();
    let methods = sign_in_methods::of(&mut *tx.conn(), &ctx, account.id()).await?;
    let others = |locale| methods.besides_password(&ctx, locale);
    notifications::notify_with(tx, account.id(), Event::PasswordChanged, session_id, &others).await
}

/// When the signed-in member last chose a password (unix ms); `None`: they have none.
pub async fn set_at(ctx: &Ctx) -> Result<Option<i64>, Fault> {
    Ok(stored::set_at(ctx.readers(), &ctx.member()?.member_id).await?)
}
