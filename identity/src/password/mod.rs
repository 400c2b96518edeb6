//! Changing the password while signed in (MP-38, MP-16): the current one is asked for, all other sessions end,
//! and this one goes on under a new token.

use domain::password::{Context, PasswordRefused};
use domain::password_change::{Form, Refused, check};
use domain::refusal::Refusal;

use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::member::Member;
use crate::proof::{password, temporary_password};
use crate::secret::{Password, Token};
use crate::{confirm, email_change, lockout, password_reset, profile, session, sign_in};

/// A change that was made.
#[derive(Debug)]
pub struct Changed {
    /// The session's new token, for its cookie.
    pub token: Token,
    /// How many other sessions were ended.
    pub others_ended: u64,
}

/// Changes the signed-in member's password.
pub async fn change(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<Changed, Vec<Refused>> {
    let me = caller.signed_in()?;
    let policy = &desk.settings.policy;
    let member = profile::view(desk, caller).await?;
    let about = Context {
        family_name: &member.family_name,
        given_name: member.given_name.as_deref().unwrap_or_default(),
        user_id: &member.email,
    };
    if let Err(refused) = check(form, &policy.password_rules(), &about) {
        return Ok(Err(refused));
    }
    let (current, new) = (Password::new(&form.current_password), Password::new(&form.new_password));
    let Some((counted, last)) = confirm::take_password_try(desk, caller).await? else {
        return refuse(desk, caller, Refused::Locked, false).await;
    };
    let stored = password::stored(desk.db.readers(), &me.member_id).await?;
    if !desk.hasher.verify(&current, stored.as_deref()).await? {
        return refuse(desk, caller, Refused::CurrentWrong, last).await;
    }
    lockout::release(desk, caller, &counted).await?;
    if current.expose() == new.expose() {
        return Ok(Err(vec![Refused::SameAsBefore]));
    }
    if is_common(desk, &new, &member).await? {
        return Ok(Err(vec![Refused::New(PasswordRefused::TooCommon)]));
    }
    let hash = desk.hasher.hash(&new).await?;

    let mut work = desk.work(caller).await?;
    // What another session may have begun, whoever's it is, ends with the old password.
    email_change::drop_pending(&mut work, &me.member_id, Some(&me.session_id)).await?;
    password::store(&mut work, &me.member_id, &hash).await?;
    temporary_password::forget(&mut work, &me.member_id).await?;
    password_reset::void(&mut work, &me.member_id).await?;
    let others_ended = session::end_others(&mut work, me).await?;
    sign_in::drop_pending(&mut work, &me.member_id).await?;
    let token = session::renew(&mut work, me).await?;
    audit::write(&mut work, Line::of(&me.member_id, Event::PasswordChange).within(&me.session_id)).await?;
    if others_ended > 0 {
        let line = Line::of(&me.member_id, Event::OtherSessionsEnded).within(&me.session_id);
        audit::write(&mut work, line).await?;
    }
    alerts::tell(&mut work, &me.member_id, Told::PasswordChanged, Some(&me.session_id)).await?;
    work.finish().await?;
    Ok(Ok(Changed { token, others_ended }))
}

/// Whether a password that a member wants is one of those that everybody tries first, if the policy minds.
pub(crate) async fn is_common(desk: &Desk, new: &Password, member: &Member) -> Result<bool, Fault> {
    if !desk.settings.policy.password.refuse_common {
        return Ok(false);
    }
    let (draft, given) = (new.clone(), member.given_name.clone().unwrap_or_default());
    let own = [member.email.clone(), member.family_name.clone(), given];
    desk.hasher.in_turn(move || password::is_common(&draft, &own.each_ref().map(String::as_str))).await
}

/// When the signed-in member last chose a password (unix ms).
pub async fn set_at(desk: &Desk, caller: &Caller) -> Result<Option<i64>, Fault> {
    Ok(sqlx::query_scalar("SELECT set_at FROM member_password WHERE member_id = $1")
        .bind(&caller.signed_in()?.member_id)
        .fetch_optional(desk.db.readers())
        .await?)
}

/// Leaves a line; the wrong one that locks is told to the owner.
async fn refuse(
    desk: &Desk,
    caller: &Caller,
    refused: Refused,
    last: bool,
) -> Outcome<Changed, Vec<Refused>> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    let line = Line::of(&me.member_id, Event::PasswordChange).within(&me.session_id).refused(refused.code());
    audit::write(&mut work, line).await?;
    if last {
        sign_in::locked(&mut work, &me.member_id).await?;
    }
    work.finish().await?;
    Ok(Err(vec![refused]))
}
