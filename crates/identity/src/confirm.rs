//! Proving again to be oneself (ASVS 7.5.1): what protects an account is changed only within ten minutes of a proof.
//! Wrong ones count with those of the sign-in from the same browser, so this is no second door to guess at.

use domain::code::Code;
use domain::confirm::{Form, Refused};
use domain::refusal::Refusal;
use domain::second_step::Method;

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::{self, Counted, Limit, Try};
use crate::proof::{password, totp};
use crate::second_factor::{self, tries};
use crate::secret::{Password, Token};
use crate::session::{self, Current};
use crate::sign_in;
use crate::work::Work;

/// With what a member can prove it.
pub async fn methods(desk: &Desk, caller: &Caller) -> Result<Vec<Method>, Fault> {
    let me = caller.signed_in()?;
    Ok(second_factor::of(desk.db.readers(), &desk.settings.policy, &me.member_id).await?.methods)
}

/// Judges a password or an app's code; the session goes on under the token that comes back.
pub async fn confirm(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<Token, Vec<Refused>> {
    let me = caller.signed_in()?;
    if !form.password.is_empty() {
        return by_password(desk, caller, me, &form.password).await;
    }
    match Code::parse(&form.code) {
        Ok(code) => by_code(desk, caller, me, &code).await,
        Err(_) if form.code.trim().is_empty() => Ok(Err(vec![Refused::Empty])),
        Err(_) => Ok(Err(vec![Refused::CodeWrong])),
    }
}

async fn by_password(
    desk: &Desk,
    caller: &Caller,
    me: &Current,
    typed: &str,
) -> Outcome<Token, Vec<Refused>> {
    let Some((counted, last)) = take_password_try(desk, caller).await? else {
        return Ok(Err(vec![Refused::Locked]));
    };
    let stored = password::stored(desk.db.readers(), &me.member_id).await?;
    let right = desk.hasher.verify(&Password::new(typed), stored.as_deref()).await?;
    let mut work = session::at_work(desk, caller).await?;
    // Blocked, it proves nothing.
    let hash = stored.as_deref().unwrap_or_default();
    if !right || password::hold(&mut work, &me.member_id, hash).await? != Some(None) {
        refuse(&mut work, me, Refused::PasswordWrong, "password").await?;
        if last {
            sign_in::locked(&mut work, &me.member_id).await?;
        }
        work.finish().await?;
        return Ok(Err(vec![Refused::PasswordWrong]));
    }
    lockout::clear(&mut work, &counted).await?;
    let token = proven(&mut work, me, "password").await?;
    work.finish().await?;
    Ok(Ok(token))
}

/// Takes a try at the password of the signed-in member, in a transaction of its own and before it is looked at;
/// `None` when there were too many. With it, whether a wrong one now is the one that locks.
pub async fn take_password_try(desk: &Desk, caller: &Caller) -> Result<Option<(Counted, bool)>, Fault> {
    let me = caller.signed_in()?;
    let counted = match &me.browser_id {
        Some(browser) => Counted::browser(browser, &me.member_id),
        None => Counted::member(&me.member_id),
    };
    let mut work = desk.work(caller).await?;
    let try_ = lockout::take(&mut work, &counted, Limit::passwords(&desk.settings.policy)).await?;
    work.finish().await?;
    Ok((try_ != Try::Locked).then_some((counted, try_ == Try::Last)))
}

async fn by_code(desk: &Desk, caller: &Caller, me: &Current, code: &Code) -> Outcome<Token, Vec<Refused>> {
    let mut work = session::at_work(desk, caller).await?;
    let guess = tries::take(&mut work, &me.member_id).await?;
    let right = guess != Try::Locked && totp::accept(&mut work, &me.member_id, code).await?;
    let judged = settle(&mut work, me, guess, right, "app", Refused::CodeWrong).await?;
    work.finish().await?;
    Ok(judged)
}

/// What follows a try with a second factor as fresh proof: the session's new token, or why there is none.
pub(crate) async fn settle(
    work: &mut Work,
    me: &Current,
    guess: Try,
    right: bool,
    how: &str,
    wrong: Refused,
) -> Outcome<Token, Vec<Refused>> {
    if right {
        tries::right(work, &me.member_id).await?;
        return Ok(Ok(proven(work, me, how).await?));
    }
    let locked = tries::wrong(work, &me.member_id, guess).await?;
    let refused = if locked { Refused::Locked } else { wrong };
    refuse(work, me, refused, how).await?;
    Ok(Err(vec![refused]))
}

/// The proof counts from now; the session's old token is worth nothing (ASVS 7.2.4).
pub(crate) async fn proven(work: &mut Work, me: &Current, how: &str) -> Result<Token, Fault> {
    audit::write(work, Line::of(&me.member_id, Event::Confirmed).within(&me.session_id).by(how)).await?;
    session::renew(work, me).await
}

async fn refuse(work: &mut Work, me: &Current, refused: Refused, how: &str) -> Result<(), Fault> {
    let line = Line::of(&me.member_id, Event::Confirmed).within(&me.session_id).by(how);
    audit::write(work, line.refused(refused.code())).await
}
