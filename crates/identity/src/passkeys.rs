//! パスキー (our own): a member's passkeys, several and named. Adding and removing need a fresh authentication, and the
//! member is notified by e-mail. The last sign-in method cannot be removed (docs/designs/passkeys.md).
//! [`crate::sign_in`] signs in with one, [`account::credentials::passkey`] verifies one.

use account::audit::{self, Event, Line};
use account::credentials::factors;
use account::credentials::passkey::{self, Added, Owner, credential_ids};
use account::notifications::record_and_notify;
use account::{lock, sign_in_methods};
use domain::passkey::{NewForm, Refused};
use domain::refusal::Refusal;
use domain::second_factor::set_up::label;
use platform::context::{Ctx, CurrentSession};
use platform::error::{Error, Fault, refused};
use platform::tx::Tx;
use policy::SecondFactorMethod;

pub use passkey::{Key, PasskeyChallenge, is_offered, signs_in};

use crate::second_factor::{account_name, another_method_allowed};

/// The member's passkeys, oldest first. Needs no fresh authentication.
pub async fn list(ctx: &Ctx) -> Result<Vec<Key>, Fault> {
    passkey::must_be_offered(ctx)?;
    Ok(passkey::list(ctx.readers(), &ctx.member()?.member_id).await?)
}

/// Makes the challenge for a new passkey.
pub async fn begin_add(ctx: &Ctx) -> Result<PasskeyChallenge, Error<Refused>> {
    let me = ctx.member_fresh()?;
    passkey::must_be_offered(ctx)?;
    let mut tx = Tx::begin(ctx).await?;
    let known = credential_ids(&mut *tx.conn(), &me.member_id).await?;
    if known.len() >= usize::from(ctx.policy().passkeys.per_member) {
        return refused(Refused::TooMany);
    }
    let name = match &me.given_name {
        Some(given) => [&me.family_name, " ", given].concat(),
        None => me.family_name.clone(),
    };
    let owner = Owner { member_id: &me.member_id, account: account_name(me), name: &name };
    let discoverable = ctx.policy().passkeys.sign_in;
    let question = passkey::ask_new(&mut tx, &me.session_id, &owner, &known, discoverable).await?;
    tx.commit().await?;
    Ok(question)
}

/// Adds the passkey that the authenticator made. An empty label becomes `unnamed`.
pub async fn finish_add(ctx: &Ctx, form: &NewForm, unnamed: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    passkey::must_be_offered(ctx)?;
    let (mut tx, account) = lock::begin(ctx).await?;
    let Some(made) = passkey::made(&mut tx, &me.session_id, &form.challenge, &form.credential).await? else {
        // The challenge is used up all the same.
        return refuse(tx, me, Event::PasskeyAdded, Refused::NotMade).await;
    };
    let method = SecondFactorMethod::Passkey;
    if ctx.policy().second_factor.offers(method) && !another_method_allowed(&mut tx, &account, method).await?
    {
        return refuse(tx, me, Event::PasskeyAdded, Refused::OneMethod).await;
    }
    let typed = label(&form.label);
    let name = if typed.is_empty() { unnamed } else { &typed };
    match passkey::add(&mut tx, &account, &made, name, &me.session_id).await? {
        Added::Yes => {}
        Added::Known => return refuse(tx, me, Event::PasskeyAdded, Refused::Known).await,
        Added::TooMany => return refuse(tx, me, Event::PasskeyAdded, Refused::TooMany).await,
    }
    record_and_notify(&mut tx, &account, me, Event::PasskeyAdded).await?;
    tx.commit().await?;
    Ok(())
}

/// What is left after a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Nothing changed for the next sign-in.
    Done,
    /// 2段階認証サービス is on, and no second factor is left.
    NothingLeftToAskFor,
}

/// Removes a passkey. If it is gone already, nothing happens: the page shows what is left.
pub async fn remove(ctx: &Ctx, id: &str) -> Result<Removed, Error<Refused>> {
    let me = ctx.member_fresh()?;
    passkey::must_be_offered(ctx)?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if !passkey::list(&mut *tx.conn(), account.id()).await?.iter().any(|key| key.id == id) {
        return Ok(Removed::Done);
    }
    let methods = sign_in_methods::of(&mut *tx.conn(), ctx, account.id()).await?;
    if !methods.can_remove_passkey() {
        return refuse(tx, me, Event::PasskeyRemoved, Refused::LastSignInMethod).await;
    }
    passkey::remove(&mut tx, &account, id).await?;
    record_and_notify(&mut tx, &account, me, Event::PasskeyRemoved).await?;
    let has = factors::of(&mut *tx.conn(), ctx.policy(), account.id()).await?;
    tx.commit().await?;
    let nothing_left = has.switched_on && has.methods.is_empty();
    Ok(if nothing_left { Removed::NothingLeftToAskFor } else { Removed::Done })
}

async fn refuse<T>(mut tx: Tx, me: &CurrentSession, event: Event, why: Refused) -> Result<T, Error<Refused>> {
    let line = Line::of(&me.member_id, event).within(me.session_id.as_str());
    audit::write(&mut tx, line.refused(why.code())).await?;
    tx.commit().await?;
    refused(why)
}
