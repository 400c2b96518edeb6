//! パスワードの再設定: requesting the e-mail, and setting the new password behind its link (MP-16, MP-35 to MP-37). An address
//! without a member causes the same work, and no e-mail is sent. The link opens no session, and the second factor
//! stays, unless the policy says otherwise: a reset does not bypass it (docs/designs/recovery.md).
//!
//! The link opens the page for the new password in any browser, the code in the browser that requested it. The code
//! alone sets a new password, so it is longer than the six digits that only add to a password.

pub(crate) mod email;

use account::audit::{self, Event, Line};
use account::credentials::{linked, password as stored};
use account::lock::{self, LockedAccount, PasswordState};
use account::mailed::{self, CodeOutcome, DOUBLE_CLICK_MS, Issue, Purpose, Request};
use account::member::{self, Identifier, Member, identifier};
use account::revoke::{Cause, clear_second_factors, revoke};
use account::{lockout, session};
use domain::address::EmailAddress;
use domain::password_change::{Form as NewForm, Refused as NewRefused, check_new};
use domain::password_reset::{CodeRefused, Form, Refused, check};
use domain::route::safe_next;
use platform::context::Ctx;
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::secret::{Password, Token};
use platform::tx::Tx;
use policy::ResetMode;
use serde::{Deserialize, Serialize};

use crate::password::{hash_chosen, notify_changed};
use crate::pending_identity;
use email::To;

const PURPOSE: Purpose = Purpose::PasswordReset;

/// What is sealed with a reset e-mail.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The address as it was typed.
    pub email: EmailAddress,
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

/// Whether members of this site set a new password by themselves.
pub fn is_offered(ctx: &Ctx) -> bool {
    ctx.policy().reset.mode == ResetMode::MailLink
}

fn must_be_offered(ctx: &Ctx) -> Result<(), Denied> {
    if is_offered(ctx) { Ok(()) } else { Err(Denied::NotOffered) }
}

/// Takes the form. `form_id` is the secret of the browser's form, which the code is bound to.
pub async fn request(ctx: &Ctx, form: &Form, form_id: &Token) -> Result<(), Error<Refused>> {
    must_be_offered(ctx)?;
    let email = check(form)?;
    let next = form.next.as_deref().and_then(safe_next).map(str::to_owned);
    ask(ctx, &Asked { email, next }, form_id, DOUBLE_CLICK_MS).await
}

/// The pending request of this browser; `None`: there is none (any more).
pub async fn waiting(ctx: &Ctx, form_id: &Token) -> Result<Option<Sent>, Fault> {
    let waits = asked(ctx, form_id).await?;
    Ok(waits.map(|(asked, expires_at)| Sent { email: asked.email.as_str().to_owned(), expires_at }))
}

async fn asked(ctx: &Ctx, form_id: &Token) -> Result<Option<(Asked, i64)>, Failure> {
    let proof = mailed::awaiting_code(ctx.readers(), PURPOSE, &form_id.digest(), ctx.now()).await?;
    proof.map(|proof| Ok((proof.payload(ctx, PURPOSE)?, proof.expires_at))).transpose()
}

/// Sends the e-mail again, with a new link and a new code; the old ones are void. Without a request nothing happens.
pub async fn send_again(ctx: &Ctx, form_id: &Token) -> Result<(), Error<Refused>> {
    must_be_offered(ctx)?;
    match asked(ctx, form_id).await? {
        Some((asked, _)) => ask(ctx, &asked, form_id, 0).await,
        None => Ok(()),
    }
}

/// Takes the e-mail's code in the browser that requested it; returns a link to the page for the new password.
pub async fn by_code(ctx: &Ctx, form_id: &Token, typed: &str) -> Result<Token, Error<CodeRefused>> {
    must_be_offered(ctx)?;
    let mut tx = Tx::begin(ctx).await?;
    let reason = match mailed::use_code(&mut tx, PURPOSE, &form_id.digest(), typed).await? {
        CodeOutcome::Accepted(proof) => {
            let link = mailed::exchange_code(&mut tx, &proof).await?;
            tx.commit().await?;
            return Ok(link);
        }
        CodeOutcome::Wrong => CodeRefused::CodeWrong,
        CodeOutcome::TooManyTries => CodeRefused::CodeTries,
        CodeOutcome::NothingWaits => CodeRefused::NothingWaits,
    };
    tx.commit().await?;
    refused(reason)
}

async fn ask(ctx: &Ctx, asked: &Asked, form_id: &Token, again_after_ms: i64) -> Result<(), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let owner = match identifier::owner(&mut *tx.conn(), &Identifier::from(&asked.email)).await? {
        Some(owner) => member::find(&mut *tx.conn(), &owner).await?,
        None => None,
    };
    let owner_id = owner.as_ref().map(|owner| owner.id.as_str());
    let bound_to = form_id.digest();
    let mut request = Request::new(PURPOSE, owner_id, &asked.email).bound_to(&bound_to);
    request.again_after_ms = again_after_ms;
    // Without a member the same statement runs, and matches no row.
    mailed::void(&mut tx, owner_id.unwrap_or_default(), &[PURPOSE]).await?;
    let issued = match mailed::issue(&mut tx, request, asked).await? {
        Issue::Ready(issued) => issued,
        // Nothing of this is committed: the e-mail of a moment ago stays valid.
        Issue::JustSent => return Ok(()),
        Issue::TooMany => return refused(Refused::TooMany),
    };
    let line = Line::of_whom(owner_id, Event::PasswordResetRequested);
    audit::write(&mut tx, line).await?;
    let to = match &owner {
        Some(owner) => To::member(owner, &asked.email),
        None => To::nobody(&asked.email, ctx.locale()),
    };
    let email = email::reset(&tx, &to, &issued)?;
    tx.enqueue_if(email, owner.is_some()).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the e-mail to the registered address without a request (MP-37); the links of earlier ones are void. A member
