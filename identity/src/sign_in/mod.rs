//! ログイン and ログアウト (MP-21 to MP-31). One refusal for an unknown address and a wrong password, after the
//! same work; every attempt leaves an audit line; every sign-in gets a session with a token of its own.

mod store;

use domain::policy::AutoSignInMode;
use domain::refusal::Refusal;
use domain::sign_in::{Form, Refused, check};

pub use store::LastSignIn;

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::proof::password::{self, Hasher};
use crate::secret::Password;
use crate::session::{self, Opened, ProvenBy, Remember};

/// Signs in with user ID and password.
pub async fn sign_in(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<Opened, Vec<Refused>> {
    let address = match check(form) {
        Ok(address) => address,
        Err(refused) => return Ok(Err(refused)),
    };
    let typed = Password::new(&form.password);
    let known = store::credentials(desk.db.readers(), &address).await?;
    let stored = known.as_ref().and_then(|k| k.hash.as_deref());
    let right = desk.hasher.verify(&typed, stored).await?;

    let Some((known, stored)) = known.as_ref().zip(stored).filter(|_| right) else {
        let refused = Refused::NotAccepted;
        let mut work = desk.work(caller).await?;
        let line = Line {
            member_id: known.as_ref().map(|k| k.member_id.as_str()),
            event: Event::SignIn,
            refusal: Some(refused.code()),
            session_id: None,
        };
        audit::write(&mut work, line).await?;
        work.finish().await?;
        return Ok(Err(vec![refused]));
    };

    let fresh = if Hasher::is_outdated(stored) { Some(desk.hasher.hash(&typed).await?) } else { None };
    let mut work = desk.work(caller).await?;
    if let Some(fresh) = fresh {
        password::rehash(&mut work, &known.member_id, stored, &fresh).await?;
    }
    // Another member may have been signed in on this browser: that session does not live on beside the new one.
    if let Some(other) = caller.current.as_ref() {
        session::end(&mut work, other).await?;
    }
    let remember = match desk.settings.policy.auto_sign_in.mode {
        AutoSignInMode::Always => Remember::Begin,
        AutoSignInMode::OptIn if form.remember.is_some() => Remember::Begin,
        AutoSignInMode::OptIn | AutoSignInMode::Never => Remember::No,
    };
    let opened = session::open(&mut work, &known.member_id, ProvenBy::Password, remember).await?;
    let line = Line {
        member_id: Some(&known.member_id),
        event: Event::SignIn,
        refusal: None,
        session_id: Some(&opened.session_id),
    };
    audit::write(&mut work, line).await?;
    work.finish().await?;
    Ok(Ok(opened))
}

/// Signs out: ends the session and the auto-login of this browser (MP-27, MP-84). Nobody signed in: nothing.
pub async fn sign_out(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let Some(current) = caller.current.as_ref() else { return Ok(()) };
    let mut work = desk.work(caller).await?;
    session::end(&mut work, current).await?;
    let line = Line {
        member_id: Some(&current.member_id),
        event: Event::SignOut,
        refusal: None,
        session_id: Some(&current.session_id),
    };
    audit::write(&mut work, line).await?;
    work.finish().await
}

/// The sign-in before this one, if there was one.
pub async fn last(desk: &Desk, caller: &Caller) -> Result<Option<LastSignIn>, Fault> {
    store::last(desk.db.readers(), caller.signed_in()?).await
}
