//! What server functions share: the context of the request, the cookies to set, and how errors reach the page. On the
//! server only.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use domain::locale::Locale;
use domain::route::{Route, next_or_home};
use domain::second_factor::challenge;
use identity::clock::DAY_MS;
use identity::context::Ctx;
use identity::error::{Denied, Error, Failure, Fault};
use identity::format;
use identity::pending_identity::PendingLinkOutcome;
use identity::registration::Registered;
use identity::secret::Token;
use identity::settings::Settings;
use identity::sign_in::{Shown, SignInStep, SignedIn};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use policy::{AutoSignInMode, RegistrationMode};

use crate::cookies::Cookie;
use crate::form::{ActionError, Reply};
use crate::help::texts::{Help, HelpTexts};
use crate::page_context::PageContext;
use crate::present::refusals::{Explain, problems};

/// Life of the browser's own cookie: the longest that browsers allow (RFC 6265bis).
const BROWSER_MS: i64 = 400 * DAY_MS;

/// Who acts, from where, under which policy.
pub fn ctx() -> Result<Ctx, ActionError> {
    use_context::<Ctx>().ok_or(ActionError::Unreachable)
}

/// The help of this site in the reader's language.
pub fn help(ctx: &Ctx) -> Result<Arc<Help>, ActionError> {
    let texts = use_context::<HelpTexts>().ok_or(ActionError::Unreachable)?;
    Ok(texts.read(ctx)?)
}

/// Sets a cookie in the answer.
pub fn set_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// The token that the request's cookie carries.
pub fn token_of(ctx: &Ctx, cookie: Cookie) -> Option<Token> {
    let headers = use_context::<axum::http::request::Parts>().map(|parts| parts.headers).unwrap_or_default();
    cookie.token(ctx.settings(), &headers)
}

/// The token of a pending provider account in this browser.
pub fn waiting(ctx: &Ctx) -> Option<Token> {
    token_of(ctx, Cookie::PendingIdentity)
}

impl From<Fault> for ActionError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Denied(denied) => denied.into(),
            Fault::Failed(failure) => failure.into(),
        }
    }
}

impl From<Denied> for ActionError {
    fn from(denied: Denied) -> Self {
        let (status, error) = match denied {
            Denied::SignIn => (StatusCode::UNAUTHORIZED, Self::SignIn),
            Denied::StepUp => (StatusCode::FORBIDDEN, Self::StepUp),
            Denied::NotOffered | Denied::Forbidden | Denied::NotFound => {
                (StatusCode::FORBIDDEN, Self::NotOffered)
            }
        };
        set_status(status);
        error
    }
}

/// Unexpected failures are logged here, once.
impl From<Failure> for ActionError {
    fn from(failure: Failure) -> Self {
        if failure.is_transient() {
            tracing::warn!(error = %failure, "a request was put off");
            set_status(StatusCode::SERVICE_UNAVAILABLE);
            return Self::Busy;
        }
        let reference =
            use_context::<Ctx>().and_then(|ctx| ctx.request().request_id.clone()).unwrap_or_default();
        tracing::error!(error = %failure, reference, "a request failed");
        set_status(StatusCode::INTERNAL_SERVER_ERROR);
        Self::Failed(reference)
    }
}

/// A refusal has status 200, so that browsers log no error.
impl<R: Explain> From<Error<R>> for ActionError {
    fn from(error: Error<R>) -> Self {
        match error {
            Error::Refused(reasons) => {
                set_status(StatusCode::OK);
                let locale = use_context::<Ctx>().map(|ctx| ctx.locale()).unwrap_or_default();
                Self::Refused(problems(reasons, locale))
            }
            Error::Denied(denied) => denied.into(),
            Error::Failed(failure) => failure.into(),
        }
    }
}

fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            options.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
}

/// A refusal that is found before any use case runs.
pub fn refused<R: Explain>(reason: R) -> ActionError {
    Error::Refused(vec![reason]).into()
}

/// The token of an e-mail's link, from a form; else refused with `invalid`.
pub fn link<R: Explain>(typed: &str, invalid: R) -> Result<Token, ActionError> {
    Token::parse(typed).ok_or_else(|| refused(invalid))
}

/// The record that every page needs.
pub fn page_context(ctx: &Ctx) -> PageContext {
    let (settings, policy, locale) = (ctx.settings(), ctx.policy(), ctx.locale());
    let name =
        |me: &identity::context::CurrentSession| full_name(&me.family_name, me.given_name.as_deref(), locale);
    PageContext {
        locale,
        site: settings.site.name.clone(),
        support: settings.site.support.clone(),
        member: ctx.session().map(name),
        rules: policy.password_rules(),
        open: policy.registration.mode == RegistrationMode::Member,
        remember: policy.auto_sign_in.mode == AutoSignInMode::OptIn,
        passkeys: identity::passkeys::signs_in(ctx),
        one_method: policy.linked_accounts.login_method_exclusive && !settings.providers.is_empty(),
        fields: identity::profile::fields(ctx),
        registration_valid: format::duration(policy.registration.link_valid_ms(), locale),
        reset_valid: format::duration(policy.reset.link_valid_ms(), locale),
    }
}