/// without an address gets none.
pub(crate) async fn issue(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    let member = member::of(tx, account).await?;
    let Some(address) = &member.email else { return Ok(()) };
    let issued = unasked(tx, &member, address, None).await?;
    // Without the code: it would be bound to a form's browser, and no form was sent.
    let issued = mailed::Issued { code: None, ..issued };
    let email = email::reset(tx, &To::member(&member, address), &issued)?;
    tx.enqueue(email).await
}

/// A link to the page for the new password, for a member who used a temporary password; `next` is the page to go to
/// afterwards. The links of earlier e-mails are void.
pub(crate) async fn open_page(
    tx: &mut Tx,
    account: &LockedAccount,
    next: Option<&str>,
) -> Result<Token, Failure> {
    let member = member::of(tx, account).await?;
    let address = member.email.clone().ok_or(Failure::Damaged("identifier"))?;
    let issued = unasked(tx, &member, &address, next).await?;
    issued.link.ok_or(Failure::Damaged("mailed_proof"))
}

async fn unasked(
    tx: &mut Tx,
    member: &Member,
    address: &EmailAddress,
    next: Option<&str>,
) -> Result<mailed::Issued, Failure> {
    mailed::void(tx, &member.id, &[PURPOSE]).await?;
    let asked = Asked { email: address.clone(), next: next.and_then(safe_next).map(str::to_owned) };
    mailed::issue_unasked(tx, Request::new(PURPOSE, Some(&member.id), address), &asked).await
}

/// The member whose password a link can set; `None` when it is used, expired or unknown. Changes nothing: mail scanners
/// open links.
pub async fn preview(ctx: &Ctx, link: &Token) -> Result<Option<Member>, Fault> {
    let proof = mailed::by_link(ctx.readers(), PURPOSE, link, ctx.now()).await?;
    let Some(member_id) = proof.and_then(|proof| proof.member_id) else { return Ok(None) };
    Ok(member::find(ctx.readers(), &member_id).await?)
}

/// Sets the new password. All sessions of the member end, in this browser too. Returns the page that the visitor
/// wanted to go to.
pub async fn set_new(ctx: &Ctx, link: &Token, form: &NewForm) -> Result<Option<String>, Error<NewRefused>> {
    let Some(member) = preview(ctx, link).await? else { return refused(NewRefused::LinkInvalid) };
    let policy = ctx.policy();
    let (rules, context) = (policy.password_rules(), member.password_context());
    check_new(&form.new_password, &form.new_password_confirm, &rules, &context)?;
    let new = Password::new(&form.new_password);
    refuse_invalidated(ctx, &member, &new).await?;
    let hash = hash_chosen(ctx, &new, &context).await.map_err(|e| e.map(NewRefused::New))?;

    let mut tx = Tx::begin(ctx).await?;
    let Some(account) = lock::lock(&mut tx, &member.id).await? else {
        return refused(NewRefused::LinkInvalid);
    };
    let Some(proof) = mailed::use_link(&mut tx, PURPOSE, link).await? else {
        return refused(NewRefused::LinkInvalid);
    };
    let asked: Asked = proof.payload(ctx, PURPOSE)?;
    stored::store(&mut tx, &account, &hash).await?;
    member::reinstate(&mut tx, &account).await?;
    if policy.linked_accounts.login_method_exclusive {
        for provider in linked::remove_all(&mut tx, &account).await? {
            pending_identity::unlinked(&mut tx, &account, &provider, None).await?;
        }
    }
    audit::write(&mut tx, Line::of(account.id(), Event::PasswordReset)).await?;
    // Another member who is signed in in this browser is signed out.
    if let Some(here) = ctx.session().filter(|here| here.member_id != account.id()) {
        session::end_here(&mut tx, here).await?;
    }
    revoke(&mut tx, &account, Cause::PasswordReset).await?;
    if policy.sign_in.unlock_by_reset {
        lockout::clear_passwords(&mut tx, account.id()).await?;
    }
    if policy.reset.clears_second_factor {
        clear_second_factors(&mut tx, &account).await?;
    }
    notify_changed(&mut tx, &account, None).await?;
    tx.commit().await?;
    Ok(asked.next)
}

/// Refuses the old password again if it was invalidated: the member said that somebody else knows it.
async fn refuse_invalidated(ctx: &Ctx, member: &Member, new: &Password) -> Result<(), Error<NewRefused>> {
    if let PasswordState::Invalidated(known) = stored::state(ctx.readers(), &member.id).await?
        && ctx.hasher().verify(new, Some(&known)).await?
    {
        return refused(NewRefused::SameAsBefore);
    }
    Ok(())
}
