//! Codes by e-mail as a second factor: setting them up by a code that proves that they arrive (MP-45), and removing
//! them.

use account::audit::Event;
use account::authn::factor::{self, Binding, Shown, Verdict};
use account::credentials::factors;
use account::email_sample::Sample;
use account::lock;
use account::mailed::{self, Issue, Issued, Purpose, Request};
use account::member::{self, Member};
use account::notifications::{greeting, record_and_notify};
use domain::address::EmailAddress;
use domain::second_factor::Method;
use domain::second_factor::set_up::Refused;
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::format;
use platform::mail::layout::{Code, EmailContent, Envelope, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::tx::Tx;
use policy::SecondFactorMethod;
use words::emails as t;

use super::{another_method_allowed, must_be_offered};

/// Sends the e-mail that proves that codes arrive.
pub async fn send_mail_code(ctx: &Ctx) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    must_be_offered(ctx, SecondFactorMethod::Mail)?;
    let mut tx = Tx::begin(ctx).await?;
    let member = member::find(&mut *tx.conn(), &me.member_id).await?.ok_or(Denied::SignIn)?;
    let to = member.email.as_ref().ok_or(Denied::NotOffered)?;
    let request = Request::new(Purpose::MailCodes, Some(&member.id), to).bound_to(&me.session_id);
    let Issue::Ready(issued) = mailed::issue(&mut tx, request, &()).await? else {
        return refused(Refused::TooManyEmails);
    };
    let email = email(&tx, &member, to, &issued)?;
    tx.enqueue(email).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets codes by e-mail up, if the e-mail's code is right.
pub async fn confirm_mail_codes(ctx: &Ctx, typed: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    must_be_offered(ctx, SecondFactorMethod::Mail)?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if !another_method_allowed(&mut tx, &account, SecondFactorMethod::Mail).await? {
        return refused(Refused::OneMethod);
    }
    let (binding, shown) = (Binding::MailCodes(&me.session_id), Shown::Code(Method::Mail, typed));
    let account = match factor::judge(&mut tx, account, binding, shown).await? {
        Verdict::Right(account, _) => account,
        verdict => {
            tx.commit().await?;
            let locked = matches!(verdict, Verdict::LockedOut { .. });
            return refused(if locked { Refused::Locked } else { Refused::CodeWrong });
        }
    };
    if factors::set_mail_codes(&mut tx, &account, Some(&me.session_id)).await? {
        record_and_notify(&mut tx, &account, me, Event::MailCodesAdded).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes codes by e-mail (MP-54).
pub async fn remove_mail_codes(ctx: &Ctx) -> Result<(), Fault> {
    let me = ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if factors::set_mail_codes(&mut tx, &account, None).await? {
        record_and_notify(&mut tx, &account, me, Event::MailCodesRemoved).await?;
    }
    Ok(tx.commit().await?)
}

/// 本人確認メール
fn email(tx: &Tx, member: &Member, to: &EmailAddress, issued: &Issued) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), member.locale);
    let site = settings.site.name.as_str();
    let until = format::date_time_seconds(issued.expires_at, locale);
    let content = EmailContent {
        subject: t::code_turn_on_subject(locale, site),
        greeting: greeting(&member.person, locale),
        paragraphs: vec![t::code_turn_on_lead(locale, site)],
        code: Some(Code { label: t::code_label(locale).to_owned(), digits: issued.code()?.to_owned() }),
        notes: vec![t::code_valid(locale, &until), t::code_turn_on_not_you(locale).to_owned()],
        ..EmailContent::default()
    };
    let envelope =
        Envelope { kind: "mail_codes", lane: Lane::Code, to, locale, give_up_at: issued.expires_at };
    compose(envelope, content, settings)
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    Ok(vec![email(tx, &sample.member, &sample.to, &sample.issued)?])
}
