//! The table of reset letters. Private to this slice.

use sqlx::{Any, Executor};

use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// Notes a letter.
pub(super) async fn put(
    work: &mut Work,
    member_id: &str,
    link: &Token,
    expires_at: i64,
) -> Result<(), Fault> {
    let (id, now) = (work.id(), work.now());
    sqlx::query(
        "INSERT INTO password_reset (id, member_id, link_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(member_id)
    .bind(link.digest())
    .bind(now)
    .bind(expires_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Makes all links of a member useless.
pub(super) async fn void(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE password_reset SET used_at = $2 WHERE member_id = $1 AND used_at IS NULL")
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// The member of a link that is still good.
pub(super) async fn owner<'e>(
    db: impl Executor<'e, Database = Any>,
    link: &Token,
    now: i64,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar(
        "SELECT member_id FROM password_reset WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(link.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Uses a link up; its member, or `None` when another request was first.
pub(super) async fn take(work: &mut Work, link: &Token) -> Result<Option<String>, Fault> {
    let now = work.now();
    Ok(sqlx::query_scalar(
        "UPDATE password_reset SET used_at = $2 \
         WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING member_id",
    )
    .bind(link.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Removes letters whose time is over, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let now = work.now();
    let done = sqlx::query(
        "DELETE FROM password_reset WHERE id IN \
         (SELECT id FROM password_reset WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    )
    .bind(now)
    .bind(batch)
    .execute(work.conn())
    .await?;
    Ok(done.rows_affected())
}
