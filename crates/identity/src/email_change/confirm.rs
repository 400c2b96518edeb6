//! Confirming a change: by the link of the e-mail, in any browser; by its code, in the session that requested it. The
//! link proves the new mailbox and nothing else. In a browser where the member is not signed in, the password is
//! asked for, so that the owner of a mistyped mailbox cannot take the account over. Confirming opens no session.

use account::audit::{self, Event, Line};
use account::authn::password::{RightPassword, Verdict, verify_own};
use account::credentials::{factors, password};
use account::lock::{self, LockedAccount, PasswordState};
use account::mailed::{self, CodeOutcome, Purpose, Request};
use account::member::{self, identifier};
use account::revoke::{Cause, clear_second_factors, revoke};
use account::session::AuthMethod;
use domain::code::Code;
use domain::email_change::Refused;
use domain::refusal::Refusal;
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::secret::{Password, Token};
use platform::tx::Tx;

use super::{Change, clears, email, pending, refuses, store};

const PURPOSE: Purpose = Purpose::EmailChange;

/// What the page behind the link has to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// A button is enough: the member is signed in here. With the new address.
    Button(String),
    /// The member's password.
    Password(String),
    /// The member has no password, and has to sign in first.
    SignIn,
    /// Codes by e-mail are in use (MP-70).
    Refused,
    /// Used, expired, cut or superseded, or the new address is taken.
    Dead,
}

/// What a confirmation needs besides the link or the code.
enum Requirement {
    /// Nothing: the member is signed in here.
    Nothing,
    /// The member's password.
    Password,
    /// That the member signs in: they have no password.
    SignIn,
}

/// What is needed: the page shows it, and the confirmation asks for it.
async fn requirement(ctx: &Ctx, member_id: &str) -> Result<Requirement, Failure> {
    let here = is_signed_in(ctx, member_id);
    if here && !clears(ctx.policy()) {
        return Ok(Requirement::Nothing);
    }
    Ok(match password::stored(ctx.readers(), member_id).await? {
        Some(_) => Requirement::Password,
        None if here => Requirement::Nothing,
        None => Requirement::SignIn,
    })
}

fn is_signed_in(ctx: &Ctx, member_id: &str) -> bool {
    ctx.session().is_some_and(|me| me.member_id == member_id)
}

/// What a link needs. Changes nothing, since mail scanners open links.
pub async fn preview(ctx: &Ctx, link: &Token) -> Result<LinkState, Fault> {
    let (db, now) = (ctx.readers(), ctx.now());
    let Some(proof) = mailed::by_link(db, PURPOSE, link, now).await? else { return Ok(LinkState::Dead) };
    let (Some(member_id), change) = (&proof.member_id, proof.payload::<Change>(ctx, PURPOSE)?) else {
        return Ok(LinkState::Dead);
    };
    if !identifier::is_free(db, &(&change.new).into(), Some(member_id), now).await? {
        return Ok(LinkState::Dead);
    }
    let policy = ctx.policy();
    if is_signed_in(ctx, member_id) && refuses(policy, &factors::of(db, policy, member_id).await?) {
        return Ok(LinkState::Refused);
    }
    let new = change.new.as_str().to_owned();
    Ok(match requirement(ctx, member_id).await? {
        Requirement::Nothing => LinkState::Button(new),
        Requirement::Password => LinkState::Password(new),
        Requirement::SignIn => LinkState::SignIn,
    })
}

/// Confirms by the link of the e-mail. `typed` is the password, where the page asks for it.
pub async fn confirm_by_link(ctx: &Ctx, link: &Token, typed: &str) -> Result<(), Error<Refused>> {
    let proof = mailed::by_link(ctx.readers(), PURPOSE, link, ctx.now()).await?;
    let Some(member_id) = proof.and_then(|proof| proof.member_id) else {
        return refused(Refused::LinkInvalid);
    };
    let right = meet_requirement(ctx, &member_id, typed).await?;
    let (mut tx, account) = begin(ctx, &member_id, right).await?;
    match mailed::use_link(&mut tx, PURPOSE, link).await? {
        Some(proof) => take_effect(tx, account, proof.payload(ctx, PURPOSE)?).await,
        None => refused(Refused::LinkInvalid),
    }
}

