//! Requests of a page to its server: the data of a view, and forms sent in place.

use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams};

use crate::form::ActionError;

/// The address of the page, or of the page that is being opened.
#[derive(Clone, Copy)]
pub struct CurrentAddress {
    path: Memo<String>,
    query: Memo<String>,
}

impl CurrentAddress {
    /// From the router.
    pub fn of_router() -> Self {
        let location = use_location();
        Self { path: location.pathname, query: location.search }
    }

    /// From the context: the frame provides it.
    pub fn of_context() -> Self {
        expect_context()
    }

    /// A page that comes before this one (to sign in, say), with this one as `next`.
    pub fn after(self, first: Route) -> String {
        let path = self.path.get_untracked();
        // A form without script was rendered at its own address; its page is meant.
        let page = Route::at(&path).map_or(path, |route| route.path().to_owned());
        let query = self.query.get_untracked();
        let query = query.trim_start_matches('?');
        first.with_next(&if query.is_empty() { page } else { [&page, "?", query].concat() })
    }
}

/// Reads a page's data: on the server by the function itself, in the browser by a request to it. (The client that
/// Leptos makes for each server function would cost some 6 kB apiece.) `fields` are its arguments.
pub async fn fetch_view<S>(function: S, fields: &[(&str, &str)]) -> Result<S::Output, ActionError>
where
    S: ServerFn<Error = ActionError>,
    S::Output: DeserializeOwned,
{
    if cfg!(feature = "ssr") {
        return function.run_body().await;
    }
    // A page asks before it is shown: the address bar still has the address of the one before.
    let address = use_context::<CurrentAddress>();
    // The browser has one thread, so the future never leaves it.
    SendWrapper::new(async move {
        let sent = UrlSearchParams::new().map_err(|_| ActionError::Unreachable)?;
        for (name, value) in fields {
            sent.append(name, value);
        }
        let answer = post(S::PATH, &sent).await;
        // The session has ended, or the last authentication is too long ago.
        if let Some(first) = answer.as_ref().err().and_then(ActionError::redirect) {
            load(&address.map_or_else(|| first.path().to_owned(), |address| address.after(first)));
        }
        answer
    })
    .await
}

/// Sends a form in place.
pub async fn post<T: DeserializeOwned>(action: &str, typed: &UrlSearchParams) -> Result<T, ActionError> {
    let text = send(action, typed).await.map_err(|_| ActionError::Unreachable)?;
    serde_json::from_str(&text).map_err(|_| serde_json::from_str(&text).unwrap_or(ActionError::Unreachable))
}

async fn send(action: &str, typed: &UrlSearchParams) -> Result<String, JsValue> {
    let sent = RequestInit::new();
    sent.set_method("POST");
    sent.set_body(typed);
    let answer: Response =
        JsFuture::from(window().fetch_with_str_and_init(action, &sent)).await?.dyn_into()?;
    Ok(JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default())
}

/// Loads a page from the server.
pub fn load(path: &str) {
    let _ = window().location().assign(path);
}
