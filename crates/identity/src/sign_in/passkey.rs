//! Signing in with a passkey (our own): as the whole sign-in, where the policy says so, and as the second step. It is
//! phishing-resistant and the device verifies the person, so alone it is both steps. A password that its owner had
//! blocked does not stop it: only the password is known to somebody else. A locked account does.

use domain::passkey::Answer;
use domain::refusal::Refusal;
use domain::second_step::{Method, Refused as StepRefused};
use domain::sign_in::Refused;

use super::enter::{self, Entry};
use super::second_step::{self, complete, pending};
use super::{THROTTLE_MS, remembers, take_network};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::lockout::Try;
use crate::member;
use crate::passkeys::{credential_ids, sign_in_offered};
use crate::proof::passkey::{self, Purpose, Question};
use crate::second_factor::{self, tries};
use crate::secret::Token;
use crate::session::{Opened, ProvenBy, Remember, SecondBy};

/// Questions to one network within [`THROTTLE_MS`]: every view of ログイン may put one, and one more while it stays open.
const QUESTIONS: i64 = 900;

/// Puts a question to whatever passkey of this site the browser has: it is the same for everybody.
pub async fn begin_by_passkey(desk: &Desk, caller: &Caller) -> Outcome<Question, Vec<Refused>> {
    if !sign_in_offered(&desk.settings) {
        return Err(Fault::NotOffered);
    }
    let mut work = desk.work(caller).await?;
    if !limits::take(&mut work, "passkey-question", Of::Network, QUESTIONS, THROTTLE_MS).await? {
        work.finish().await?;
        return Ok(Err(vec![Refused::TooMany]));
    }
    let question = passkey::ask(&mut work, Purpose::SignIn, "", &[]).await?;
    work.finish().await?;
    Ok(Ok(question))
}

/// Signs in with the passkey alone.
pub async fn sign_in_by_passkey(
    desk: &Desk,
    caller: &Caller,
    form: &Answer,
) -> Outcome<Opened, Vec<Refused>> {
    if !sign_in_offered(&desk.settings) {
        return Err(Fault::NotOffered);
    }
    let mut work = desk.work(caller).await?;
    if !take_network(&mut work).await? {
        work.finish().await?;
        return Ok(Err(vec![Refused::TooMany]));
    }
    let judged =
        passkey::accept(&mut work, Purpose::SignIn, "", &form.challenge, &form.credential, None).await?;
    let proven = match judged {
        Ok(proven) => proven,
        Err(wrong) => {
            let line = Line {
                member_id: wrong.member_id.as_deref(),
                event: Event::SignIn,
                refusal: Some(Refused::PasskeyWrong.code()),
                method: Some(ProvenBy::Passkey.name()),
                session_id: None,
            };
            audit::write(&mut work, line).await?;
            work.finish().await?;
            return Ok(Err(vec![Refused::PasskeyWrong]));
        }
    };
    if member::is_locked(&mut work, &proven.member_id).await? {
        let line = Line::of(&proven.member_id, Event::SignIn).by(ProvenBy::Passkey.name());
        audit::write(&mut work, line.refused(Refused::Blocked.code())).await?;
        work.finish().await?;
        return Ok(Err(vec![Refused::Blocked]));
    }
    let entry = Entry {
        member_id: &proven.member_id,
        event: Event::SignIn,
        proven_by: ProvenBy::Passkey,
        second_by: Some(SecondBy::Passkey),
        provider: None,
        remember: if remembers(desk, form.remember.is_some()) { Remember::Begin } else { Remember::No },
    };
    let opened = enter::enter(&mut work, entry).await?;
    work.finish().await?;
    Ok(Ok(opened))
}

/// Puts a question to the passkeys of the member whose second step this is.
pub async fn begin_step_by_passkey(
    desk: &Desk,
    caller: &Caller,
    token: &Token,
) -> Outcome<Question, Vec<StepRefused>> {
    let mut work = desk.work(caller).await?;
    let Some(pending) = pending(&mut *work.conn(), token, desk.now()).await? else {
        return Ok(Err(vec![StepRefused::StartAgain]));
    };
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &pending.member_id).await?;
    if !factors.methods.contains(&Method::Passkey) {
        return Ok(Err(vec![StepRefused::NotSetUp]));
    }
    let allowed = credential_ids(&mut *work.conn(), &pending.member_id).await?;
    let question = passkey::ask(&mut work, Purpose::SecondStep, &pending.id, &allowed).await?;
    work.finish().await?;
    Ok(Ok(question))
}

/// Judges a passkey as the second step; it counts with the wrong codes (MP-50).
pub async fn step_by_passkey(
    desk: &Desk,
    caller: &Caller,
    token: &Token,
    form: &Answer,
) -> Outcome<Opened, Vec<StepRefused>> {
    let mut work = desk.work(caller).await?;
    let Some(pending) = pending(&mut *work.conn(), token, desk.now()).await? else {
        return Ok(Err(vec![StepRefused::StartAgain]));
    };
    let member_id = pending.member_id.clone();
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &member_id).await?;
    if !factors.methods.contains(&Method::Passkey) {
        return Ok(Err(vec![StepRefused::NotSetUp]));
    }
    // Held first, as by all who hold more of a member: "not me" comes before this sign-in, or after it.
    member::hold(&mut work, &member_id).await?;
    let guess = tries::take(&mut work, &member_id).await?;
    // As with codes: the right answer sent twice is no wrong one.
    if self::pending(&mut *work.conn(), token, desk.now()).await?.is_none() {
        return Ok(Err(vec![StepRefused::StartAgain]));
    }
    let right = guess != Try::Locked && {
        let (token, answer) = (form.challenge.as_str(), form.credential.as_str());
        passkey::accept(&mut work, Purpose::SecondStep, &pending.id, token, answer, Some(&member_id))
            .await?
            .is_ok()
    };
    if !right {
        let refused = if guess == Try::Locked { StepRefused::Locked } else { StepRefused::PasskeyWrong };
        second_step::refuse(&mut work, &member_id, Method::Passkey, refused).await?;
        let locked = tries::wrong(&mut work, &member_id, guess).await?;
        work.finish().await?;
        return Ok(Err(vec![if locked { StepRefused::Locked } else { refused }]));
    }
    tries::right(&mut work, &member_id).await?;
    let trust = form.trust.is_some() && desk.settings.policy.trusted_browsers.offered;
    let Some(opened) = complete(&mut work, &pending, SecondBy::Passkey, trust).await? else {
        return Ok(Err(vec![StepRefused::StartAgain]));
    };
    work.finish().await?;
    Ok(Ok(opened))
}
