//! 新規登録: from the form over the e-mail to the account (MP-01 to MP-17).
//!
//! `submit` stores what was typed with a mailed proof; its link or its code makes the member and signs them in. An
//! address that already has an account causes the same work, and no e-mail is sent (MP-10). A form of another person
//! cannot be completed by accident: opened in another browser, the link asks for the password that was chosen
//! (docs/designs/registration.md).

pub(crate) mod email;

use account::audit::Event;
use account::authn::{self, Attempt};
use account::credentials::password;
use account::lock;
use account::mailed::{self, CodeOutcome, DOUBLE_CLICK_MS, Issue, Issued, MailedProof, Purpose, Request};
use account::member::{self, Identifier, NewMember, identifier};
use account::session::{AuthMethod, Proof};
use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::registration::{Accepted, CompleteRefused, Form, Refused, check};
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::secret::{Password, Token};
use platform::tx::Tx;
use platform::upstream::Identity;
use policy::RegistrationMode;
use serde::{Deserialize, Serialize};

use crate::password::hash_chosen;
use crate::pending_identity;
use crate::profile::person_rules;
use crate::sign_in::SignedIn;

const PURPOSE: Purpose = Purpose::Registration;

/// Whether people can register by themselves on this site (BA-02).
pub fn is_open(ctx: &Ctx) -> bool {
    ctx.policy().registration.mode == RegistrationMode::Member
}

/// The secret of a browser's form: the one that came with it; without one, a secret derived from the contents, so
/// that two identical submits are one.
pub fn form_id(ctx: &Ctx, given: &str, form: &Form) -> Token {
    Token::parse(given).unwrap_or_else(|| {
        let Form { email, password, person, .. } = form;
        let parts = [email, password, &person.family_name, &person.given_name, &person.birth_year];
        Token::from_bytes(ctx.site_key().derive("registration form", &parts.map(String::as_str)))
    })
}

/// A registration that is pending until its e-mail is answered.
#[derive(Serialize, Deserialize)]
pub(crate) struct Provisional {
    pub accepted: Accepted,
    pub locale: Locale,
    pub password_hash: String,
    /// The account of a provider that it was begun with (MP-19).
    pub identity: Option<Identity>,
    /// The page that the visitor wanted to go to.
    #[serde(default)]
    pub next: Option<String>,
}

/// What the page after the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The address as typed.
    pub email: String,
    /// Unix ms: link and code are valid until then.
    pub expires_at: i64,
}

/// What a form led to.
#[derive(Debug)]
pub enum Submitted {
    /// An e-mail was put into the outbox, if the address is free.
    Sent,
    /// The member is registered: a provider says that the address is verified, and the policy trusts it.
    Registered(Registered),
}

/// A new member, signed in.
#[derive(Debug)]
pub struct Registered {
    /// The session.
    pub signed_in: SignedIn,
    /// The page that they wanted to go to.
    pub next: Option<String>,
}

/// Takes a form. `form_id` is the secret of the browser's form: it makes a double click one registration, and lets the
/// same browser complete it. `waiting` is the token of a pending provider account in this browser.
pub async fn submit(
    ctx: &Ctx,
    form: &Form,
    form_id: &Token,
    waiting: Option<&Token>,
) -> Result<Submitted, Error<Refused>> {
    if !is_open(ctx) {
        return Err(Denied::NotOffered.into());
    }
    let policy = ctx.policy();
    let accepted = check(form, &person_rules(ctx), &policy.password_rules())?;
    let chosen = Password::new(&form.password);
    let context = accepted.person.password_context(accepted.email.as_str());
    let password_hash = hash_chosen(ctx, &chosen, &context).await.map_err(|e| e.map(Refused::Password))?;
    let identity = match waiting.filter(|_| !policy.linked_accounts.login_method_exclusive) {
        Some(token) => pending_identity::find(ctx.readers(), ctx, token).await?.map(|(_, identity)| identity),
        None => None,
    };

    let email = accepted.email.clone();
    let next = form.next.as_deref().and_then(domain::route::safe_next).map(str::to_owned);
    let mut provisional = Provisional { accepted, locale: ctx.locale(), password_hash, identity, next };
    let mut tx = Tx::begin(ctx).await?;
    let bound_to = form_id.digest();
    if provisional.identity.is_none() {
        provisional.identity = begun_with(&mut tx, &bound_to, &email).await?;
    }
    let mut request = Request::new(PURPOSE, None, &email).bound_to(&bound_to);
    request.again_after_ms = DOUBLE_CLICK_MS;
    match mailed::issue(&mut tx, request, &provisional).await? {
        Issue::JustSent => {}
        Issue::TooMany => return refused(Refused::TooManyTries),
        Issue::Ready(issued) => {
            let trusted = policy.linked_accounts.vouched_addresses
                && provisional.identity.as_ref().is_some_and(|identity| verifies(identity, &email));
            // A known address is treated as usual, so that the answer does not show that it is known.
            if trusted && is_free(&mut tx, &email).await? {
                let used = mailed::use_link(&mut tx, PURPOSE, issued.link()?).await?;
                used.ok_or(Failure::Damaged("mailed_proof"))?;
                let registered = become_member(tx, provisional).await;
                return registered.map(Submitted::Registered).map_err(|e| e.map(|_| Refused::TooManyTries));
            }
            send(&mut tx, &provisional, &issued).await?;
        }
    }
    tx.commit().await?;
    Ok(Submitted::Sent)
}

