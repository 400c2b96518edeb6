//! The pages: rendering them, and answering their forms.
//!
//! A form is posted to an address of its own and run by its server function. With script the reply goes back as it is;
//! without script it becomes a redirect (303), or the page again with reasons and what was typed.

use app::app::{App, InitialState};
use app::form::{ActionError, RejectedForm, Reply};
use app::request::page_context;
use app::shell::{Files, shell};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::locale::Locale;
use domain::route::{Route, with_param};
use identity::context::Ctx;
use leptos::context::provide_context;
use leptos::nonce::Nonce;
use leptos_axum::{
    generate_route_list_with_exclusions_and_ssg_and_context, handle_server_fns_with_context,
    render_app_async_with_context,
};

use crate::layer::ErrorResponder;
use crate::layer::limits::BODY_BYTES;
use crate::layer::security_headers::PageNonce;
use crate::layer::visitor::lacks;
use crate::state::AppState;

/// Largest answer of a server function that is read back here; ours are a few hundred bytes.
const REPLY_BYTES: usize = 64 * 1024;

/// All pages and forms. Other addresses are a real 404, rendered as a page.
pub fn router(state: &AppState) -> Router {
    let mut router = Router::new();
    for path in paths(state) {
        router = router.route(&path, get(page));
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        if method == Method::POST {
            router = router.route(path, post(act));
        }
    }
    if state.app.settings.site.development {
        router = router.route("/dev/components", get(components));
    }
    router.fallback(not_found).with_state(state.clone())
}

/// The addresses of the app's pages.
fn paths(state: &AppState) -> Vec<String> {
    let initial = InitialState { page: page_context(&state.site_ctx()), rejected: None };
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, move || {
        provide_context(initial.clone());
    });
    routes.iter().map(|route| route.path().to_owned()).collect()
}

async fn page(State(state): State<AppState>, Extension(ctx): Extension<Ctx>, request: Request) -> Response {
    render(&state, ctx, request, None, StatusCode::OK).await
}

async fn not_found(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    request: Request,
) -> Response {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return render(&state, ctx, request, None, StatusCode::NOT_FOUND).await;
    }
    ErrorResponder::of_ctx(&state, &ctx).page(StatusCode::NOT_FOUND)
}

/// The nonce that scripts of the page must carry, as in its headers.
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

async fn render(
    state: &AppState,
    ctx: Ctx,
    request: Request,
    rejected: Option<RejectedForm>,
    status: StatusCode,
) -> Response {
    let errors = ErrorResponder::of_ctx(state, &ctx);
    let files = files(state, ctx.locale());
    let initial = InitialState { page: page_context(&ctx), rejected };
    let context = {
        let (help, nonce) = (state.help.clone(), nonce_of(&request));
        move || {
            provide_context(ctx.clone());
            provide_context(help.clone());
            provide_context(initial.clone());
            provide_context(nonce.clone());
        }
    };
    let asked = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let mut response = render_app_async_with_context(context, move || shell(&files))(request).await;
    // A page whose data could not be read becomes an error page, which is not stored.
    if response.status().is_server_error() {
        return errors.page(response.status());
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        return see_other(&Route::SignIn.with_next(&asked), &HeaderMap::new());
    }
    if status != StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// Runs a form, or a page's request for data.
async fn act(State(state): State<AppState>, Extension(ctx): Extension<Ctx>, request: Request) -> Response {
    let errors = ErrorResponder::of_ctx(&state, &ctx);
    let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let plain_form = accept.contains("text/html");
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        return errors.page(StatusCode::PAYLOAD_TOO_LARGE);
    };
    if plain_form
        && let Some(route) = Route::at(parts.uri.path())
        && let Some(lack) = lacks(route.access_to_post(parts.uri.path()), &ctx)
        && let Some(first) = lack.redirect()
    {
        let page = page_of(&parts.uri, &typed(&body));
        return see_other(&first.with_next(&page), &HeaderMap::new());
    }
    let original = (parts.uri.clone(), parts.headers.clone(), parts.extensions.clone());
    // The server function always answers with its reply as JSON; what is made of it is decided here.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let context = {
        let (ctx, help) = (ctx.clone(), state.help.clone());
        move || {
            provide_context(ctx.clone());
            provide_context(help.clone());
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
        return errors.page(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let (uri, request_headers, extensions) = original;
    if let Ok(Reply::Navigate(path) | Reply::Reload(path)) = serde_json::from_slice(&reply) {
        return see_other(&path, &headers);
    }
    let values = typed(&body);
    let page = page_of(&uri, &values);
    match serde_json::from_slice(&reply) {
        Ok(ActionError::Refused(problems)) => {
            let mut again = Request::new(Body::empty());
            *again.uri_mut() = with_params(&uri, uri.path(), &values).parse().unwrap_or_else(|_| uri.clone());
            *again.headers_mut() = request_headers;
            *again.extensions_mut() = extensions;
            let rejected = RejectedForm { action: uri.path().to_owned(), values, problems };
            render(&state, ctx, again, Some(rejected), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Ok(error @ (ActionError::SignIn | ActionError::StepUp)) => {
            let first = error.redirect().unwrap_or(Route::SignIn);
            see_other(&first.with_next(&page), &headers)
        }
        // The page of the form says so.
        Ok(ActionError::NotOffered) => see_other(&page, &headers),
        Ok(ActionError::Busy) => errors.page(StatusCode::SERVICE_UNAVAILABLE),
        Ok(ActionError::Unreachable) => errors.page(StatusCode::BAD_REQUEST),
        Ok(ActionError::Failed(_)) | Err(_) => errors.page(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// What was typed, without passwords.
fn typed(body: &[u8]) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    pairs.into_iter().filter(|(name, _)| !name.contains("password")).collect()
}

/// The page of a form, with the parameters of its query.
fn page_of(form: &Uri, values: &[(String, String)]) -> String {
    with_params(form, Route::at(form.path()).map_or_else(|| form.path(), |route| route.path()), values)
}

/// An address with those parameters of the page's query that the form carried in hidden fields.
fn with_params(form: &Uri, address: &str, values: &[(String, String)]) -> String {
    let params = Route::at(form.path()).map_or(&[][..], Route::params);
    let carried = values.iter().filter(|(name, value)| params.contains(&name.as_str()) && !value.is_empty());
    carried.fold(address.to_owned(), |address, (name, value)| with_param(&address, name, value))
}

/// After a form: a 303 to the page that says what was done (RFC 9700 §4.12), with the cookies of the answer.
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
    Extension(ctx): Extension<Ctx>,
    request: Request,
) -> Response {
    let nonce = nonce_of(&request);
    let files = Files { start: String::new(), ..files(&state, ctx.locale()) };
    let initial = InitialState { page: page_context(&ctx), rejected: None };
    let context = move || {
        provide_context(initial.clone());
        provide_context(nonce.clone());
    };
    render_app_async_with_context(context, move || app::shell::document(&files, app::dev::DevApp))(request)
        .await
}
