//! The sessions of a member as they read them. On the server only.

use domain::locale::Locale;
use identity::context::Ctx;
use identity::error::Fault;
use identity::sessions::Listed;
use identity::{AuthMethod, format};
use words::security_settings as t;

use super::place;
use crate::sessions::SessionView;

/// The member's sessions as the page shows them.
pub async fn list(ctx: &Ctx) -> Result<Vec<SessionView>, Fault> {
    let list = identity::sessions::list(ctx).await?;
    Ok(list.into_iter().map(|session| view(ctx, session)).collect())
}

fn view(ctx: &Ctx, session: Listed) -> SessionView {
    let locale = ctx.locale();
    let browser = format::browser(&session.browser, locale);
    let opened = format::date_time(session.created_at, locale);
    let opened = match methods(session.methods, locale) {
        Some(methods) => t::sessions_signed_in_with(locale, &opened, &methods),
        None => t::sessions_signed_in(locale, &opened),
    };
    let from = [place(ctx, &session.network), session.network];
    let from: Vec<_> = from.into_iter().filter(|part| !part.is_empty()).collect();
    SessionView {
        id: session.id,
        browser: if browser.is_empty() { t::sessions_unknown_browser(locale).to_owned() } else { browser },
        here: session.here,
        remembered: session.remembered,
        facts: vec![
            t::sessions_last_seen(locale, &format::date_time(session.last_seen_at, locale)),
            from.join(t::sessions_separator(locale)),
            opened,
        ],
    }
}

/// The methods shown, first factors in front; `None`: not known.
fn methods(mut methods: Vec<AuthMethod>, locale: Locale) -> Option<String> {
    methods.sort_by_key(|method| method.is_second_factor());
    let mut names: Vec<&str> =
        methods.into_iter().filter_map(|method| method_name(method.name(), locale)).collect();
    names.dedup();
    names.into_iter().map(str::to_owned).reduce(|first, second| t::how_both(locale, &first, &second))
}

/// The text of a method, by its stored name.
pub fn method_name(method: &str, locale: Locale) -> Option<&'static str> {
    words::find("security_settings", &["how_", method], locale)
}