/// The provider's account that an earlier form of this browser for the same address was begun with: it is kept.
async fn begun_with(tx: &mut Tx, bound_to: &str, email: &EmailAddress) -> Result<Option<Identity>, Failure> {
    let Some(before) = mailed::latest_to(tx, PURPOSE, bound_to, email).await? else { return Ok(None) };
    let before: Provisional = before.payload(tx.ctx(), PURPOSE)?;
    Ok(before.identity)
}

/// Whether a provider says that this address is verified, and is trusted for its domain.
fn verifies(identity: &Identity, address: &EmailAddress) -> bool {
    let theirs = identity.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    identity.email_verified && theirs.is_some_and(|theirs| theirs.key() == address.key())
}

async fn is_free(tx: &mut Tx, email: &EmailAddress) -> Result<bool, Failure> {
    let now = tx.now();
    identifier::is_free(&mut *tx.conn(), &email.into(), None, now).await
}

/// The pending registration of this browser's form; `None`: there is none (any more).
pub async fn waiting(ctx: &Ctx, form_id: &Token) -> Result<Option<Sent>, Fault> {
    let Some(proof) = awaiting(ctx, form_id).await? else { return Ok(None) };
    let provisional: Provisional = proof.payload(ctx, PURPOSE)?;
    Ok(Some(Sent { email: provisional.accepted.email.as_str().to_owned(), expires_at: proof.expires_at }))
}

async fn awaiting(ctx: &Ctx, form_id: &Token) -> Result<Option<MailedProof>, Failure> {
    mailed::awaiting_code(ctx.readers(), PURPOSE, &form_id.digest(), ctx.now()).await
}

/// Sends the e-mail again, with a new link and a new code; the old ones are void. Without a pending registration
/// nothing happens.
pub async fn send_again(ctx: &Ctx, form_id: &Token) -> Result<(), Error<Refused>> {
    let Some(proof) = awaiting(ctx, form_id).await? else { return Ok(()) };
    let provisional: Provisional = proof.payload(ctx, PURPOSE)?;
    let mut tx = Tx::begin(ctx).await?;
    let bound_to = form_id.digest();
    let request = Request::new(PURPOSE, None, &provisional.accepted.email).bound_to(&bound_to);
    match mailed::issue(&mut tx, request, &provisional).await? {
        Issue::Ready(issued) => send(&mut tx, &provisional, &issued).await?,
        Issue::JustSent => {}
        Issue::TooMany => return refused(Refused::TooManyTries),
    }
    tx.commit().await?;
    Ok(())
}

/// What the page behind the link has to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// A button is enough: this browser filled in the form.
    Button,
    /// The chosen password is asked for.
    Password,
    /// Used, expired, cut or superseded (MP-09).
    Dead,
}

/// What a link needs. Changes nothing, since mail scanners open links.
pub async fn preview(ctx: &Ctx, link: &Token, form_id: Option<&Token>) -> Result<LinkState, Fault> {
    let proof = mailed::by_link(ctx.readers(), PURPOSE, link, ctx.now()).await?;
    Ok(match proof {
        None => LinkState::Dead,
        Some(proof) if is_of(&proof, form_id) => LinkState::Button,
        Some(_) => LinkState::Password,
    })
}

fn is_of(proof: &MailedProof, form_id: Option<&Token>) -> bool {
    form_id.is_some_and(|form_id| proof.bound_to.as_deref() == Some(&form_id.digest()))
}

