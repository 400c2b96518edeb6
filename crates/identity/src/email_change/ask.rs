//! Asking for another address, having the letter sent again, and thinking better of it.

use domain::address::EmailAddress;
use domain::email_change::{Refused, check};

use super::store::{self, Asked};
use super::{Secrets, code_mac, letters, refuses};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::DAY_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::member::{self, Member};
use crate::registration::AGAIN_AFTER_MS;
use crate::work::Work;
use crate::{second_factor, session};

/// Takes the new address. Link and code go to it, and the address of now is told at once. Whether somebody else has the
/// new one changes nothing that can be seen: then its letter does not leave, and no secret confirms the change (MP-69).
pub async fn ask(desk: &Desk, caller: &Caller, typed: &str) -> Outcome<(), Vec<Refused>> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    let member = member::find(&mut *work.conn(), &me.member_id).await?.ok_or(Fault::SignInFirst)?;
    let new = match check(typed, &member.email) {
        Ok(new) => new,
        Err(refused) => return Ok(Err(vec![refused])),
    };
    if let Err(refused) = factor_allows(&mut work, &member.id).await? {
        return Ok(Err(vec![refused]));
    }
    let now = work.now();
    if let Some(row) = store::pending(&mut *work.conn(), &member.id, now).await? {
        let again = row.session_id == me.session_id && row.new_email == new.as_str();
        if again && row.sent_at > now - AGAIN_AFTER_MS {
            return Ok(Ok(())); // a double click
        }
    }
    if !may_write(&mut work, &member.id, &new).await? {
        return Ok(Err(vec![Refused::TooManyTries]));
    }
    store::stop(&mut work, &member.id, None).await?;
    let policy = &desk.settings.policy.email_change;
    let (id, secrets) = (work.id(), Secrets::new(&work));
    let stop = policy.undo_ms().map(|_| work.token());
    let over_at = now + policy.link_valid_ms();
    let (really, link_hash, code_hash) = hashes(&mut work, &member, &new, &id, &secrets).await?;
    let row = Asked {
        id: &id,
        member_id: &member.id,
        session_id: &me.session_id,
        old_email: &member.email,
        new_email: new.as_str(),
        link_hash,
        code_hash,
        stop: stop.as_ref(),
        over_at,
    };
    store::put(&mut work, row).await?;
    audit::write(&mut work, Line::of(&member.id, Event::EmailChangeAsked).within(&me.session_id)).await?;
    let letter = letters::confirm(&desk.settings, &new, member.locale, &secrets, over_at)?;
    work.post_if(letter, really).await?;
    let letter = letters::asked(&work, &member, &new, stop.as_ref(), over_at)?;
    work.post(letter).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Sends the letter to the new address once more, with a new link and a new code; the old ones are void. Nothing waits:
/// nothing happens.
pub async fn send_again(desk: &Desk, caller: &Caller) -> Outcome<(), Vec<Refused>> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    let member = member::find(&mut *work.conn(), &me.member_id).await?.ok_or(Fault::SignInFirst)?;
    if let Err(refused) = factor_allows(&mut work, &member.id).await? {
        return Ok(Err(vec![refused]));
    }
    let now = work.now();
    let Some(row) = store::pending(&mut *work.conn(), &member.id, now).await? else { return Ok(Ok(())) };
    let new = EmailAddress::parse(&row.new_email).map_err(|_| Fault::Damaged("email_change.new_email"))?;
    if !may_write(&mut work, &member.id, &new).await? {
        return Ok(Err(vec![Refused::TooManyTries]));
    }
    let secrets = Secrets::new(&work);
    let over_at = now + desk.settings.policy.email_change.link_valid_ms();
    let (really, link_hash, code_hash) = hashes(&mut work, &member, &new, &row.id, &secrets).await?;
    store::renew(&mut work, &row.id, &me.session_id, (link_hash, code_hash), over_at).await?;
    let letter = letters::confirm(&desk.settings, &new, member.locale, &secrets, over_at)?;
    work.post_if(letter, really).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Cancels the change that waits. Needs no fresh proof: everything stays as it is.
pub async fn cancel(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    member::hold(&mut work, &me.member_id).await?;
    if store::stop(&mut work, &me.member_id, None).await? {
        let line = Line::of(&me.member_id, Event::EmailChangeStopped).within(&me.session_id);
        audit::write(&mut work, line).await?;
    }
    work.finish().await
}

async fn factor_allows(work: &mut Work, member_id: &str) -> Result<Result<(), Refused>, Fault> {
    let desk = work.desk().clone();
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, member_id).await?;
    Ok(if refuses(&desk.settings.policy, &factors) { Err(Refused::MailFactor) } else { Ok(()) })
}

/// Whether the letter may leave, and what is stored of its link and code. Of a letter that may not, something that
/// nobody knows is stored: neither a guess nor patience confirms such a change.
async fn hashes(
    work: &mut Work,
    member: &Member,
    new: &EmailAddress,
    id: &str,
    secrets: &Secrets,
) -> Result<(bool, String, String), Fault> {
    let (now, nobody_knows) = (work.now(), work.token());
    let free = member::is_free(&mut *work.conn(), new, Some(&member.id), now).await?;
    let (link, code) =
        if free { (&secrets.link, secrets.code.as_str()) } else { (&nobody_knows, nobody_knows.expose()) };
    Ok((free, link.digest(), code_mac(work.desk(), id, code)))
}

/// Counts letters to an address, known or not, and of a member: nobody's mailbox is to be flooded from here.
async fn may_write(work: &mut Work, member_id: &str, new: &EmailAddress) -> Result<bool, Fault> {
    let most = i64::from(work.desk().settings.policy.registration.letters_per_address_per_day);
    Ok(limits::take(work, "email-change-letter", Of::Address(new), most, DAY_MS).await?
        && limits::take(work, "email-change", Of::Member(member_id), most, DAY_MS).await?)
}
