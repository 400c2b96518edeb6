//! A line of the history in words. On the server only.

use domain::linked_accounts::METHOD;
use domain::locale::Locale;
use domain::route::Route;
use identity::audit::{Event, Kind};
use identity::moment;
use identity::sign_in_history::{Attempts, HistoryLine, Row as Folded};
use words::{Lang, history_lines as t};

use super::actions::{Filter, Row};
use crate::boot::lang_of;
use crate::request::desk;
use crate::ui::time::Moment;

/// The links that choose what is shown.
pub fn filters(shown: Option<Kind>, locale: Locale) -> Vec<Filter> {
    std::iter::once(None)
        .chain(Kind::ALL.map(Some))
        .map(|kind| Filter {
            text: kind_in_words(kind, lang_of(locale)).to_owned(),
            href: address(kind, None),
            here: kind == shown,
        })
        .collect()
}

/// A kind in words; `None`: all of them.
pub fn kind_in_words(kind: Option<Kind>, l: Lang) -> &'static str {
    match kind {
        None => t::kind_all(l),
        Some(Kind::SignIn) => t::kind_sign_in(l),
        Some(Kind::Refused) => t::kind_refused(l),
        Some(Kind::Session) => t::kind_session(l),
        Some(Kind::Security) => t::kind_security(l),
        Some(Kind::Account) => t::kind_account(l),
    }
}

/// The address of a page of it.
pub fn address(kind: Option<Kind>, before: Option<&str>) -> String {
    let asked = [("kind", kind.map(Kind::name)), ("before", before)];
    let asked: Vec<_> =
        asked.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
    let path = Route::History.path();
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

/// A row in words.
pub fn row(row: &Folded, locale: Locale) -> Row {
    match row {
        Folded::One(line) => one(line, locale),
        Folded::Attempts(attempts) => several(attempts, locale),
    }
}

fn one(line: &HistoryLine, locale: Locale) -> Row {
    Row {
        since: None,
        at: at(line, locale),
        what: what(line, locale),
        refused: refused(line),
        here: line.here,
        browser: browser(line, locale),
        from: from(line, locale),
        each: Vec::new(),
    }
}

fn several(attempts: &Attempts, locale: Locale) -> Row {
    let l = lang_of(locale);
    let Attempts { tried, count, locked, networks, lines } = attempts;
    let each: Vec<Row> = lines.iter().map(|line| one(line, locale)).collect();
    let count = count.to_string();
    let what = if *locked { t::and_locked } else { t::attempts }(l, refusal_of(*tried, l), &count);
    // What they have in common is said once; the rest is in each.
    let common = |of: fn(&Row) -> &str| {
        let first = each.first().map(of).unwrap_or_default();
        if each.iter().all(|row| of(row) == first) { first.to_owned() } else { String::new() }
    };
    let from = if *networks > 1 { t::networks(l, &networks.to_string()) } else { common(|row| &row.from) };
    Row {
        since: lines.last().map(|line| at(line, locale)),
        at: lines.first().map(|line| at(line, locale)).unwrap_or_default(),
        what,
        refused: true,
        here: each.iter().all(|row| row.here),
        browser: common(|row| &row.browser),
        from,
        each,
    }
}

fn at(line: &HistoryLine, locale: Locale) -> Moment {
    Moment { stamp: moment::stamp(line.at), text: moment::shown(line.at, locale) }
}

fn refused(line: &HistoryLine) -> bool {
    line.refusal.is_some() || matches!(line.event, Some(Event::SignInLocked | Event::SecondStepLocked))
}

fn browser(line: &HistoryLine, locale: Locale) -> String {
    let known = moment::browser(&line.browser, locale);
    if known.is_empty() { t::unknown_browser(lang_of(locale)).to_owned() } else { known }
}

/// Place and network.
fn from(line: &HistoryLine, locale: Locale) -> String {
    let place = place(&line.network, locale);
    if place.is_empty() {
        line.network.clone()
    } else {
        [&place, t::separator(lang_of(locale)), &line.network].concat()
    }
}

/// The approximate place of a network; empty: not known.
fn place(network: &str, locale: Locale) -> String {
    let place = desk().ok().and_then(|desk| desk.places.of(network));
    place.map(|place| place.shown(locale)).unwrap_or_default()
}

fn what(line: &HistoryLine, locale: Locale) -> String {
    let l = lang_of(locale);
    let Some(event) = line.event else { return t::unknown(l).to_owned() };
    let refusal = line.refusal.as_deref();
    let what = event_in_words(event, refusal.is_some(), l);
    // Why a password was refused speaks of it already.
    let how = line.method.as_deref().filter(|how| refusal.is_none() || *how != "password");
    let details = [
        how.and_then(|how| method(event, how, locale)),
        refusal.and_then(|code| why(code, l)).map(str::to_owned),
    ];
    let details: Vec<_> = details.into_iter().flatten().collect();
    if details.is_empty() { what.to_owned() } else { t::with(l, what, &details.join(t::separator(l))) }
}

/// What happened, or was refused, in a few words.
pub fn event_in_words(event: Event, refused: bool, l: Lang) -> &'static str {
    if refused { refusal_of(event, l) } else { done(event, l) }
}

