//! Lines of the history as members read them. On the server only.

use domain::locale::Locale;
use domain::route::Route;
use identity::context::Ctx;
use identity::sign_in_history::{Attempts, HistoryLine, Row as Folded};
use identity::{Event, EventKind, PROVIDER_PREFIX, format};
use strum::IntoEnumIterator;
use words::history_lines as t;

use super::{moment, place};
use crate::sign_in_history::{Filter, Row};

/// The links that choose what is shown.
pub fn filters(shown: Option<EventKind>, locale: Locale) -> Vec<Filter> {
    std::iter::once(None)
        .chain(EventKind::iter().map(Some))
        .map(|kind| Filter {
            text: kind_name(kind, locale).to_owned(),
            href: address(kind, None),
            here: kind == shown,
        })
        .collect()
}

/// The text of a kind; `None`: all of them.
pub fn kind_name(kind: Option<EventKind>, locale: Locale) -> &'static str {
    words::find("events", &["kind_", kind.map_or("all", Into::into)], locale).unwrap_or_default()
}

/// The address of a page of the history.
pub fn address(kind: Option<EventKind>, before: Option<&str>) -> String {
    let asked = [("kind", kind.map(Into::into)), ("before", before)];
    let asked: Vec<_> =
        asked.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
    let path = Route::History.path();
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

/// A row, as members read it.
pub fn row(ctx: &Ctx, row: &Folded) -> Row {
    match row {
        Folded::One(line) => one(ctx, line),
        Folded::Attempts(attempts) => several(ctx, attempts),
    }
}

fn one(ctx: &Ctx, line: &HistoryLine) -> Row {
    let locked = matches!(line.event, Some(Event::SignInLocked | Event::SecondFactorLocked));
    Row {
        since: None,
        at: moment(line.at, ctx.locale()),
        what: what(ctx, line),
        refused: line.refusal.is_some() || locked,
        here: line.here,
        browser: browser(ctx, line),
        from: from(ctx, line),
        each: Vec::new(),
    }
}

fn several(ctx: &Ctx, attempts: &Attempts) -> Row {
    let locale = ctx.locale();
    let Attempts { tried, count, locked, networks, lines } = attempts;
    let each: Vec<Row> = lines.iter().map(|line| one(ctx, line)).collect();
    let (count, tried) = (count.to_string(), event_name(*tried, true, locale));
    let what = if *locked { t::and_locked } else { t::attempts }(locale, tried, &count);
    // What they have in common is shown once; the rest in each row.
    let common = |of: fn(&Row) -> &str| {
        let first = each.first().map(of).unwrap_or_default();
        if each.iter().all(|row| of(row) == first) { first.to_owned() } else { String::new() }
    };
    let from =
        if *networks > 1 { t::networks(locale, &networks.to_string()) } else { common(|row| &row.from) };
    Row {
        since: lines.last().map(|line| moment(line.at, locale)),
        at: lines.first().map(|line| moment(line.at, locale)).unwrap_or_default(),
        what,
        refused: true,
        here: each.iter().all(|row| row.here),
        browser: common(|row| &row.browser),
        from,
        each,
    }
}

fn browser(ctx: &Ctx, line: &HistoryLine) -> String {
    let known = format::browser(&line.browser, ctx.locale());
    if known.is_empty() { t::unknown_browser(ctx.locale()).to_owned() } else { known }
}

/// Place and network.
fn from(ctx: &Ctx, line: &HistoryLine) -> String {
    let place = place(ctx, &line.network);
    if place.is_empty() {
        line.network.clone()
    } else {
        [&place, t::separator(ctx.locale()), &line.network].concat()
    }
}

fn what(ctx: &Ctx, line: &HistoryLine) -> String {
    let locale = ctx.locale();
    let Some(event) = line.event else { return t::unknown(locale).to_owned() };
    let refusal = line.refusal.as_deref();
    let what = event_name(event, refusal.is_some(), locale);
    // The reason of a refused password names the password already.
    let method = line.method.as_deref().filter(|method| refusal.is_none() || *method != "password");
    let details = [
        method.and_then(|method| method_name(ctx, event, method)),
        refusal.and_then(|code| reason(code, locale)).map(str::to_owned),
        line.reason.clone(),
    ];
    let details: Vec<_> = details.into_iter().flatten().collect();
    if details.is_empty() {
        what.to_owned()
    } else {
        t::with(locale, what, &details.join(t::separator(locale)))
    }
}

/// What happened, or was refused, in a few words.
pub fn event_name(event: Event, refused: bool, locale: Locale) -> &'static str {
    let name = |of: &str, event: &str| words::find("events", &[of, "_", event], locale);
    if refused {
        name("refused", event.name()).or_else(|| name("refused", "other")).unwrap_or_default()
    } else {
        name("done", event.name()).unwrap_or_default()
    }
}

/// Why it was refused, by the code.
fn reason(code: &str, locale: Locale) -> Option<&'static str> {
    words::find("events", &["why_", &code.to_ascii_lowercase()], locale)
}

/// The text of a method, by its stored name. A sign-in is named by its second factor where there was one, so it gets
/// the long form.
fn method_name(ctx: &Ctx, event: Event, method: &str) -> Option<String> {
    if let Some(provider) = method.strip_prefix(PROVIDER_PREFIX) {
        // `None`: the provider was taken out of the settings.
        let provider = ctx.settings().providers.get(provider)?;
        return Some(provider.label(ctx.locale()).to_owned());
    }
    let name = |length: &str| words::find("history_lines", &["how_", length, method], ctx.locale());
    let short = if event == Event::SignIn { None } else { name("short_") };
    short.or_else(|| name("")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_the_history_has_words() {
        // These are only e-mailed.
        let mailed_only = [Event::NewBrowser, Event::FarPlaces];
        for locale in Locale::ALL {
            for event in Event::iter().filter(|event| !mailed_only.contains(event)) {
                assert!(!event_name(event, false, locale).is_empty(), "{event:?}");
                assert!(!event_name(event, true, locale).is_empty(), "{event:?}");
            }
            for kind in EventKind::iter() {
                assert!(!kind_name(Some(kind), locale).is_empty(), "{kind:?}");
            }
        }
    }
}
