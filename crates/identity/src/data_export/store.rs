//! Copies and their chunks as rows. Private to this use case.

use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::{Any, Executor, FromRow};

use super::{Export, KEPT_MS, State};

#[derive(FromRow)]
struct Row {
    id: String,
    ready_at: Option<i64>,
    expires_at: Option<i64>,
}

/// The state of a member's copy.
pub(super) async fn state<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
    now: i64,
) -> Result<State, Failure> {
    let row: Option<Row> =
        sqlx::query_as("SELECT id, ready_at, expires_at FROM data_export WHERE member_id = $1")
            .bind(member_id)
            .fetch_optional(db)
            .await?;
    Ok(match row {
        Some(Row { ready_at: Some(ready_at), expires_at: Some(expires_at), .. }) if expires_at > now => {
            State::Ready { ready_at, expires_at }
        }
        Some(Row { ready_at: None, .. }) => State::Building,
        _ => State::Nothing,
    })
}

/// Begins a copy in the place of an older one; `None` when one is being built.
pub(super) async fn begin(tx: &mut Tx, member_id: &str) -> Result<Option<String>, Failure> {
    sqlx::query("DELETE FROM data_export WHERE member_id = $1 AND ready_at IS NOT NULL")
        .bind(member_id)
        .execute(tx.conn())
        .await?;
    let (id, now) = (tx.id(), tx.now());
    // Older processes build what is not claimed. This row is claimed for ever, so that only the job builds it.
    let begun = sqlx::query(
        "INSERT INTO data_export (id, member_id, asked_at, claimed_until) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (member_id) DO NOTHING",
    )
    .bind(&id)
    .bind(member_id)
    .bind(now)
    .bind(i64::MAX)
    .execute(tx.conn())
    .await?;
    Ok((begun.rows_affected() > 0).then_some(id))
}

/// Removes chunks that a process which died had built. Returns the member; `None`: the copy is not wanted any more.
pub(super) async fn restart(tx: &mut Tx, id: &str) -> Result<Option<String>, Failure> {
    sqlx::query("DELETE FROM data_export_chunk WHERE export_id = $1").bind(id).execute(tx.conn()).await?;
    Ok(sqlx::query_scalar("SELECT member_id FROM data_export WHERE id = $1 AND ready_at IS NULL")
        .bind(id)
        .fetch_optional(tx.conn())
        .await?)
}

/// Stores a chunk.
pub(super) async fn put(tx: &mut Tx, id: &str, index: i64, sealed: &[u8]) -> Result<(), Failure> {
    sqlx::query("INSERT INTO data_export_chunk (export_id, place, sealed) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(index)
        .bind(sealed)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Marks the copy as ready until `expires_at` (unix ms); false when it is not wanted any more.
pub(super) async fn done(tx: &mut Tx, id: &str, expires_at: i64) -> Result<bool, Failure> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE data_export SET ready_at = $2, expires_at = $3 WHERE id = $1 AND ready_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .bind(expires_at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The member's copy, if it can be downloaded.
pub(super) async fn ready(tx: &mut Tx, member_id: &str) -> Result<Option<Export>, Failure> {
    let now = tx.now();
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, ready_at, expires_at FROM data_export WHERE member_id = $1 AND expires_at > $2",
    )
    .bind(member_id)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.and_then(|row| Some(Export { id: row.id, ready_at: row.ready_at? })))
}

/// A chunk as stored.
pub(super) async fn chunk<'e>(
    db: impl Executor<'e, Database = Any>,
    id: &str,
    index: i64,
) -> Result<Option<Vec<u8>>, Failure> {
    Ok(sqlx::query_scalar("SELECT sealed FROM data_export_chunk WHERE export_id = $1 AND place = $2")
        .bind(id)
        .bind(index)
        .fetch_optional(db)
        .await?)
}

/// How many chunks there are.
pub(super) async fn chunks<'e>(db: impl Executor<'e, Database = Any>, id: &str) -> Result<i64, Failure> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM data_export_chunk WHERE export_id = $1")
        .bind(id)
        .fetch_one(db)
        .await?)
}

/// Copies of members' data.
pub(crate) const DATA: DataSet = DataSet {
    table: "data_export",
    categories: &[Category { name: "downloads", retention: |_| Some(Retention::For(KEPT_MS)) }],
    export: Some(
        "SELECT id AS key, asked_at, ready_at, expires_at FROM data_export \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[Purge::Delete(
        "DELETE FROM data_export WHERE id IN \
         (SELECT id FROM data_export WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        dataset::now,
    )],
};

/// Their chunks, which are removed with them.
pub(crate) const CHUNKS: DataSet = DataSet {
    table: "data_export_chunk",
    categories: &[Category { name: "downloads", retention: |_| Some(Retention::For(KEPT_MS)) }],
    export: None,
    purge: &[],
};
