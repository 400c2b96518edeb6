//! The reset letter (MP-36).

use domain::address::EmailAddress;
use domain::route::Route;
use words::letters as t;

use crate::alerts;
use crate::fault::Fault;
use crate::mail::frame::{Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::secret::Token;
use crate::settings::Settings;

/// Link and how long it is good for. It gives the link to nobody but the registered address.
pub(super) fn reset(
    settings: &Settings,
    member: &Member,
    link: &Token,
    expires_at: i64,
) -> Result<Letter, Fault> {
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let minutes = settings.policy.reset.link_valid_minutes.to_string();
    let address = EmailAddress::parse(&member.email).map_err(|_| Fault::Damaged("member.email"))?;
    let says = Says {
        subject: t::reset_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::reset_lead(l, site), t::reset_how(l).to_owned()],
        code: None,
        link: Some(Link {
            label: t::reset_link(l).to_owned(),
            url: settings.link(&Route::PasswordResetNew.with_token(link.expose())),
        }),
        notes: vec![t::reset_valid(l, &minutes), t::reset_not_you(l).to_owned()],
    };
    letter("password_reset", &address, locale, &says, settings, expires_at)
}
