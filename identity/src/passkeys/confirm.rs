//! A passkey as the fresh proof that protects changes (ASVS 7.5.1), beside password and code ([`crate::confirm`]).

use domain::confirm::Refused;
use domain::passkey::Answer;
use domain::refusal::Refusal;

use super::{credential_ids, must_be_offered};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::confirm::proven;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::{self, Counted, Limit, Try};
use crate::proof::passkey::{self, Purpose, Question};
use crate::secret::Token;

/// Puts the question to the member's passkeys.
pub async fn begin_confirm(desk: &Desk, caller: &Caller) -> Result<Question, Fault> {
    must_be_offered(&desk.settings)?;
    let me = caller.signed_in()?;
    let mut work = desk.work(caller).await?;
    let allowed = credential_ids(&mut *work.conn(), &me.member_id).await?;
    if allowed.is_empty() {
        return Err(Fault::NotOffered);
    }
    let question = passkey::ask(&mut work, Purpose::Confirm, &me.session_id, &allowed).await?;
    work.finish().await?;
    Ok(question)
}

/// Judges the answer; the session goes on under the token that comes back.
pub async fn finish_confirm(desk: &Desk, caller: &Caller, form: &Answer) -> Outcome<Token, Vec<Refused>> {
    must_be_offered(&desk.settings)?;
    let me = caller.signed_in()?;
    let policy = &desk.settings.policy.second_factor;
    let limit = Limit { threshold: policy.lock_threshold, lock_ms: Some(policy.lock_ms()) };
    let counted = Counted::second_step(&me.member_id);
    let mut work = desk.work(caller).await?;
    let refused = if lockout::take(&mut work, &counted, limit).await? == Try::Locked {
        Refused::Locked
    } else {
        let (token, answer) = (form.challenge.as_str(), form.credential.as_str());
        let judged =
            passkey::accept(&mut work, Purpose::Confirm, &me.session_id, token, answer, Some(&me.member_id));
        if judged.await?.is_ok() {
            lockout::clear(&mut work, &counted).await?;
            let token = proven(&mut work, me, "passkey").await?;
            work.finish().await?;
            return Ok(Ok(token));
        }
        Refused::PasskeyWrong
    };
    let line = Line::of(&me.member_id, Event::Confirmed).within(&me.session_id).by("passkey");
    audit::write(&mut work, line.refused(refused.code())).await?;
    work.finish().await?;
    Ok(Err(vec![refused]))
}
