//! A sample of every e-mail, with a made-up member: for the developer's pages and for snapshots. Each module has the
//! samples of its own e-mails.

use account::email_sample::Sample;
use account::{authn, notifications};
use platform::context::Ctx;
use platform::error::Failure;
use platform::mail::outbox::OutgoingEmail;
use platform::tx::Tx;

use crate::{data_export, email_change, helpdesk, password_reset, registration, second_factor, withdrawal};

/// All of them, in the language of the context. Nothing is sent or stored.
pub async fn all(ctx: &Ctx) -> Result<Vec<OutgoingEmail>, Failure> {
    let sample = &Sample::new(ctx.locale(), ctx.now())?;
    // E-mails are written in a transaction; this one is rolled back.
    let tx = &Tx::begin(ctx).await?;
    let mut emails = registration::email::samples(tx, sample)?;
    emails.extend(authn::pending::samples(tx, sample)?);
    emails.extend(second_factor::mail_codes::samples(tx, sample)?);
    emails.extend(password_reset::email::samples(tx, sample)?);
    emails.extend(email_change::email::samples(tx, sample)?);
    emails.extend(data_export::email::samples(tx, sample)?);
    emails.extend(helpdesk::email::samples(tx, sample)?);
    emails.extend(withdrawal::email::samples(tx, sample)?);
    emails.extend(notifications::samples(tx, sample)?);
    Ok(emails)
}
