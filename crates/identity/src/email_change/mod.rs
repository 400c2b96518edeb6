//! メールアドレスの変更 (MP-68 to MP-72): requested in a session, confirmed from the new mailbox, stopped or reverted from the
//! old one. Until it is confirmed the old address stays in force. Everything else of a member is keyed by their id
//! and stays. [`account::member`] judges who has which address (docs/designs/email-change.md).

mod ask;
mod confirm;
pub(crate) mod email;
mod revert;
mod store;

use account::credentials::{factors, password};
use account::mailed::{self, MailedProof, Purpose};
use domain::address::EmailAddress;
use domain::second_factor::{Factors, Method};
use platform::context::Ctx;
use platform::error::{Failure, Fault};
use policy::{EmailChangeSecondFactor, Policy};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Executor};

pub use ask::{cancel, send_again, start};
pub use confirm::{LinkState, confirm_by_code, confirm_by_link, preview};
pub(crate) use revert::revert_since;
pub use revert::{RevertView, preview as preview_revert, revert};
pub(crate) use store::DATA;

/// A change, as it is sealed with its e-mails.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    /// Its id, in all its e-mails.
    pub id: String,
    /// The session in which it was requested.
    pub asked_in: String,
    pub old: EmailAddress,
    pub new: EmailAddress,
}

/// What メールアドレスの変更 shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The present address.
    pub email: String,
    /// The pending change, if there is one.
    pub pending: Option<Waiting>,
    /// Codes by e-mail are in use, so nothing can be changed (MP-70).
    pub refused: bool,
    /// Confirming asks for the password and clears the second factor (MD-30, MD-31).
    pub by_password: bool,
}

/// A pending change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The new address.
    pub new_email: String,
    /// Unix ms: until when it can be confirmed.
    pub until: i64,
    /// Whether its code is bound to this session.
    pub here: bool,
}

/// Reads it. Needs a fresh authentication, except while a change is pending: e-mails may take their time.
pub async fn view(ctx: &Ctx) -> Result<View, Fault> {
    let me = ctx.member()?;
    let (db, policy) = (ctx.readers(), ctx.policy());
    let pending = pending(db, ctx, &me.member_id).await?;
    if pending.is_none() {
        ctx.member_fresh()?;
    }
    let has = factors::of(db, policy, &me.member_id).await?;
    let by_password = clears(policy) && password::stored(db, &me.member_id).await?.is_some();
    Ok(View {
        email: me.email.clone().unwrap_or_default(),
        pending: pending.map(|(proof, change)| Waiting {
            here: proof.bound_to.as_deref() == Some(&me.session_id),
            new_email: change.new.as_str().to_owned(),
            until: proof.expires_at,
        }),
        refused: refuses(policy, &has),
        by_password,
    })
}

/// A member's pending change.
async fn pending<'e>(
    db: impl Executor<'e, Database = Any>,
    ctx: &Ctx,
    member_id: &str,
) -> Result<Option<(MailedProof, Change)>, Failure> {
    let proof = mailed::of_member(db, Purpose::EmailChange, member_id, ctx.now()).await?;
    proof.map(|proof| Ok((proof.clone(), proof.payload(ctx, Purpose::EmailChange)?))).transpose()
}

/// Whether the second factor forbids a change (MP-70, C-50). An authenticator app does not.
fn refuses(policy: &Policy, has: &Factors) -> bool {
    !clears(policy) && has.switched_on && has.methods.contains(&Method::Mail)
}

/// Whether a change clears the second factor of members with a password (MD-31, C-50).
fn clears(policy: &Policy) -> bool {
    policy.email_change.second_factor == EmailChangeSecondFactor::Clear
}
