//! Who sends a request: network, browser, language, and the member of the session cookie, resolved once per request.
//! It is also the guard: a request for a page that the visitor may not see is sent to sign in, or to authenticate
//! again, before anything is rendered. Every use case judges again.

use std::net::{IpAddr, SocketAddr};

use app::cookies::Cookie;
use app::form::ActionError;
use app::request::session_cookies;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::route::{Access, Route, next_or_home};
use identity::context::{Actor, Ctx, RequestContext};
use identity::error::Fault;
use identity::settings::Settings;
use identity::{find_session, sign_in};

use super::ErrorResponder;
use super::log::RequestId;
use crate::pages::see_other;
use crate::state::AppState;

/// The layer around the pages: the context that use cases act in, among the request's extensions.
pub async fn resolve(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let errors = ErrorResponder::of_request(&state, &request);
    let (head, body) = request.into_parts();
    let (ctx, cookies) = match identify(&state, &head).await {
        Ok(found) => found,
        Err(fault) => return errors.fault(&fault, head.uri.path()),
    };
    let mut request = Request::from_parts(head, body);
    let mut response = if let Some(path) = turned_away(&request, &ctx) {
        see_other(&path, &HeaderMap::new())
    } else {
        // No cache may keep a member's page; a visitor's page may come back by the browser's Back.
        let keep = if ctx.session().is_some() { "no-store" } else { "private, no-cache" };
        request.extensions_mut().insert(ctx);
        let mut response = next.run(request).await;
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(keep));
        response
    };
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// The context of the request, and the cookies to set when a remembered browser was signed in (C-08).
async fn identify(state: &AppState, request: &Parts) -> Result<(Ctx, Vec<String>), Fault> {
    let (app, headers) = (&state.app, &request.headers);
    let settings = &app.settings;
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let network = network(peer, headers, settings).map(|ip| ip.to_string()).unwrap_or_default();
    let user_agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let ctx = RequestContext {
        request_id: request.extensions.get::<RequestId>().map(|id| id.0.clone()),
        browser: Cookie::Browser.token(settings, headers),
        ..RequestContext::new(network.clone(), user_agent, super::locale(settings, headers))
    };
    let ctx = Ctx::new(app, ctx, Actor::Visitor);

    if let Some(token) = Cookie::Session.token(settings, headers)
        && let Some(session) = find_session(app, &token, &network).await?
    {
        return Ok((ctx.with_actor(Actor::Member(session)), Vec::new()));
    }
    let Some(token) = Cookie::Remembered.token(settings, headers) else { return Ok((ctx, Vec::new())) };
    let Some(signed_in) = sign_in::resume(&ctx, &token).await? else {
        return Ok((ctx, vec![Cookie::Remembered.clear(settings)]));
    };
    let cookies = session_cookies(&ctx, &signed_in, false);
    match find_session(app, &signed_in.session.token, &network).await? {
        Some(session) => Ok((ctx.with_actor(Actor::Member(session)), cookies)),
        None => Ok((ctx, cookies)),
    }
}

/// What the visitor lacks for a page or a form; `None`: they may see it.
pub(crate) fn lacks(access: Access, ctx: &Ctx) -> Option<ActionError> {
    match (access, ctx.session()) {
        (Access::Member | Access::FreshMember, None) => Some(ActionError::SignIn),
        (Access::FreshMember, Some(session)) if !session.is_fresh(ctx.now()) => Some(ActionError::StepUp),
        _ => None,
    }
}

/// The page to go to instead; members skip ログイン (MP-27). Posted forms are judged where they are read
/// ([`crate::pages`]), so that `next` is not lost. An address that is not a page is a 404 for everybody.
fn turned_away(request: &Request, ctx: &Ctx) -> Option<String> {
    let uri = request.uri();
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let route = Route::at(uri.path())?;
    if let Some(first) = lacks(route.access(), ctx).and_then(|lack| lack.redirect()) {
        // A reload of a form's answer means its page.
        let asked = if uri.path() == route.path() { uri.path_and_query()?.as_str() } else { route.path() };
        return Some(first.with_next(asked));
    }
    let goes_on = route.access() == Access::Visitor && ctx.session().is_some();
    goes_on.then(|| next_or_home(uri.query().and_then(next_of).as_deref()).to_owned())
}

fn next_of(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    pairs.into_iter().find(|(name, _)| name == "next").map(|(_, value)| value)
}

/// The visitor's network address: the connection's, unless that is a trusted proxy; then the nearest one in
/// `X-Forwarded-For` that is not a trusted proxy.
fn network(peer: Option<IpAddr>, headers: &HeaderMap, settings: &Settings) -> Option<IpAddr> {
    let trusted = &settings.http.trusted_proxies;
    let mut nearest = peer?;
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        if !trusted.contains(&nearest.to_canonical()) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(ip) => nearest = ip,
            Err(_) => break,
        }
    }
    Some(nearest.to_canonical())
}

#[cfg(test)]
mod tests {
    use identity::settings::Source;

    use super::*;

    /// security.md 2.10: a caller cannot choose its own address.
    #[test]
    fn only_trusted_proxies_are_believed() {
        let settings = Source {
            file: None,
            environment: [("TEGATA_HTTP__TRUSTED_PROXIES".to_owned(), "10.0.0.1,10.0.0.2".to_owned())].into(),
        }
        .read()
        .unwrap();
        let seen = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            network(Some(peer.parse().unwrap()), &headers, &settings).unwrap().to_string()
        };
        assert_eq!(seen("192.0.2.1", "198.51.100.9"), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", "198.51.100.9"), "198.51.100.9");
        assert_eq!(seen("10.0.0.1", "203.0.113.5, 198.51.100.9, 10.0.0.2"), "198.51.100.9");
        assert_eq!(seen("10.0.0.1", "not an address"), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", "198.51.100.9"), "198.51.100.9");
    }
}
