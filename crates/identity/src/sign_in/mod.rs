//! ログイン and ログアウト (MP-21 to MP-31, MP-42 to MP-52). An unknown address, a wrong password and a lockout get the same
//! refusal after the same work. Every judged attempt leaves an audit line, and every sign-in gets a new session token.
//! [`account::authn`] decides what has to be shown and what comes next.

mod passkey;
mod provider;
mod second_factor;

use account::audit::{self, Event, Line};
use account::authn::password::{Claim, RightPassword, Unusable, Verdict, verify_password};
use account::authn::{self, Attempt, Outcome, password};
use account::lock;
use account::lockout::AttemptKey;
use account::mailed;
use account::member::Identifier;
use account::session::{self, AuthMethod, OpenedSession, Proof, remembered};
use domain::address::EmailAddress;
use domain::refusal::Refusal;
use domain::sign_in::{Form, Refused, check};
use platform::context::Ctx;
use platform::error::{Error, Failure, Fault, refused};
use platform::secret::{Password, Token};
use platform::tx::Tx;
use policy::{AutoSignInMode, IdentifierKind};
use sqlx::FromRow;

use crate::password_reset;
use crate::pending_identity::{self, PendingLinkOutcome};
use crate::temporary_password;
pub use account::authn::factor::Shown;
pub use passkey::{begin_passkey_sign_in, begin_second_factor_passkey, sign_in_with_passkey};
pub(crate) use provider::sign_in_with_provider;
pub use second_factor::{Challenge, MailSent, challenge, prove_second_factor, send_code};

/// A completed sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: OpenedSession,
    /// What became of the pending provider account of this browser; `None`: there was none, or it is still pending.
    pub linked: Option<PendingLinkOutcome>,
}

/// What a right first factor leads to.
#[derive(Debug)]
pub enum SignInStep {
    /// A session.
    In(SignedIn),
    /// A session; 2段階認証サービス is on and nothing is set up, so that comes next (MP-52).
    SetUp(SignedIn),
    /// The second factor is pending: the token for the browser's cookie, and its end (unix ms).
    SecondFactor(Token, i64),
    /// No session: a temporary password was used, and this link leads to the page for a new one.
    SetNewPassword(Token),
}

impl SignInStep {
    /// The session, if there is one already.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::In(signed_in) | Self::SetUp(signed_in) => Some(signed_in),
            Self::SecondFactor(..) | Self::SetNewPassword(_) => None,
        }
    }
}

/// What a password is judged by.
#[derive(FromRow)]
struct Credentials {
    member_id: String,
    /// `None`: the member has no password.
    hash: Option<String>,
    /// The hash of a temporary password, while it is valid.
    temporary: Option<String>,
}

/// Signs in with user ID and password. `waiting` is the token of a pending provider account in this browser.
pub async fn sign_in(ctx: &Ctx, form: &Form, waiting: Option<&Token>) -> Result<SignInStep, Error<Refused>> {
    let address = check(form)?;
    let known = credentials(ctx, &address).await?;
    // While a temporary password is valid, a text of its form is judged as one: a sign-in costs one hash in any case.
    let temporary = known
        .as_ref()
        .and_then(|known| known.temporary.as_deref())
        .zip(temporary_password::read(&form.password));
    let (stored, typed) = match &temporary {
        Some((hash, typed)) => (Some(*hash), typed.clone()),
        None => (known.as_ref().and_then(|known| known.hash.as_deref()), Password::new(&form.password)),
    };
    let key = match &known {
        Some(known) => password::key_of(ctx, &known.member_id).await?,
        None => AttemptKey::address(&ctx.site_key().mac("sign-in address", &[&address.key()])),
    };
    let wrong = Line::of_whom(known.as_ref().map(|known| known.member_id.as_str()), Event::SignIn);
    let not_accepted = Refused::NotAccepted.code();
    let claim = Claim {
        key,
        throttled: Some(&address),
        stored,
        typed: &typed,
        wrong: wrong.by(AuthMethod::Password.name()).refused(not_accepted),
        locked_out: not_accepted,
    };
    let right = match verify_password(ctx, claim).await? {
        Verdict::Right(right) => right,
        Verdict::Wrong | Verdict::LockedOut => return refused(Refused::NotAccepted),
        Verdict::Throttled => return refused(Refused::TooMany),
    };
    let with_temporary = temporary.is_some();
    let member_id = known.map(|known| known.member_id).ok_or(Failure::Damaged("member_password"))?;
    if with_temporary {
        return set_new_password(ctx, &member_id, &right, form.next.as_deref()).await;
    }

    let mut tx = Tx::begin(ctx).await?;
    let Some(account) = lock::lock(&mut tx, &member_id).await? else { return refused(Refused::NotAccepted) };
    if let Err(unusable) = right.redeem(&mut tx, &account).await? {
        let reason = match unusable {
            Unusable::Invalidated => Refused::Blocked,
            Unusable::Changed => Refused::NotAccepted,
        };
        audit::write(&mut tx, Line::of(&member_id, Event::SignIn).refused(reason.code())).await?;
        tx.commit().await?;
        return refused(reason);
    }
    let proof = Proof::of(AuthMethod::Password, tx.now());
    let attempt = Attempt::sign_in(proof, remembers(ctx, form.remember.is_some()));
    let step = match authn::advance(&mut tx, &account, attempt).await? {
        Outcome::In(session) => SignInStep::In(signed_in(&mut tx, &account, session, waiting).await?),
        Outcome::SetUp(session) => SignInStep::SetUp(signed_in(&mut tx, &account, session, waiting).await?),
        Outcome::SecondFactor(token, until) => SignInStep::SecondFactor(token, until),
    };
    tx.commit().await?;
    Ok(step)
}