fn done(event: Event, l: Lang) -> &'static str {
    match event {
        Event::Registered => t::done_registered(l),
        Event::SignIn => t::done_sign_in(l),
        Event::AutoSignIn => t::done_auto_sign_in(l),
        Event::SecondStep => t::done_second_step(l),
        Event::SignInLocked => t::done_sign_in_locked(l),
        Event::SecondStepLocked => t::done_second_step_locked(l),
        Event::SignOut => t::done_sign_out(l),
        Event::SessionEnded => t::done_session_ended(l),
        Event::OtherSessionsEnded => t::done_other_sessions_ended(l),
        Event::Confirmed => t::done_confirmed(l),
        Event::PasswordChange => t::done_password_change(l),
        Event::ResetAsked => t::done_reset_asked(l),
        Event::PasswordReset => t::done_password_reset(l),
        Event::TemporaryPasswordSent => t::done_temporary_password_sent(l),
        Event::TemporaryPasswordUsed => t::done_temporary_password_used(l),
        Event::AccountLocked => t::done_account_locked(l),
        Event::SecondStepOn => t::done_second_step_on(l),
        Event::SecondStepOff => t::done_second_step_off(l),
        Event::FactorAdded => t::done_factor_added(l),
        Event::FactorRemoved => t::done_factor_removed(l),
        Event::BackupCodesMade => t::done_backup_codes_made(l),
        Event::PasskeyAdded => t::done_passkey_added(l),
        Event::PasskeyRemoved => t::done_passkey_removed(l),
        Event::AccountLinked => t::done_account_linked(l),
        Event::AccountUnlinked => t::done_account_unlinked(l),
        Event::BrowserTrusted => t::done_browser_trusted(l),
        Event::TrustForgotten => t::done_trust_forgotten(l),
        Event::AlertMine => t::done_alert_mine(l),
        Event::AlertNotMine => t::done_alert_not_mine(l),
        Event::ProfileChange => t::done_profile_change(l),
        Event::EmailChangeAsked => t::done_email_change_asked(l),
        Event::EmailChange => t::done_email_change(l),
        Event::EmailChangeStopped => t::done_email_change_stopped(l),
        Event::EmailChangeUndone => t::done_email_change_undone(l),
        Event::DataAsked => t::done_data_asked(l),
        Event::DataTaken => t::done_data_taken(l),
        Event::Withdrawn => t::done_withdrawn(l),
    }
}

fn refusal_of(event: Event, l: Lang) -> &'static str {
    match event {
        Event::SignIn | Event::AutoSignIn => t::refused_sign_in(l),
        Event::SecondStep => t::refused_second_step(l),
        Event::Confirmed => t::refused_confirmed(l),
        Event::PasswordChange => t::refused_password_change(l),
        Event::EmailChange => t::refused_email_change(l),
        Event::AccountLinked => t::refused_account_linked(l),
        Event::AccountUnlinked => t::refused_account_unlinked(l),
        _ => t::refused_other(l),
    }
}

/// How, by the stored name. Of a sign-in it is what was shown last, so the second step where there was one.
fn method(event: Event, how: &str, locale: Locale) -> Option<String> {
    let l = lang_of(locale);
    Some(
        match (event, how) {
            (Event::SignIn, "app") => t::how_app(l),
            (Event::SignIn, "mail") => t::how_mail(l),
            (Event::SignIn, "backup_code") => t::how_backup_code(l),
            (_, "app") => t::how_short_app(l),
            (_, "mail") => t::how_short_mail(l),
            (_, "backup_code") => t::how_short_backup_code(l),
            (_, "password") => t::how_password(l),
            (_, "passkey") => t::how_passkey(l),
            (_, "trusted") => t::how_trusted(l),
            (_, how) => return provider(how, locale),
        }
        .to_owned(),
    )
}

/// A provider by its stored name, as its button calls it; `None`: this site does not have it any more.
fn provider(how: &str, locale: Locale) -> Option<String> {
    let id = how.strip_prefix(METHOD)?;
    Some(desk().ok()?.settings.providers.get(id)?.label(locale).to_owned())
}

/// Why it was refused, by the code. A locked sign-in looks at no password, so it cannot say whether it was wrong.
fn why(code: &str, l: Lang) -> Option<&'static str> {
    Some(match code {
        "SI02" => t::why_password_or_locked(l),
        "SI07" | "LA08" => t::why_blocked(l),
        "CF02" | "PW01" | "EC06" => t::why_password_wrong(l),
        "SS01" | "CF03" | "EC07" => t::why_code_wrong(l),
        "SS02" | "CF04" | "PW06" => t::why_locked(l),
        "SS06" | "CF05" => t::why_passkey_wrong(l),
        "LA05" => t::why_used_elsewhere(l),
        "LA06" => t::why_other_linked(l),
        "LA10" => t::why_other_account(l),
        "LA11" => t::why_last_way_in(l),
        _ => return None,
    })
}
