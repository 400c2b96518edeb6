//! Authorization requests to outside providers and their callbacks (MP-18, MP-61, MP-65): plain forms, plain
//! redirects, no script. [`identity::linked_accounts`] decides what a callback leads to.

use app::cookies::Cookie;
use app::form::Reply;
use app::request::after_first_factor;
use axum::extract::{Extension, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use axum::{RequestExt, Router};
use domain::linked_accounts::{Purpose, Refused};
use domain::route::{Route, next_or_home, safe_next, with_param};
use identity::context::Ctx;
use identity::error::Error;
use identity::linked_accounts::{CallbackFailure, CallbackOutcome, CallbackParams, handle_callback, start};
use identity::secret::Token;

use crate::bare;
use crate::layer::ErrorResponder;
use crate::pages::see_other;
use crate::state::AppState;

/// `POST /linked/{id}` begins a request to a provider; its answer comes to `/linked/{id}/return`.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route("/linked/{id}", post(leave))
        .route("/linked/{id}/return", post(posted).get(callback))
        .with_state(state.clone())
}

/// Fields of a button's form, or of a query.
type Pairs = Vec<(String, String)>;

fn field<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    // A name that comes twice counts as absent.
    found.next().is_none().then_some(value.as_str())
}

async fn leave(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let errors = ErrorResponder::of_ctx(&state, &ctx);
    let (browser, waiting) = (token(&ctx, &request, Cookie::AuthRequest), waiting(&ctx, &request));
    let Ok(Form(pairs)) = request.extract::<Form<Pairs>, _>().await else {
        return errors.page(StatusCode::BAD_REQUEST);
    };
    let Some(purpose) = field(&pairs, "for").and_then(Purpose::from_name) else {
        return errors.page(StatusCode::BAD_REQUEST);
    };
    let next = field(&pairs, "next").filter(|next| !next.is_empty());
    match start(&ctx, &id, purpose, next, browser, waiting.as_ref()).await {
        Ok(redirect) => {
            let (locale, stylesheet) = (ctx.locale(), state.assets.name("tegata.css"));
            let provider = ctx.settings().providers.get(&id).map_or(id.as_str(), |it| it.label(locale));
            let mut page = bare::interstitial(locale, provider, &redirect.url, &stylesheet);
            let cookie =
                Cookie::AuthRequest.set(ctx.settings(), redirect.browser.expose(), Some(redirect.valid_ms));
            add(page.headers_mut(), &cookie);
            page
        }
        Err(Error::Refused(reasons)) => match reasons.first() {
            Some(refused) => {
                let next = next.and_then(safe_next).map(str::to_owned);
                failed(&ctx, &id, &CallbackFailure { purpose: Some(purpose), next, refused: *refused })
            }
            None => errors.page(StatusCode::BAD_REQUEST),
        },
        // Back to the page of the button, after what has to be done first.
        Err(Error::Denied(denied)) => errors.fault(&denied.into(), &back(purpose, next.and_then(safe_next))),
        Err(Error::Failed(failure)) => errors.failure(&failure),
    }
}

/// The page of the button, with the page to go to afterwards.
fn back(purpose: Purpose, next: Option<&str>) -> String {
    let page = purpose.page();
    next.map_or_else(|| page.path().to_owned(), |next| page.with_next(next))
}

/// Some providers post their answer from their own page, without this site's cookies (`form_post`, as Apple does): a
/// redirect makes the browser ask again by GET, with them.
async fn posted(Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Response {
    let kept: Vec<_> = ["code", "state", "iss", "error"]
        .into_iter()
        .filter_map(|name| field(&pairs, name).map(|value| (name, value)))
        .collect();
    let query = serde_urlencoded::to_string(kept).unwrap_or_default();
    see_other(&["/linked/", &id, "/return?", &query].concat(), &HeaderMap::new())
}

async fn callback(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
    request: Request,
) -> Response {
    let errors = ErrorResponder::of_ctx(&state, &ctx);
    let (browser, waiting) = (token(&ctx, &request, Cookie::AuthRequest), waiting(&ctx, &request));
    let text = |name| field(&pairs, name).map(str::to_owned);
    let params =
        CallbackParams { code: text("code"), state: text("state"), iss: text("iss"), error: text("error") };
    match handle_callback(&ctx, &id, browser, params, waiting.as_ref()).await {
        Ok(outcome) => succeeded(&ctx, outcome, waiting.is_some()),
        Err(Error::Refused(failures)) => match failures.first() {
            Some(failure) => failed(&ctx, &id, failure),
            None => errors.page(StatusCode::BAD_REQUEST),
        },
        Err(Error::Denied(denied)) => errors.fault(&denied.into(), Route::Home.path()),
        Err(Error::Failed(failure)) => errors.failure(&failure),
    }
}

fn succeeded(ctx: &Ctx, outcome: CallbackOutcome, waiting: bool) -> Response {
    let settings = ctx.settings();
    match outcome {
        CallbackOutcome::SignedIn(step, next) => {
            let (reply, cookies) = after_first_factor(ctx, &step, next_or_home(next.as_deref()), waiting);
            let (Reply::Navigate(path) | Reply::Reload(path)) = reply;
            go(&path, &cookies)
        }
        CallbackOutcome::Waits(purpose, token, until, next) => {
            let cookie = Cookie::PendingIdentity.set(settings, token.expose(), Some(until - ctx.now()));
            go(&back(purpose, next.as_deref()), &[cookie])
        }
        CallbackOutcome::Linked => go(&Route::Linked.done("linked"), &[]),
        CallbackOutcome::Switched => go(
            &Route::SignIn.done("method"),
            &[Cookie::Session.clear(settings), Cookie::Remembered.clear(settings)],
        ),
        CallbackOutcome::Reauthenticated(token, next) => {
            go(next_or_home(next.as_deref()), &[Cookie::Session.set(settings, token.expose(), None)])
        }
    }
}

/// Back to the page where it began, which says why it led to nothing; if that is not known, to the member's page or
/// ログイン.
fn failed(ctx: &Ctx, id: &str, failure: &CallbackFailure) -> Response {
    let usual = if ctx.session().is_some() { Route::Linked } else { Route::SignIn };
    let page = failure.purpose.map_or(usual, Purpose::page);
    let page = with_param(page.path(), "provider_error", failure.refused.name());
    let page = with_param(&page, "with", id);
    let page = failure.next.as_deref().map(|next| with_param(&page, "next", next)).unwrap_or(page);
    let mut response = see_other(&page, &HeaderMap::new());
    if failure.refused == Refused::TooMany {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("600"));
    }
    response
}

fn go(path: &str, cookies: &[String]) -> Response {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        add(&mut headers, cookie);
    }
    see_other(path, &headers)
}

fn add(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

fn token(ctx: &Ctx, request: &Request, cookie: Cookie) -> Option<Token> {
    cookie.token(ctx.settings(), request.headers())
}

/// The token of a pending provider account in this browser.
fn waiting(ctx: &Ctx, request: &Request) -> Option<Token> {
    token(ctx, request, Cookie::PendingIdentity)
}
