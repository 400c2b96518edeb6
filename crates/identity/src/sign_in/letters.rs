//! The letters of a sign-in: the one-time password (MP-46, MP-99).

use words::letters as t;

use crate::alerts;
use crate::fault::Fault;
use crate::mail::frame::{Code, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::proof::mail_code::Issued;
use crate::settings::Settings;

/// ワンタイムパスワード. It carries a code and no link: nothing in it signs anybody in by itself.
pub(super) fn code(settings: &Settings, member: &Member, issued: &Issued) -> Result<Letter, Fault> {
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let address = member.address()?;
    let says = Says {
        subject: t::code_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::code_lead(l, site)],
        code: Some(Code { label: t::code_label(l).to_owned(), digits: issued.digits.clone() }),
        link: None,
        notes: vec![
            t::code_valid(l, &moment::to_the_second(issued.expires_at, locale)),
            t::code_not_you(l).to_owned(),
        ],
    };
    letter("second_step", &address, locale, &says, settings, issued.expires_at)
}
