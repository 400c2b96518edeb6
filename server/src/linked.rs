//! The way to outside providers and back (MP-18, MP-61, MP-65): plain forms, plain redirects, no script. What a visit leads
//! to is [`identity::linked_accounts`]'s to say.

use app::action::Reply;
use app::cookies::Cookie;
use app::request::let_in;
use axum::extract::{Extension, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use axum::{RequestExt, Router};
use domain::linked_accounts::{Purpose, Refused};
use domain::route::{Route, safe_next};
use identity::caller::Caller;
use identity::desk::Desk;
use identity::linked_accounts::{Answer, Arrived, Back, begin, come_back, label};

use crate::layer::Asker;
use crate::pages::{leads_on, see_other};
use crate::state::AppState;

/// `POST /linked/{id}` leaves for a provider; its answer comes to `/linked/{id}/return`.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route("/linked/{id}", post(leave))
        .route("/linked/{id}/return", post(posted).get(arrive))
        .with_state(state.clone())
}

/// Fields of a button's form.
type Pairs = Vec<(String, String)>;

fn field<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    // A name that comes twice says nothing.
    found.next().is_none().then_some(value.as_str())
}

async fn leave(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let desk = &state.desk;
    let asker = Asker::of(&desk.settings, &request);
    let browser = visit_of(desk, request.headers());
    let Ok(Form(pairs)) = request.extract::<Form<Pairs>, _>().await else {
        return asker.fault(StatusCode::BAD_REQUEST);
    };
    let Some(purpose) = field(&pairs, "for").and_then(Purpose::from_name) else {
        return asker.fault(StatusCode::BAD_REQUEST);
    };
    let next = field(&pairs, "next").filter(|next| !next.is_empty());
    match begin(desk, &caller, &id, purpose, next, browser).await {
        Ok(Ok(away)) => {
            let lang = identity::mail::lang(caller.locale);
            let mut page = leads_on(lang, &label(&desk.settings, &id, caller.locale), &away.url);
            let cookie = Cookie::ProviderVisit.set(&desk.settings, away.browser.expose(), Some(away.kept_ms));
            add(page.headers_mut(), &cookie);
            page
        }
        Ok(Err(refused)) => {
            let next = next.and_then(safe_next).map(str::to_owned);
            said(&caller, &id, &Back { purpose: Some(purpose), next, refused })
        }
        Err(fault) => asker.answer(&fault, purpose.page().path()),
    }
}

/// Some providers post their answer from their own page, without this site's cookies (Apple, LINE's and others'
/// `form_post`): it is asked for again from here, with them.
async fn posted(Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Response {
    let kept: Vec<_> = ["code", "state", "iss", "error"]
        .into_iter()
        .filter_map(|name| field(&pairs, name).map(|value| (name, value)))
        .collect();
    let query = serde_urlencoded::to_string(kept).unwrap_or_default();
    see_other(&["/linked/", &id, "/return?", &query].concat(), &HeaderMap::new())
}

async fn arrive(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
    request: Request,
) -> Response {
    let desk = &state.desk;
    let asker = Asker::of(&desk.settings, &request);
    let browser = visit_of(desk, request.headers());
    let text = |name| field(&pairs, name).map(str::to_owned);
    let answer = Answer { code: text("code"), state: text("state"), iss: text("iss"), error: text("error") };
    match come_back(desk, &caller, &id, browser, answer).await {
        Ok(Ok(arrived)) => went_well(desk, arrived),
        Ok(Err(back)) => said(&caller, &id, &back),
        Err(fault) => asker.answer(&fault, Route::Home.path()),
    }
}

fn went_well(desk: &Desk, arrived: Arrived) -> Response {
    let settings = &desk.settings;
    let or_home = |next: Option<String>| next.unwrap_or_else(|| Route::Home.path().to_owned());
    match arrived {
        Arrived::SignedIn(signed_in, next) => {
            let (reply, cookies) = let_in(desk, &signed_in, &or_home(next));
            match reply {
                Reply::Go(path) | Reply::Enter(path) => go(&path, &cookies),
                Reply::Refused(_) => go(Route::SignIn.path(), &[]),
            }
        }
        Arrived::Waits(purpose, token, until, next) => {
            let cookie = Cookie::PendingLink.set(settings, token.expose(), Some(until - desk.now()));
            let page = purpose.page();
            go(&next.map_or_else(|| page.path().to_owned(), |next| page.with_next(&next)), &[cookie])
        }
        Arrived::Linked => go(&Route::Linked.done("linked"), &[]),
        Arrived::Switched => go(
            &Route::SignIn.done("method"),
            &[Cookie::Session.clear(settings), Cookie::Remembered.clear(settings)],
        ),
        Arrived::Confirmed(token, next) => {
            go(&or_home(next), &[Cookie::Session.set(settings, token.expose(), None)])
        }
    }
}

/// Back to where it began, which says why it led to nothing. Where that is not known: a member is not asked to sign in.
fn said(caller: &Caller, id: &str, back: &Back) -> Response {
    let usual = if caller.current.is_some() { Route::Linked } else { Route::SignIn };
    let page = back.purpose.map_or(usual, Purpose::page);
    let mut pairs = vec![("sns", back.refused.name()), ("with", id)];
    pairs.extend(back.next.as_deref().map(|next| ("next", next)));
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let mut response = see_other(&[page.path(), "?", &query].concat(), &HeaderMap::new());
    if back.refused == Refused::TooMany {
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

/// The secret of this browser's visits, if it began any.
fn visit_of(desk: &Desk, headers: &HeaderMap) -> Option<identity::secret::Token> {
    Cookie::ProviderVisit.token(&desk.settings, headers)
}
