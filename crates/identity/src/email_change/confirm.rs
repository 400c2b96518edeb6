//! Confirming: by the link of the letter, in any browser; by its code, in the session that asked. The link proves the
//! new mailbox and nothing else: in a browser where the member is not signed in, the password is asked for, so that
//! somebody else's mailbox, typed by mistake, is no way into the account. Confirming signs nobody in.

use domain::address::EmailAddress;
use domain::code::Code;
use domain::email_change::Refused;
use domain::refusal::Refusal;

use super::store::{self, Row};
use super::{clears, code_mac, letters, refuses};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::{self, Counted, Limit, Try};
use crate::proof::{password, temporary_password};
use crate::secret::{Password, Token};
use crate::work::Work;
use crate::{member, password_reset, second_factor, session, sign_in};

/// What the page behind the link has to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// A button is enough: the member is signed in here. With it the address to be.
    Button(String),
    /// The member's password.
    Password(String),
    /// The member has none, and has to sign in first.
    SignIn,
    /// Codes by letter are in use (MP-70).
    Refused,
    /// Used, expired, cut or superseded.
    Closed,
}

/// Looks at a link without changing anything: mail scanners open links.
pub async fn door(desk: &Desk, caller: &Caller, link: &Token) -> Result<Door, Fault> {
    let (db, now) = (desk.db.readers(), desk.now());
    let Some(row) = store::by_link(db, link, now).await? else { return Ok(Door::Closed) };
    if !member::is_free(db, &row.address()?, Some(&row.member_id), now).await? {
        return Ok(Door::Closed);
    }
    let policy = &desk.settings.policy;
    let here = row.is_of(caller);
    if here && refuses(policy, &second_factor::of(db, policy, &row.member_id).await?) {
        return Ok(Door::Refused);
    }
    Ok(match (here && !clears(policy), password::stored(db, &row.member_id).await?) {
        (true, _) => Door::Button(row.new_email),
        (_, Some(_)) => Door::Password(row.new_email),
        (_, None) if here => Door::Button(row.new_email),
        (_, None) => Door::SignIn,
    })
}

/// Confirms by the link of the letter. `typed` is the password, where the door asks for it.
pub async fn confirm_by_link(
    desk: &Desk,
    caller: &Caller,
    link: &Token,
    typed: &str,
) -> Outcome<(), Vec<Refused>> {
    let Some(row) = store::by_link(desk.db.readers(), link, desk.now()).await? else {
        return Ok(Err(vec![Refused::LinkInvalid]));
    };
    let hash = match needed(desk, caller, &row, typed).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![refused])),
    };
    let mut work = desk.work(caller).await?;
    if !hold(&mut work, &row.member_id, hash.as_deref()).await? {
        return Ok(Err(vec![Refused::PasswordWrong]));
    }
    match store::use_link(&mut work, link).await? {
        Some(row) => take_effect(work, &row).await,
        None => Ok(Err(vec![Refused::LinkInvalid])),
    }
}

/// Confirms by the code of the letter, in the session that asked.
pub async fn confirm_by_code(
    desk: &Desk,
    caller: &Caller,
    typed: &str,
    typed_password: &str,
) -> Outcome<(), Vec<Refused>> {
    let me = caller.signed_in()?;
    let row = store::pending(desk.db.readers(), &me.member_id, desk.now()).await?;
    let Some(row) = row.filter(|row| row.session_id == me.session_id) else {
        return Ok(Err(vec![Refused::LinkInvalid]));
    };
    let Ok(code) = Code::parse(typed) else { return Ok(Err(vec![Refused::CodeWrong])) };
    let hash = match needed(desk, caller, &row, typed_password).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![refused])),
    };
    let tries = i64::from(desk.settings.policy.registration.code_tries);
    let mut work = desk.work(caller).await?;
    if !hold(&mut work, &row.member_id, hash.as_deref()).await? {
        return Ok(Err(vec![Refused::PasswordWrong]));
    }
    // The row is held from here on: parallel guesses are counted one after another, before they are judged.
    if !store::count_try(&mut work, &row.id, tries).await? {
        return Ok(Err(vec![Refused::CodeTries]));
    }
    let mac = code_mac(desk, &row.id, code.as_str());
    if let Some(row) = store::use_code(&mut work, &row.id, &me.session_id, &mac).await? {
        return take_effect(work, &row).await;
    }
    let line = Line::of(&me.member_id, Event::EmailChange).within(&me.session_id);
    audit::write(&mut work, line.refused(Refused::CodeWrong.code())).await?;
    work.finish().await?;
    Ok(Err(vec![Refused::CodeWrong]))
}

impl Row {
    fn address(&self) -> Result<EmailAddress, Fault> {
        EmailAddress::parse(&self.new_email).map_err(|_| Fault::Damaged("email_change.new_email"))
    }

