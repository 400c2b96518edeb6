//! Hydrates the page in the browser. Everything that it shows is in `app`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Reads the texts of the page's language, fetches the page's own code if it has any, then hydrates the page. If the
/// texts are of another build, or the code cannot be fetched, the page stays as the server rendered it.
#[wasm_bindgen]
pub async fn wake(table: String) {
    console_error_panic_hook::set_once();
    let Some(window) = web_sys::window() else { return };
    if words::load(&table).is_err() {
        return;
    }
    app::app::fetch(&window.location().pathname().unwrap_or_default()).await;
    leptos::mount::hydrate_body(app::app::App);
    if let Some(root) = window.document().and_then(|d| d.document_element()) {
        // For the browser suite: from here on forms are sent in place.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
