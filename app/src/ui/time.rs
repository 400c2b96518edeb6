//! Times on a page. What the server wrote stands; script only makes it more comfortable.

use leptos::prelude::*;
use words::second_step as t;

use crate::boot::use_lang;

/// When something ends: as a time, and with script as the seconds that are left. Counted from the moment of the
/// drawing, so that a wrong clock of the reader does no harm.
#[component]
pub fn Until(
    /// The time in words.
    text: String,
    /// How many ms were left when the page was drawn.
    left_ms: i64,
) -> impl IntoView {
    let lang = use_lang();
    let left = RwSignal::new(None::<i64>);
    Effect::new(move || {
        let from = js_sys::Date::now();
        let now = move || {
            #[expect(clippy::cast_possible_truncation, reason = "some minutes")]
            let gone = (js_sys::Date::now() - from) as i64;
            left.set(Some(((left_ms - gone) / 1000).max(0)));
        };
        now();
        // A tab in the background ticks seldom; it is right again at its next tick.
        let tick = set_interval_with_handle(now, std::time::Duration::from_secs(1));
        if let Ok(tick) = tick {
            on_cleanup(move || tick.clear());
        }
    });
    view! {
        <p class="hint until">
            {text}
            {move || left.get().map(|seconds| match seconds {
                0 => [" ", t::ended(lang)].concat(),
                n => [" ", &t::left(lang, &n.to_string())].concat(),
            })}
        </p>
    }
    .into_any()
}
