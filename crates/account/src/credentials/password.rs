//! A member's password as stored: its hash, when it was set, whether it still signs in. [`platform::hasher`] hashes,
//! [`crate::authn`] judges what was typed.

use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::{Any, Executor};

use crate::lock::{LockedAccount, PasswordState};

/// The stored hash, whether it still signs in or not; `None`: the member has no password.
pub async fn stored<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Option<String>, Failure> {
    Ok(sqlx::query_scalar("SELECT hash FROM member_password WHERE member_id = $1")
        .bind(member_id)
        .fetch_optional(db)
        .await?)
}

/// Whether the stored password still signs in.
pub async fn state<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<PasswordState, Failure> {
    let row: Option<(String, Option<i64>)> =
        sqlx::query_as("SELECT hash, blocked_at FROM member_password WHERE member_id = $1")
            .bind(member_id)
            .fetch_optional(db)
            .await?;
    Ok(row
        .map_or(PasswordState::None, |(hash, invalidated_at)| PasswordState::of(Some(hash), invalidated_at)))
}

/// When the member last chose a password (unix ms); `None`: they have none.
pub async fn set_at<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Option<i64>, Failure> {
    Ok(sqlx::query_scalar("SELECT set_at FROM member_password WHERE member_id = $1")
        .bind(member_id)
        .fetch_optional(db)
        .await?)
}

/// Stores a password that the member chose now; it works at once.
pub async fn store(tx: &mut Tx, account: &LockedAccount, hash: &str) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO member_password (member_id, hash, set_at) VALUES ($1, $2, $3) \
         ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at, blocked_at = NULL",
    )
    .bind(account.id())
    .bind(hash)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes the password: the member signs in without one from now on.
pub async fn erase(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    sqlx::query("DELETE FROM member_password WHERE member_id = $1")
        .bind(account.id())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Invalidates the password until a new one is set.
pub async fn invalidate(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("UPDATE member_password SET blocked_at = $2 WHERE member_id = $1")
        .bind(account.id())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Replaces a hash made with outdated settings.
pub async fn rehash(tx: &mut Tx, account: &LockedAccount, new: &str) -> Result<(), Failure> {
    sqlx::query("UPDATE member_password SET hash = $2 WHERE member_id = $1")
        .bind(account.id())
        .bind(new)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The hash of the password.
pub const DATA: DataSet = DataSet {
    table: "member_password",
    categories: &[Category { name: "password", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT member_id AS key, set_at, blocked_at FROM member_password \
         WHERE member_id = $1 AND member_id > $2 LIMIT $3",
    ),
    purge: &[],
};
