//! The pages: drawing them, and answering their forms.
//!
//! A form is posted to an address of its own and run by its server function. In the browser the reply goes back
//! as it is; without script it becomes a redirect (303), or the page again with reasons and what was typed.

use std::sync::OnceLock;

use app::action::{ActionError, Reply, Returned, page_of};
use app::app::{App, First};
use app::request::{Reference, boot};
use app::shell::{Files, shell};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use domain::locale::Locale;
use domain::route::Route;
use html_escape::{encode_quoted_attribute, encode_text};
use identity::caller::Caller;
use leptos::context::provide_context;
use leptos::nonce::Nonce;
use leptos_axum::{
    generate_route_list_with_exclusions_and_ssg_and_context, handle_server_fns_with_context,
    render_app_async_with_context,
};
use words::Lang;

use crate::layer::Asker;
use crate::layer::limits::BODY_BYTES;
use crate::layer::security_headers::PageNonce;
use crate::state::AppState;

/// Largest answer of a server function that is read back here; ours are a few hundred bytes.
const REPLY_BYTES: usize = 64 * 1024;

static STYLESHEET: OnceLock<String> = OnceLock::new();

/// All pages and forms. What is no page is a real 404, drawn like one.
pub fn router(state: &AppState) -> Router {
    STYLESHEET.get_or_init(|| state.assets.name("tegata.css"));
    let mut router = Router::new();
    for path in paths(state) {
        router = router.route(&path, get(page));
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        if method == Method::POST {
            router = router.route(path, post(act));
        }
    }
    if state.desk.settings.site.development {
        router = router.route("/dev/components", get(components));
    }
    router.fallback(not_found).with_state(state.clone())
}

/// The addresses that the app draws.
fn paths(state: &AppState) -> Vec<String> {
    let caller = Caller::visitor(String::new(), "", Locale::Ja);
    let first = First { boot: boot(&state.desk, &caller), returned: None };
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, move || {
        provide_context(first.clone());
    });
    let planned = app::site::PLANNED.iter().map(|route| route.path().to_owned());
    routes.iter().map(|route| route.path().to_owned()).chain(planned).collect()
}

async fn page(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    draw(&state, caller, request, None, StatusCode::OK).await
}

async fn not_found(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return draw(&state, caller, request, None, StatusCode::NOT_FOUND).await;
    }
    Asker::of_caller(&caller, &request).fault(StatusCode::NOT_FOUND)
}

/// What scripts of the page must carry, as the headers promise.
fn nonce_of(request: &Request) -> Nonce {
    let nonce = request.extensions().get::<PageNonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
    Nonce::from_value(nonce)
}

fn files(state: &AppState, locale: Locale) -> Files {
    let name = |logical: &str| state.assets.name(logical);
    let built = state.assets.has("tegata.wasm");
    Files {
        css: name("tegata.css"),
        start: if built { name("start.js") } else { String::new() },
        js: name("tegata.js"),
        wasm: name("tegata.wasm"),
        words: name(&format!("words-{}.txt", locale.tag())),
    }
}

