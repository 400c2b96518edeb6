//! Who is at the other end: network, browser, language, and the member behind the session cookie, resolved once
//! per request. Here stands the guard, too: a visitor who asks for a member's page is sent to ログイン before
//! anything is drawn. Every deed asks again.

use std::net::{IpAddr, SocketAddr};

use app::cookies::Cookie;
use app::request::session_cookies;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::route::{Route, next_or_home};
use identity::caller::Caller;
use identity::fault::Fault;
use identity::session;
use identity::settings::Settings;
use identity::sign_in;

use super::Asker;
use crate::pages::see_other;
use crate::state::AppState;

/// The layer around the pages.
pub async fn resolve(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asker = Asker::of(&state.desk.settings, &request);
    let (head, body) = request.into_parts();
    let (caller, cookies) = match identify(&state, &head).await {
        Ok(found) => found,
        Err(fault) => return asker.answer(&fault, head.uri.path()),
    };
    let mut request = Request::from_parts(head, body);
    let mut response = if let Some(path) = turned_away(&request, &caller, state.desk.now()) {
        see_other(&path, &HeaderMap::new())
    } else {
        // What a member saw is in nobody's store; a visitor's page may come back by the browser's Back.
        let keep = if caller.current.is_some() { "no-store" } else { "private, no-cache" };
        request.extensions_mut().insert(caller);
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

/// The caller, and the cookies to set when a remembered browser was let in (C-08).
async fn identify(state: &AppState, request: &Parts) -> Result<(Caller, Vec<String>), Fault> {
    let (desk, headers) = (&state.desk, &request.headers);
    let settings = &desk.settings;
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let network = network(peer, headers, settings).map(|ip| ip.to_string()).unwrap_or_default();
    let browser = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut caller = Caller::visitor(network, browser, super::locale(settings, headers));

    caller.device = Cookie::Device.token(settings, headers);
    caller.pending_link = Cookie::PendingLink.token(settings, headers);
    if let Some(token) = Cookie::Session.token(settings, headers) {
        caller.current = session::find(desk, &token, &caller.network).await?;
    }
    let mut set = Vec::new();
    if let (None, Some(token)) = (&caller.current, Cookie::Remembered.token(settings, headers)) {
        if let Some(opened) = sign_in::resume(desk, &caller, &token).await? {
            set = session_cookies(desk, &opened);
            caller.current = session::find(desk, &opened.token, &caller.network).await?;
        } else {
            set.push(Cookie::Remembered.clear(settings));
        }
    }
    if let Some(current) = &caller.current {
        caller.locale = current.locale;
    }
    Ok((caller, set))
}

/// Where somebody goes instead: members to a fresh proof before what needs one, visitors from members' pages to ログイン, members from ログイン on (MP-27).
fn turned_away(request: &Request, caller: &Caller, now: i64) -> Option<String> {
    let path = request.uri().path();
    // An address that is no page is a 404 for everybody.
    let members_only = Route::ALL.iter().any(|r| r.path() == path && r.is_for_members());
    let page = [Method::GET, Method::HEAD].contains(request.method());
    match &caller.current {
        None if members_only && path == Route::Home.path() => Some(Route::SignIn.path().to_owned()),
        None if members_only && page => {
            let asked = request.uri().path_and_query().map_or(path, |p| p.as_str());
            Some(Route::SignIn.with_next(asked))
        }
        // What protects the account is shown for changing only after a fresh proof.
        Some(current) if page && !current.is_fresh(now) && needs_fresh_proof(path) => {
            let asked = request.uri().path_and_query().map_or(path, |p| p.as_str());
            Some(Route::Confirm.with_next(asked))
        }
        Some(_) if page && path == Route::SignIn.path() => {
            let next = request.uri().query().and_then(next_of);
            Some(next_or_home(next.as_deref()).to_owned())
        }
        _ => None,
    }
}

fn needs_fresh_proof(path: &str) -> bool {
    Route::ALL.iter().any(|route| route.path() == path && route.needs_fresh_proof())
}

fn next_of(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    pairs.into_iter().find(|(name, _)| name == "next").map(|(_, value)| value)
}

/// The address that counts: the connection's, unless it is a proxy that the operator trusts; then the nearest
/// one in `X-Forwarded-For` that is none.
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

    /// security.md 2.10: nobody chooses their own address.
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
