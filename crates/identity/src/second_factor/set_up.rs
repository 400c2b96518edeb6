//! Setting up and removing. Every deed here needs a fresh proof ([`Caller::fresh`]).

use domain::code::Code;
use domain::policy::SecondFactorMethod;
use domain::second_factor::{AppForm, Refused, label};

use super::store::{self, View};
use super::{letters, tries};
use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::Try;
use crate::member;
use crate::proof::backup_code;
use crate::proof::mail_code::{self, Purpose};
use crate::proof::totp::{self, Draft};
use crate::session::{self, Current};
use crate::work::Work;

/// Life of the code that turns codes by letter on: it proves the mailbox, so a slow one may do.
const TURN_ON_MS: i64 = 10 * MINUTE_MS;

/// What is set up. Looking needs no fresh proof.
pub async fn view(desk: &Desk, caller: &Caller) -> Result<View, Fault> {
    store::view(desk, caller.signed_in()?).await
}

/// 「2段階認証サービス」: on or off (MP-43). Nothing changes, nothing is told.
pub async fn switch(desk: &Desk, caller: &Caller, on: bool) -> Result<(), Fault> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    if store::switch(&mut work, &me.member_id, on).await? {
        let (event, told) = if on {
            (Event::SecondStepOn, Told::SecondStepOn)
        } else {
            (Event::SecondStepOff, Told::SecondStepOff)
        };
        changed(&mut work, me, event, None, told).await?;
    }
    work.finish().await
}

/// A new secret to be scanned; nothing is stored (C-28).
pub fn app_draft(desk: &Desk, caller: &Caller) -> Result<Draft, Fault> {
    offered(desk, SecondFactorMethod::App)?;
    let me = caller.fresh(desk.now())?;
    totp::draft(desk, &me.member_id, &me.email)
}

/// The same secret for a form that came back; `None` when it is of no use any more.
pub fn app_draft_again(desk: &Desk, caller: &Caller, sealed: &str) -> Result<Option<Draft>, Fault> {
    offered(desk, SecondFactorMethod::App)?;
    let me = caller.fresh(desk.now())?;
    totp::redraft(desk, &me.member_id, &me.email, sealed)
}

/// Saves an app whose first code is right. An empty label gets the one given.
pub async fn add_app(
    desk: &Desk,
    caller: &Caller,
    form: &AppForm,
    unnamed: &str,
) -> Outcome<(), Vec<Refused>> {
    offered(desk, SecondFactorMethod::App)?;
    let me = caller.fresh(desk.now())?;
    let Ok(code) = Code::parse(&form.code) else { return Ok(Err(vec![Refused::CodeWrong])) };
    let confirmed = match totp::confirm(desk, &me.member_id, &form.draft, &code)? {
        None => return Ok(Err(vec![Refused::Stale])),
        Some(Err(totp::WrongCode)) => return Ok(Err(vec![Refused::CodeWrong])),
        Some(Ok(confirmed)) => confirmed,
    };
    let typed = label(&form.label);
    let name = if typed.is_empty() { unnamed } else { &typed };
    let mut work = session::at_work(desk, caller).await?;
    let added =
        store::add_app(&mut work, &me.member_id, &confirmed.id, name, &confirmed.seed, confirmed.step)
            .await?;
    if !added {
        // Sent twice, the second one finds it done.
        let done = store::has_app(&mut work, &me.member_id, &confirmed.id).await?;
        return Ok(if done { Ok(()) } else { Err(vec![Refused::TooMany]) });
    }
    changed(&mut work, me, Event::FactorAdded, Some("app"), Told::AppAdded).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Removes an app. One that is gone already is no refusal: the page shows what is left.
pub async fn remove_app(desk: &Desk, caller: &Caller, id: &str) -> Result<(), Fault> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    if store::remove_app(&mut work, &me.member_id, id).await? {
        changed(&mut work, me, Event::FactorRemoved, Some("app"), Told::AppRemoved).await?;
    }
    work.finish().await
}

