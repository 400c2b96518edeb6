//! The list in the reader's words. On the server only.

use identity::caller::Caller;
use identity::desk::Desk;
use identity::moment;
use identity::session::{ProvenBy, SecondBy};
use identity::sessions::Listed;
use words::Lang;
use words::security as t;

use super::SessionView;
use crate::action::ActionError;
use crate::boot::lang_of;
use crate::request::told;

/// The member's sessions as the page shows them.
pub async fn shown(desk: &Desk, caller: &Caller) -> Result<Vec<SessionView>, ActionError> {
    let list = identity::sessions::list(desk, caller).await.map_err(told)?;
    Ok(list.into_iter().map(|session| in_words(desk, caller, session)).collect())
}

fn in_words(desk: &Desk, caller: &Caller, session: Listed) -> SessionView {
    let (locale, lang) = (caller.locale, lang_of(caller.locale));
    let browser = moment::browser(&session.browser, locale);
    let opened = moment::shown(session.created_at, locale);
    let opened = match how(lang, session.proven_by, session.second_by) {
        Some(how) => t::sessions_signed_in_with(lang, &opened, &how),
        None => t::sessions_signed_in(lang, &opened),
    };
    let from = [place(desk, caller, &session.network), session.network];
    let from: Vec<_> = from.into_iter().filter(|part| !part.is_empty()).collect();
    SessionView {
        id: session.id,
        browser: if browser.is_empty() { t::sessions_unknown_browser(lang).to_owned() } else { browser },
        here: session.here,
        remembered: session.remembered,
        facts: vec![
            t::sessions_last_seen(lang, &moment::shown(session.last_seen_at, locale)),
            from.join(t::sessions_separator(lang)),
            opened,
        ],
    }
}

/// Where a network is, in words; empty: not known.
fn place(desk: &Desk, caller: &Caller, network: &str) -> String {
    desk.places.of(network).map(|place| place.shown(caller.locale)).unwrap_or_default()
}

/// What was shown to come in; `None`: not known.
fn how(lang: Lang, proven: Option<ProvenBy>, second: Option<SecondBy>) -> Option<String> {
    let first = match proven? {
        ProvenBy::Password => t::how_password(lang),
        ProvenBy::Registration => t::how_registration(lang),
        ProvenBy::Remembered => t::how_remembered(lang),
        ProvenBy::Passkey => t::how_passkey(lang),
        ProvenBy::Provider => t::how_provider(lang),
    };
    let second = match second {
        None => return Some(first.to_owned()),
        Some(SecondBy::Mail) => t::how_mail(lang),
        Some(SecondBy::App) => t::how_app(lang),
        Some(SecondBy::Passkey) => t::how_passkey(lang),
        Some(SecondBy::BackupCode) => t::how_backup_code(lang),
        Some(SecondBy::Trusted) => t::how_trusted(lang),
    };
    Some(t::how_both(lang, first, second))
}
