//! Verifying a password, for every form that asks for one. A try is committed before the password is looked at, so
//! that parallel guesses cannot slip past (security.md 2.7). Wrong ones count together wherever they are typed. The
//! member is notified of the one that locks out.

use domain::address::EmailAddress;
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::error::Failure;
use platform::hasher::Hasher;
use platform::rate_limit::{self, Subject};
use platform::secret::Password;
use platform::tx::Tx;

use crate::audit::{self, Event, Line};
use crate::credentials::password as stored;
use crate::lock::{LockedAccount, PasswordState};
use crate::lockout::{self, Attempt, AttemptKey, LockoutRule};
use crate::notifications;
use crate::session::browser;

/// Sign-ins from one network within [`THROTTLE_MS`]: many people share an office's or a carrier's address.
const PER_NETWORK: i64 = 300;
/// Sign-ins for one address within [`THROTTLE_MS`], from all networks together.
const PER_ADDRESS: i64 = 60;
/// The time in which they are counted.
pub const THROTTLE_MS: i64 = 10 * MINUTE_MS;

/// A password that was typed, and what it is judged by.
pub struct Claim<'a> {
    /// Whose guesses are counted together.
    pub key: AttemptKey,
    /// For a sign-in, the address it is tried with: then networks and addresses are throttled, too.
    pub throttled: Option<&'a EmailAddress>,
    /// The stored hash; `None`: no such member, or no password. It takes the same time.
    pub stored: Option<&'a str>,
    /// What was typed.
    pub typed: &'a Password,
    /// The history's line of a wrong password, with the code of its refusal.
    pub wrong: Line<'a>,
    /// The code of the refusal when it is locked out.
    pub locked_out: &'static str,
}

/// The result of judging a claim.
#[derive(Debug)]
pub enum Verdict {
    /// It is the password. [`RightPassword::redeem`] says whether it still signs in.
    Right(RightPassword),
    /// It is not.
    Wrong,
    /// There were too many wrong ones; it was not judged.
    LockedOut,
    /// There were too many from this network, or for this address; it was not judged.
    Throttled,
}

/// A password that was right when it was judged.
#[derive(Debug)]
pub struct RightPassword {
    hash: String,
    key: AttemptKey,
    rehashed: Option<String>,
}

/// Why a right password does not sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It was invalidated until a new one is set by e-mail.
    Invalidated,
    /// Another one was set while it was judged.
    Changed,
}

/// The key under which guesses at a member's password are counted. A known browser of theirs has tries of its own,
/// which others cannot use up. In a session of theirs it is the browser that the session was opened in, whatever
/// cookies the request carries: leaving one out gives no more tries.
pub async fn key_of(ctx: &Ctx, member_id: &str) -> Result<AttemptKey, Failure> {
    let session = ctx.session().filter(|session| session.member_id == member_id);
    let known = match session.and_then(|session| session.browser_id.clone()) {
        Some(browser_id) => Some(browser_id),
        None => browser::known(ctx.readers(), ctx, member_id).await?,
    };
    Ok(known.map_or_else(
        || AttemptKey::member(member_id),
        |browser_id| AttemptKey::browser(&browser_id, member_id),
    ))
}

