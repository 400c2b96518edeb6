//! The one security e-mail: what happened, when, with which browser, from where, and the link to answer it.

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::person::Person;
use domain::route::Route;
use platform::clock::DAY_MS;
use platform::error::Failure;
use platform::format;
use platform::mail::layout::{EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::secret::Token;
use platform::tx::Tx;
use strum::IntoEnumIterator;
use words::emails as t;

use crate::audit::Event;
use crate::email_sample::Sample;
use crate::member::Member;

/// It is not sent later than this.
const GIVE_UP_MS: i64 = 3 * DAY_MS;

/// Writes the security e-mail of an event.
pub(super) fn security(
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    event: Event,
    more: Option<String>,
    token: &Token,
) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), member.locale);
    let site = settings.site.name.as_str();
    let content = EmailContent {
        subject: t::security_subject(locale, site, summary(event, locale)),
        greeting: greeting(&member.person, locale),
        paragraphs: std::iter::once(sentence(event, site, locale))
            .chain(more)
            .chain(facts(tx, locale))
            .collect(),
        link: Some(Link {
            label: t::security_link(locale).to_owned(),
            url: settings.link(&Route::Alert.with_token(token.expose())),
        }),
        notes: vec![t::security_mine(locale).to_owned(), t::security_not_mine(locale).to_owned()],
        ..EmailContent::default()
    };
    let give_up_at = tx.now() + GIVE_UP_MS;
    compose(Envelope { kind: event.name(), lane: Lane::Account, to, locale, give_up_at }, content, settings)
}

/// Samples of the e-mail, one for every event that has one.
pub fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let token = sample.issued.link()?;
    let mailed = Event::iter().filter(|event| event.is_mailed());
    mailed.map(|event| security(tx, &sample.member, &sample.to, event, None, token)).collect()
}

/// When, with which browser and from where the present operation is done.
pub fn facts(tx: &Tx, locale: Locale) -> Vec<String> {
    let request = tx.ctx().request();
    let unknown = |text: &str| if text.is_empty() { t::security_unknown(locale) } else { "" };
    let browser = format::browser(&request.user_agent, locale);
    let mut facts = vec![
        t::security_at(locale, &format::date_time(tx.now(), locale)),
        t::security_browser(locale, &[unknown(&browser), &browser].concat()),
    ];
    if let Some(place) = tx.ctx().geoip().lookup(&request.network) {
        facts.push(t::security_place(locale, &place.shown(locale)));
    }
    facts.push(t::security_network(locale, &[unknown(&request.network), &request.network].concat()));
    facts
}

/// 「山田 花子 様」, in the order of the language.
pub fn greeting(person: &Person, locale: Locale) -> String {
    let family = person.family_name.as_str();
    match &person.given_name {
        Some(given) => t::greeting(locale, family, given.as_str()),
        None => t::greeting_single(locale, family),
    }
}

/// What happened, in a few words, for the subject. Empty for events without an e-mail.
pub fn summary(event: Event, locale: Locale) -> &'static str {
    words::find("events", &["summary_", event.name()], locale).unwrap_or_default()
}

/// What happened, as a sentence.
pub fn sentence(event: Event, site: &str, locale: Locale) -> String {
    match event {
        Event::NewBrowser => t::security_new_browser(locale, site),
        Event::FarPlaces => t::security_far_places(locale, site),
        Event::SignInLocked => t::security_sign_in_locked(locale, site),
        Event::SecondFactorLocked => t::security_second_factor_locked(locale, site),
        _ => t::security_changed(locale, site, summary(event, locale)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mailed_has_words_in_both_languages() {
        for event in Event::iter() {
            for locale in Locale::ALL {
                assert_eq!(summary(event, locale).is_empty(), !event.is_mailed(), "{event:?}");
            }
        }
    }
}
