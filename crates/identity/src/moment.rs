//! Dates and times in words, made on the server so that both sides show the same. Japan's time, and said so.

use domain::birth_date::BirthDate;
use domain::locale::Locale;
use words::{Lang, durations as t};

use crate::browser::{Browser, recognise};
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, in_japan};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026年11月21日 19:30` or `21 November 2026, 19:30 (JST)`; `ms` is unix milliseconds.
pub fn shown(ms: i64, locale: Locale) -> String {
    let t = in_japan(ms);
    let day = date(t.year(), u8::from(t.month()), t.day(), locale);
    match locale {
        Locale::Ja => format!("{day} {:02}:{:02}", t.hour(), t.minute()),
        Locale::En => format!("{day}, {:02}:{:02} (JST)", t.hour(), t.minute()),
    }
}

/// `2026年11月21日 19:30:05`: for what ends within minutes.
pub fn to_the_second(ms: i64, locale: Locale) -> String {
    let t = in_japan(ms);
    let day = date(t.year(), u8::from(t.month()), t.day(), locale);
    let time = format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second());
    match locale {
        Locale::Ja => format!("{day} {time}"),
        Locale::En => format!("{day}, {time} (JST)"),
    }
}

/// `2026-11-21T10:30:05Z`: for machines.
pub fn stamp(ms: i64) -> String {
    let t = in_japan(ms).to_offset(time::UtcOffset::UTC);
    let (month, day) = (u8::from(t.month()), t.day());
    format!("{}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", t.year(), t.hour(), t.minute(), t.second())
}

/// `1990年4月1日` or `1 April 1990`.
pub fn birthday(d: BirthDate, locale: Locale) -> String {
    date(d.year, d.month, d.day, locale)
}

/// A time in the largest unit that counts it without a rest; a day is 24 hours.
pub fn duration(ms: i64, lang: Lang) -> String {
    let many = |unit: i64, words: fn(Lang, &str) -> String| words(lang, &(ms / unit).to_string());
    match ms {
        SECOND_MS => t::second(lang).to_owned(),
        MINUTE_MS => t::minute(lang).to_owned(),
        HOUR_MS => t::hour(lang).to_owned(),
        _ if ms > DAY_MS && ms % DAY_MS == 0 => many(DAY_MS, t::days),
        _ if ms % HOUR_MS == 0 => many(HOUR_MS, t::hours),
        _ if ms % MINUTE_MS == 0 => many(MINUTE_MS, t::minutes),
        _ => many(SECOND_MS, t::seconds),
    }
}

/// `Chrome（Windows）` or `Chrome (Windows)`; empty when it is not known.
pub fn browser(user_agent: &str, locale: Locale) -> String {
    match (recognise(user_agent), locale) {
        (Some(Browser { name, system: Some(system) }), Locale::Ja) => format!("{name}（{system}）"),
        (Some(Browser { name, system: Some(system) }), Locale::En) => format!("{name} ({system})"),
        (Some(Browser { name, system: None }), _) => name,
        (None, _) => String::new(),
    }
}

fn date(year: i32, month: u8, day: u8, locale: Locale) -> String {
    match locale {
        Locale::Ja => format!("{year}年{month}月{day}日"),
        Locale::En => {
            let name = MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default();
            format!("{day} {name} {year}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_both_languages() {
        let ms = 1_795_257_000_000;
        assert_eq!(shown(ms, Locale::Ja), "2026年11月21日 19:30");
        assert_eq!(shown(ms, Locale::En), "21 November 2026, 19:30 (JST)");
        assert_eq!(stamp(ms), "2026-11-21T10:30:00Z");
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
            assert_eq!((duration(ms, Lang::Ja).as_str(), duration(ms, Lang::En).as_str()), (ja, en));
        }
    }
}
