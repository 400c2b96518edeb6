//! What tests of passkeys begin with.

use domain::passkey::{Answer, NewForm};
use domain::sign_in::Refused as SignInRefused;
use identity::caller::Caller;
use identity::proof::passkey::Question;
use identity::secret::Token;
use identity::session::Opened;
use identity::sign_in::{self, SignedIn};
use identity::testing::{Base, Bed};
use identity::{passkeys, second_factor};

use super::authenticator::Authenticator;

pub const ADDRESS: &str = "hanako@example.jp";

pub async fn bed(base: Base) -> Bed {
    Bed::new(base, &[("site.policy", "modern")]).await
}

pub async fn question(bed: &Bed, caller: &Caller) -> Question {
    passkeys::begin_add(&bed.desk, caller).await.unwrap().unwrap()
}

pub fn made(question: &Question, credential: String) -> NewForm {
    NewForm { label: "  ".into(), challenge: question.token.expose().into(), credential }
}

pub fn answer(question: &Question, credential: String) -> Answer {
    Answer { challenge: question.token.expose().into(), credential, ..Answer::default() }
}

/// A passkey of the caller.
pub async fn added(bed: &Bed, caller: &Caller, seed: u8) -> Authenticator {
    let mut key = Authenticator::new(seed);
    let question = question(bed, caller).await;
    let form = made(&question, key.make(&question));
    passkeys::finish_add(&bed.desk, caller, &form, "パスキー").await.unwrap().unwrap();
    key
}

/// A member of the site `modern` with a passkey.
pub async fn member_with_key(bed: &Bed, email: &str, seed: u8) -> (Opened, Authenticator) {
    let opened = bed.member(email).await;
    let key = added(bed, &bed.caller(&opened.token).await, seed).await;
    (opened, key)
}

pub async fn sign_in_question(bed: &Bed) -> Question {
    sign_in::begin_by_passkey(&bed.desk, &bed.visitor()).await.unwrap().unwrap()
}

pub async fn sign_in_with(bed: &Bed, form: &Answer) -> Result<Opened, Vec<SignInRefused>> {
    sign_in::sign_in_by_passkey(&bed.desk, &bed.visitor(), form).await.unwrap()
}

/// After a right password, with 2段階認証サービス on.
pub async fn second_step(bed: &Bed, opened: &Opened, email: &str) -> Token {
    second_factor::switch(&bed.desk, &bed.caller(&opened.token).await, true).await.unwrap();
    match bed.first_step(&bed.visitor(), email).await {
        SignedIn::SecondStep(token, _) => token,
        other => unreachable!("a second step is asked for: {other:?}"),
    }
}
