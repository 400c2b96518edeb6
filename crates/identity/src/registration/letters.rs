//! The letters of a registration.

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::registration::Accepted;
use domain::route::Route;
use words::letters as t;

use super::Secrets;
use crate::fault::Fault;
use crate::mail::frame::{Code, Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::moment;
use crate::settings::Settings;

/// 仮登録完了メール: link and code, both for the same registration (MP-07, MP-08).
pub(super) fn registration(
    settings: &Settings,
    accepted: &Accepted,
    locale: Locale,
    secrets: &Secrets,
    expires_at: i64,
) -> Result<Letter, Fault> {
    let l = lang(locale);
    let site = settings.site.name.as_str();
    let valid = moment::duration(settings.policy.registration.link_valid_ms(), l);
    let says = Says {
        subject: t::registration_subject(l, site),
        greeting: match &accepted.given_name {
            Some(given) => t::greeting(l, accepted.family_name.as_str(), given.as_str()),
            None => t::greeting_single(l, accepted.family_name.as_str()),
        },
        paragraphs: vec![t::registration_lead(l, site), t::registration_how(l).to_owned()],
        code: Some(Code { label: t::registration_code(l).to_owned(), digits: secrets.code.clone() }),
        link: Some(Link {
            label: t::registration_link(l).to_owned(),
            url: settings.link(&Route::RegisterComplete.with_token(secrets.link.expose())),
        }),
        notes: vec![t::registration_valid(l, &valid), t::registration_not_you(l).to_owned()],
    };
    letter("registration", &accepted.email, locale, &says, settings, expires_at)
}

/// Tells the owner of a known address that somebody typed it into the registration form. Nothing in it
/// registers or changes anything.
pub(super) fn known_address(
    settings: &Settings,
    address: &EmailAddress,
    locale: Locale,
    give_up_at: i64,
) -> Result<Letter, Fault> {
    let l = lang(locale);
    let site = settings.site.name.as_str();
    let says = Says {
        subject: t::known_address_subject(l, site),
        greeting: t::greeting_plain(l).to_owned(),
        paragraphs: vec![t::known_address_lead(l, site), t::known_address_how(l).to_owned()],
        code: None,
        link: Some(Link {
            label: t::known_address_link(l).to_owned(),
            url: settings.link(Route::SignIn.path()),
        }),
        notes: vec![t::known_address_not_you(l).to_owned()],
    };
    letter("known_address", address, locale, &says, settings, give_up_at)
}
