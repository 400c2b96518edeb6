//! Helpers for tests with passkeys.

use domain::passkey::{Answer, NewForm};
use domain::second_factor::challenge::Refused as ChallengeRefused;
use domain::sign_in::Refused as SignInRefused;
use identity::passkeys::PasskeyChallenge;
use identity::sign_in::{self, Shown, SignedIn};
use identity::{OpenedSession, passkeys, second_factor};
use platform::context::Ctx;
use platform::error::Error;
use platform::secret::Token;
use testkit::{Database, Refusals, SoftPasskey, TestApp};

pub const ADDRESS: &str = "hanako@example.jp";

pub async fn site(database: Database) -> TestApp {
    TestApp::new(database, &[("site.policy", "modern")]).await
}

pub async fn question(ctx: &Ctx) -> PasskeyChallenge {
    passkeys::begin_add(ctx).await.unwrap()
}

pub fn made(question: &PasskeyChallenge, credential: String) -> NewForm {
    NewForm { label: "  ".into(), challenge: question.token.expose().into(), credential }
}

pub fn answer(question: &PasskeyChallenge, credential: String) -> Answer {
    Answer { challenge: question.token.expose().into(), credential, ..Answer::default() }
}

/// A new passkey of the member who asks.
pub async fn added(ctx: &Ctx, seed: u8) -> SoftPasskey {
    let mut key = SoftPasskey::new(seed);
    let question = question(ctx).await;
    let form = made(&question, key.make(&question));
    passkeys::finish_add(ctx, &form, "パスキー").await.unwrap();
    key
}

/// A member of the site `modern` with a passkey.
pub async fn member_with_key(site: &TestApp, email: &str, seed: u8) -> (OpenedSession, SoftPasskey) {
    let opened = site.member(email).await;
    let key = added(&site.ctx(&opened.token).await, seed).await;
    (opened, key)
}

pub async fn sign_in_question(site: &TestApp) -> PasskeyChallenge {
    sign_in::begin_passkey_sign_in(&site.visitor()).await.unwrap()
}

pub async fn sign_in_with(site: &TestApp, form: &Answer) -> Result<OpenedSession, Vec<SignInRefused>> {
    match sign_in::sign_in_with_passkey(&site.visitor(), form, None).await {
        Ok(signed_in) => Ok(signed_in.session),
        refused @ Err(Error::Refused(_)) => Err(refused.refusals()),
        other => unreachable!("neither in nor refused: {other:?}"),
    }
}

/// After a right password, with 2段階認証サービス on: the token of the pending sign-in.
pub async fn before_second_factor(site: &TestApp, opened: &OpenedSession, email: &str) -> Token {
    second_factor::switch(&site.ctx(&opened.token).await, true).await.unwrap();
    site.half_signed_in(&site.visitor(), email).await
}

/// Shows the passkey as the second factor of a sign-in.
pub async fn prove_with_passkey(
    ctx: &Ctx,
    token: &Token,
    form: &Answer,
) -> Result<SignedIn, Error<ChallengeRefused>> {
    let shown = Shown::Passkey { challenge: &form.challenge, credential: &form.credential };
    sign_in::prove_second_factor(ctx, token, shown, form.trust.is_some(), None).await
}
