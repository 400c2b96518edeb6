//! Letters that staff send.

use domain::route::Route;
use words::letters as t;

use crate::alerts;
use crate::fault::Fault;
use crate::mail::frame::{Code, Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::secret::Password;
use crate::settings::Settings;

/// 仮パスワードのお知らせ: the only password that ever stands in a letter (C-01).
pub(super) fn temporary_password(
    settings: &Settings,
    member: &Member,
    made: &Password,
    expires_at: i64,
) -> Result<Letter, Fault> {
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let address = member.address()?;
    let says = Says {
        subject: t::temporary_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::temporary_lead(l, site), t::temporary_how(l).to_owned()],
        code: Some(Code { label: t::temporary_label(l).to_owned(), digits: made.expose().to_owned() }),
        link: Some(Link { label: t::temporary_link(l).to_owned(), url: settings.link(Route::SignIn.path()) }),
        notes: vec![
            t::temporary_valid(l, &moment::shown(expires_at, locale)),
            t::temporary_not_you(l).to_owned(),
        ],
    };
    letter("temporary_password", &address, locale, &says, settings, expires_at)
}
