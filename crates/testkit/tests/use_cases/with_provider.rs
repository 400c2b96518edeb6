//! Helpers for tests with an outside provider.

#![expect(clippy::expect_used, clippy::panic, reason = "what did not come about ends the test")]

use domain::linked_accounts::{Purpose, Refused};
use domain::password_change;
use identity::linked_accounts::{self, CallbackFailure, CallbackOutcome, CallbackParams};
use identity::sign_in::SignInStep;
use identity::{OpenedSession, password_reset};
use platform::context::Ctx;
use platform::error::Error;
use platform::secret::Token;
use serde_json::{Value, json};
use testkit::provider::TestProvider;
use testkit::{Database, TestApp, link_in};

pub const ADDRESS: &str = "hanako@example.jp";
pub const OTHER: &str = "taro@example.jp";

/// A site that has the provider as `google`, `yahoo` and `facebook`.
pub async fn site(database: Database) -> (TestApp, TestProvider) {
    site_with(database, &[]).await
}

/// The same with more settings.
pub async fn site_with(database: Database, more: &[(&str, &str)]) -> (TestApp, TestProvider) {
    let provider = TestProvider::start().await;
    (site_at(database, &provider, more).await, provider)
}

/// The same with a provider that listens already.
pub async fn site_at(database: Database, provider: &TestProvider, more: &[(&str, &str)]) -> TestApp {
    let own = provider.settings();
    let mut settings: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    settings.extend(more);
    TestApp::new(database, &settings).await
}

/// The claims of a person.
pub fn person(subject: &str, email: &str) -> Value {
    json!({
        "sub": subject, "email": email, "email_verified": true, "family_name": "連携", "given_name": "花子",
    })
}

/// What a callback led to.
pub type Outcome = Result<CallbackOutcome, CallbackFailure>;

/// An authorization request that was started: the browser's secret, and the state that its callback brings back.
pub struct AuthRequest {
    pub provider: &'static str,
    pub browser: Token,
    pub state: String,
}

/// Presses the button of a provider.
pub async fn start(provider: &TestProvider, ctx: &Ctx, id: &'static str, purpose: Purpose) -> AuthRequest {
    provider.say(|says| says.now = ctx.now());
    let redirect = linked_accounts::start(ctx, id, purpose, None, None, None).await.unwrap();
    AuthRequest { provider: id, browser: redirect.browser, state: provider.visited(&redirect.url) }
}

/// Comes back with a code.
pub async fn call_back(ctx: &Ctx, request: &AuthRequest) -> Outcome {
    call_back_with(ctx, request, code_of(request), None).await
}

/// The same with any parameters, in a browser that may have a pending account.
pub async fn call_back_with(
    ctx: &Ctx,
    request: &AuthRequest,
    params: CallbackParams,
    waiting: Option<&Token>,
) -> Outcome {
    called_back(ctx, request.provider, Some(request.browser.clone()), params, waiting).await
}

/// What a callback to the redirect URI of a provider led to.
pub async fn called_back(
    ctx: &Ctx,
    id: &str,
    browser: Option<Token>,
    params: CallbackParams,
    waiting: Option<&Token>,
) -> Outcome {
    match linked_accounts::handle_callback(ctx, id, browser, params, waiting).await {
        Ok(outcome) => Ok(outcome),
        Err(Error::Refused(mut failures)) => Err(failures.remove(0)),
        Err(other) => panic!("{other:?}"),
    }
}

/// The parameters of a callback with a valid code.
pub fn code_of(request: &AuthRequest) -> CallbackParams {
    let state = Some(request.state.clone());
    CallbackParams { code: state.clone(), state, ..CallbackParams::default() }
}

/// A request and its callback as a person.
pub async fn authorize(provider: &TestProvider, ctx: &Ctx, purpose: Purpose, claims: Value) -> Outcome {
    authorize_at(provider, "google", ctx, purpose, claims).await
}

/// The same with another of the providers.
pub async fn authorize_at(
    provider: &TestProvider,
    id: &'static str,
    ctx: &Ctx,
    purpose: Purpose,
    claims: Value,
) -> Outcome {
    authorize_beside(provider, id, ctx, purpose, claims, None).await
}

/// The same in a browser that may have a pending account.
pub async fn authorize_beside(
    provider: &TestProvider,
    id: &'static str,
    ctx: &Ctx,
    purpose: Purpose,
    claims: Value,
    waiting: Option<&Token>,
) -> Outcome {
    provider.say(|says| says.claims = claims);
    let request = start(provider, ctx, id, purpose).await;
    call_back_with(ctx, &request, code_of(&request), waiting).await
}

/// Removes every password, as a site with one sign-in method does.
pub async fn without_passwords(site: &TestApp) {
    site.change("DELETE FROM member_password").await;
}

/// Sets a new password by e-mail.
pub async fn reset(site: &TestApp, email: &str, new: &str) {
    let (visitor, form_id) = (site.visitor(), site.app.rng.token());
    let form = domain::password_reset::Form { email: email.into(), ..Default::default() };
    password_reset::request(&visitor, &form, &form_id).await.unwrap();
    let link = link_in(&site.newest_email().await);
    let form = password_change::Form {
        new_password: new.into(),
        new_password_confirm: new.into(),
        ..Default::default()
    };
    password_reset::set_new(&visitor, &link, &form).await.unwrap();
}

/// Links a person's account to the signed-in member.
pub async fn link(provider: &TestProvider, ctx: &Ctx, claims: Value) {
    let outcome = authorize(provider, ctx, Purpose::Link, claims).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Linked)), "{outcome:?}");
}

/// A member whose account at the provider is linked.
pub async fn linked_member(
    site: &TestApp,
    provider: &TestProvider,
    email: &str,
    subject: &str,
) -> OpenedSession {
    let opened = site.member(email).await;
    link(provider, &site.ctx(&opened.token).await, person(subject, email)).await;
    opened
}

/// 本人確認 of a member who has no password: with the account that is linked to them.
pub async fn reauthenticated(site: &TestApp, provider: &TestProvider, ctx: &Ctx, claims: Value) -> Ctx {
    match authorize(provider, ctx, Purpose::Reauthenticate, claims).await {
        Ok(CallbackOutcome::Reauthenticated(token, _)) => site.ctx(&token).await,
        other => panic!("{other:?}"),
    }
}

/// Why a callback led to nothing.
pub fn why(outcome: Outcome) -> Refused {
    outcome.expect_err("it led somewhere").refused
}

/// The session that a sign-in with the provider opened.
pub fn entered(outcome: Outcome) -> OpenedSession {
    match outcome {
        Ok(CallbackOutcome::SignedIn(SignInStep::In(signed_in), _)) => signed_in.session,
        other => panic!("{other:?}"),
    }
}

/// The token of a pending account in a visitor's browser.
pub async fn waiting(site: &TestApp, provider: &TestProvider, purpose: Purpose, claims: Value) -> Token {
    waiting_at(site, provider, "google", purpose, claims).await
}

/// The same with another of the providers.
pub async fn waiting_at(
    site: &TestApp,
    provider: &TestProvider,
    id: &'static str,
    purpose: Purpose,
    claims: Value,
) -> Token {
    match authorize_at(provider, id, &site.visitor(), purpose, claims).await {
        Ok(CallbackOutcome::Waits(_, token, ..)) => token,
        other => panic!("{other:?}"),
    }
}

/// How many accounts are linked.
pub async fn links(site: &TestApp) -> i64 {
    site.count("SELECT COUNT(*) FROM linked_account").await
}
