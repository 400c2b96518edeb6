//! The ways in that a member has: a password, passkeys, accounts with providers. What removes one asks here, whichever it
//! is, so that none of them can be the last. The letter of a forgotten password is no way in: a mailbox can be lost too.

use std::collections::BTreeSet;

use domain::linked_accounts::METHOD;
use domain::locale::Locale;
use sqlx::{Any, Executor};
use words::Lang;
use words::letters as t;

use crate::fault::Fault;
use crate::linked_accounts::label;
use crate::mail::lang;
use crate::passkeys;
use crate::settings::Settings;

/// A password.
pub(crate) const PASSWORD: &str = "password";
/// A passkey, any of them.
pub(crate) const PASSKEY: &str = "passkey";

/// A member's ways in, as the history names them; a way as often as there are things that open it.
pub(crate) struct WaysIn(Vec<String>);

impl WaysIn {
    /// Whether there is such a way.
    pub fn has(&self, way: &str) -> bool {
        self.0.iter().any(|one| one == way)
    }

    /// For a letter: what opens besides the password; `None`: nothing.
    pub fn besides_password(&self, settings: &Settings, locale: Locale) -> Option<String> {
        let l = lang(locale);
        let others: BTreeSet<String> = self
            .0
            .iter()
            .filter(|way| *way != PASSWORD)
            .map(|way| match way.strip_prefix(METHOD) {
                Some(provider) => label(settings, provider, locale),
                None => t::security_other_passkey(l).to_owned(),
            })
            .collect();
        let list = others.into_iter().collect::<Vec<_>>().join(match l {
            Lang::Ja => "、",
            Lang::En => ", ",
        });
        (!list.is_empty()).then(|| t::security_other_ways(l, &list))
    }

    /// Whether somebody still comes in without one of these. What is no way in can go anyway.
    pub fn can_spare(&self, way: &str) -> bool {
        !self.has(way) || self.0.len() > 1
    }
}

/// What opens today: no password that has to be set anew, no passkeys where they are a second step only, no accounts with
/// providers that were taken from the settings. Who removes one holds the member's row first, or two could go at once.
pub(crate) async fn of<'e>(
    db: impl Executor<'e, Database = Any>,
    settings: &Settings,
    member_id: &str,
) -> Result<WaysIn, Fault> {
    let mut ways: Vec<String> = sqlx::query_scalar(
        "SELECT $2 FROM member_password WHERE member_id = $1 AND blocked_at IS NULL \
         UNION ALL SELECT $3 FROM passkey WHERE member_id = $1 \
         UNION ALL SELECT $4 || provider FROM linked_account WHERE member_id = $1",
    )
    .bind(member_id)
    .bind(PASSWORD)
    .bind(PASSKEY)
    .bind(METHOD)
    .fetch_all(db)
    .await?;
    let passkeys_open = passkeys::sign_in_offered(settings);
    ways.retain(|way| match way.strip_prefix(METHOD) {
        Some(provider) => settings.providers.contains_key(provider),
        None => way != PASSKEY || passkeys_open,
    });
    Ok(WaysIn(ways))
}
