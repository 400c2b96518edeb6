//! A member's passkeys as rows. Private to this slice.

use sqlx::{Any, Executor, FromRow};

use crate::fault::Fault;
use crate::member;
use crate::proof::passkey::Made;
use crate::work::Work;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// The member's own word for it.
    pub name: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms; `None`: only when it was made.
    pub last_used_at: Option<i64>,
}

pub(super) async fn list<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Vec<Key>, Fault> {
    Ok(sqlx::query_as(
        "SELECT id, name, created_at, last_used_at FROM passkey WHERE member_id = $1 ORDER BY id",
    )
    .bind(member_id)
    .fetch_all(db)
    .await?)
}

/// The member's passkeys as browsers name them.
pub(crate) async fn credential_ids<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar("SELECT credential_id FROM passkey WHERE member_id = $1 ORDER BY id")
        .bind(member_id)
        .fetch_all(db)
        .await?)
}

/// What became of a new one.
pub(super) enum Added {
    /// It is saved.
    Yes,
    /// Somebody has it already.
    Known,
    /// The member has as many as one may have.
    TooMany,
}

pub(super) async fn add(
    work: &mut Work,
    member_id: &str,
    name: &str,
    made: &Made,
    most: i64,
) -> Result<Added, Fault> {
    // Held, so that what the next statement counts is what there is.
    member::hold(work, member_id).await?;
    let (id, now) = (work.id(), work.now());
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM passkey WHERE member_id = $1")
        .bind(member_id)
        .fetch_one(work.conn())
        .await?;
    if count >= most {
        return Ok(Added::TooMany);
    }
    let added = sqlx::query(
        "INSERT INTO passkey (id, member_id, name, credential_id, credential, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind(id)
    .bind(member_id)
    .bind(name)
    .bind(&made.credential_id)
    .bind(&made.credential)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(if added.rows_affected() == 1 { Added::Yes } else { Added::Known })
}

/// Removes one.
pub(super) async fn remove(work: &mut Work, member_id: &str, id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM passkey WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, name, created_at, last_used_at FROM passkey \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