async fn draw(
    state: &AppState,
    caller: Caller,
    request: Request,
    returned: Option<Returned>,
    status: StatusCode,
) -> Response {
    let asker = Asker::of_caller(&caller, &request);
    let files = files(state, caller.locale);
    let first = First { boot: boot(&state.desk, &caller), returned };
    let context = {
        let (desk, reference) = (state.desk.clone(), Reference(asker.reference().to_owned()));
        let nonce = nonce_of(&request);
        move || {
            provide_context(desk.clone());
            provide_context(caller.clone());
            provide_context(first.clone());
            provide_context(reference.clone());
            provide_context(nonce.clone());
        }
    };
    let mut response = render_app_async_with_context(context, move || shell(&files))(request).await;
    // A page whose data could not be read says why, and is not kept for one that was.
    if response.status().is_server_error() {
        return asker.fault(response.status());
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        return see_other(Route::SignIn.path(), &HeaderMap::new());
    }
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// Runs a form or a page's question for data.
async fn act(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let asker = Asker::of_caller(&caller, &request);
    let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let plain_form = accept.contains("text/html");
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        return asker.fault(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let original = (parts.uri.clone(), parts.headers.clone(), parts.extensions.clone());
    // The server function always answers with its reply; what becomes of it is decided here.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let context = {
        let (desk, caller) = (state.desk.clone(), caller.clone());
        let reference = Reference(asker.reference().to_owned());
        move || {
            provide_context(desk.clone());
            provide_context(caller.clone());
            provide_context(reference.clone());
        }
    };
    let run = Request::from_parts(parts, Body::from(body.clone()));
    let mut response = handle_server_fns_with_context(context, run).await.into_response();
    if !plain_form {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }

    let headers = response.headers().clone();
    let Ok(reply) = to_bytes(response.into_body(), REPLY_BYTES).await else {
        return asker.fault(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let (uri, request_headers, extensions) = original;
    match serde_json::from_slice(&reply) {
        Ok(Reply::Go(path) | Reply::Enter(path)) => see_other(&path, &headers),
        Ok(Reply::Refused(problems)) => {
            let returned = Returned { action: uri.path().to_owned(), values: typed(&body), problems };
            let mut again = Request::new(Body::empty());
            *again.uri_mut() = again_at(&uri, &returned.values);
            *again.headers_mut() = request_headers;
            *again.extensions_mut() = extensions;
            draw(&state, caller, again, Some(returned), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(_) => match serde_json::from_slice(&reply) {
            Ok(error) if error.door().is_some() => {
                let door = error.door().unwrap_or(Route::SignIn);
                see_other(&door.with_next(page_of(uri.path())), &headers)
            }
            // The page of the form says so.
            Ok(ActionError::NotOffered) => see_other(page_of(uri.path()), &headers),
            Ok(ActionError::Busy) => asker.fault(StatusCode::SERVICE_UNAVAILABLE),
            Ok(ActionError::Unreachable) => asker.fault(StatusCode::BAD_REQUEST),
            _ => asker.fault(StatusCode::INTERNAL_SERVER_ERROR),
        },
    }
}

/// What was typed, without passwords.
fn typed(body: &[u8]) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    pairs.into_iter().filter(|(name, _)| !name.contains("password")).collect()
}

/// The address of a form, where its page is drawn again, with the token or the way on that it carries in hidden fields.
fn again_at(uri: &Uri, values: &[(String, String)]) -> Uri {
    let page = uri.path();
    let carried: Vec<_> =
        values.iter().filter(|(name, v)| ["t", "next"].contains(&name.as_str()) && !v.is_empty()).collect();
    let query = serde_urlencoded::to_string(carried).unwrap_or_default();
    let path = if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") };
    path.parse().unwrap_or_else(|_| Uri::from_static("/"))
}

/// After a deed: the page that says what was done, by GET (RFC 9700, 4.12), with the cookies of the deed.
pub(crate) fn see_other(path: &str, answer: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    for cookie in answer.get_all(header::SET_COOKIE) {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    if let Ok(value) = HeaderValue::from_str(path) {
        headers.insert(header::LOCATION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Every component in every state; development only.
async fn components(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let nonce = nonce_of(&request);
    let files = Files { start: String::new(), ..files(&state, caller.locale) };
    let first = First { boot: boot(&state.desk, &caller), returned: None };
    let context = move || {
        provide_context(first.clone());
        provide_context(nonce.clone());
    };
    render_app_async_with_context(context, move || app::shell::document(&files, app::dev::DevApp))(request)
        .await
}

/// A page that needs nothing: what happened, what to do, and the number under which it was logged.
pub(crate) fn fault(status: StatusCode, lang: Lang, reference: &str) -> Response {
    use words::errors as t;

    let (title, lead) = match status {
        StatusCode::NOT_FOUND => (t::not_found_title(lang), t::not_found_lead(lang)),
        StatusCode::FORBIDDEN => (t::cross_site_title(lang), t::cross_site_lead(lang)),
        StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (t::too_large_title(lang), t::too_large_lead(lang)),
        StatusCode::SERVICE_UNAVAILABLE => (t::busy_title(lang), t::busy_lead(lang)),
        _ => (t::fault_title(lang), t::fault_lead(lang)),
    };
    let number = if status == StatusCode::INTERNAL_SERVER_ERROR && !reference.is_empty() {
        format!("<p>{}</p>", t::fault_reference(lang, reference))
    } else {
        String::new()
    };
    // The words are ours and the number is letters and digits: nothing here needs escaping.
    bare(
        status,
        lang,
        &Bare { title, lead, head: "", more: &number, go: (Route::Home.path(), t::to_home(lang)) },
    )
}

/// The page between a button of ours and a provider. It leads on by itself: a redirect would be one of our form, and
/// those may not leave this site (`form-action`; browsers follow it over every further redirect).
pub(crate) fn leads_on(lang: Lang, provider: &str, url: &str) -> Response {
    use words::linked_lines as t;

    let (provider, url) = (encode_text(provider), encode_quoted_attribute(url));
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={url}\">");
    let (title, go) = (t::away_title(lang, &provider), t::away_go(lang, &provider));
    let page = Bare { title: &title, lead: t::away_lead(lang), head: &head, more: "", go: (&url, &go) };
    bare(StatusCode::OK, lang, &page)
}

/// What a page without the app says, as HTML already.
struct Bare<'a> {
    title: &'a str,
    lead: &'a str,
    head: &'a str,
    more: &'a str,
    go: (&'a str, &'a str),
}

fn bare(status: StatusCode, lang: Lang, page: &Bare<'_>) -> Response {
    let stylesheet = STYLESHEET.get().map_or("", String::as_str);
    let Bare { title, lead, head, more, go: (href, label) } = page;
    let tag = lang.tag();
    let html = format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">{head}<title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{stylesheet}\"></head><body><div class=\"layout\">\
         <main class=\"content\" id=\"main\"><div class=\"page\"><hgroup><h1 tabindex=\"-1\">{title}</h1>\
         <p class=\"lead\">{lead}</p></hgroup>{more}<div class=\"actions\">\
         <a class=\"button button--primary\" href=\"{href}\">{label}</a></div></div></main></div></body></html>"
    );
    (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}
