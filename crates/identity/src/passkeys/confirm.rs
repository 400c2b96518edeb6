//! A passkey as the fresh proof that protects changes (ASVS 7.5.1), beside password and code ([`crate::confirm`]).

use domain::confirm::Refused;
use domain::passkey::Answer;

use super::{credential_ids, must_be_offered};
use crate::caller::Caller;
use crate::confirm;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::Try;
use crate::proof::passkey::{self, Purpose, Question};
use crate::second_factor::tries;
use crate::secret::Token;
use crate::session;

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
    let mut work = session::at_work(desk, caller).await?;
    let guess = tries::take(&mut work, &me.member_id).await?;
    let right = guess != Try::Locked && {
        let (token, answer) = (form.challenge.as_str(), form.credential.as_str());
        passkey::accept(&mut work, Purpose::Confirm, &me.session_id, token, answer, Some(&me.member_id))
            .await?
            .is_ok()
    };
    let judged = confirm::settle(&mut work, me, guess, right, "passkey", Refused::PasskeyWrong).await?;
    work.finish().await?;
    Ok(judged)
}
