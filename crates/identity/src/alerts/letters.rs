//! The one security letter: what happened, when, with which browser, from where, and the link to answer it.

use domain::locale::Locale;
use domain::route::Route;
use words::Lang;
use words::letters as t;

use super::Told;
use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::mail::frame::{Link, Says, letter};
use crate::mail::lang;
use crate::mail::outbox::Letter;
use crate::member::Member;
use crate::moment;
use crate::secret::Token;
use crate::work::Work;

/// After this time nobody needs it any more.
const GIVE_UP_MS: i64 = 3 * DAY_MS;

/// Writes it.
pub(super) fn security(
    work: &Work,
    member: &Member,
    told: Told,
    about: Option<String>,
    token: &Token,
) -> Result<Letter, Fault> {
    let (settings, now) = (&work.desk().settings, work.now());
    let (locale, l) = (member.locale, lang(member.locale));
    let site = settings.site.name.as_str();
    let address = member.address()?;
    let says = Says {
        subject: t::security_subject(l, site, what(told, l)),
        greeting: greeting(member, l),
        paragraphs: std::iter::once(sentence(told, site, l))
            .chain(about)
            .chain(facts(work, locale))
            .collect(),
        code: None,
        link: Some(Link {
            label: t::security_link(l).to_owned(),
            url: settings.link(&Route::Alert.with_token(token.expose())),
        }),
        notes: vec![t::security_mine(l).to_owned(), t::security_not_mine(l).to_owned()],
    };
    letter(told.name(), &address, locale, &says, settings, now + GIVE_UP_MS)
}

/// When, with which browser, from where: what is being done now.
pub(crate) fn facts(work: &Work, locale: Locale) -> Vec<String> {
    let (caller, l) = (work.caller(), lang(locale));
    let browser = moment::browser(&caller.browser, locale);
    let unknown = t::security_unknown(l);
    let mut facts = vec![
        t::security_at(l, &moment::shown(work.now(), locale)),
        t::security_browser(l, if browser.is_empty() { unknown } else { &browser }),
    ];
    if let Some(place) = work.desk().places.of(&caller.network) {
        facts.push(t::security_place(l, &place.shown(locale)));
    }
    facts.push(t::security_network(l, if caller.network.is_empty() { unknown } else { &caller.network }));
    facts
}

/// 「山田 花子 様」, in the order of the language.
pub(crate) fn greeting(member: &Member, l: Lang) -> String {
    match &member.given_name {
        Some(given) => t::greeting(l, &member.family_name, given),
        None => t::greeting_single(l, &member.family_name),
    }
}

/// What happened, in a few words: for the subject.
pub fn what(told: Told, l: Lang) -> &'static str {
    match told {
        Told::NewBrowser => t::told_new_browser(l),
        Told::FarPlaces => t::told_far_places(l),
        Told::SignInLocked => t::told_sign_in_locked(l),
        Told::SecondStepLocked => t::told_second_step_locked(l),
        Told::PasswordChanged => t::told_password_changed(l),
        Told::SecondStepOn => t::told_second_step_on(l),
        Told::SecondStepOff => t::told_second_step_off(l),
        Told::MailAdded => t::told_mail_added(l),
        Told::MailRemoved => t::told_mail_removed(l),
        Told::AppAdded => t::told_app_added(l),
        Told::AppRemoved => t::told_app_removed(l),
        Told::BackupCodesMade => t::told_backup_codes_made(l),
        Told::PasskeyAdded => t::told_passkey_added(l),
        Told::PasskeyRemoved => t::told_passkey_removed(l),
        Told::AccountLinked => t::told_account_linked(l),
        Told::AccountUnlinked => t::told_account_unlinked(l),
        Told::BrowserTrusted => t::told_browser_trusted(l),
        Told::TrustForgotten => t::told_trust_forgotten(l),
    }
}

/// What happened, as a sentence.
pub fn sentence(told: Told, site: &str, l: Lang) -> String {
    match told {
        Told::NewBrowser => t::security_new_browser(l, site),
        Told::FarPlaces => t::security_far_places(l, site),
        Told::SignInLocked => t::security_sign_in_locked(l, site),
        Told::SecondStepLocked => t::security_second_step_locked(l, site),
        _ => t::security_changed(l, site, what(told, l)),
    }
}
