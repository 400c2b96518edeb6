//! ログイン and ログアウト (MP-21 to MP-31, MP-42 to MP-52). One refusal for an unknown address, a wrong password and a
//! lock, after the same work; every attempt that is judged leaves an audit line; every sign-in gets a session with a token of its
//! own. Between the two steps of a sign-in there is no session, only a `pending_sign_in` (docs/designs/protection.md).

mod enter;
mod letters;
mod passkey;
mod provider;
mod second_step;
mod store;

use domain::address::EmailAddress;
use domain::policy::AutoSignInMode;
use domain::refusal::Refusal;
use domain::sign_in::{Form, Refused, check};

pub use enter::resume;
pub use passkey::{begin_by_passkey, begin_step_by_passkey, sign_in_by_passkey, step_by_passkey};
pub(crate) use provider::by_provider;
pub use second_step::{MailSent, Step, look, pass, purge, send_code};
pub(crate) use second_step::{WAITS_MS, drop_pending};
pub(crate) use store::HELD;
pub use store::LastSignIn;

use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::lockout::{self, Counted, Limit, Try};
use crate::proof::password::{self, Hasher};
use crate::proof::temporary_password;
use crate::secret::{Password, Token};
use crate::session::{self, Opened, ProvenBy, Remember, SecondBy};
use crate::work::Work;
use crate::{member, password_reset, second_factor};
use enter::Entry;

/// Sign-ins from one network within [`THROTTLE_MS`]: many people share an office's or a carrier's address.
const PER_NETWORK: i64 = 300;
/// Sign-ins for one address within [`THROTTLE_MS`], from wherever.
const PER_ADDRESS: i64 = 60;
/// The time in which they are counted.
const THROTTLE_MS: i64 = 10 * MINUTE_MS;

/// What a right password leads to.
#[derive(Debug)]
pub enum SignedIn {
    /// In.
    In(Opened),
    /// In; 2段階認証サービス is on and nothing is set up: that comes next (MP-52).
    SetUp(Opened),
    /// The second step is asked for, of the browser that keeps this token, until then (unix ms).
    SecondStep(Token, i64),
    /// Nobody is in: with the temporary password a new one is set, behind this link, and then one signs in with that.
    SetNew(Token),
}

impl SignedIn {
    /// The session, if there is one already.
    pub fn opened(self) -> Option<Opened> {
        match self {
            Self::In(opened) | Self::SetUp(opened) => Some(opened),
            Self::SecondStep(..) | Self::SetNew(_) => None,
        }
    }
}

