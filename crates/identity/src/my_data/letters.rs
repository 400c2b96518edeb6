//! The letter that tells that a copy is ready. It carries no data, only the way to the page.

use domain::route::Route;
use words::letters as t;

use crate::alerts;
use crate::fault::Fault;
use crate::mail::frame::{Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::settings::Settings;

/// Writes it.
pub(super) fn ready(settings: &Settings, member: &Member, expires_at: i64) -> Result<Letter, Fault> {
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let address = member.address()?;
    let says = Says {
        subject: t::data_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::data_lead(l, site), t::data_until(l, &moment::shown(expires_at, locale))],
        code: None,
        link: Some(Link { label: t::data_link(l).to_owned(), url: settings.link(Route::MyData.path()) }),
        notes: vec![t::data_not_you(l).to_owned()],
    };
    letter("data_ready", &address, locale, &says, settings, expires_at)
}
