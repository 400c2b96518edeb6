//! Times on a page. What the server wrote stands; script only makes it more comfortable.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use words::Lang;
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

/// Minutes that Japan's time is ahead of the world's, as the browser counts them: from there to here.
const JAPAN: f64 = -540.0;

/// How a browser writes a moment in its own zone.
const LOCAL: &str = r#"{"year":"numeric","month":"long","day":"numeric","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;

/// A moment, for machines and for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// `2026-11-21T10:30:00Z`
    pub stamp: String,
    /// Japan's time in words.
    pub text: String,
}

/// Shows it in Japan's time as the server says it; a browser that is elsewhere says it again in its own, with the
/// zone's name. What the server drew stays until the page is awake, so that both sides begin with the same.
#[component]
pub fn Time(
    /// The moment.
    at: Moment,
) -> impl IntoView {
    let Moment { stamp, text } = at;
    let text = RwSignal::new(text);
    let (shown, lang) = (stamp.clone(), use_lang());
    Effect::new(move || {
        if let Some(local) = local(&shown, lang) {
            text.set(local);
        }
    });
    view! { <time datetime=stamp>{text}</time> }.into_any()
}

/// In the browser's own zone; `None` where it is Japan's, or keeps its time.
fn local(stamp: &str, lang: Lang) -> Option<String> {
    let date = js_sys::Date::new(&JsValue::from_str(stamp));
    if date.get_timezone_offset() == JAPAN {
        return None;
    }
    let tag = match lang {
        Lang::Ja => "ja",
        Lang::En => "en-GB",
    };
    let how = js_sys::JSON::parse(LOCAL).ok()?;
    Some(String::from(date.to_locale_string(tag, &how)))
}
