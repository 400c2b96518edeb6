//! Times on a page. The server's text is complete; script only adds convenience.

use domain::locale::Locale;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use words::second_factor_challenge as t;

use crate::page_context::use_locale;

/// When something ends: as a time, and with script as the seconds that are left. These count from the moment of
/// rendering, so that a wrong clock of the browser does not matter.
#[component]
pub fn Until(
    /// The time as a text.
    text: String,
    /// How many ms were left when the page was rendered.
    left_ms: i64,
) -> impl IntoView {
    let locale = use_locale();
    let left = RwSignal::new(None::<i64>);
    Effect::new(move || {
        let from = js_sys::Date::now();
        let now = move || {
            #[expect(clippy::cast_possible_truncation, reason = "some minutes")]
            let gone = (js_sys::Date::now() - from) as i64;
            left.set(Some(((left_ms - gone) / 1000).max(0)));
        };
        now();
        // A background tab ticks seldom; the next tick corrects it.
        let tick = set_interval_with_handle(now, std::time::Duration::from_secs(1));
        if let Ok(tick) = tick {
            on_cleanup(move || tick.clear());
        }
    });
    view! {
        <p class="hint until">
            {text}
            {move || left.get().map(|seconds| match seconds {
                0 => [" ", t::ended(locale)].concat(),
                n => [" ", &t::left(locale, &n.to_string())].concat(),
            })}
        </p>
    }
    .into_any()
}

/// The offset of Japan's time as browsers count it (`getTimezoneOffset`): minutes from local time to UTC.
const JAPAN: f64 = -540.0;

/// How a browser writes a moment in its own zone.
const LOCAL: &str = r#"{"year":"numeric","month":"long","day":"numeric","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;

/// A moment, for machines and for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// `2026-11-21T10:30:00Z`
    pub stamp: String,
    /// Japan's time as a text.
    pub text: String,
}

/// Shows a moment in Japan's time, as the server wrote it; a browser in another time zone replaces it with its own
/// time and the zone's name. That happens after hydration, so that server and browser begin with the same text.
#[component]
pub fn Time(
    /// The moment.
    at: Moment,
) -> impl IntoView {
    let Moment { stamp, text } = at;
    let text = RwSignal::new(text);
    let (shown, locale) = (stamp.clone(), use_locale());
    Effect::new(move || {
        if let Some(local) = local(&shown, locale) {
            text.set(local);
        }
    });
    view! { <time datetime=stamp>{text}</time> }.into_any()
}

/// The moment in the browser's own zone; `None` where that has Japan's offset.
fn local(stamp: &str, locale: Locale) -> Option<String> {
    let date = js_sys::Date::new(&JsValue::from_str(stamp));
    if date.get_timezone_offset() == JAPAN {
        return None;
    }
    let tag = match locale {
        Locale::Ja => "ja",
        Locale::En => "en-GB",
    };
    let how = js_sys::JSON::parse(LOCAL).ok()?;
    Some(String::from(date.to_locale_string(tag, &how)))
}
