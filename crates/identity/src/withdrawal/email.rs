//! The farewell e-mail: the last one to this address.

use account::email_sample::Sample;
use account::member::Member;
use account::notifications::greeting;
use domain::address::EmailAddress;
use domain::withdrawal::Receipt;
use platform::clock::DAY_MS;
use platform::error::Failure;
use platform::mail::layout::{EmailContent, Envelope, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::tx::Tx;
use words::emails as t;

/// It is the only thing that the person keeps, so it is tried for longer than others.
const GIVE_UP_MS: i64 = 7 * DAY_MS;

/// Writes the farewell e-mail.
pub(super) fn farewell(
    tx: &Tx,
    gone: &Member,
    to: &EmailAddress,
    receipt: &Receipt,
) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), gone.locale);
    let site = settings.site.name.as_str();
    let content = EmailContent {
        subject: t::farewell_subject(locale, site),
        greeting: greeting(&gone.person, locale),
        paragraphs: vec![
            t::farewell_lead(locale, site),
            t::farewell_receipt(locale, receipt.as_str()),
            t::farewell_gone(locale).to_owned(),
        ],
        notes: vec![
            t::farewell_final(locale).to_owned(),
            t::farewell_again(locale).to_owned(),
            t::farewell_not_you(locale).to_owned(),
        ],
        ..EmailContent::default()
    };
    let give_up_at = tx.now() + GIVE_UP_MS;
    compose(Envelope { kind: "farewell", lane: Lane::Account, to, locale, give_up_at }, content, settings)
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let receipt = Receipt::from_bytes([7; 32]);
    Ok(vec![farewell(tx, &sample.member, &sample.to, &receipt)?])
}
