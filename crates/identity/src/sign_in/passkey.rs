//! Signing in with a passkey (our own): as the whole sign-in, where the policy says so; and the challenge for the
//! second factor. It is phishing-resistant and the device verifies the person, so alone it is both factors. An
//! invalidated password does not stop it, since only the password is compromised. A suspended account does.

use account::audit::{self, Event, Line};
use account::authn::password::{THROTTLE_MS, acquire_network};
use account::authn::{self, Attempt, pending as attempts};
use account::credentials::factors;
use account::credentials::passkey::{self, PasskeyChallenge, Purpose, credential_ids, signs_in};
use account::session::{AuthMethod, Proof};
use domain::passkey::Answer;
use domain::refusal::Refusal;
use domain::second_factor::Method;
use domain::second_factor::challenge::Refused as ChallengeRefused;
use domain::sign_in::Refused;
use platform::context::Ctx;
use platform::error::{Denied, Error, refused};
use platform::rate_limit::{self, Subject};
use platform::secret::Token;
use platform::tx::Tx;

use super::{SignedIn, remembers, signed_in};

/// Challenges for one network within [`THROTTLE_MS`]: every view of ログイン may ask for one, and for more while it is
/// open.
const CHALLENGES: i64 = 900;

/// Makes a challenge for any passkey of this site that the browser has: it is the same for every visitor.
pub async fn begin_passkey_sign_in(ctx: &Ctx) -> Result<PasskeyChallenge, Error<Refused>> {
    if !signs_in(ctx) {
        return Err(Denied::NotOffered.into());
    }
    let mut tx = Tx::begin(ctx).await?;
    if !rate_limit::try_acquire(&mut tx, "passkey-question", Subject::Network, CHALLENGES, THROTTLE_MS)
        .await?
    {
        tx.commit().await?;
        return refused(Refused::TooMany);
    }
    let question = passkey::ask(&mut tx, Purpose::SignIn, "", &[]).await?;
    tx.commit().await?;
    Ok(question)
}

/// Signs in with the passkey alone. `waiting` is the token of a pending provider account in this browser.
pub async fn sign_in_with_passkey(
    ctx: &Ctx,
    form: &Answer,
    waiting: Option<&Token>,
) -> Result<SignedIn, Error<Refused>> {
    if !signs_in(ctx) {
        return Err(Denied::NotOffered.into());
    }
    let mut tx = Tx::begin(ctx).await?;
    if !acquire_network(&mut tx).await? {
        tx.commit().await?;
        return refused(Refused::TooMany);
    }
    let by = AuthMethod::Passkey.name();
    let judged =
        passkey::accept(&mut tx, Purpose::SignIn, "", &form.challenge, &form.credential, None).await?;
    let accepted = match judged {
        Ok(accepted) => accepted,
        Err(wrong) => {
            let line = Line::of_whom(wrong.member_id.as_deref(), Event::SignIn);
            audit::write(&mut tx, line.by(by).refused(Refused::PasskeyWrong.code())).await?;
            tx.commit().await?;
            return refused(Refused::PasskeyWrong);
        }
    };
    let account = accepted.account;
    if account.is_suspended() {
        let line = Line::of(account.id(), Event::SignIn).by(by);
        audit::write(&mut tx, line.refused(Refused::Blocked.code())).await?;
        tx.commit().await?;
        return refused(Refused::Blocked);
    }
    let proof = Proof::of(AuthMethod::Passkey, tx.now()).with(&accepted.passkey_id);
    let attempt = Attempt::sign_in(proof, remembers(ctx, form.remember.is_some()));
    let session = authn::complete(&mut tx, &account, &attempt, Event::SignIn).await?;
    let signed_in = signed_in(&mut tx, &account, session, waiting).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Makes a challenge for the passkeys of the member whose second factor is pending.
pub async fn begin_second_factor_passkey(
    ctx: &Ctx,
    token: &Token,
) -> Result<PasskeyChallenge, Error<ChallengeRefused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(pending) = attempts::find(&mut *tx.conn(), token, ctx.now()).await? else {
        return refused(ChallengeRefused::StartAgain);
    };
    let has = factors::of(&mut *tx.conn(), ctx.policy(), &pending.member_id).await?;
    if !has.methods.contains(&Method::Passkey) {
        return refused(ChallengeRefused::NotSetUp);
    }
    let allowed = credential_ids(&mut *tx.conn(), &pending.member_id).await?;
    let question = passkey::ask(&mut tx, Purpose::SecondFactor, &pending.id, &allowed).await?;
    tx.commit().await?;
    Ok(question)
}
