//! 新規登録: from the form over the letter to the account (MP-01 to MP-17). The story:
//!
//! `submit` stores what was typed as a provisional registration and posts a letter with a link and a code.
//! `complete_by_link` or `complete_by_code` turns it into a member and signs them in. An address that already
//! has an account goes through the same motions, and no letter leaves (MP-10). Nobody else's form can be
//! completed by accident: opened in another browser, the link asks for the password that was chosen
//! (docs/designs/registration.md).

mod letters;
mod store;

use domain::address::EmailAddress;
use domain::code::Code;
use domain::locale::Locale;
use domain::password::Context;
use domain::policy::RegistrationMode;
use domain::registration::{Accepted, CompleteRefused, Form, Refused, check};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::{self, DAY_MS, SECOND_MS};
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::linked_accounts;
use crate::member::{self, Particulars};
use crate::proof::password;
use crate::secret::{Password, Token};
use crate::session::{self, Opened, ProvenBy, Remember};
use crate::upstream::Identity;
use crate::work::Work;
use store::{Pending, Row};

/// The same form sent again within this time is a double click, not a second wish.
pub const AGAIN_AFTER_MS: i64 = 60 * SECOND_MS;

/// Whether people can register by themselves on this site (BA-02 says no for some).
pub fn is_open(desk: &Desk) -> bool {
    desk.settings.policy.registration.mode == RegistrationMode::Member
}

/// The secret of a browser's form: the one that came with it, or, where a form was sent without, one that the
/// same contents always get, so that two identical submits are one.
pub fn form_id(desk: &Desk, given: &str, form: &Form) -> Token {
    Token::parse(given).unwrap_or_else(|| {
        let Form { email, password, family_name, given_name, birth_year, .. } = form;
        Token::from_bytes(
            desk.site_key
                .derive("registration form", &[email, password, family_name, given_name, birth_year]),
        )
    })
}

/// What the page after the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The address as typed, to be read again by its owner.
    pub email: String,
    /// Unix ms: until then link and code are good.
    pub expires_at: i64,
}

/// What a form led to.
#[derive(Debug)]
pub enum Submitted {
    /// A letter is on its way, if the address is free.
    Sent,
    /// The account is there: a provider vouched for the address, and the policy believes it.
    Registered(Opened),
}

/// Takes a form. `form_id` is the secret of the browser's form: it makes a double click one registration, and
/// lets the same browser complete it.
pub async fn submit(
    desk: &Desk,
    caller: &Caller,
    form: &Form,
    form_id: &Token,
) -> Outcome<Submitted, Vec<Refused>> {
    if !is_open(desk) {
        return Err(Fault::NotOffered);
    }
    let policy = &desk.settings.policy;
    let accepted = match check(form, caller.locale, &policy.password_rules(), clock::today(desk.now())) {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused)),
    };
    let about =
        Context { family_name: &form.family_name, given_name: &form.given_name, user_id: &form.email };
    let chosen = Password::new(&form.password);
    let password_hash = match crate::password::hash_chosen(desk, &chosen, &about).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![Refused::Password(refused)])),
    };
    let brought = linked_accounts::for_registration(desk, caller).await?;

    let mut work = desk.work(caller).await?;
    let secrets = Secrets::new(&work);
    let expires_at = work.now() + policy.registration.link_valid_ms();
    let new = store::New {
        form_id,
        accepted: &accepted,
        password_hash: &password_hash,
        secrets: &secrets,
        brought: brought.as_ref().map(|(sealed, _)| sealed.as_slice()),
        expires_at,
    };
    if store::put(&mut work, &new, AGAIN_AFTER_MS).await? {
        if !may_write_to(&mut work, &accepted.email).await? {
            return Ok(Err(vec![Refused::TooManyTries]));
        }
        let vouched = policy.linked_accounts.vouched_addresses
            && brought.is_some_and(|(_, identity)| vouches(&identity, &accepted.email));
        // Somebody else's address goes the usual way, in which nobody learns that it is known.
        let now = work.now();
        if vouched && member::is_free(&mut *work.conn(), &accepted.email, None, now).await? {
            let row =
                store::use_link(&mut work, &secrets.link).await?.ok_or(Fault::Damaged("registration"))?;
            return Ok(become_member(work, row)
                .await?
                .map(Submitted::Registered)
                .map_err(|_| vec![Refused::TooManyTries]));
        }
        let locale = caller.locale;
        write(&mut work, &accepted.email, &accepted, locale, &secrets, expires_at).await?;
    }
    work.finish().await?;
    Ok(Ok(Submitted::Sent))
}

