//! The letter that proves that codes arrive (MP-45).

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

/// 本人確認メール
pub(super) fn turn_on(settings: &Settings, member: &Member, issued: &Issued) -> Result<Letter, Fault> {
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let address = member.address()?;
    let says = Says {
        subject: t::code_turn_on_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::code_turn_on_lead(l, site)],
        code: Some(Code { label: t::code_label(l).to_owned(), digits: issued.digits.clone() }),
        link: None,
        notes: vec![
            t::code_valid(l, &moment::to_the_second(issued.expires_at, locale)),
            t::code_turn_on_not_you(l).to_owned(),
        ],
    };
    letter("turn_on", &address, locale, &says, settings, issued.expires_at)
}
