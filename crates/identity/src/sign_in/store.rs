//! What signing in reads. Private to this slice.

use domain::address::EmailAddress;
use sqlx::{Any, Executor, FromRow};

use crate::fault::Fault;
use crate::session::Current;

/// What is needed to judge a password.
#[derive(FromRow)]
pub(super) struct Credentials {
    pub member_id: String,
    /// `None`: the member has no password.
    pub hash: Option<String>,
    /// A temporary password in force.
    pub temporary: Option<String>,
}

/// By user ID, whatever its letter case.
pub(super) async fn credentials<'e>(
    db: impl Executor<'e, Database = Any>,
    address: &EmailAddress,
    now: i64,
) -> Result<Option<Credentials>, Fault> {
    Ok(sqlx::query_as(
        "SELECT m.id AS member_id, p.hash, t.hash AS temporary FROM member m \
         LEFT JOIN member_password p ON p.member_id = m.id \
         LEFT JOIN temporary_password t ON t.member_id = m.id AND t.used_at IS NULL AND t.expires_at > $2 \
         WHERE m.email_key = $1",
    )
    .bind(address.key())
    .bind(now)
    .fetch_optional(db)
    .await?)
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

/// The newest session of the member but this one: one index look-up, however long the history is.
pub(super) async fn last<'e>(
    db: impl Executor<'e, Database = Any>,
    current: &Current,
) -> Result<Option<LastSignIn>, Fault> {
    Ok(sqlx::query_as(
        "SELECT created_at AS at, network, browser FROM session WHERE member_id = $1 AND id < $2 \
         ORDER BY id DESC LIMIT 1",
    )
    .bind(&current.member_id)
    .bind(&current.session_id)
    .fetch_optional(db)
    .await?)
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, proven_by, provider, created_at, expires_at, used_at FROM pending_sign_in \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
