//! The reset e-mail (MP-36).

use account::email_sample::Sample;
use account::mailed::{Issued, Purpose};
use account::member::Member;
use account::notifications::greeting;
use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::route::Route;
use platform::error::Failure;
use platform::mail::layout::{Code, EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::tx::Tx;
use platform::{format, recovery_code};
use words::emails as t;

/// The recipient.
pub(super) struct To<'a> {
    address: &'a EmailAddress,
    locale: Locale,
    greeting: String,
}

impl<'a> To<'a> {
    /// The registered address, and no other (MP-37).
    pub(super) fn member(member: &'a Member, address: &'a EmailAddress) -> Self {
        Self {
            address: member.email.as_ref().unwrap_or(address),
            locale: member.locale,
            greeting: greeting(&member.person, member.locale),
        }
    }

    /// An address without a member: its e-mail is never sent.
    pub(super) fn nobody(address: &'a EmailAddress, locale: Locale) -> Self {
        Self { address, locale, greeting: t::greeting_plain(locale).to_owned() }
    }
}

/// Writes the e-mail: link, how long it is valid, and the code if a browser's form requested it.
pub(super) fn reset(tx: &Tx, to: &To<'_>, issued: &Issued) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), to.locale);
    let site = settings.site.name.as_str();
    let valid = format::duration(Purpose::PasswordReset.valid_ms(tx.ctx()), locale);
    let code = issued.code.as_deref().map(|code| recovery_code::grouped(code, 4));
    // With a code, a visitor's form requested it; without, it follows from what happened to the account.
    let lane = if code.is_some() { Lane::Visitor } else { Lane::Account };
    let content = EmailContent {
        subject: t::reset_subject(locale, site),
        greeting: to.greeting.clone(),
        paragraphs: vec![t::reset_lead(locale, site), t::reset_how(locale).to_owned()],
        code: code.map(|digits| Code { label: t::reset_code(locale).to_owned(), digits }),
        link: Some(Link {
            label: t::reset_link(locale).to_owned(),
            url: settings.link(&Route::PasswordResetNew.with_token(issued.link()?.expose())),
        }),
        notes: vec![t::reset_valid(locale, &valid), t::reset_not_you(locale).to_owned()],
    };
    let envelope =
        Envelope { kind: "password_reset", lane, to: to.address, locale, give_up_at: issued.expires_at };
    compose(envelope, content, settings)
}

/// Samples for `email_samples`: with a code, and without.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let to = To::member(&sample.member, &sample.to);
    let issued = &sample.issued;
    let alone = Issued { id: issued.id.clone(), link: issued.link.clone(), code: None, ..*issued };
    Ok(vec![reset(tx, &to, issued)?, reset(tx, &to, &alone)?])
}
