//! What staff do for a member who cannot get in. Today: the temporary password (MP-96, MP-97). Who counts as staff is
//! for whoever calls: the command line's user is the operator.

mod letters;

use domain::address::EmailAddress;
use domain::policy::TemporaryCredential;

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::member;
use crate::proof::temporary_password;

/// Why staff could not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has the address.
    NobodyThere,
}

/// Sends a temporary password to the registered address, and nowhere else; staff never see it. An earlier one is void.
pub async fn send_temporary_password(
    desk: &Desk,
    caller: &Caller,
    address: &EmailAddress,
) -> Outcome<(), Refused> {
    let policy = &desk.settings.policy.helpdesk;
    if policy.temporary_credential != TemporaryCredential::TemporaryPassword {
        return Err(Fault::NotOffered);
    }
    let made = temporary_password::make(&desk.random);
    let hash = desk.hasher.hash(&made).await?;
    let mut work = desk.work(caller).await?;
    let Some(member) = member::by_address(&mut *work.conn(), address).await? else {
        return Ok(Err(Refused::NobodyThere));
    };
    let expires_at = work.now() + policy.temporary_credential_valid_ms();
    temporary_password::put(&mut work, &member.id, &hash, expires_at).await?;
    audit::write(&mut work, Line::of(&member.id, Event::TemporaryPasswordSent)).await?;
    let letter = letters::temporary_password(&desk.settings, &member, &made, expires_at)?;
    work.post(letter).await?;
    work.finish().await?;
    Ok(Ok(()))
}
