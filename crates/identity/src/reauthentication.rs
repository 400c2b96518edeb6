//! Authenticating again before a change of what protects an account (ASVS 7.5.1); a proof is fresh for ten minutes.
//! Wrong guesses count together with those of the sign-in from the same browser, so this form gives no more tries.

use account::audit::{self, Event, Line};
use account::authn;
use account::authn::factor::{self, Binding, Shown};
use account::authn::password::{Verdict, verify_own};
use account::credentials::factors;
use account::credentials::passkey::{self, PasskeyChallenge, Purpose, credential_ids};
use account::lock;
use account::session::{AuthMethod, Proof};
use domain::code::Code;
use domain::passkey::Answer;
use domain::reauthentication::{Form, Refused};
use domain::refusal::Refusal;
use domain::second_factor::Method;
use platform::context::Ctx;
use platform::error::{Denied, Error, Fault, refused};
use platform::secret::{Password, Token};
use platform::tx::Tx;

/// The second factors with which the member can authenticate again.
pub async fn methods(ctx: &Ctx) -> Result<Vec<Method>, Fault> {
    let me = ctx.member()?;
    Ok(factors::of(ctx.readers(), ctx.policy(), &me.member_id).await?.methods)
}

/// Judges a password or an app's code; the session continues under the returned token.
pub async fn reauthenticate(ctx: &Ctx, form: &Form) -> Result<Token, Error<Refused>> {
    ctx.member()?;
    if !form.password.is_empty() {
        return with_password(ctx, &form.password).await;
    }
    if form.code.trim().is_empty() {
        return refused(Refused::Empty);
    }
    if Code::parse(&form.code).is_err() {
        return refused(Refused::CodeWrong);
    }
    with_factor(ctx, Shown::Code(Method::App, &form.code), Refused::CodeWrong).await
}

async fn with_password(ctx: &Ctx, typed: &str) -> Result<Token, Error<Refused>> {
    let me = ctx.member()?;
    let line = Line::of(&me.member_id, Event::Reauthenticated).within(me.session_id.as_str());
    let wrong = line.by(AuthMethod::Password.name()).refused(Refused::PasswordWrong.code());
    let typed = Password::new(typed);
    let right = match verify_own(ctx, &me.member_id, &typed, wrong, Refused::Locked.code()).await? {
        Verdict::Right(right) => right,
        Verdict::Wrong => return refused(Refused::PasswordWrong),
        Verdict::LockedOut | Verdict::Throttled => return refused(Refused::Locked),
    };
    let (mut tx, account) = lock::begin(ctx).await?;
    // An invalidated password proves nothing.
    if right.redeem(&mut tx, &account).await?.is_err() {
        audit::write(&mut tx, wrong).await?;
        tx.commit().await?;
        return refused(Refused::PasswordWrong);
    }
    let proof = Proof::of(AuthMethod::Password, tx.now());
    let token = authn::step_up(&mut tx, &account, me, &proof).await?;
    tx.commit().await?;
    Ok(token)
}

/// Makes a challenge for the member's passkeys; refused when they have none.
pub async fn begin_passkey(ctx: &Ctx) -> Result<PasskeyChallenge, Fault> {
    let me = ctx.member()?;
    passkey::must_be_offered(ctx)?;
    let mut tx = Tx::begin(ctx).await?;
    let allowed = credential_ids(&mut *tx.conn(), &me.member_id).await?;
    if allowed.is_empty() {
        return Err(Denied::NotOffered.into());
    }
    let question = passkey::ask(&mut tx, Purpose::Reauthenticate, &me.session_id, &allowed).await?;
    tx.commit().await?;
    Ok(question)
}

/// Judges the passkey's answer; the session continues under the returned token.
pub async fn finish_passkey(ctx: &Ctx, form: &Answer) -> Result<Token, Error<Refused>> {
    ctx.member()?;
    passkey::must_be_offered(ctx)?;
    let shown = Shown::Passkey { challenge: &form.challenge, credential: &form.credential };
    with_factor(ctx, shown, Refused::PasskeyWrong).await
}

async fn with_factor(ctx: &Ctx, shown: Shown<'_>, wrong: Refused) -> Result<Token, Error<Refused>> {
    let me = ctx.member()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    let binding = Binding::StepUp(&me.session_id);
    let reason = match factor::judge(&mut tx, account, binding, shown).await? {
        factor::Verdict::Right(account, proof) => {
            let token = authn::step_up(&mut tx, &account, me, &proof).await?;
            tx.commit().await?;
            return Ok(token);
        }
        factor::Verdict::Wrong => wrong,
        factor::Verdict::LockedOut { .. } => Refused::Locked,
    };
    let line = Line::of(&me.member_id, Event::Reauthenticated).within(me.session_id.as_str());
    audit::write(&mut tx, line.by(shown.method().name()).refused(reason.code())).await?;
    tx.commit().await?;
    refused(reason)
}
