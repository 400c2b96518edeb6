//! Helpers for tests with an outside provider.

#![expect(clippy::expect_used, clippy::panic, reason = "what did not come about ends the test")]

use domain::linked_accounts::{Purpose, Refused};
use domain::password_change;
use identity::caller::Caller;
use identity::linked_accounts::{self, Answer, Arrived, Back};
use identity::password_reset;
use identity::secret::Token;
use identity::session::Opened;
use identity::sign_in::SignedIn;
use identity::testing::provider::TestProvider;
use identity::testing::{Base, Bed, link_in};
use serde_json::{Value, json};

pub const ADDRESS: &str = "hanako@example.jp";
pub const OTHER: &str = "taro@example.jp";

/// A bed whose site has the provider as `google`, `yahoo` and `facebook`.
pub async fn bed(base: Base) -> (Bed, TestProvider) {
    bed_with(base, &[]).await
}

/// The same with more settings.
pub async fn bed_with(base: Base, more: &[(&str, &str)]) -> (Bed, TestProvider) {
    let provider = TestProvider::start().await;
    (bed_at(base, &provider, more).await, provider)
}

/// The same with a provider that listens already.
pub async fn bed_at(base: Base, provider: &TestProvider, more: &[(&str, &str)]) -> Bed {
    let own = provider.settings();
    let mut settings: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    settings.extend(more);
    Bed::new(base, &settings).await
}

/// Claims of somebody.
pub fn person(subject: &str, email: &str) -> Value {
    json!({
        "sub": subject, "email": email, "email_verified": true, "family_name": "連携", "given_name": "花子",
    })
}

/// A visit that is under way: the browser's secret, and what comes back with the answer.
pub struct Visit {
    pub provider: &'static str,
    pub browser: Token,
    pub state: String,
}

/// Somebody presses the button.
pub async fn leave(
    bed: &Bed,
    from: &TestProvider,
    caller: &Caller,
    id: &'static str,
    purpose: Purpose,
) -> Visit {
    from.say(|says| says.now = bed.desk.now());
    let away = linked_accounts::begin(&bed.desk, caller, id, purpose, None, None).await.unwrap().unwrap();
    Visit { provider: id, browser: away.browser, state: from.visited(&away.url) }
}

/// They come back with a code.
pub async fn arrive(bed: &Bed, caller: &Caller, visit: &Visit) -> Result<Arrived, Back> {
    let answer =
        Answer { code: Some(visit.state.clone()), state: Some(visit.state.clone()), ..Answer::default() };
    answered(bed, caller, visit, answer).await
}

/// They come back with whatever.
pub async fn answered(bed: &Bed, caller: &Caller, visit: &Visit, answer: Answer) -> Result<Arrived, Back> {
    let browser = Some(visit.browser.clone());
    linked_accounts::come_back(&bed.desk, caller, visit.provider, browser, answer).await.unwrap()
}

/// There and back as somebody.
pub async fn visit(
    bed: &Bed,
    provider: &TestProvider,
    caller: &Caller,
    purpose: Purpose,
    claims: Value,
) -> Result<Arrived, Back> {
    visit_at(bed, provider, "google", caller, purpose, claims).await
}

/// The same with another of the providers.
pub async fn visit_at(
    bed: &Bed,
    provider: &TestProvider,
    id: &'static str,
    caller: &Caller,
    purpose: Purpose,
    claims: Value,
) -> Result<Arrived, Back> {
    provider.say(|says| says.claims = claims);
    let visit = leave(bed, provider, caller, id, purpose).await;
    arrive(bed, caller, &visit).await
}

/// Takes every password away, as a site with one way to sign in does.
pub async fn without_passwords(bed: &Bed) {
    bed.change("DELETE FROM member_password").await;
}

/// Sets a new password by letter.
pub async fn reset(bed: &Bed, email: &str, new: &str) {
    let (visitor, secret) = (bed.visitor(), bed.desk.random.token());
    let form = domain::password_reset::Form { email: email.into() };
    password_reset::request(&bed.desk, &visitor, &form, &secret).await.unwrap().unwrap();
    let link = link_in(bed.letters().await.last().unwrap());
    let form = password_change::Form {
        new_password: new.into(),
        new_password_confirm: new.into(),
        ..Default::default()
    };
    password_reset::set_new(&bed.desk, &visitor, &link, &form).await.unwrap().unwrap();
}

/// Links somebody's account to a member who is signed in.
pub async fn link(bed: &Bed, provider: &TestProvider, caller: &Caller, claims: Value) {
    let arrived = visit(bed, provider, caller, Purpose::Link, claims).await;
    assert!(matches!(arrived, Ok(Arrived::Linked)), "{arrived:?}");
}

/// A member whose account at the provider is linked.
pub async fn linked_member(bed: &Bed, provider: &TestProvider, email: &str, subject: &str) -> Opened {
    let opened = bed.member(email).await;
    link(bed, provider, &bed.caller(&opened.token).await, person(subject, email)).await;
    opened
}

/// 本人確認 of a member who has no password: with the account that is linked to them.
pub async fn proven(bed: &Bed, provider: &TestProvider, caller: &Caller, claims: Value) -> Caller {
    match visit(bed, provider, caller, Purpose::Confirm, claims).await {
        Ok(Arrived::Confirmed(token, _)) => bed.caller(&token).await,
        other => panic!("{other:?}"),
    }
}

/// Why it led to nothing.
pub fn why(arrived: Result<Arrived, Back>) -> Refused {
    arrived.expect_err("it led somewhere").refused
}

/// The session that a sign-in with the provider opened.
pub fn entered(arrived: Result<Arrived, Back>) -> Opened {
    match arrived {
        Ok(Arrived::SignedIn(SignedIn::In(opened), _)) => opened,
        other => panic!("{other:?}"),
    }
}

/// A visitor's browser in which an account waits to be linked.
pub async fn waiting_browser(bed: &Bed, provider: &TestProvider, purpose: Purpose, claims: Value) -> Caller {
    waiting_at(bed, provider, "google", purpose, claims).await
}

/// The same with another of the providers.
pub async fn waiting_at(
    bed: &Bed,
    provider: &TestProvider,
    id: &'static str,
    purpose: Purpose,
    claims: Value,
) -> Caller {
    match visit_at(bed, provider, id, &bed.visitor(), purpose, claims).await {
        Ok(Arrived::Waits(_, token, ..)) => Caller { pending_link: Some(token), ..bed.visitor() },
        other => panic!("{other:?}"),
    }
}

pub async fn links(bed: &Bed) -> i64 {
    bed.count("SELECT COUNT(*) FROM linked_account").await
}