/// Signs in with user ID and password: the first step.
pub async fn sign_in(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<SignedIn, Vec<Refused>> {
    let address = match check(form) {
        Ok(address) => address,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut typed = Password::new(&form.password);
    let known = store::credentials(desk.db.readers(), &address, desk.now()).await?;
    let temporary = known
        .as_ref()
        .and_then(|known| known.temporary.as_deref())
        .zip(temporary_password::read(&form.password))
        .map(|(hash, read)| {
            typed = read;
            hash
        });
    let counted = match &known {
        Some(known) => match session::known(desk.db.readers(), caller, &known.member_id).await? {
            Some(browser) => Counted::browser(&browser, &known.member_id),
            None => Counted::member(&known.member_id),
        },
        None => Counted::address(&desk.site_key.mac("sign-in address", &[&address.key()])),
    };
    // The try is written before the password is looked at: parallel guesses cannot slip past (security.md 2.7).
    let Some(try_) = take_try(desk, caller, &address, &counted).await? else {
        return Ok(Err(vec![Refused::TooMany]));
    };
    let own = known.as_ref().and_then(|known| known.hash.as_deref());
    let stored = temporary.or(own).filter(|_| try_ != Try::Locked);
    let right = desk.hasher.verify(&typed, stored).await?;

    let Some((known, stored)) = known.as_ref().zip(stored).filter(|_| right) else {
        let mut work = desk.work(caller).await?;
        let refused = Refused::NotAccepted;
        let line = Line {
            member_id: known.as_ref().map(|k| k.member_id.as_str()),
            event: Event::SignIn,
            refusal: Some(refused.code()),
            method: Some(ProvenBy::Password.name()),
            session_id: None,
        };
        audit::write(&mut work, line).await?;
        if let (Some(known), Try::Last) = (&known, try_) {
            locked(&mut work, &known.member_id).await?;
        }
        work.finish().await?;
        return Ok(Err(vec![refused]));
    };

    if temporary.is_some() {
        return set_new(desk, caller, &known.member_id, stored, &counted).await;
    }
    let fresh = if Hasher::is_outdated(stored) { Some(desk.hasher.hash(&typed).await?) } else { None };
    let mut work = desk.work(caller).await?;
    if caller.pending_link.is_some() {
        // What waits is linked holding the member, who comes before the password for all that hold both.
        member::hold(&mut work, &known.member_id).await?;
    }
    let held = password::hold(&mut work, &known.member_id, stored).await?;
    lockout::clear(&mut work, &counted).await?;
    let refused = match held {
        Some(None) => None,
        Some(Some(_)) => Some(Refused::Blocked),
        None => Some(Refused::NotAccepted), // it was changed while it was judged
    };
    if let Some(refused) = refused {
        audit::write(&mut work, Line::of(&known.member_id, Event::SignIn).refused(refused.code())).await?;
        work.finish().await?;
        return Ok(Err(vec![refused]));
    }
    if let Some(fresh) = fresh {
        password::rehash(&mut work, &known.member_id, stored, &fresh).await?;
    }
    let remember = remembers(desk, form.remember.is_some());
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &known.member_id).await?;
    let trusted = factors.asked() && session::is_trusted(&mut work, &known.member_id).await?;
    if factors.asked() && !trusted {
        let (token, until) =
            second_step::begin(&mut work, &known.member_id, None, remember, &factors).await?;
        work.finish().await?;
        return Ok(Ok(SignedIn::SecondStep(token, until)));
    }
    let entry = Entry {
        member_id: &known.member_id,
        event: Event::SignIn,
        proven_by: ProvenBy::Password,
        second_by: trusted.then_some(SecondBy::Trusted),
        provider: None,
        remember: if remember { Remember::Begin } else { Remember::No },
    };
    let opened = enter::enter(&mut work, entry).await?;
    work.finish().await?;
    let nothing_set_up = factors.switched_on && factors.methods.is_empty();
    Ok(Ok(if nothing_set_up { SignedIn::SetUp(opened) } else { SignedIn::In(opened) }))
}

/// The temporary password was the right one: it opens the page for a new one, once (MP-96, C-01).
async fn set_new(
    desk: &Desk,
    caller: &Caller,
    member_id: &str,
    hash: &str,
    counted: &Counted,
) -> Outcome<SignedIn, Vec<Refused>> {
    let mut work = desk.work(caller).await?;
    if !temporary_password::take(&mut work, member_id, hash).await? {
        return Ok(Err(vec![Refused::NotAccepted]));
    }
    lockout::clear(&mut work, counted).await?;
    audit::write(&mut work, Line::of(member_id, Event::TemporaryPasswordUsed)).await?;
    let (link, _) = password_reset::open_door(&mut work, member_id).await?;
    work.finish().await?;
    Ok(Ok(SignedIn::SetNew(link)))
}

/// Whether 自動ログイン begins: the policy's to say, or the box's.
fn remembers(desk: &Desk, ticked: bool) -> bool {
    match desk.settings.policy.auto_sign_in.mode {
        AutoSignInMode::Always => true,
        AutoSignInMode::OptIn => ticked,
        AutoSignInMode::Never => false,
    }
}

/// Counts a sign-in from the caller's network, whatever it is tried with; false when there were too many.
async fn take_network(work: &mut Work) -> Result<bool, Fault> {
    limits::take(work, "sign-in-network", Of::Network, PER_NETWORK, THROTTLE_MS).await
}

/// Takes a try in a transaction of its own; `None` when there were too many from this network or for this address.
async fn take_try(
    desk: &Desk,
    caller: &Caller,
    address: &EmailAddress,
    counted: &Counted,
) -> Result<Option<Try>, Fault> {
    let limit = Limit::passwords(&desk.settings.policy);
    let mut work = desk.work(caller).await?;
    // A browser of the member has tries of its own: others must not be able to use up the address's for it.
    let open = take_network(&mut work).await?
        && (counted.is_browser()
            || limits::take(&mut work, "sign-in-address", Of::Address(address), PER_ADDRESS, THROTTLE_MS)
                .await?);
    let try_ = if open { Some(lockout::take(&mut work, counted, limit).await?) } else { None };
    work.finish().await?;
    Ok(try_)
}

/// The lock begins: its owner learns of it.
pub(crate) async fn locked(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    audit::write(work, Line::of(member_id, Event::SignInLocked)).await?;
    if work.desk().settings.policy.alerts.lock {
        alerts::tell(work, member_id, Told::SignInLocked, None).await?;
    }
    Ok(())
}

/// Signs out: ends the session and the auto-login of this browser (MP-27, MP-84). Nobody signed in: nothing.
pub async fn sign_out(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let Some(current) = caller.current.as_ref() else { return Ok(()) };
    let mut work = desk.work(caller).await?;
    session::end(&mut work, current).await?;
    audit::write(&mut work, Line::of(&current.member_id, Event::SignOut).within(&current.session_id)).await?;
    work.finish().await
}

/// The sign-in before this one, if there was one.
pub async fn last(desk: &Desk, caller: &Caller) -> Result<Option<LastSignIn>, Fault> {
    store::last(desk.db.readers(), caller.signed_in()?).await
}
