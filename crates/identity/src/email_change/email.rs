//! The e-mails of a change: to the new address, and to the old one.

use account::email_sample::Sample;
use account::mailed::Issued;
use account::member::Member;
use account::notifications::{facts, greeting};
use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::route::Route;
use platform::clock::DAY_MS;
use platform::error::Failure;
use platform::format;
use platform::mail::layout::{Code, EmailContent, Envelope, Link, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::secret::Token;
use platform::tx::Tx;
use words::emails as t;

use super::Change;

/// E-mails that only notify are not sent later than this.
const GIVE_UP_MS: i64 = 3 * DAY_MS;

/// メール到達確認メール: link and code (MP-68). Without the member's name: a mistyped mailbox may be
/// another person's.
pub(super) fn confirm(
    tx: &Tx,
    new: &EmailAddress,
    locale: Locale,
    issued: &Issued,
) -> Result<OutgoingEmail, Failure> {
    let settings = tx.settings();
    let site = settings.site.name.as_str();
    let until = issued.expires_at;
    let content = EmailContent {
        subject: t::email_confirm_subject(locale, site),
        greeting: t::greeting_plain(locale).to_owned(),
        paragraphs: vec![t::email_confirm_lead(locale, site), t::email_confirm_how(locale).to_owned()],
        code: Some(Code {
            label: t::email_confirm_code(locale).to_owned(),
            digits: issued.code()?.to_owned(),
        }),
        link: Some(Link {
            label: t::email_confirm_link(locale).to_owned(),
            url: settings.link(&Route::EmailConfirm.with_token(issued.link()?.expose())),
        }),
        notes: vec![
            t::email_confirm_valid(locale, &format::date_time(until, locale)),
            t::email_confirm_not_you(locale).to_owned(),
        ],
    };
    let envelope =
        Envelope { kind: "email_change_confirm", lane: Lane::Account, to: new, locale, give_up_at: until };
    compose(envelope, content, settings)
}

/// To the present address: another one was requested.
pub(super) fn requested(
    tx: &Tx,
    member: &Member,
    change: &Change,
    stop: Option<&Token>,
    until: i64,
) -> Result<OutgoingEmail, Failure> {
    let locale = member.locale;
    let site = tx.settings().site.name.as_str();
    let mut notes = vec![t::email_requested_mine(locale).to_owned()];
    if stop.is_some() {
        notes.push(t::email_requested_not_mine(locale).to_owned());
    }
    let content = EmailContent {
        subject: t::email_requested_subject(locale, site),
        paragraphs: std::iter::once(t::email_requested_lead(locale, site, &change.new.masked()))
            .chain(facts(tx, locale))
            .collect(),
        link: stop.map(|token| undo_link(tx, token, t::email_requested_link(locale))),
        notes,
        ..EmailContent::default()
    };
    to_member("email_change_requested", tx, member, &change.old, content, until)
}

/// To the address before: the new one took effect, and until when it can be reverted. `cleared`: the second factor was
/// removed with it.
pub(super) fn done_old(
    tx: &Tx,
    before: &Member,
    change: &Change,
    undo: Option<&(Token, i64)>,
    cleared: bool,
) -> Result<OutgoingEmail, Failure> {
    let locale = before.locale;
    let site = tx.settings().site.name.as_str();
    let mut paragraphs = vec![t::email_done_old_lead(locale, site, &change.new.masked())];
    if cleared {
        paragraphs.push(t::email_done_old_cleared(locale).to_owned());
    }
    paragraphs.extend(facts(tx, locale));
    let mut notes = vec![t::email_done_old_mine(locale).to_owned()];
    if let Some((_, until)) = undo {
        notes.push(t::email_done_old_not_mine(locale, &format::date_time(*until, locale)));
    }
    let content = EmailContent {
        subject: t::email_done_subject(locale, site),
        paragraphs,
        link: undo.map(|(token, _)| undo_link(tx, token, t::email_done_old_link(locale))),
        notes,
        ..EmailContent::default()
    };
    let give_up_at = undo.map_or(tx.now() + GIVE_UP_MS, |(_, until)| *until);
    to_member("email_change_done", tx, before, &change.old, content, give_up_at)
}

/// To the new address: from now on it is the user ID.
pub(super) fn done_new(
    tx: &Tx,
    member: &Member,
    change: &Change,
    cleared: bool,
) -> Result<OutgoingEmail, Failure> {
    let locale = member.locale;
    let site = tx.settings().site.name.as_str();
    let mut paragraphs = vec![t::email_done_new_lead(locale, site, change.new.as_str())];
    if cleared {
        paragraphs.push(t::email_done_old_cleared(locale).to_owned());
    }
    let content = EmailContent {
        subject: t::email_done_subject(locale, site),
        paragraphs,
        notes: vec![t::email_done_new_stays(locale).to_owned()],
        ..EmailContent::default()
    };
    to_member("email_change_done", tx, member, &change.new, content, tx.now() + GIVE_UP_MS)
}

/// To both addresses: the old one is back.
pub(super) fn reverted(
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    old: &EmailAddress,
) -> Result<OutgoingEmail, Failure> {
    let locale = member.locale;
    let site = tx.settings().site.name.as_str();
    let content = EmailContent {
        subject: t::email_reverted_subject(locale, site),
        paragraphs: vec![
            t::email_reverted_lead(locale, site, &old.masked()),
            t::email_reverted_ended(locale).to_owned(),
        ],
        notes: vec![t::email_reverted_how(locale).to_owned()],
        ..EmailContent::default()
    };
    to_member("email_change_reverted", tx, member, to, content, tx.now() + GIVE_UP_MS)
}

fn to_member(
    kind: &'static str,
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    content: EmailContent,
    give_up_at: i64,
) -> Result<OutgoingEmail, Failure> {
    let locale = member.locale;
    let content = EmailContent { greeting: greeting(&member.person, locale), ..content };
    compose(Envelope { kind, lane: Lane::Account, to, locale, give_up_at }, content, tx.settings())
}

fn undo_link(tx: &Tx, token: &Token, label: &str) -> Link {
    let url = tx.settings().link(&Route::EmailUndo.with_token(token.expose()));
    Link { label: label.to_owned(), url }
}

/// Samples for `email_samples`.
pub(crate) fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    let Sample { member, to, new, issued } = sample;
    let change = Change { id: issued.id.clone(), asked_in: String::new(), old: to.clone(), new: new.clone() };
    let undo = (issued.link()?.clone(), issued.expires_at);
    Ok(vec![
        confirm(tx, new, member.locale, issued)?,
        requested(tx, member, &change, issued.link.as_ref(), issued.expires_at)?,
        requested(tx, member, &change, None, issued.expires_at)?,
        done_old(tx, member, &change, Some(&undo), true)?,
        done_old(tx, member, &change, None, false)?,
        done_new(tx, member, &change, true)?,
        reverted(tx, member, to, to)?,
    ])
}
