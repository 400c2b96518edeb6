//! What a server function knows of its request: the desk, who is acting, the cookies to set, and how faults are
//! told. On the server only.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use domain::policy::{AutoSignInMode, RegistrationMode};
use domain::route::Route;
use identity::caller::Caller;
use identity::clock::DAY_MS;
use identity::desk::Desk;
use identity::fault::Fault;
use identity::linked_accounts::TakenUp;
use identity::moment;
use identity::secret::Token;
use identity::session::Opened;
use identity::sign_in::SignedIn;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::action::{ActionError, Reply};
use crate::boot::{Boot, lang_of};
use crate::cookies::Cookie;

/// Life of the browser's own cookie: the longest that browsers give.
const DEVICE_MS: i64 = 400 * DAY_MS;

/// The desk of this process.
pub fn desk() -> Result<Desk, ActionError> {
    use_context::<Desk>().ok_or(ActionError::Unreachable)
}

/// Who is acting.
pub fn caller() -> Result<Caller, ActionError> {
    use_context::<Caller>().ok_or(ActionError::Unreachable)
}

/// Headers of the request.
pub fn headers() -> HeaderMap {
    use_context::<axum::http::request::Parts>().map(|p| p.headers).unwrap_or_default()
}

/// Has the browser keep a cookie.
pub fn set_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// Turns a fault into what the page can say; logs it once, here.
pub fn told(fault: Fault) -> ActionError {
    let (status, error) = match fault {
        Fault::SignInFirst => (StatusCode::UNAUTHORIZED, ActionError::SignInFirst),
        Fault::ProveFirst => (StatusCode::FORBIDDEN, ActionError::ProveFirst),
        Fault::NotOffered => (StatusCode::FORBIDDEN, ActionError::NotOffered),
        fault if fault.passes() => {
            tracing::warn!(error = %fault, "a request was put off");
            (StatusCode::SERVICE_UNAVAILABLE, ActionError::Busy)
        }
        fault => {
            let reference = use_context::<Reference>().map(|r| r.0).unwrap_or_default();
            tracing::error!(error = %fault, reference, "a request failed");
            (StatusCode::INTERNAL_SERVER_ERROR, ActionError::Fault(reference))
        }
    };
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            options.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
    error
}

/// The request's id: the number that a member can quote.
#[derive(Clone, Debug)]
pub struct Reference(pub String);

/// The record for pages.
pub fn boot(desk: &Desk, caller: &Caller) -> Boot {
    let settings = &desk.settings;
    let policy = &settings.policy;
    Boot {
        locale: caller.locale,
        site: settings.site.name.clone(),
        support: settings.site.support.clone(),
        member: caller.current.as_ref().map(|c| full_name(&c.family_name, c.given_name.as_deref(), caller)),
        rules: policy.password_rules(),
        open: policy.registration.mode == RegistrationMode::Member,
        remember: policy.auto_sign_in.mode == AutoSignInMode::OptIn,
        passkeys: identity::passkeys::sign_in_offered(settings),
        one_way: policy.linked_accounts.login_method_exclusive && !settings.providers.is_empty(),
        single_names: policy.profile.single_names,
        registration_valid: moment::duration(policy.registration.link_valid_ms(), lang_of(caller.locale)),
    }
}

/// A name in the order of the reader's language.
pub fn full_name(family: &str, given: Option<&str>, caller: &Caller) -> String {
    match (given, caller.locale) {
        (None, _) => family.to_owned(),
        (Some(given), domain::locale::Locale::Ja) => format!("{family} {given}"),
        (Some(given), domain::locale::Locale::En) => format!("{given} {family}"),
    }
}

/// Has the browser keep a session that was just opened.
pub fn keep(desk: &Desk, opened: &Opened) {
    for cookie in session_cookies(desk, opened) {
        set_cookie(&cookie);
    }
}

/// The cookies of a session that was just opened.
pub fn session_cookies(desk: &Desk, opened: &Opened) -> Vec<String> {
    let settings = &desk.settings;
    let mut cookies = vec![Cookie::Session.set(settings, opened.token.expose(), None)];
    if let Some((token, until)) = &opened.remember {
        cookies.push(Cookie::Remembered.set(settings, token.expose(), Some(until - desk.now())));
    }
    // Moved on at each sign-in.
    cookies.push(Cookie::Device.set(settings, opened.device.expose(), Some(DEVICE_MS)));
    // Linked or not, it does not wait any more.
    if opened.brought {
        cookies.push(Cookie::PendingLink.clear(settings));
    }
    cookies
}

/// Where a sign-in leads: to `next`; but who goes to ホーム is told there what became of the account that was brought
/// from a provider, and why it was not linked on the page of the links.
fn onward(opened: &Opened, next: &str) -> String {
    match &opened.taken_up {
        Some(TakenUp { provider, linked }) if next == Route::Home.path() => match linked {
            Ok(()) => Route::Home.done("linked"),
            Err(refused) => {
                [Route::Linked.path(), "?sns=", refused.name(), "&with=", provider.as_str()].concat()
            }
        },
        _ => next.to_owned(),
    }
}

/// Has the browser keep the session of a sign-in that is complete; the answer leads on, to `next`.
pub fn enter(desk: &Desk, opened: &Opened, next: &str) -> Reply {
    keep(desk, opened);
    Reply::Enter(onward(opened, next))
}

/// Where a sign-in leads, on the way to `next`, and the cookies that the browser keeps of it.
pub fn let_in(desk: &Desk, signed_in: &SignedIn, next: &str) -> (Reply, Vec<String>) {
    match signed_in {
        SignedIn::In(opened) => (Reply::Enter(onward(opened, next)), session_cookies(desk, opened)),
        SignedIn::SetUp(opened) => {
            (Reply::Enter(Route::SecondStep.path().to_owned()), session_cookies(desk, opened))
        }
        SignedIn::SecondStep(token, until) => {
            let kept_ms = Some(until - desk.now());
            let cookie = Cookie::SecondStep.set(&desk.settings, token.expose(), kept_ms);
            (Reply::Go(Route::SignInSecondStep.with_next(next)), vec![cookie])
        }
        SignedIn::SetNew(link) => (Reply::Go(Route::PasswordResetNew.with_token(link.expose())), Vec::new()),
    }
}

/// Has the browser forget session and auto-login.
pub fn forget(desk: &Desk) {
    set_cookie(&Cookie::Session.clear(&desk.settings));
    set_cookie(&Cookie::Remembered.clear(&desk.settings));
}

/// Has the browser forget everything that was a member's who left, down to its own secret.
pub fn forget_all(desk: &Desk) {
    forget(desk);
    set_cookie(&Cookie::Device.clear(&desk.settings));
}

/// The secret of the registration form that this browser sent, if it did.
pub fn registration_form(desk: &Desk) -> Option<Token> {
    token_of(desk, Cookie::Registration)
}

/// The token that the request's cookie carries.
pub fn token_of(desk: &Desk, cookie: Cookie) -> Option<Token> {
    cookie.token(&desk.settings, &headers())
}
