//! The document around the app, on the server only: our own hydration tags (the published ones write the nonce
//! into `crossorigin`, so that the browser loads the module twice) and an end mark, without which a cut-off page is not
//! hydrated.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::{App, InitialState};

/// Where the built files are.
#[derive(Clone, Debug)]
pub struct Files {
    /// Stylesheet.
    pub css: String,
    /// Loader.
    pub start: String,
    /// Glue of the module.
    pub js: String,
    /// The module.
    pub wasm: String,
    /// Texts of this page's language.
    pub words: String,
}

/// The document of the app.
pub fn shell(files: &Files) -> impl IntoView + use<> {
    document(files, App)
}

/// The document around a root component. `files.start` empty: it is not hydrated.
pub fn document<V: IntoView>(files: &Files, root: fn() -> V) -> impl IntoView + use<V> {
    let lang = expect_context::<InitialState>().page.locale.tag();
    let Files { css, start, js, wasm, words } = files.clone();
    let alive = !start.is_empty();
    view! {
        <!DOCTYPE html>
        <html lang=lang translate="no">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="format-detection" content="telephone=no"/>
                <link rel="stylesheet" href=css/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <MetaTags/>
            </head>
            <body>
                {root()}
                {alive.then(|| view! {
                    <script
                        type="module"
                        id="start"
                        nonce=use_nonce()
                        src=start
                        data-js=js
                        data-wasm=wasm
                        data-words=words
                    ></script>
                })}
                <template id="end"></template>
            </body>
        </html>
    }
}
