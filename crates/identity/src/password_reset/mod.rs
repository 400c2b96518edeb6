//! パスワードの再設定: asking for the letter, and setting the new password behind its link (MP-16, MP-35 to MP-37). The
//! link opens no session, and the second factor stays, unless the policy says otherwise: it is never a way round it
//! (docs/designs/recovery.md).

mod letters;
mod request;
mod store;

use domain::password_change::{Form, Refused, check_new};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::member::{self, Member};
use crate::proof::{password, temporary_password};
use crate::secret::{Password, Token};
use crate::work::Work;
use crate::{email_change, linked_accounts, lockout, second_factor, session, sign_in};
use letters::To;

pub use request::{Sent, by_code, is_offered, request, send_again, waiting};
pub(crate) use store::HELD;
pub use store::purge;

/// Posts the letter to the registered address without being asked (MP-37); the links of earlier ones are void.
pub async fn issue(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let member = member::find(&mut *work.conn(), member_id).await?.ok_or(Fault::Damaged("member"))?;
    let (link, expires_at) = open_door(work, member_id).await?;
    let letter = letters::reset(&work.desk().settings, &To::member(&member)?, &link, None, expires_at)?;
    work.post(letter).await
}

/// A link to the page for the new password, for somebody who proved enough to get one, and until when it is good (unix
/// ms); the links of earlier letters are void.
pub(crate) async fn open_door(work: &mut Work, member_id: &str) -> Result<(Token, i64), Fault> {
    let link = work.token();
    let expires_at = work.now() + work.desk().settings.policy.reset.link_valid_ms();
    store::void(work, member_id).await?;
    store::put(work, member_id, &link, expires_at).await?;
    Ok((link, expires_at))
}

/// Makes all letters of a member useless: they went to an address that is theirs no more.
pub async fn void(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    store::void(work, member_id).await
}

/// Whose password a link can set; `None` when it is of no use (any more). Changes nothing: mail scanners open links.
pub async fn door(desk: &Desk, link: &Token) -> Result<Option<Member>, Fault> {
    let Some(id) = store::owner(desk.db.readers(), link, desk.now()).await? else { return Ok(None) };
    member::find(desk.db.readers(), &id).await
}

/// Sets the new password. Everything that was open under the old one ends, in this browser too.
pub async fn set_new(desk: &Desk, caller: &Caller, link: &Token, form: &Form) -> Outcome<(), Vec<Refused>> {
    let Some(member) = door(desk, link).await? else { return Ok(Err(vec![Refused::LinkInvalid])) };
    let policy = &desk.settings.policy;
    let (rules, about) = (policy.password_rules(), member.own_words());
    if let Err(refused) = check_new(&form.new_password, &form.new_password_confirm, &rules, &about) {
        return Ok(Err(refused));
    }
    let new = Password::new(&form.new_password);
    // The owner said that somebody else knows the old one.
    if let Some(known) = password::blocked(desk.db.readers(), &member.id).await?
        && desk.hasher.verify(&new, Some(&known)).await?
    {
        return Ok(Err(vec![Refused::SameAsBefore]));
    }
    let hash = match crate::password::hash_chosen(desk, &new, &about).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![Refused::New(refused)])),
    };

    let mut work = desk.work(caller).await?;
    // Whoever knew the old password may have asked for another address (security.md 2.9).
    email_change::drop_pending(&mut work, &member.id, None).await?;
    let Some(member_id) = store::take(&mut work, link).await? else {
        return Ok(Err(vec![Refused::LinkInvalid]));
    };
    store::void(&mut work, &member_id).await?;
    password::store(&mut work, &member_id, &hash).await?;
    temporary_password::forget(&mut work, &member_id).await?;
    member::unlock(&mut work, &member_id).await?;
    linked_accounts::after_reset(&mut work, &member_id).await?;
    audit::write(&mut work, Line::of(&member_id, Event::PasswordReset)).await?;
    sign_in::drop_pending(&mut work, &member_id).await?;
    // Whoever is signed in in this browser leaves it to the one who signs in next.
    if let Some(here) = caller.current.as_ref() {
        session::end(&mut work, here).await?;
    }
    session::end_everything(&mut work, &member_id).await?;
    if policy.sign_in.unlock_by_reset {
        lockout::clear_passwords(&mut work, &member_id).await?;
    }
    if policy.reset.clears_second_factor {
        second_factor::clear(&mut work, &member_id).await?;
    }
    crate::password::tell_changed(&mut work, &member_id, None).await?;
    work.finish().await?;
    Ok(Ok(()))
}
