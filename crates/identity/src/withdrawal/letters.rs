//! The farewell letter: the last one to this address.

use domain::address::EmailAddress;
use domain::withdrawal::Receipt;
use words::letters as t;

use crate::alerts;
use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::mail::frame::{Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::settings::Settings;

/// It is the only thing that the person keeps: tried for longer than others.
const GIVE_UP_MS: i64 = 7 * DAY_MS;

/// Writes it.
pub(super) fn farewell(
    settings: &Settings,
    gone: &Member,
    address: &EmailAddress,
    receipt: &Receipt,
    now: i64,
) -> Result<Letter, Fault> {
    let (locale, l) = (gone.locale, lang(gone.locale));
    let site = settings.site.name.as_str();
    let says = Says {
        subject: t::farewell_subject(l, site),
        greeting: alerts::greeting(gone, l),
        paragraphs: vec![
            t::farewell_lead(l, site),
            t::farewell_receipt(l, receipt.as_str()),
            t::farewell_gone(l).to_owned(),
        ],
        code: None,
        link: None,
        notes: vec![
            t::farewell_final(l).to_owned(),
            t::farewell_again(l).to_owned(),
            t::farewell_not_you(l).to_owned(),
        ],
    };
    letter("farewell", address, locale, &says, settings, now + GIVE_UP_MS)
}
