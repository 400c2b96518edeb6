//! Wakes the page up in the browser. Everything that it shows is in `app`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Reads the words of the page's language, then brings the page to life. False when the words are of another
/// build: the page stays as the server drew it.
#[wasm_bindgen]
pub fn wake(table: &str) -> bool {
    console_error_panic_hook::set_once();
    if words::load(table).is_err() {
        return false;
    }
    leptos::mount::hydrate_body(app::app::App);
    if let Some(root) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element()) {
        // For the browser suite: from here on forms are sent in place.
        let _ = root.set_attribute("data-hydrated", "");
    }
    true
}