/// A name in the order of the reader's language.
pub fn full_name(family: &str, given: Option<&str>, locale: Locale) -> String {
    match (given, locale) {
        (None, _) => family.to_owned(),
        (Some(given), Locale::Ja) => format!("{family} {given}"),
        (Some(given), Locale::En) => format!("{given} {family}"),
    }
}

/// The cookies of a session that was just opened. `waiting`: a provider account was pending in this browser; linked
/// or not, its cookie is removed.
pub fn session_cookies(ctx: &Ctx, signed_in: &SignedIn, waiting: bool) -> Vec<String> {
    let (settings, session) = (ctx.settings(), &signed_in.session);
    let mut cookies = vec![session_cookie(settings, &session.token)];
    if let Some((token, until)) = &session.remember {
        cookies.push(Cookie::Remembered.set(settings, token.expose(), Some(until - ctx.now())));
    }
    // Renewed at each sign-in.
    cookies.push(Cookie::Browser.set(settings, session.browser.expose(), Some(BROWSER_MS)));
    if waiting {
        cookies.push(Cookie::PendingIdentity.clear(settings));
    }
    cookies
}

/// The session's cookie, kept until the browser closes.
fn session_cookie(settings: &Settings, token: &Token) -> String {
    Cookie::Session.set(settings, token.expose(), None)
}

/// Sets the cookie of a session's new token.
pub fn renew_session(ctx: &Ctx, token: &Token) {
    set_cookie(&session_cookie(ctx.settings(), token));
}

/// Where a sign-in leads: to `next`. If that is ホーム and a provider account was pending, to ホーム saying that it was
/// linked, or to the page of the links saying why not.
fn landing(signed_in: &SignedIn, next: &str) -> String {
    match &signed_in.linked {
        Some(PendingLinkOutcome { provider, linked }) if next == Route::Home.path() => match linked {
            Ok(()) => Route::Home.done("linked"),
            Err(reason) => {
                [Route::Linked.path(), "?provider_error=", reason.name(), "&with=", provider.as_str()]
                    .concat()
            }
        },
        _ => next.to_owned(),
    }
}

/// Sets the cookies of a completed sign-in, and leads to `next`.
pub fn signed_in(ctx: &Ctx, signed_in: &SignedIn, next: &str) -> Reply {
    for cookie in session_cookies(ctx, signed_in, waiting(ctx).is_some()) {
        set_cookie(&cookie);
    }
    Reply::Reload(landing(signed_in, next))
}

/// Judges a second factor of this browser's pending sign-in; the right one completes it and leads to `next`.
pub async fn complete_second_factor(
    shown: Shown<'_>,
    trust: bool,
    next: Option<&str>,
) -> Result<Reply, ActionError> {
    let ctx = ctx()?;
    let token =
        token_of(&ctx, Cookie::SignInAttempt).ok_or_else(|| refused(challenge::Refused::StartAgain))?;
    let waiting = waiting(&ctx);
    let complete =
        identity::sign_in::prove_second_factor(&ctx, &token, shown, trust, waiting.as_ref()).await?;
    set_cookie(&Cookie::SignInAttempt.clear(ctx.settings()));
    Ok(signed_in(&ctx, &complete, next_or_home(next)))
}

/// Sets the cookies of a new member's session, and leads to the page they wanted, or to ホーム.
pub fn registered(ctx: &Ctx, registered: &Registered) -> Reply {
    signed_in(ctx, &registered.signed_in, Route::Home.path());
    set_cookie(&Cookie::Registration.clear(ctx.settings()));
    let home = || Route::Home.done("registered");
    Reply::Reload(registered.next.clone().filter(|next| next != Route::Home.path()).unwrap_or_else(home))
}

/// The reply after a first factor, and the cookies to set. `next` is the page to go to afterwards.
pub fn after_first_factor(ctx: &Ctx, step: &SignInStep, next: &str, waiting: bool) -> (Reply, Vec<String>) {
    match step {
        SignInStep::In(signed_in) => {
            (Reply::Reload(landing(signed_in, next)), session_cookies(ctx, signed_in, waiting))
        }
        SignInStep::SetUp(signed_in) => {
            (Reply::Reload(Route::SecondFactor.with_next(next)), session_cookies(ctx, signed_in, waiting))
        }
        SignInStep::SecondFactor(token, until) => {
            let cookie = Cookie::SignInAttempt.set(ctx.settings(), token.expose(), Some(until - ctx.now()));
            (Reply::Navigate(Route::SignInSecondFactor.with_next(next)), vec![cookie])
        }
        SignInStep::SetNewPassword(link) => {
            let address = Route::PasswordResetNew.with_token(link.expose());
            (Reply::Navigate(address), Vec::new())
        }
    }
}

/// Removes the cookies of session and auto-login.
pub fn forget_session(ctx: &Ctx) {
    set_cookie(&Cookie::Session.clear(ctx.settings()));
    set_cookie(&Cookie::Remembered.clear(ctx.settings()));
}

/// Removes all cookies of a member who withdrew, the browser's own secret too.
pub fn forget_everything(ctx: &Ctx) {
    forget_session(ctx);
    set_cookie(&Cookie::Browser.clear(ctx.settings()));
}