/// Completes by the e-mail's link. `typed` is the password, asked for when another browser opens the link.
pub async fn complete_by_link(
    ctx: &Ctx,
    link: &Token,
    form_id: Option<&Token>,
    typed: Option<&str>,
) -> Result<Registered, Error<CompleteRefused>> {
    let Some(proof) = mailed::by_link(ctx.readers(), PURPOSE, link, ctx.now()).await? else {
        return refused(CompleteRefused::LinkInvalid);
    };
    if !is_of(&proof, form_id) {
        let Some(typed) = typed.filter(|t| !t.is_empty()) else {
            return refused(CompleteRefused::PasswordNeeded);
        };
        // The try is counted before the password is looked at: parallel guesses cannot slip past.
        let mut tx = Tx::begin(ctx).await?;
        let counted = mailed::count_other_try(&mut tx, PURPOSE, &proof).await?;
        tx.commit().await?;
        if !counted {
            return refused(CompleteRefused::CodeTries);
        }
        let provisional: Provisional = proof.payload(ctx, PURPOSE)?;
        if !ctx.hasher().verify(&Password::new(typed), Some(&provisional.password_hash)).await? {
            return refused(CompleteRefused::PasswordWrong);
        }
    }
    let mut tx = Tx::begin(ctx).await?;
    match mailed::use_link(&mut tx, PURPOSE, link).await? {
        Some(proof) => become_member(tx, proof.payload(ctx, PURPOSE)?).await,
        None => refused(CompleteRefused::LinkInvalid),
    }
}

/// Completes by the e-mail's code, typed into the browser that filled in the form.
pub async fn complete_by_code(
    ctx: &Ctx,
    form_id: &Token,
    typed: &str,
) -> Result<Registered, Error<CompleteRefused>> {
    let mut tx = Tx::begin(ctx).await?;
    let reason = match mailed::use_code(&mut tx, PURPOSE, &form_id.digest(), typed).await? {
        CodeOutcome::Accepted(proof) => return become_member(tx, proof.payload(ctx, PURPOSE)?).await,
        CodeOutcome::Wrong => CompleteRefused::CodeWrong,
        CodeOutcome::TooManyTries => CompleteRefused::CodeTries,
        CodeOutcome::NothingWaits => CompleteRefused::LinkInvalid,
    };
    tx.commit().await?;
    refused(reason)
}

/// Sends the e-mail, unless the address has an account: then none is sent (MP-10), or, where the policy says so, its
/// member is notified by an e-mail that registers nothing.
async fn send(tx: &mut Tx, provisional: &Provisional, issued: &Issued) -> Result<(), Failure> {
    let address = &provisional.accepted.email;
    // An address that is reserved after a change is treated like any known one.
    let free = is_free(tx, address).await?;
    let owner = identifier::owner(&mut *tx.conn(), &address.into()).await?;
    if let Some(owner) = owner
        && tx.policy().registration.known_address_letter
    {
        let locale = member::find(&mut *tx.conn(), &owner).await?.map_or(Locale::default(), |m| m.locale);
        let email = email::known_address(tx, address, locale, issued.expires_at)?;
        return tx.enqueue(email).await;
    }
    let email = email::registration(tx, &provisional.accepted, provisional.locale, issued)?;
    tx.enqueue_if(email, free).await
}

/// Makes the member out of the provisional registration, and signs them in.
async fn become_member(mut tx: Tx, provisional: Provisional) -> Result<Registered, Error<CompleteRefused>> {
    let Provisional { accepted, locale, password_hash, identity, next } = provisional;
    let identifiers = [Identifier::from(&accepted.email)];
    let new = NewMember { identifiers: &identifiers, person: &accepted.person, locale };
    // Another member may have registered the address meanwhile; the database judges, and nothing of this stays.
    let Ok(id) = member::insert(&mut tx, new).await? else { return refused(CompleteRefused::LinkInvalid) };
    let account = lock::lock_existing(&mut tx, &id).await?;
    password::store(&mut tx, &account, &password_hash).await?;
    let proof = Proof::of(AuthMethod::Registration, tx.now());
    let attempt = Attempt::sign_in(proof, false);
    let session = authn::complete(&mut tx, &account, &attempt, Event::Registered).await?;
    // A refused link does not stop the registration.
    let linked = match identity {
        Some(identity) => {
            Some(pending_identity::link_identity(&mut tx, &account, &session.session_id, identity).await?)
        }
        None => None,
    };
    tx.commit().await?;
    Ok(Registered { signed_in: SignedIn { session, linked }, next })
}
