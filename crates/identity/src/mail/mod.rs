//! Letters: how one looks (`frame`), how it waits (`outbox`) and how it leaves (`transport`). No letter's words
//! are here; each slice writes its own.

pub mod frame;
pub mod outbox;
pub mod transport;

use domain::locale::Locale;
use words::Lang;

/// The language of words for a locale.
pub fn lang(locale: Locale) -> Lang {
    match locale {
        Locale::Ja => Lang::Ja,
        Locale::En => Lang::En,
    }
}
