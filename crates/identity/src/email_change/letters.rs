//! The letters of a change: to the new address, and to the old one.

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::route::Route;
use words::letters as t;

use super::Secrets;
use crate::alerts;
use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::mail::frame::{Code, Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::secret::Token;
use crate::settings::Settings;
use crate::work::Work;

/// After this time nobody needs a letter that only tells.
const GIVE_UP_MS: i64 = 3 * DAY_MS;

/// メール到達確認メール: link and code (MP-68). Without the member's name: the mailbox may be a stranger's, by a slip.
pub(super) fn confirm(
    settings: &Settings,
    new: &EmailAddress,
    locale: Locale,
    secrets: &Secrets,
    over_at: i64,
) -> Result<Letter, Fault> {
    let l = lang(locale);
    let site = settings.site.name.as_str();
    let says = Says {
        subject: t::email_confirm_subject(l, site),
        greeting: t::greeting_plain(l).to_owned(),
        paragraphs: vec![t::email_confirm_lead(l, site), t::email_confirm_how(l).to_owned()],
        code: Some(Code { label: t::email_confirm_code(l).to_owned(), digits: secrets.code.clone() }),
        link: Some(Link {
            label: t::email_confirm_link(l).to_owned(),
            url: settings.link(&Route::EmailConfirm.with_token(secrets.link.expose())),
        }),
        notes: vec![
            t::email_confirm_valid(l, &moment::shown(over_at, locale)),
            t::email_confirm_not_you(l).to_owned(),
        ],
    };
    letter("email_change_confirm", new, locale, &says, settings, over_at)
}

/// To the address of now: somebody asked for another one.
pub(super) fn asked(
    work: &Work,
    member: &Member,
    new: &EmailAddress,
    stop: Option<&Token>,
    over_at: i64,
) -> Result<Letter, Fault> {
    let l = lang(member.locale);
    let site = work.desk().settings.site.name.as_str();
    let mut notes = vec![t::email_asked_mine(l).to_owned()];
    if stop.is_some() {
        notes.push(t::email_asked_not_mine(l).to_owned());
    }
    let says = Says {
        subject: t::email_asked_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: std::iter::once(t::email_asked_lead(l, site, &new.masked()))
            .chain(alerts::facts(work, member.locale))
            .collect(),
        code: None,
        link: stop.map(|token| undo_link(work, token, t::email_asked_link(l))),
        notes,
    };
    to_member("email_change_asked", work, member, &member.address()?, &says, over_at)
}

/// To the address of before: the new one took effect, and until when it can be taken back. `cleared`: the second factor
/// went with it.
pub(super) fn done_old(
    work: &Work,
    before: &Member,
    new: &EmailAddress,
    undo: Option<&(Token, i64)>,
    cleared: bool,
) -> Result<Letter, Fault> {
    let l = lang(before.locale);
    let site = work.desk().settings.site.name.as_str();
    let mut paragraphs = vec![t::email_done_old_lead(l, site, &new.masked())];
    if cleared {
        paragraphs.push(t::email_done_old_cleared(l).to_owned());
    }
    paragraphs.extend(alerts::facts(work, before.locale));
    let mut notes = vec![t::email_done_old_mine(l).to_owned()];
    if let Some((_, until)) = undo {
        notes.push(t::email_done_old_not_mine(l, &moment::shown(*until, before.locale)));
    }
    let says = Says {
        subject: t::email_done_subject(l, site),
        greeting: alerts::greeting(before, l),
        paragraphs,
        code: None,
        link: undo.map(|(token, _)| undo_link(work, token, t::email_done_old_link(l))),
        notes,
    };
    let give_up_at = undo.map_or(work.now() + GIVE_UP_MS, |(_, until)| *until);
    to_member("email_change_done", work, before, &before.address()?, &says, give_up_at)
}

/// To the new address: from now on it is the user ID.
pub(super) fn done_new(
    work: &Work,
    member: &Member,
    new: &EmailAddress,
    cleared: bool,
) -> Result<Letter, Fault> {
    let l = lang(member.locale);
    let site = work.desk().settings.site.name.as_str();
    let mut paragraphs = vec![t::email_done_new_lead(l, site, new.as_str())];
    if cleared {
        paragraphs.push(t::email_done_old_cleared(l).to_owned());
    }
    let says = Says {
        subject: t::email_done_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs,
        code: None,
        link: None,
        notes: vec![t::email_done_new_stays(l).to_owned()],
    };
    to_member("email_change_done", work, member, new, &says, work.now() + GIVE_UP_MS)
}

/// To both addresses: the old one is back.
pub(super) fn undone(
    work: &Work,
    member: &Member,
    to: &EmailAddress,
    old: &EmailAddress,
) -> Result<Letter, Fault> {
    let l = lang(member.locale);
    let site = work.desk().settings.site.name.as_str();
    let says = Says {
        subject: t::email_undone_subject(l, site),
        greeting: alerts::greeting(member, l),
        paragraphs: vec![t::email_undone_lead(l, site, &old.masked()), t::email_undone_ended(l).to_owned()],
        code: None,
        link: None,
        notes: vec![t::email_undone_how(l).to_owned()],
    };
    to_member("email_change_undone", work, member, to, &says, work.now() + GIVE_UP_MS)
}

fn to_member(
    kind: &'static str,
    work: &Work,
    member: &Member,
    to: &EmailAddress,
    says: &Says,
    give_up_at: i64,
) -> Result<Letter, Fault> {
    letter(kind, to, member.locale, says, &work.desk().settings, give_up_at)
}

fn undo_link(work: &Work, token: &Token, label: &str) -> Link {
    let url = work.desk().settings.link(&Route::EmailUndo.with_token(token.expose()));
    Link { label: label.to_owned(), url }
}
