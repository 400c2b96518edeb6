//! Changes of the address that took effect, while they can be reverted. Private to this use case.

use account::lock::LockedAccount;
use platform::context::Ctx;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::FromRow;

use super::Change;

/// A change as stored.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Row {
    pub id: String,
    pub asked_in: String,
    pub old_email: String,
    pub done_at: i64,
}

/// Records that a change took effect, and until when (unix ms) it can be reverted.
pub(super) async fn put(
    tx: &mut Tx,
    account: &LockedAccount,
    change: &Change,
    undo_until: i64,
) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO address_change (id, member_id, asked_in, old_email, new_email, done_at, undo_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&change.id)
    .bind(account.id())
    .bind(&change.asked_in)
    .bind(change.old.as_str())
    .bind(change.new.as_str())
    .bind(now)
    .bind(undo_until)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether a change took effect.
pub(super) async fn is_done(ctx: &Ctx, id: &str) -> Result<bool, Failure> {
    let found: Option<i64> = sqlx::query_scalar("SELECT done_at FROM address_change WHERE id = $1")
        .bind(id)
        .fetch_optional(ctx.readers())
        .await?;
    Ok(found.is_some())
}

/// A change of a member that can be reverted: the one of this id, or the first since a moment (unix ms).
pub(super) async fn revertible(
    tx: &mut Tx,
    account: &LockedAccount,
    id: Option<&str>,
    since: i64,
) -> Result<Option<Row>, Failure> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "SELECT id, asked_in, old_email, done_at FROM address_change WHERE member_id = $1 \
         AND (id = $2 OR done_at >= $3) AND undone_at IS NULL AND undo_until > $4 ORDER BY id LIMIT 1",
    )
    .bind(account.id())
    .bind(id)
    .bind(since)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?)
}

/// Marks a change and all that followed it as reverted; returns them.
pub(super) async fn revert_from(
    tx: &mut Tx,
    account: &LockedAccount,
    first: &Row,
) -> Result<Vec<Row>, Failure> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "UPDATE address_change SET undone_at = $3 WHERE member_id = $1 AND id >= $2 AND undone_at IS NULL \
         RETURNING id, asked_in, old_email, done_at",
    )
    .bind(account.id())
    .bind(&first.id)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Changes of the address.
pub(crate) const DATA: DataSet = DataSet {
    table: "address_change",
    categories: &[Category {
        name: "email_changes",
        retention: |ctx| {
            let change = &ctx.policy().email_change;
            Some(Retention::For(change.link_valid_ms() + change.undo_ms().unwrap_or_default()))
        },
    }],
    export: Some(
        "SELECT id AS key, old_email, new_email, done_at, undo_until AS expires_at, undone_at FROM address_change \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[Purge::Delete(
        "DELETE FROM address_change WHERE id IN \
         (SELECT id FROM address_change WHERE undo_until <= $1 ORDER BY undo_until LIMIT $2)",
        dataset::now,
    )],
};