/// Confirms by the code of the e-mail, in the session that requested the change.
pub async fn confirm_by_code(ctx: &Ctx, typed: &str, typed_password: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member()?;
    let waits = pending(ctx.readers(), ctx, &me.member_id).await?;
    if waits.is_none_or(|(proof, _)| proof.bound_to.as_deref() != Some(&me.session_id)) {
        return refused(Refused::LinkInvalid);
    }
    if Code::parse(typed).is_err() {
        return refused(Refused::CodeWrong);
    }
    let right = meet_requirement(ctx, &me.member_id, typed_password).await?;
    let (mut tx, account) = begin(ctx, &me.member_id, right).await?;
    match mailed::use_code(&mut tx, PURPOSE, &me.session_id, typed).await? {
        CodeOutcome::Accepted(proof) => take_effect(tx, account, proof.payload(ctx, PURPOSE)?).await,
        CodeOutcome::TooManyTries => refused(Refused::CodeTries),
        CodeOutcome::NothingWaits => refused(Refused::LinkInvalid),
        CodeOutcome::Wrong => {
            let line = Line::of(account.id(), Event::EmailChanged).within(me.session_id.as_str());
            audit::write(&mut tx, line.refused(Refused::CodeWrong.code())).await?;
            tx.commit().await?;
            refused(Refused::CodeWrong)
        }
    }
}

/// Judges the password, where one is needed.
async fn meet_requirement(
    ctx: &Ctx,
    member_id: &str,
    typed: &str,
) -> Result<Option<RightPassword>, Error<Refused>> {
    match requirement(ctx, member_id).await? {
        Requirement::Nothing => return Ok(None),
        Requirement::SignIn => return Err(Denied::SignIn.into()),
        Requirement::Password if typed.is_empty() => return refused(Refused::PasswordEmpty),
        Requirement::Password => {}
    }
    let line = Line::of(member_id, Event::EmailChanged).by(AuthMethod::Password.name());
    let wrong = line.refused(Refused::PasswordWrong.code());
    let locked_out = Refused::Locked.code();
    match verify_own(ctx, member_id, &Password::new(typed), wrong, locked_out).await? {
        Verdict::Right(right) => {
            right.release(ctx).await?;
            Ok(Some(right))
        }
        Verdict::Wrong => refused(Refused::PasswordWrong),
        Verdict::LockedOut | Verdict::Throttled => refused(Refused::Locked),
    }
}

/// Locks the account; the password that was judged must still be theirs and sign in.
async fn begin(
    ctx: &Ctx,
    member_id: &str,
    right: Option<RightPassword>,
) -> Result<(Tx, LockedAccount), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(account) = lock::lock(&mut tx, member_id).await? else { return refused(Refused::LinkInvalid) };
    if let Some(right) = right
        && right.redeem(&mut tx, &account).await?.is_err()
    {
        return refused(Refused::PasswordWrong);
    }
    Ok((tx, account))
}

/// Makes the new address take effect, with all that follows, in one transaction.
async fn take_effect(mut tx: Tx, account: LockedAccount, change: Change) -> Result<(), Error<Refused>> {
    let (policy, now) = (tx.policy().clone(), tx.now());
    let before = member::of(&mut tx, &account).await?;
    let has = factors::of(&mut *tx.conn(), &policy, account.id()).await?;
    if refuses(&policy, &has) {
        return refused(Refused::MailFactor);
    }
    let undo_until = policy.email_change.undo_ms().map(|ms| now + ms);
    // Another member may have taken the address meanwhile; the database judges, and nothing of this stays.
    if member::set_email(&mut tx, &account, &change.new, undo_until).await?.is_err() {
        return refused(Refused::LinkInvalid);
    }
    let undo = match undo_until {
        Some(until) => {
            store::put(&mut tx, &account, &change, until).await?;
            // The link that could stop the change can now revert it, for as long as the undo link.
            mailed::extend(&mut tx, Purpose::EmailChangeStop, account.id(), &change.id, until).await?;
            let request = Request {
                detail: Some(&change.id),
                ..Request::new(Purpose::EmailChangeUndo, Some(account.id()), &change.old)
            };
            mailed::issue_unasked(&mut tx, request, &change).await?.link.zip(Some(until))
        }
        None => None,
    };
    // E-mails to the old mailbox are void.
    revoke(&mut tx, &account, Cause::EmailChanged).await?;
    let session_id = tx.ctx().session().filter(|me| me.member_id == account.id());
    let session_id = session_id.map(|me| me.session_id.clone());
    audit::write(&mut tx, Line::of(account.id(), Event::EmailChanged).within(session_id.as_deref())).await?;
    let by_password = clears(&policy) && account.password != PasswordState::None;
    let cleared = by_password && clear_second_factors(&mut tx, &account).await?;
    let email = email::done_old(&tx, &before, &change, undo.as_ref(), cleared)?;
    tx.enqueue(email).await?;
    let email = email::done_new(&tx, &before, &change, cleared)?;
    tx.enqueue(email).await?;
    tx.commit().await?;
    Ok(())
}
