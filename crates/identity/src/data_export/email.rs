//! The e-mail that says that a copy is ready. It carries no data, only a link to the page.

use account::email_sample::Sample;
use account::member::Member;
use account::notifications::greeting;
use domain::address::EmailAddress;
use domain::route::Route;
use platform::error::Failure;
use platform::format;
use platform::mail::layout::{EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::tx::Tx;
use words::emails as t;

/// Writes the e-mail; `expires_at` is unix ms.
pub(super) fn ready(
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    expires_at: i64,
) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), member.locale);
    let site = settings.site.name.as_str();
    let content = EmailContent {
        subject: t::data_subject(locale, site),
        greeting: greeting(&member.person, locale),
        paragraphs: vec![
            t::data_lead(locale, site),
            t::data_until(locale, &format::date_time(expires_at, locale)),
        ],
        link: Some(Link {
            label: t::data_link(locale).to_owned(),
            url: settings.link(Route::DataExport.path()),
        }),
        notes: vec![t::data_not_you(locale).to_owned()],
        ..EmailContent::default()
    };
    let envelope = Envelope { kind: "data_ready", lane: Lane::Account, to, locale, give_up_at: expires_at };
    compose(envelope, content, settings)
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    Ok(vec![ready(tx, &sample.member, &sample.to, sample.issued.expires_at)?])
}
