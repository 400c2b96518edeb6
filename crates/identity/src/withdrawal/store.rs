//! What is left of a member: a number, and for some minutes an id. Private to this slice.

use domain::withdrawal::Receipt;
use sqlx::{Any, Executor};

use crate::fault::Fault;
use crate::work::Work;

/// Notes that somebody left.
pub(super) async fn note(work: &mut Work, member_id: &str, receipt: &Receipt) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("INSERT INTO withdrawal (receipt, at) VALUES ($1, $2)")
        .bind(receipt.as_str())
        .bind(now)
        .execute(work.conn())
        .await?;
    sqlx::query("INSERT INTO withdrawn_member (member_id, left_at) VALUES ($1, $2)")
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Whether a number was given to somebody.
pub(super) async fn exists<'e>(
    db: impl Executor<'e, Database = Any>,
    receipt: &Receipt,
) -> Result<bool, Fault> {
    let found: Option<i64> = sqlx::query_scalar("SELECT at FROM withdrawal WHERE receipt = $1")
        .bind(receipt.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Takes the ids of those who left before a moment.
pub(super) async fn take_left(work: &mut Work, before: i64, batch: i64) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "DELETE FROM withdrawn_member WHERE member_id IN \
         (SELECT member_id FROM withdrawn_member WHERE left_at <= $1 ORDER BY left_at LIMIT $2) RETURNING member_id",
    )
    .bind(before)
    .bind(batch)
    .fetch_all(work.conn())
    .await?)
}
