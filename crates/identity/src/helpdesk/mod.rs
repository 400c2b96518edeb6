//! What staff do for a member who cannot sign in. Today: the temporary password (MP-96, MP-97).

pub(crate) mod email;

use account::audit::{self, Event, Line};
use account::mailed;
use account::member::{self, Identifier, identifier};
use domain::address::EmailAddress;
use platform::context::{Ctx, Permission};
use platform::error::{Denied, Error, refused};
use platform::tx::Tx;
use policy::TemporaryCredential;

use crate::temporary_password;

/// Why staff were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No member has the address.
    NobodyThere,
}

/// Sends a temporary password to the registered address, and nowhere else; staff never see it. An earlier one is void.
pub async fn send_temporary_password(ctx: &Ctx, address: &EmailAddress) -> Result<(), Error<Refused>> {
    ctx.staff(Permission::SendTemporaryPassword)?;
    if ctx.policy().helpdesk.temporary_credential != TemporaryCredential::TemporaryPassword {
        return Err(Denied::NotOffered.into());
    }
    let made = temporary_password::make(ctx.rng());
    let hash = ctx.hasher().hash(&made).await?;
    let mut tx = Tx::begin(ctx).await?;
    let Some(owner) = identifier::owner(&mut *tx.conn(), &Identifier::from(address)).await? else {
        return refused(Refused::NobodyThere);
    };
    let Some(member) = member::find(&mut *tx.conn(), &owner).await? else {
        return refused(Refused::NobodyThere);
    };
    let to = member.email.as_ref().unwrap_or(address);
    let expires_at = mailed::issue_password(&mut tx, &member.id, to, &hash).await?;
    audit::write(&mut tx, Line::of(&member.id, Event::TemporaryPasswordSent)).await?;
    let email = email::temporary_password(&tx, &member, to, &made, expires_at)?;
    tx.enqueue(email).await?;
    tx.commit().await?;
    Ok(())
}
