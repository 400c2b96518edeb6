//! SNSアカウント連携 (MP-18, MP-19, MP-60 to MP-67, MD-27): accounts of outside providers with which members sign in. A
//! signed-in member links an account, or the sign-in or registration that follows an authorization request in the
//! same browser does. Equal addresses never link (docs/designs/linked-accounts.md). [`platform::upstream`] speaks
//! with providers.

mod authorization;
mod list;

use account::audit::{self, Event, Line};
use account::credentials::linked;
use account::revoke::{Cause, revoke};
use account::session::provider_label;
use account::{lock, sign_in_methods};
use domain::linked_accounts::Refused;
use domain::refusal::Refusal;
use platform::context::Ctx;
use platform::error::{Denied, Error, refused};

use crate::pending_identity;

pub use authorization::{
    AuthRedirect, CallbackFailure, CallbackOutcome, CallbackParams, DATA, handle_callback, start,
};
pub use list::{Link, Offer, Row, View, has_password, is_offered, linked_labels, offered, view};

/// Removes a link. One that is gone already is no refusal: the page shows what is left.
pub async fn unlink(ctx: &Ctx, provider: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    if ctx.policy().linked_accounts.login_method_exclusive && !has_password(ctx).await? {
        return Err(Denied::NotOffered.into());
    }
    let (mut tx, account) = lock::begin(ctx).await?;
    let session_id = me.session_id.as_str();
    let methods = sign_in_methods::of(&mut *tx.conn(), ctx, account.id()).await?;
    if !methods.can_remove_link(provider) {
        let label = provider_label(provider);
        let line = Line::of(account.id(), Event::AccountUnlinked).within(session_id).by(&label);
        audit::write(&mut tx, line.refused(Refused::LastSignInMethod.code())).await?;
        tx.commit().await?;
        return refused(Refused::LastSignInMethod);
    }
    if linked::remove(&mut tx, &account, provider).await? {
        pending_identity::unlinked(&mut tx, &account, provider, Some(session_id)).await?;
        // A sign-in with it whose second factor is pending ends.
        revoke(&mut tx, &account, Cause::ProviderUnlinked).await?;
    }
    tx.commit().await?;
    Ok(())
}
