//! パスキー (our own): a member's passkeys, several and named. Adding and removing need a fresh proof, and the owner is
//! told by letter; what the last way in would be is not removed (docs/designs/passkeys.md). Signing in with one is
//! [`crate::sign_in`]'s, judging one [`crate::proof::passkey`]'s.

mod confirm;
mod store;

use domain::passkey::{NewForm, Refused};
use domain::policy::SecondFactorMethod;
use domain::refusal::Refusal;
use domain::second_factor::label;

pub use confirm::{begin_confirm, finish_confirm};
pub use store::Key;
pub(crate) use store::{HELD, credential_ids};

use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::proof::passkey::{self, Owner, Question};
use crate::session::{self, Current};
use crate::settings::Settings;
use crate::work::Work;
use crate::{second_factor, ways_in};

/// Whether members of this site can have passkeys.
pub fn offered(settings: &Settings) -> bool {
    let policy = &settings.policy;
    (policy.passkeys.sign_in || policy.second_factor.offers(SecondFactorMethod::Passkey))
        && passkey::is_possible(settings)
}

/// Whether a passkey is a whole sign-in on this site.
pub fn sign_in_offered(settings: &Settings) -> bool {
    settings.policy.passkeys.sign_in && passkey::is_possible(settings)
}

/// The member's passkeys, oldest first. Looking needs no fresh proof.
pub async fn list(desk: &Desk, caller: &Caller) -> Result<Vec<Key>, Fault> {
    must_be_offered(&desk.settings)?;
    store::list(desk.db.readers(), &caller.signed_in()?.member_id).await
}

/// Puts the question that makes a new one.
pub async fn begin_add(desk: &Desk, caller: &Caller) -> Outcome<Question, Vec<Refused>> {
    must_be_offered(&desk.settings)?;
    let me = caller.fresh(desk.now())?;
    let mut work = desk.work(caller).await?;
    let known = credential_ids(&mut *work.conn(), &me.member_id).await?;
    if known.len() >= usize::from(desk.settings.policy.passkeys.per_member) {
        return Ok(Err(vec![Refused::TooMany]));
    }
    let name = match &me.given_name {
        Some(given) => [&me.family_name, " ", given].concat(),
        None => me.family_name.clone(),
    };
    let owner = Owner { member_id: &me.member_id, account: &me.email, name: &name };
    let discoverable = desk.settings.policy.passkeys.sign_in;
    let question = passkey::ask_new(&mut work, &me.session_id, &owner, &known, discoverable).await?;
    work.finish().await?;
    Ok(Ok(question))
}

/// Adds what the authenticator made. An empty label gets the one given.
pub async fn finish_add(
    desk: &Desk,
    caller: &Caller,
    form: &NewForm,
    unnamed: &str,
) -> Outcome<(), Vec<Refused>> {
    must_be_offered(&desk.settings)?;
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    let Some(made) = passkey::made(&mut work, &me.session_id, &form.challenge, &form.credential).await?
    else {
        // The question is used up all the same.
        return refused(work, me, Event::PasskeyAdded, Refused::NotMade).await;
    };
    let typed = label(&form.label);
    let name = if typed.is_empty() { unnamed } else { &typed };
    let most = i64::from(desk.settings.policy.passkeys.per_member);
    match store::add(&mut work, &me.member_id, name, &made, most).await? {
        store::Added::Yes => {}
        store::Added::Known => return refused(work, me, Event::PasskeyAdded, Refused::Known).await,
        store::Added::TooMany => return refused(work, me, Event::PasskeyAdded, Refused::TooMany).await,
    }
    changed(&mut work, me, Event::PasskeyAdded, Told::PasskeyAdded).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// What is left after a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Nothing changed for the next sign-in.
    Done,
    /// 2段階認証サービス is on, and nothing is left that could be asked for.
    NothingLeftToAskFor,
}

/// Removes one. One that is gone already is no refusal: the page shows what is left.
pub async fn remove(desk: &Desk, caller: &Caller, id: &str) -> Outcome<Removed, Vec<Refused>> {
    must_be_offered(&desk.settings)?;
    let me = caller.fresh(desk.now())?;
    // Holds the member, so that two removals at once cannot both be the last but one.
    let mut work = session::at_work(desk, caller).await?;
    if !store::list(&mut *work.conn(), &me.member_id).await?.iter().any(|key| key.id == id) {
        return Ok(Ok(Removed::Done));
    }
    let ways = ways_in::of(&mut *work.conn(), &desk.settings, &me.member_id).await?;
    if !ways.can_spare(ways_in::PASSKEY) {
        return refused(work, me, Event::PasskeyRemoved, Refused::LastWayIn).await;
    }
    store::remove(&mut work, &me.member_id, id).await?;
    changed(&mut work, me, Event::PasskeyRemoved, Told::PasskeyRemoved).await?;
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &me.member_id).await?;
    work.finish().await?;
    let nothing_left = factors.switched_on && factors.methods.is_empty();
    Ok(Ok(if nothing_left { Removed::NothingLeftToAskFor } else { Removed::Done }))
}

fn must_be_offered(settings: &Settings) -> Result<(), Fault> {
    if offered(settings) { Ok(()) } else { Err(Fault::NotOffered) }
}

/// The history's line and the owner's letter, together.
async fn changed(work: &mut Work, me: &Current, event: Event, told: Told) -> Result<(), Fault> {
    audit::write(work, Line::of(&me.member_id, event).within(&me.session_id)).await?;
    alerts::tell(work, &me.member_id, told, Some(&me.session_id)).await
}

async fn refused<T>(mut work: Work, me: &Current, event: Event, why: Refused) -> Outcome<T, Vec<Refused>> {
    let line = Line::of(&me.member_id, event).within(&me.session_id);
    audit::write(&mut work, line.refused(why.code())).await?;
    work.finish().await?;
    Ok(Err(vec![why]))
}
