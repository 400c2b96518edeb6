//! The lock of an account. Whatever changes credentials or sessions of a member takes it first: a function that needs
//! it asks for a [`LockedAccount`]. So changes of one account happen one after another, whatever they touch, and no
//! locking order of rows has to be remembered.
//!
//! Three terms are distinct. A *locked* account is held by this transaction. A *suspended* one was closed by its member
//! ([`crate::member::suspend`]). *Locked out* means that there were too many wrong guesses ([`crate::lockout`]).

use platform::context::{Ctx, CurrentSession};
use platform::error::{Denied, Failure, Fault};
use platform::tx::Tx;

/// An account held to the end of the transaction, as it is now.
#[derive(Debug)]
pub struct LockedAccount {
    id: String,
    suspended_at: Option<i64>,
    /// Whether the member's password still signs in.
    pub password: PasswordState,
}

/// The state of a member's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// There is none: the member signs in without one.
    None,
    /// It works; its hash.
    Usable(String),
    /// It was invalidated until a new one is set by e-mail; its hash.
    Invalidated(String),
}

impl PasswordState {
    /// From what is stored: the hash, and when it was invalidated (unix ms).
    pub fn of(hash: Option<String>, invalidated_at: Option<i64>) -> Self {
        match (hash, invalidated_at) {
            (None, _) => Self::None,
            (Some(hash), None) => Self::Usable(hash),
            (Some(hash), Some(_)) => Self::Invalidated(hash),
        }
    }

    /// The hash, whether it still signs in or not.
    pub fn into_hash(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Usable(hash) | Self::Invalidated(hash) => Some(hash),
        }
    }
}

impl LockedAccount {
    /// The member's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the member suspended the account.
    pub fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }
}

/// Locks an account; `None`: there is no such member (any more).
pub async fn lock(tx: &mut Tx, member_id: &str) -> Result<Option<LockedAccount>, Failure> {
    // The one row lock of an account, in a statement that both databases understand. Reads after it see what earlier
    // transactions committed.
    let locked =
        sqlx::query("UPDATE member SET id = id WHERE id = $1").bind(member_id).execute(tx.conn()).await?;
    if locked.rows_affected() == 0 {
        return Ok(None);
    }
    let (suspended_at, hash, invalidated_at) = sqlx::query_as(
        "SELECT m.locked_at, p.hash, p.blocked_at FROM member m \
         LEFT JOIN member_password p ON p.member_id = m.id WHERE m.id = $1",
    )
    .bind(member_id)
    .fetch_one(tx.conn())
    .await?;
    let password = PasswordState::of(hash, invalidated_at);
    Ok(Some(LockedAccount { id: member_id.to_owned(), suspended_at, password }))
}

/// Locks the account of a member who must exist; else [`Failure::Damaged`].
pub async fn lock_existing(tx: &mut Tx, member_id: &str) -> Result<LockedAccount, Failure> {
    lock(tx, member_id).await?.ok_or(Failure::Damaged("member"))
}

/// Opens the transaction of a signed-in member and locks their account, if the session is still open; else
/// [`Denied::SignIn`]. Hashing, a provider's answer and a busy database leave time in which "not me", a suspension or
/// a new password may have ended it.
pub async fn begin(ctx: &Ctx) -> Result<(Tx, LockedAccount), Fault> {
    let session = ctx.member()?;
    let mut tx = Tx::begin(ctx).await?;
    let account = lock_session(&mut tx, session).await?.ok_or(Denied::SignIn)?;
    Ok((tx, account))
}

/// Locks the account of a session; `None` when the session was ended since the request came.
pub async fn lock_session(tx: &mut Tx, session: &CurrentSession) -> Result<Option<LockedAccount>, Failure> {
    let Some(account) = lock(tx, &session.member_id).await? else { return Ok(None) };
    let open: Option<String> =
        sqlx::query_scalar("SELECT id FROM session WHERE id = $1 AND ended_at IS NULL")
            .bind(&session.session_id)
            .fetch_optional(tx.conn())
            .await?;
    Ok(open.map(|_| account))
}
