//! Where a member has one way to sign in at a time (C-53, MD-27): choosing a provider gives the password up, choosing a
//! password unlinks the provider. Either way everybody signs in anew.

use domain::password_change::{Refused, check_new};

use super::{store, unlinked};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::proof::{password as hashes, temporary_password};
use crate::secret::Password;
use crate::work::Work;
use crate::{email_change, password, password_reset, profile, session, sign_in};

/// The password is the member's way to sign in from now on.
pub async fn choose_password(
    desk: &Desk,
    caller: &Caller,
    new: &str,
    confirm: &str,
) -> Outcome<(), Vec<Refused>> {
    if !desk.settings.policy.linked_accounts.login_method_exclusive {
        return Err(Fault::NotOffered);
    }
    let me = caller.fresh(desk.now())?;
    let about_me = profile::view(desk, caller).await?;
    let about = about_me.own_words();
    if let Err(refused) = check_new(new, confirm, &desk.settings.policy.password_rules(), &about) {
        return Ok(Err(refused));
    }
    let hash = match password::hash_chosen(desk, &Password::new(new), &about).await? {
        Ok(hash) => hash,
        Err(refused) => return Ok(Err(vec![Refused::New(refused)])),
    };

    let mut work = session::at_work(desk, caller).await?;
    // Who has one changes it where the present one is asked for.
    if hashes::stored(&mut *work.conn(), &me.member_id).await?.is_some() {
        return Err(Fault::NotOffered);
    }
    hashes::store(&mut work, &me.member_id, &hash).await?;
    audit::write(&mut work, Line::of(&me.member_id, Event::PasswordChange).within(&me.session_id)).await?;
    drop_links(&mut work, &me.member_id).await?;
    password::tell_changed(&mut work, &me.member_id, Some(&me.session_id)).await?;
    everybody_anew(&mut work, &me.member_id).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Whether the member has a password: everybody does, where it is not given up for a provider.
pub async fn has_password(desk: &Desk, caller: &Caller) -> Result<bool, Fault> {
    let me = caller.signed_in()?;
    Ok(!desk.settings.policy.linked_accounts.login_method_exclusive
        || hashes::stored(desk.db.readers(), &me.member_id).await?.is_some())
}

/// A provider is the member's way to sign in from now on.
pub(super) async fn give_up_password(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    hashes::erase(work, member_id).await?;
    everybody_anew(work, member_id).await
}

/// A password was set by letter: it is the member's way to sign in now, if there is one at a time.
pub(crate) async fn after_reset(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    if work.desk().settings.policy.linked_accounts.login_method_exclusive {
        drop_links(work, member_id).await?;
    }
    Ok(())
}

async fn drop_links(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    for provider in store::remove_all(work, member_id).await? {
        unlinked(work, member_id, &provider, None).await?;
    }
    Ok(())
}

/// What the old way in had opened, or could still open, ends with it.
async fn everybody_anew(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    email_change::drop_pending(work, member_id, None).await?;
    temporary_password::forget(work, member_id).await?;
    password_reset::void(work, member_id).await?;
    sign_in::drop_pending(work, member_id).await?;
    session::end_everything(work, member_id).await
}
