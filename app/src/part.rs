//! Pages whose code the browser fetches when they are opened, and not with the rest. Pages of one part share a
//! file; what several parts need and the rest does not is in files of their own, which are fetched with them. Each
//! further part doubles what there can be of those, so parts are few: pages that the same people visit together.
//!
//! To take a page out, write `later!(part: ThePage)` for `ThePage` in the table of pages (`app.rs`). Nothing else
//! changes: the server draws it as any other, and the build makes the files (docs/decisions/0008).

use std::future::{Future, pending};

use leptos::prelude::*;
pub use leptos::wasm_split::SplitLoaderError as Lost;
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;

use crate::action::load;

/// A page of a part.
#[derive(Clone, Copy)]
pub struct Later<F, D> {
    /// Fetches its code, once.
    pub fetch: F,
    /// Draws it; in the browser after fetching its code.
    pub draw: D,
}

/// `later!(part: Page)`: the page, with its code in the part's file.
macro_rules! later {
    ($part:ident: $Page:ident) => {{
        use leptos::prelude::*;
        use leptos::wasm_split::wasm_split;

        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch))]
        fn draw() -> Result<AnyView, crate::part::Lost> {
            Ok(view! { <$Page/> }.into_any())
        }
        crate::part::Later { fetch, draw }
    }};
}
pub(crate) use later;

impl<F, D, Fetching, Drawing> ChooseView for Later<F, D>
where
    F: Fn() -> Fetching + Send + Clone + 'static,
    D: Fn() -> Drawing + Send + Clone + 'static,
    Fetching: Future<Output = Result<(), Lost>>,
    Drawing: Future<Output = Result<AnyView, Lost>>,
{
    async fn choose(self) -> AnyView {
        let here = use_location();
        if let Ok(view) = (self.draw)().await {
            return view;
        }
        // No network, or the server has a newer build by now: the browser opens the page as it opens any.
        let (path, query) = (here.pathname.get_untracked(), here.search.get_untracked());
        let query = query.trim_start_matches('?');
        load(&if query.is_empty() { path } else { [&path, "?", query].concat() });
        pending().await
    }

    async fn preload(&self) {
        // A page without its code is not woken up: it stays as the server drew it.
        if (self.fetch)().await.is_err() {
            pending::<()>().await;
        }
    }
}
