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
use crate::proof::{password, temporary_password};
use crate::secret::{Password, Token};
use crate::work::Work;
use crate::{confirm, email_change, lockout, password_reset, profile, session, sign_in, ways_in};

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
    if let Err(refused) = check(form, &policy.password_rules(), &member.own_words()) {
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
    let hash = match hash_chosen(desk, &new, &member.own_words()).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![Refused::New(refused)])),
    };

    let mut work = session::at_work(desk, caller).await?;
    // Blocked, it works for nothing: only a reset by letter sets another.
    let held = password::hold(&mut work, &me.member_id, stored.as_deref().unwrap_or_default()).await?;
    if held != Some(None) {
        drop(work);
        return refuse(desk, caller, Refused::CurrentWrong, false).await;
    }
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
    tell_changed(&mut work, &me.member_id, Some(&me.session_id)).await?;
    work.finish().await?;
    Ok(Ok(Changed { token, others_ended }))
}

/// Hashes a password that somebody chose and the rules accept, unless it is one of those that everybody tries first
/// and the policy minds: out of the lists, or made of what is known about them and the site.
pub(crate) async fn hash_chosen(
    desk: &Desk,
    chosen: &Password,
    about: &Context<'_>,
) -> Outcome<String, PasswordRefused> {
    if desk.settings.policy.password.refuse_common {
        let own = [about.family_name, about.given_name, about.user_id, &desk.settings.site.name];
        let (draft, own) = (chosen.clone(), own.map(str::to_owned));
        let judged = move || password::is_common(&draft, &own.each_ref().map(String::as_str));
        if desk.hasher.in_turn(judged).await? {
            return Ok(Err(PasswordRefused::TooCommon));
        }
    }
    desk.hasher.hash(chosen).await.map(Ok)
}

/// The owner's letter. It names what else opens the account: whoever was in it may have left something there, which a
/// new password does not close (security.md 2.9).
pub(crate) async fn tell_changed(
    work: &mut Work,
    member_id: &str,
    session_id: Option<&str>,
) -> Result<(), Fault> {
    let settings = work.desk().settings.clone();
    let ways = ways_in::of(&mut *work.conn(), &settings, member_id).await?;
    let others = |locale| ways.besides_password(&settings, locale);
    alerts::tell_about(work, member_id, Told::PasswordChanged, session_id, &others).await
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
