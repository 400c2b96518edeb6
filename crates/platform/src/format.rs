//! Dates and times as members read them, made on the server so that browser and server show the same. In Japan's time.

use domain::birth_date::BirthDate;
use domain::locale::Locale;
use time::format_description::BorrowedFormatItem as Item;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, UtcOffset};
use words::durations as t;

use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, in_japan};
use crate::user_agent::{Browser, recognise};

const DATE_JA: &[Item<'_>] =
    format_description!("[year padding:none]年[month padding:none]月[day padding:none]日");
const DATE_EN: &[Item<'_>] = format_description!("[day padding:none] [month repr:long] [year padding:none]");
const MINUTES: &[Item<'_>] = format_description!("[hour]:[minute]");
const SECONDS: &[Item<'_>] = format_description!("[hour]:[minute]:[second]");
const RFC_3339: &[Item<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// `2026年11月21日 19:30` or `21 November 2026, 19:30 (JST)`; `ms` is unix milliseconds.
pub fn date_time(ms: i64, locale: Locale) -> String {
    with_time(in_japan(ms), MINUTES, locale)
}

/// `2026年11月21日 19:30:05`, of unix ms: for what ends within minutes.
pub fn date_time_seconds(ms: i64, locale: Locale) -> String {
    with_time(in_japan(ms), SECONDS, locale)
}

/// `2026-11-21T10:30:05Z`, of unix ms: for machines.
pub fn rfc3339(ms: i64) -> String {
    in_japan(ms).to_offset(UtcOffset::UTC).format(RFC_3339).unwrap_or_default()
}

/// `1990年4月1日` or `1 April 1990`.
pub fn date(d: BirthDate, locale: Locale) -> String {
    let month = Month::try_from(d.month);
    month
        .and_then(|month| Date::from_calendar_date(d.year, month, d.day))
        .map_or_else(|_| String::new(), |date| date.format(date_format(locale)).unwrap_or_default())
}

/// A length of time (ms) in the largest unit that counts it without a remainder. 24 hours stay hours; more full days
/// are days.
pub fn duration(ms: i64, locale: Locale) -> String {
    let many = |unit: i64, words: fn(Locale, &str) -> String| words(locale, &(ms / unit).to_string());
    match ms {
        SECOND_MS => t::second(locale).to_owned(),
        MINUTE_MS => t::minute(locale).to_owned(),
        HOUR_MS => t::hour(locale).to_owned(),
        _ if ms > DAY_MS && ms % DAY_MS == 0 => many(DAY_MS, t::days),
        _ if ms % HOUR_MS == 0 => many(HOUR_MS, t::hours),
        _ if ms % MINUTE_MS == 0 => many(MINUTE_MS, t::minutes),
        _ => many(SECOND_MS, t::seconds),
    }
}

/// `Chrome（Windows）` or `Chrome (Windows)`; empty when the browser is not known.
pub fn browser(user_agent: &str, locale: Locale) -> String {
    match (recognise(user_agent), locale) {
        (Some(Browser { name, system: Some(system) }), Locale::Ja) => format!("{name}（{system}）"),
        (Some(Browser { name, system: Some(system) }), Locale::En) => format!("{name} ({system})"),
        (Some(Browser { name, system: None }), _) => name,
        (None, _) => String::new(),
    }
}

fn with_time(moment: OffsetDateTime, time: &[Item<'_>], locale: Locale) -> String {
    let date = moment.format(date_format(locale)).unwrap_or_default();
    let time = moment.format(time).unwrap_or_default();
    match locale {
        Locale::Ja => format!("{date} {time}"),
        Locale::En => format!("{date}, {time} (JST)"),
    }
}

const fn date_format(locale: Locale) -> &'static [Item<'static>] {
    match locale {
        Locale::Ja => DATE_JA,
        Locale::En => DATE_EN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_both_languages() {
        let ms = 1_795_257_000_000;
        assert_eq!(date_time(ms, Locale::Ja), "2026年11月21日 19:30");
        assert_eq!(date_time(ms, Locale::En), "21 November 2026, 19:30 (JST)");
        assert_eq!(rfc3339(ms), "2026-11-21T10:30:00Z");
    }

    #[test]
    fn times_are_spelt_in_their_largest_unit() {
        for (ms, ja, en) in [
            (SECOND_MS, "1秒", "1 second"),
            (90 * SECOND_MS, "90秒", "90 seconds"),
            (MINUTE_MS, "1分", "1 minute"),
            (30 * MINUTE_MS, "30分", "30 minutes"),
            (90 * MINUTE_MS, "90分", "90 minutes"),
            (HOUR_MS, "1時間", "1 hour"),
            (DAY_MS, "24時間", "24 hours"),
            (7 * DAY_MS, "7日間", "7 days"),
        ] {
            assert_eq!((duration(ms, Locale::Ja).as_str(), duration(ms, Locale::En).as_str()), (ja, en));
        }
    }
}
