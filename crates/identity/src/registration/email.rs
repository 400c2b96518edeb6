//! The e-mails of a registration.

use account::email_sample::Sample;
use account::mailed::{Issued, Purpose};
use account::notifications::greeting;
use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::registration::Accepted;
use domain::route::Route;
use platform::error::Failure;
use platform::format;
use platform::mail::layout::{Code, EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::tx::Tx;
use words::emails as t;

/// 仮登録完了メール: link and code, both for the same registration (MP-07, MP-08).
pub(super) fn registration(
    tx: &Tx,
    accepted: &Accepted,
    locale: Locale,
    issued: &Issued,
) -> Result<OutgoingEmail, Failure> {
    let settings = tx.settings();
    let site = settings.site.name.as_str();
    let valid = format::duration(Purpose::Registration.valid_ms(tx.ctx()), locale);
    let content = EmailContent {
        subject: t::registration_subject(locale, site),
        greeting: greeting(&accepted.person, locale),
        paragraphs: vec![t::registration_lead(locale, site), t::registration_how(locale).to_owned()],
        code: Some(Code {
            label: t::registration_code(locale).to_owned(),
            digits: issued.code()?.to_owned(),
        }),
        link: Some(Link {
            label: t::registration_link(locale).to_owned(),
            url: settings.link(&Route::RegisterComplete.with_token(issued.link()?.expose())),
        }),
        notes: vec![t::registration_valid(locale, &valid), t::registration_not_you(locale).to_owned()],
    };
    let to = &accepted.email;
    let envelope =
        Envelope { kind: "registration", lane: Lane::Visitor, to, locale, give_up_at: issued.expires_at };
    compose(envelope, content, settings)
}

/// Notifies the member who has an address that it was typed into the registration form. Nothing in it registers or
/// changes anything.
pub(super) fn known_address(
    tx: &Tx,
    to: &EmailAddress,
    locale: Locale,
    give_up_at: i64,
) -> Result<OutgoingEmail, Failure> {
    let settings = tx.settings();
    let site = settings.site.name.as_str();
    let content = EmailContent {
        subject: t::known_address_subject(locale, site),
        greeting: t::greeting_plain(locale).to_owned(),
        paragraphs: vec![t::known_address_lead(locale, site), t::known_address_how(locale).to_owned()],
        link: Some(Link {
            label: t::known_address_link(locale).to_owned(),
            url: settings.link(Route::SignIn.path()),
        }),
        notes: vec![t::known_address_not_you(locale).to_owned()],
        ..EmailContent::default()
    };
    compose(
        Envelope { kind: "known_address", lane: Lane::Visitor, to, locale, give_up_at },
        content,
        settings,
    )
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let Sample { member, to, issued, .. } = sample;
    let accepted = Accepted { email: to.clone(), person: member.person.clone() };
    Ok(vec![
        registration(tx, &accepted, member.locale, issued)?,
        known_address(tx, to, member.locale, issued.expires_at)?,
    ])
}
