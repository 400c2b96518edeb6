//! E-mails that staff send.

use account::email_sample::Sample;
use account::member::Member;
use account::notifications::greeting;
use domain::address::EmailAddress;
use domain::route::Route;
use platform::error::Failure;
use platform::format;
use platform::mail::layout::{Code, EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::secret::Password;
use platform::tx::Tx;
use words::emails as t;

/// 仮パスワードのお知らせ: the only e-mail that ever contains a password (C-01). `expires_at` is unix ms.
pub(super) fn temporary_password(
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    made: &Password,
    expires_at: i64,
) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), member.locale);
    let site = settings.site.name.as_str();
    let content = EmailContent {
        subject: t::temporary_subject(locale, site),
        greeting: greeting(&member.person, locale),
        paragraphs: vec![t::temporary_lead(locale, site), t::temporary_how(locale).to_owned()],
        code: Some(Code { label: t::temporary_label(locale).to_owned(), digits: made.expose().to_owned() }),
        link: Some(Link {
            label: t::temporary_link(locale).to_owned(),
            url: settings.link(Route::SignIn.path()),
        }),
        notes: vec![
            t::temporary_valid(locale, &format::date_time(expires_at, locale)),
            t::temporary_not_you(locale).to_owned(),
        ],
    };
    let envelope =
        Envelope { kind: "temporary_password", lane: Lane::Account, to, locale, give_up_at: expires_at };
    compose(envelope, content, settings)
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let made = Password::new("ab3d-e9fg-h2jk");
    Ok(vec![temporary_password(tx, &sample.member, &sample.to, &made, sample.issued.expires_at)?])
}
