//! Pages whose code the browser fetches when they are opened, and not with the rest. Pages of one part share a file.
//! What several parts need and the rest does not is in files of their own, which are fetched with them. Each further
//! part doubles the possible number of those, so parts are few: pages that the same people visit together.
//!
//! To make a page lazy, write `lazy!(part: ThePage)` for `ThePage` in the table of pages (`app.rs`). Nothing else
//! changes: the server renders it as any other, and the build makes the files (docs/decisions/0008).

use std::future::{Future, pending};

use leptos::prelude::*;
pub use leptos::wasm_split::SplitLoaderError as ChunkError;
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;

use crate::fetch::load;

/// A page of a part.
#[derive(Clone, Copy)]
pub struct LazyPage<F, D> {
    /// Fetches its code, once.
    pub fetch: F,
    /// Renders it; in the browser after fetching its code.
    pub render: D,
}

/// `lazy!(part: Page)`: the page, with its code in the part's file.
macro_rules! lazy {
    ($part:ident: $Page:ident) => {{
        use leptos::prelude::*;
        use leptos::wasm_split::wasm_split;

        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch))]
        fn render() -> Result<AnyView, crate::lazy::ChunkError> {
            Ok(view! { <$Page/> }.into_any())
        }
        crate::lazy::LazyPage { fetch, render }
    }};
}
pub(crate) use lazy;

impl<F, D, Fetching, Drawing> ChooseView for LazyPage<F, D>
where
    F: Fn() -> Fetching + Send + Clone + 'static,
    D: Fn() -> Drawing + Send + Clone + 'static,
    Fetching: Future<Output = Result<(), ChunkError>>,
    Drawing: Future<Output = Result<AnyView, ChunkError>>,
{
    async fn choose(self) -> AnyView {
        let here = use_location();
        if let Ok(view) = (self.render)().await {
            return view;
        }
        // No network, or the server has a newer build by now: the browser loads the page from the server.
        let (path, query) = (here.pathname.get_untracked(), here.search.get_untracked());
        let query = query.trim_start_matches('?');
        load(&if query.is_empty() { path } else { [&path, "?", query].concat() });
        pending().await
    }

    async fn preload(&self) {
        // A page without its code is not hydrated: it stays as the server rendered it.
        if (self.fetch)().await.is_err() {
            pending::<()>().await;
        }
    }
}