    fn is_of(&self, caller: &Caller) -> bool {
        caller.current.as_ref().is_some_and(|me| me.member_id == self.member_id)
    }
}

/// The stored hash of the right password, where one is needed; `None`: the member is signed in here.
async fn needed(desk: &Desk, caller: &Caller, row: &Row, typed: &str) -> Outcome<Option<String>, Refused> {
    let here = row.is_of(caller);
    if here && !clears(&desk.settings.policy) {
        return Ok(Ok(None));
    }
    match password::stored(desk.db.readers(), &row.member_id).await? {
        None if here => Ok(Ok(None)),
        None => Err(Fault::SignInFirst),
        Some(_) if typed.is_empty() => Ok(Err(Refused::PasswordEmpty)),
        Some(stored) => {
            let judged = judge(desk, caller, &row.member_id, typed, &stored).await?;
            Ok(judged.map(|()| Some(stored)))
        }
    }
}

/// Judges a password. Wrong ones count with those of the sign-in, before they are looked at: this is no second door to
/// guess at.
async fn judge(
    desk: &Desk,
    caller: &Caller,
    member_id: &str,
    typed: &str,
    stored: &str,
) -> Outcome<(), Refused> {
    let counted = match session::known(desk.db.readers(), caller, member_id).await? {
        Some(browser) => Counted::browser(&browser, member_id),
        None => Counted::member(member_id),
    };
    let mut work = desk.work(caller).await?;
    let try_ = lockout::take(&mut work, &counted, Limit::passwords(&desk.settings.policy)).await?;
    work.finish().await?;
    if try_ == Try::Locked {
        return Ok(Err(Refused::Locked));
    }
    if desk.hasher.verify(&Password::new(typed), Some(stored)).await? {
        lockout::release(desk, caller, &counted).await?;
        return Ok(Ok(()));
    }
    let mut work = desk.work(caller).await?;
    let line = Line::of(member_id, Event::EmailChange).by("password");
    audit::write(&mut work, line.refused(Refused::PasswordWrong.code())).await?;
    if try_ == Try::Last {
        sign_in::locked(&mut work, member_id).await?;
    }
    work.finish().await?;
    Ok(Err(Refused::PasswordWrong))
}

/// Holds the member, and the password if it was judged; false when that is not theirs any more, or useless.
async fn hold(work: &mut Work, member_id: &str, hash: Option<&str>) -> Result<bool, Fault> {
    member::hold(work, member_id).await?;
    match hash {
        Some(hash) => Ok(password::hold(work, member_id, hash).await? == Some(None)),
        None => Ok(true),
    }
}

/// The new address takes effect, whole or not at all.
async fn take_effect(mut work: Work, row: &Row) -> Outcome<(), Vec<Refused>> {
    let (desk, now, member_id) = (work.desk().clone(), work.now(), row.member_id.as_str());
    let policy = &desk.settings.policy;
    let before = member::find(&mut *work.conn(), member_id).await?.ok_or(Fault::Damaged("member"))?;
    let old = before.address()?;
    let new = row.address()?;
    // Somebody may have taken the address meanwhile; the database judges, and nothing of this stays. From here on the
    // second factor cannot be set up beside it either.
    if member::set_address(&mut work, member_id, &new).await?.is_err() {
        return Ok(Err(vec![Refused::LinkInvalid]));
    }
    let factors = second_factor::of(&mut *work.conn(), policy, member_id).await?;
    if refuses(policy, &factors) {
        return Ok(Err(vec![Refused::MailFactor]));
    }
    let undo = policy.email_change.undo_ms().map(|ms| (work.token(), now + ms));
    let until = undo.as_ref().map_or(now, |(_, until)| *until);
    store::keep_undo(&mut work, &row.id, undo.as_ref().map(|(token, _)| token), until).await?;
    member::release(&mut work, member_id, &new).await?;
    if old.key() != new.key() && undo.is_some() {
        member::reserve(&mut work, member_id, &old, until).await?;
    }
    // What waits for an answer from the old mailbox is void.
    password_reset::void(&mut work, member_id).await?;
    temporary_password::forget(&mut work, member_id).await?;
    sign_in::drop_pending(&mut work, member_id).await?;
    let session_id = work.caller().current.as_ref().filter(|_| row.is_of(work.caller()));
    let session_id = session_id.map(|me| me.session_id.clone());
    let mut line = Line::of(member_id, Event::EmailChange);
    line.session_id = session_id.as_deref();
    audit::write(&mut work, line).await?;
    let by_password = clears(policy) && password::stored(&mut *work.conn(), member_id).await?.is_some();
    let cleared = by_password && second_factor::clear(&mut work, member_id).await?;
    let letter = letters::done_old(&work, &before, &new, undo.as_ref(), cleared)?;
    work.post(letter).await?;
    let letter = letters::done_new(&work, &before, &new, cleared)?;
    work.post(letter).await?;
    work.finish().await?;
    Ok(Ok(()))
}
