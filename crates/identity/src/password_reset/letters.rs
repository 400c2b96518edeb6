//! The reset letter (MP-36).

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::route::Route;
use words::letters as t;

use crate::alerts;
use crate::fault::Fault;
use crate::mail::frame::{Code, Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::secret::Token;
use crate::settings::Settings;

/// Whom it goes to.
pub(super) struct To {
    address: EmailAddress,
    locale: Locale,
    greeting: String,
}

impl To {
    /// The registered address, and no other (MP-37).
    pub(super) fn member(member: &Member) -> Result<Self, Fault> {
        Ok(Self {
            address: member.address()?,
            locale: member.locale,
            greeting: alerts::greeting(member, lang(member.locale)),
        })
    }

    /// An address that nobody has: its letter never leaves.
    pub(super) fn nobody(address: &EmailAddress, locale: Locale) -> Self {
        let greeting = t::greeting_plain(lang(locale)).to_owned();
        Self { address: address.clone(), locale, greeting }
    }
}

/// Link, how long it is good for, and the code for the browser that asked, if one did.
pub(super) fn reset(
    settings: &Settings,
    to: &To,
    link: &Token,
    code: Option<&str>,
    expires_at: i64,
) -> Result<Letter, Fault> {
    let l = lang(to.locale);
    let site = settings.site.name.as_str();
    let valid = moment::duration(settings.policy.reset.link_valid_ms(), l);
    let says = Says {
        subject: t::reset_subject(l, site),
        greeting: to.greeting.clone(),
        paragraphs: vec![t::reset_lead(l, site), t::reset_how(l).to_owned()],
        code: code.map(|code| Code { label: t::reset_code(l).to_owned(), digits: code.to_owned() }),
        link: Some(Link {
            label: t::reset_link(l).to_owned(),
            url: settings.link(&Route::PasswordResetNew.with_token(link.expose())),
        }),
        notes: vec![t::reset_valid(l, &valid), t::reset_not_you(l).to_owned()],
    };
    letter("password_reset", &to.address, to.locale, &says, settings, expires_at)
}