/// Whether a provider says that the address is its owner's.
fn vouches(identity: &Identity, address: &EmailAddress) -> bool {
    let theirs = identity.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    identity.vouched && theirs.is_some_and(|theirs| theirs.key() == address.key())
}

/// The registration that this browser's form began and that still waits.
pub async fn pending(desk: &Desk, form_id: &Token) -> Result<Option<Sent>, Fault> {
    let row = store::pending(desk.db.readers(), form_id, desk.now()).await?;
    Ok(row.map(|Pending { email, expires_at, .. }| Sent { email, expires_at }))
}

/// Sends the letter once more, with a new link and a new code; the old ones are void. Nothing waits: nothing
/// happens.
pub async fn send_again(desk: &Desk, caller: &Caller, form_id: &Token) -> Outcome<(), Vec<Refused>> {
    let mut work = desk.work(caller).await?;
    let secrets = Secrets::new(&work);
    let expires_at = work.now() + desk.settings.policy.registration.link_valid_ms();
    let Some(row) = store::renew(&mut work, form_id, &secrets, expires_at).await? else {
        return Ok(Ok(()));
    };
    let (accepted, locale) = row.accepted()?;
    if !may_write_to(&mut work, &accepted.email).await? {
        return Ok(Err(vec![Refused::TooManyTries]));
    }
    write(&mut work, &accepted.email, &accepted, locale, &secrets, expires_at).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// What the page behind the link has to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A button is enough: this browser filled in the form.
    Button,
    /// The chosen password is asked for.
    Password,
    /// Used, expired, cut or superseded (MP-09).
    Closed,
}

/// Looks at a link without changing anything: mail scanners open links too.
pub async fn door(desk: &Desk, link: &Token, form_id: Option<&Token>) -> Result<Door, Fault> {
    let row = store::by_link(desk.db.readers(), link, desk.now()).await?;
    Ok(match row {
        None => Door::Closed,
        Some(row) if row.is_of(form_id) => Door::Button,
        Some(_) => Door::Password,
    })
}

/// Completes by the letter's link. `typed` is the password, asked for when another browser opens the link.
pub async fn complete_by_link(
    desk: &Desk,
    caller: &Caller,
    link: &Token,
    form_id: Option<&Token>,
    typed: Option<&str>,
) -> Outcome<Opened, CompleteRefused> {
    let Some(row) = store::by_link(desk.db.readers(), link, desk.now()).await? else {
        return Ok(Err(CompleteRefused::LinkInvalid));
    };
    if !row.is_of(form_id) {
        let Some(typed) = typed.filter(|t| !t.is_empty()) else {
            return Ok(Err(CompleteRefused::PasswordNeeded));
        };
        let tries = i64::from(desk.settings.policy.registration.code_tries);
        // The try is counted before the password is looked at: parallel guesses cannot slip past.
        let mut work = desk.work(caller).await?;
        let counted = store::count_try(&mut work, &row.id, tries).await?;
        work.finish().await?;
        if !counted {
            return Ok(Err(CompleteRefused::CodeTries));
        }
        if !desk.hasher.verify(&Password::new(typed), Some(&row.password_hash)).await? {
            return Ok(Err(CompleteRefused::PasswordWrong));
        }
    }
    let mut work = desk.work(caller).await?;
    match store::use_link(&mut work, link).await? {
        Some(row) => become_member(work, row).await,
        None => Ok(Err(CompleteRefused::LinkInvalid)),
    }
}

/// Completes by the letter's code, typed into the browser that filled in the form.
pub async fn complete_by_code(
    desk: &Desk,
    caller: &Caller,
    form_id: &Token,
    typed: &str,
) -> Outcome<Opened, CompleteRefused> {
    let Some(pending) = store::pending(desk.db.readers(), form_id, desk.now()).await? else {
        return Ok(Err(CompleteRefused::LinkInvalid));
    };
    let Ok(code) = Code::parse(typed) else { return Ok(Err(CompleteRefused::CodeWrong)) };
    let tries = i64::from(desk.settings.policy.registration.code_tries);
    let mut work = desk.work(caller).await?;
    if !store::count_try(&mut work, &pending.id, tries).await? {
        return Ok(Err(CompleteRefused::CodeTries));
    }
    let hash = code_mac(desk, &pending.id, code.as_str());
    if let Some(row) = store::use_code(&mut work, &pending.id, &hash).await? {
        return become_member(work, row).await;
    }
    work.finish().await?;
    Ok(Err(CompleteRefused::CodeWrong))
}