/// Sends the letter that proves that codes arrive (MP-45).
pub async fn send_mail_code(desk: &Desk, caller: &Caller) -> Outcome<(), Vec<Refused>> {
    offered(desk, SecondFactorMethod::Mail)?;
    let me = caller.fresh(desk.now())?;
    let mut work = desk.work(caller).await?;
    let issued =
        mail_code::issue(&mut work, &me.member_id, Purpose::TurnOn, &me.session_id, TURN_ON_MS).await?;
    let Some(issued) = issued else { return Ok(Err(vec![Refused::TooManyLetters])) };
    let member = member::find(&mut *work.conn(), &me.member_id).await?.ok_or(Fault::Damaged("member"))?;
    let letter = letters::turn_on(&desk.settings, &member, &issued)?;
    work.post(letter).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Turns codes by letter on, if the letter's code is right.
pub async fn confirm_mail(desk: &Desk, caller: &Caller, typed: &str) -> Outcome<(), Vec<Refused>> {
    offered(desk, SecondFactorMethod::Mail)?;
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    let guess = tries::take(&mut work, &me.member_id).await?;
    let right = guess != Try::Locked
        && match Code::parse(typed) {
            Ok(code) => {
                let (of, to) = (Purpose::TurnOn, me.session_id.as_str());
                mail_code::accept(&mut work, &me.member_id, of, to, &code).await?
            }
            Err(_) => false,
        };
    if !right {
        let locked = tries::wrong(&mut work, &me.member_id, guess).await?;
        work.finish().await?;
        return Ok(Err(vec![if locked { Refused::Locked } else { Refused::CodeWrong }]));
    }
    tries::right(&mut work, &me.member_id).await?;
    if store::mail(&mut work, &me.member_id, true).await? {
        changed(&mut work, me, Event::FactorAdded, Some("mail"), Told::MailAdded).await?;
    }
    work.finish().await?;
    Ok(Ok(()))
}

/// Turns codes by letter off (MP-54).
pub async fn remove_mail(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    if store::mail(&mut work, &me.member_id, false).await? {
        changed(&mut work, me, Event::FactorRemoved, Some("mail"), Told::MailRemoved).await?;
    }
    work.finish().await
}

/// A new list of backup codes to be shown this once; nothing is stored yet.
pub fn backup_draft(desk: &Desk, caller: &Caller) -> Result<backup_code::Draft, Fault> {
    let backup = &desk.settings.policy.backup;
    if backup.codes_given() == 0 {
        return Err(Fault::NotOffered);
    }
    let me = caller.fresh(desk.now())?;
    backup_code::draft(desk, &me.member_id, backup.codes_given(), backup.code_length)
}

/// Stores the list that was shown; the one before is void.
pub async fn keep_backup_codes(desk: &Desk, caller: &Caller, sealed: &str) -> Outcome<(), Vec<Refused>> {
    let me = caller.fresh(desk.now())?;
    let mut work = session::at_work(desk, caller).await?;
    if !backup_code::keep(&mut work, &me.member_id, sealed).await? {
        return Ok(Err(vec![Refused::Stale]));
    }
    changed(&mut work, me, Event::BackupCodesMade, None, Told::BackupCodesMade).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Forgets one trusted browser, or all of them (our addition to MP-59, C-10). Asking for more is no danger: it needs
/// no fresh proof.
pub async fn forget_browser(desk: &Desk, caller: &Caller, id: Option<&str>) -> Result<(), Fault> {
    let me = caller.signed_in()?;
    if !desk.settings.policy.trusted_browsers.release_by_member {
        return Err(Fault::NotOffered);
    }
    let mut work = desk.work(caller).await?;
    if session::forget_trusted(&mut work, &me.member_id, id).await? > 0 {
        changed(&mut work, me, Event::TrustForgotten, None, Told::TrustForgotten).await?;
    }
    work.finish().await
}

fn offered(desk: &Desk, method: SecondFactorMethod) -> Result<(), Fault> {
    if desk.settings.policy.second_factor.offers(method) { Ok(()) } else { Err(Fault::NotOffered) }
}

/// The history's line and the owner's letter, together.
async fn changed(
    work: &mut Work,
    me: &Current,
    event: Event,
    method: Option<&str>,
    told: Told,
) -> Result<(), Fault> {
    let mut line = Line::of(&me.member_id, event).within(&me.session_id);
    line.method = method;
    audit::write(work, line).await?;
    alerts::tell(work, &me.member_id, told, Some(&me.session_id)).await
}