/// By user ID, whatever its letter case.
async fn credentials(ctx: &Ctx, address: &EmailAddress) -> Result<Option<Credentials>, Failure> {
    let Some(identifier) = identifier(ctx, address) else { return Ok(None) };
    Ok(sqlx::query_as(
        "SELECT i.member_id, p.hash, (SELECT t.code_hash FROM mailed_proof t WHERE t.member_id = i.member_id \
         AND t.purpose = 'temporary_password' AND t.used_at IS NULL AND t.voided_at IS NULL AND t.expires_at > $3) \
         AS temporary FROM identifier i LEFT JOIN member_password p ON p.member_id = i.member_id \
         WHERE i.kind = $1 AND i.key = $2 AND i.reserved_until IS NULL",
    )
    .bind(<&str>::from(identifier.kind))
    .bind(identifier.key)
    .bind(ctx.now())
    .fetch_optional(ctx.readers())
    .await?)
}

/// What was typed, as an identifier of a kind that signs in on this site.
fn identifier(ctx: &Ctx, address: &EmailAddress) -> Option<Identifier> {
    ctx.policy().identifiers.sign_in_with.first().map(|kind| match kind {
        IdentifierKind::Email => Identifier::from(address),
    })
}

/// Uses a right temporary password up: it leads to the page for a new one, once (MP-96, C-01).
async fn set_new_password(
    ctx: &Ctx,
    member_id: &str,
    right: &RightPassword,
    next: Option<&str>,
) -> Result<SignInStep, Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let account = lock::lock(&mut tx, member_id).await?;
    let Some(account) = account else { return refused(Refused::NotAccepted) };
    if !mailed::use_password(&mut tx, member_id, right.hash()).await? {
        return refused(Refused::NotAccepted);
    }
    right.forget_tries(&mut tx).await?;
    audit::write(&mut tx, Line::of(member_id, Event::TemporaryPasswordUsed)).await?;
    let link = password_reset::open_page(&mut tx, &account, next).await?;
    tx.commit().await?;
    Ok(SignInStep::SetNewPassword(link))
}

/// Links the pending provider account of this browser, if there is one, to the member who signed in (MP-65).
async fn signed_in(
    tx: &mut Tx,
    account: &lock::LockedAccount,
    session: OpenedSession,
    waiting: Option<&Token>,
) -> Result<SignedIn, Failure> {
    let linked = match waiting {
        Some(token) => pending_identity::link(tx, account, &session.session_id, token).await?,
        None => None,
    };
    Ok(SignedIn { session, linked })
}

/// Whether 自動ログイン begins, by the policy and the box.
fn remembers(ctx: &Ctx, ticked: bool) -> bool {
    match ctx.policy().auto_sign_in.mode {
        AutoSignInMode::Always => true,
        AutoSignInMode::OptIn => ticked,
        AutoSignInMode::Never => false,
    }
}

/// Starts a session for a remembered browser whose session is over (C-08); `None`: it is not remembered (any more).
pub async fn resume(ctx: &Ctx, token: &Token) -> Result<Option<SignedIn>, Fault> {
    let Some(member_id) = remembered::owner(ctx.app(), token).await? else { return Ok(None) };
    let mut tx = Tx::begin(ctx).await?;
    let Some(account) = lock::lock(&mut tx, &member_id).await? else { return Ok(None) };
    let Some(claimed) = remembered::claim(&mut tx, &account, token).await? else { return Ok(None) };
    let proof = Proof::of(AuthMethod::RememberedBrowser, tx.now());
    let mut session = authn::enter(&mut tx, &account, &[proof], claimed.remember, Event::AutoSignIn).await?;
    tx.commit().await?;
    session.remember = Some((token.clone(), claimed.until));
    Ok(Some(SignedIn { session, linked: None }))
}

/// Signs out: ends the session and the auto-login of this browser (MP-27, MP-84). Without a session nothing
/// happens.
pub async fn sign_out(ctx: &Ctx) -> Result<(), Fault> {
    let Some(me) = ctx.session() else { return Ok(()) };
    let mut tx = Tx::begin(ctx).await?;
    if let Some(account) = lock::lock(&mut tx, &me.member_id).await? {
        session::end(&mut tx, &account, &me.session_id).await?;
        let line = Line::of(&me.member_id, Event::SignOut).within(me.session_id.as_str());
        audit::write(&mut tx, line).await?;
    }
    Ok(tx.commit().await?)
}

/// An earlier sign-in, as ホーム shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LastSignIn {
    /// Unix ms.
    pub at: i64,
    /// The network address.
    pub network: String,
    /// The `User-Agent`.
    pub browser: String,
}

/// The sign-in before this one, if there was one: one index look-up, however long the history is.
pub async fn last(ctx: &Ctx) -> Result<Option<LastSignIn>, Fault> {
    let me = ctx.member()?;
    Ok(sqlx::query_as(
        "SELECT created_at AS at, network, browser FROM session WHERE member_id = $1 AND id < $2 \
         ORDER BY id DESC LIMIT 1",
    )
    .bind(&me.member_id)
    .bind(&me.session_id)
    .fetch_optional(ctx.readers())
    .await?)
}