/// Removes whatever was typed for an address: its owner left.
pub(crate) async fn forget(work: &mut Work, address: &EmailAddress) -> Result<(), Fault> {
    store::forget(work, address).await
}

/// Removes provisional registrations whose time is over, at most `batch`; how many went (MP-11).
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    store::purge(work, batch).await
}

/// The link and the code of one letter.
struct Secrets {
    link: Token,
    code: String,
}

impl Secrets {
    fn new(work: &Work) -> Self {
        Self { link: work.token(), code: work.desk().random.six_digits() }
    }
}

/// What is stored of a code: worth nothing without the site key.
fn code_mac(desk: &Desk, id: &str, code: &str) -> String {
    desk.site_key.mac("registration code", &[id, code])
}

/// Counts letters to an address, known or not: nobody's mailbox is to be flooded from here.
async fn may_write_to(work: &mut Work, address: &EmailAddress) -> Result<bool, Fault> {
    let most = i64::from(work.desk().settings.policy.registration.letters_per_address_per_day);
    limits::take(work, "registration-letter", Of::Address(address), most, DAY_MS).await
}

/// Posts the letter, unless the address has an account: then nothing leaves (MP-10), or, where the policy says
/// so, its owner is told by a letter that registers nothing.
async fn write(
    work: &mut Work,
    address: &EmailAddress,
    accepted: &Accepted,
    locale: Locale,
    secrets: &Secrets,
    expires_at: i64,
) -> Result<(), Fault> {
    let settings = work.desk().settings.clone();
    // An address that was given up a short while ago is kept for its member: to others it is like any known one.
    let now = work.now();
    let free = member::is_free(&mut *work.conn(), address, None, now).await?;
    match member::owner_of(&mut *work.conn(), address).await? {
        Some((_, locale)) if settings.policy.registration.known_address_letter => {
            work.post(letters::known_address(&settings, address, locale, expires_at)?).await
        }
        _ => {
            let letter = letters::registration(&settings, accepted, locale, secrets, expires_at)?;
            work.post_if(letter, free).await
        }
    }
}

/// The provisional registration becomes an account, and its owner is signed in.
async fn become_member(mut work: Work, row: Row) -> Outcome<Opened, CompleteRefused> {
    let (accepted, locale) = row.accepted()?;
    let who = Particulars::from(&accepted);
    // Somebody may have registered the address meanwhile; the database judges, and nothing of this stays.
    let Ok(id) = member::insert(&mut work, &accepted.email, &who, locale).await? else {
        return Ok(Err(CompleteRefused::LinkInvalid));
    };
    password::store(&mut work, &id, &row.password_hash).await?;
    if let Some(other) = work.caller().current.clone() {
        session::end(&mut work, &other).await?;
    }
    let mut opened = session::open(&mut work, &id, ProvenBy::Registration, None, Remember::No).await?;
    audit::write(&mut work, Line::of(&id, Event::Registered).within(&opened.session_id)).await?;
    // What became of it meanwhile does not stop the registration: without the link it is one like any other.
    if let Some(brought) = &row.brought {
        let taken_up = linked_accounts::link_sealed(&mut work, &id, &opened.session_id, brought).await?;
        opened.taken_up = Some(taken_up);
    }
    work.finish().await?;
    Ok(Ok(opened))
}

impl From<&Accepted> for Particulars {
    fn from(form: &Accepted) -> Self {
        Self {
            family_name: form.family_name.as_str().to_owned(),
            given_name: form.given_name.as_ref().map(|n| n.as_str().to_owned()),
            family_name_kana: form.family_name_kana.as_ref().map(|n| n.as_str().to_owned()),
            given_name_kana: form.given_name_kana.as_ref().map(|n| n.as_str().to_owned()),
            birth_date: form.birth_date,
        }
    }
}
