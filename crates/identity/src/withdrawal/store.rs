//! What is left of a member: a receipt number, and for some minutes an id. Private to this use case.

use account::audit;
use domain::withdrawal::Receipt;
use platform::clock::MINUTE_MS;
use platform::dataset::{Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::rate_limit;
use platform::tx::Tx;
use sqlx::{Any, Executor};

/// Longer than any request may take.
const LAST_REQUESTS_MS: i64 = 2 * MINUTE_MS;

/// Records a withdrawal.
pub(super) async fn note(tx: &mut Tx, member_id: &str, receipt: &Receipt) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("INSERT INTO withdrawal (receipt, at) VALUES ($1, $2)")
        .bind(receipt.as_str())
        .bind(now)
        .execute(tx.conn())
        .await?;
    sqlx::query("INSERT INTO withdrawn_member (member_id, left_at) VALUES ($1, $2)")
        .bind(member_id)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether a receipt number was given out.
pub(super) async fn exists<'e>(
    db: impl Executor<'e, Database = Any>,
    receipt: &Receipt,
) -> Result<bool, Failure> {
    let found: Option<i64> = sqlx::query_scalar("SELECT at FROM withdrawal WHERE receipt = $1")
        .bind(receipt.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Anonymises what requests that were still running wrote about members who had just withdrawn; returns how many
/// members.
async fn sweep(tx: &mut Tx, batch: i64) -> Result<u64, Failure> {
    let before = tx.now() - LAST_REQUESTS_MS;
    let gone: Vec<String> = sqlx::query_scalar(
        "DELETE FROM withdrawn_member WHERE member_id IN \
         (SELECT member_id FROM withdrawn_member WHERE left_at <= $1 ORDER BY left_at LIMIT $2) RETURNING member_id",
    )
    .bind(before)
    .bind(batch)
    .fetch_all(tx.conn())
    .await?;
    for member_id in &gone {
        audit::anonymise(tx, member_id).await?;
        rate_limit::forget(tx, member_id).await?;
    }
    Ok(gone.len() as u64)
}

/// Numbers of withdrawals.
pub(crate) const RECEIPTS: DataSet = DataSet {
    table: "withdrawal",
    categories: &[Category { name: "receipts", retention: |_| Some(Retention::Always) }],
    export: None,
    purge: &[],
};

/// Ids of members who withdrew a moment ago.
pub(crate) const LEFT: DataSet = DataSet {
    table: "withdrawn_member",
    categories: &[Category { name: "withdrawn", retention: |_| Some(Retention::For(LAST_REQUESTS_MS)) }],
    export: None,
    purge: &[Purge::Run(|tx, batch| Box::pin(sweep(tx, batch)))],
};