/// Judges a claim. It hashes outside of transactions, and leaves none open.
pub async fn verify_password(ctx: &Ctx, claim: Claim<'_>) -> Result<Verdict, Failure> {
    let Claim { key, throttled, stored, typed, wrong, locked_out } = claim;
    let Some(attempt) = begin(ctx, &key, throttled).await? else { return Ok(Verdict::Throttled) };
    let judged = stored.filter(|_| attempt != Attempt::LockedOut);
    if let Some(hash) = judged
        && ctx.hasher().verify(typed, Some(hash)).await?
    {
        let rehashed = if Hasher::is_outdated(hash) { Some(ctx.hasher().hash(typed).await?) } else { None };
        return Ok(Verdict::Right(RightPassword { hash: hash.to_owned(), key, rehashed }));
    }
    if judged.is_none() {
        ctx.hasher().verify(typed, None).await?;
    }
    let mut tx = Tx::begin(ctx).await?;
    let locked = attempt == Attempt::LockedOut;
    audit::write(&mut tx, if locked { wrong.refused(locked_out) } else { wrong }).await?;
    if let (Some(member_id), Attempt::Final) = (key.member_id(), attempt) {
        audit::write(&mut tx, Line::of(member_id, Event::SignInLocked)).await?;
        if tx.policy().alerts.lock {
            notifications::notify(&mut tx, member_id, Event::SignInLocked, None).await?;
        }
    }
    tx.commit().await?;
    Ok(if locked { Verdict::LockedOut } else { Verdict::Wrong })
}

/// The same for the password of a known member, whether it still signs in or not.
pub async fn verify_own(
    ctx: &Ctx,
    member_id: &str,
    typed: &Password,
    wrong: Line<'_>,
    locked_out: &'static str,
) -> Result<Verdict, Failure> {
    let stored = stored::stored(ctx.readers(), member_id).await?;
    let key = key_of(ctx, member_id).await?;
    let claim = Claim { key, throttled: None, stored: stored.as_deref(), typed, wrong, locked_out };
    verify_password(ctx, claim).await
}

/// Takes a try, in a transaction of its own; `None` when it is throttled.
async fn begin(
    ctx: &Ctx,
    key: &AttemptKey,
    throttled: Option<&EmailAddress>,
) -> Result<Option<Attempt>, Failure> {
    let rule = LockoutRule::passwords(ctx.policy());
    let mut tx = Tx::begin(ctx).await?;
    let open = match throttled {
        // A browser of the member has tries of its own: others must not be able to use up the address's for it.
        Some(address) => {
            acquire_network(&mut tx).await?
                && (key.is_browser()
                    || rate_limit::try_acquire(
                        &mut tx,
                        "sign-in-address",
                        Subject::Address(address),
                        PER_ADDRESS,
                        THROTTLE_MS,
                    )
                    .await?)
        }
        None => true,
    };
    let attempt = if open { Some(lockout::begin_attempt(&mut tx, key, rule).await?) } else { None };
    tx.commit().await?;
    Ok(attempt)
}

/// Counts a sign-in from the network of the request, whatever it is tried with; false when there were too many.
pub async fn acquire_network(tx: &mut Tx) -> Result<bool, Failure> {
    rate_limit::try_acquire(tx, "sign-in-network", Subject::Network, PER_NETWORK, THROTTLE_MS).await
}

impl RightPassword {
    /// Says whether it still signs in, now that the account is locked; earlier tries are forgotten.
    pub async fn redeem(self, tx: &mut Tx, account: &LockedAccount) -> Result<Result<(), Unusable>, Failure> {
        lockout::clear(tx, &self.key).await?;
        match &account.password {
            PasswordState::Usable(hash) if *hash == self.hash => {}
            PasswordState::Invalidated(hash) if *hash == self.hash => return Ok(Err(Unusable::Invalidated)),
            _ => return Ok(Err(Unusable::Changed)),
        }
        if let Some(rehashed) = &self.rehashed {
            stored::rehash(tx, account, rehashed).await?;
        }
        Ok(Ok(()))
    }

    /// Forgets earlier tries, in a transaction of its own, for a form that may still be refused for other reasons.
    pub async fn release(&self, ctx: &Ctx) -> Result<(), Failure> {
        lockout::release(ctx, &self.key).await
    }

    /// Forgets earlier tries, for the temporary password: it is not the account's own, so `redeem` does not apply.
    pub async fn forget_tries(&self, tx: &mut Tx) -> Result<(), Failure> {
        lockout::clear(tx, &self.key).await
    }

    /// The hash it was judged by.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}
