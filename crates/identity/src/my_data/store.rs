//! Copies and their pieces as rows. Private to this slice.

use sqlx::{Any, Executor, FromRow};

use super::{Export, State};
use crate::fault::Fault;
use crate::work::Work;

/// A copy that a builder has taken.
#[derive(FromRow)]
pub(super) struct Claim {
    pub id: String,
    pub member_id: String,
    /// Unix ms. Whoever finds another value in the row has lost it to another builder, or to its owner's leaving.
    pub claimed_until: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    ready_at: Option<i64>,
    expires_at: Option<i64>,
}

/// How far a member's copy is.
pub(super) async fn state<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
    now: i64,
) -> Result<State, Fault> {
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

/// Begins a copy in the place of an older one; false when one is being built.
pub(super) async fn begin(work: &mut Work, member_id: &str) -> Result<bool, Fault> {
    sqlx::query("DELETE FROM data_export WHERE member_id = $1 AND ready_at IS NOT NULL")
        .bind(member_id)
        .execute(work.conn())
        .await?;
    let (id, now) = (work.id(), work.now());
    let begun = sqlx::query(
        "INSERT INTO data_export (id, member_id, asked_at, claimed_until) VALUES ($1, $2, $3, 0) \
         ON CONFLICT (member_id) DO NOTHING",
    )
    .bind(id)
    .bind(member_id)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(begun.rows_affected() > 0)
}

/// Takes the copy that waits longest for a builder, and removes what one that died had built of it.
pub(super) async fn claim(work: &mut Work, until: i64) -> Result<Option<Claim>, Fault> {
    let now = work.now();
    let claim: Option<Claim> = sqlx::query_as(
        "UPDATE data_export SET claimed_until = $1 \
         WHERE id = (SELECT id FROM data_export WHERE ready_at IS NULL AND claimed_until <= $2 \
                     ORDER BY claimed_until, id LIMIT 1) \
           AND claimed_until <= $2 AND ready_at IS NULL \
         RETURNING id, member_id, claimed_until",
    )
    .bind(until)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    if let Some(claim) = &claim {
        sqlx::query("DELETE FROM data_export_chunk WHERE export_id = $1")
            .bind(&claim.id)
            .execute(work.conn())
            .await?;
    }
    Ok(claim)
}

/// Holds the claim for longer; false when it is lost.
pub(super) async fn hold(work: &mut Work, claim: &mut Claim, until: i64) -> Result<bool, Fault> {
    let held = sqlx::query("UPDATE data_export SET claimed_until = $3 WHERE id = $1 AND claimed_until = $2")
        .bind(&claim.id)
        .bind(claim.claimed_until)
        .bind(until)
        .execute(work.conn())
        .await?;
    claim.claimed_until = until;
    Ok(held.rows_affected() > 0)
}

/// Stores a piece.
pub(super) async fn put(work: &mut Work, claim: &Claim, place: i64, sealed: &[u8]) -> Result<(), Fault> {
    sqlx::query("INSERT INTO data_export_chunk (export_id, place, sealed) VALUES ($1, $2, $3)")
        .bind(&claim.id)
        .bind(place)
        .bind(sealed)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Lets the copy be downloaded; false when the claim is lost.
pub(super) async fn done(work: &mut Work, claim: &Claim, expires_at: i64) -> Result<bool, Fault> {
    let now = work.now();
    let done = sqlx::query(
        "UPDATE data_export SET ready_at = $3, expires_at = $4 WHERE id = $1 AND claimed_until = $2 AND ready_at IS NULL",
    )
    .bind(&claim.id)
    .bind(claim.claimed_until)
    .bind(now)
    .bind(expires_at)
    .execute(work.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The member's copy, if it can be downloaded.
pub(super) async fn ready(work: &mut Work, member_id: &str) -> Result<Option<Export>, Fault> {
    let now = work.now();
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, ready_at, expires_at FROM data_export WHERE member_id = $1 AND expires_at > $2",
    )
    .bind(member_id)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(row.and_then(|row| Some(Export { id: row.id, ready_at: row.ready_at? })))
}

/// A piece as stored.
pub(super) async fn piece<'e>(
    db: impl Executor<'e, Database = Any>,
    export_id: &str,
    place: i64,
) -> Result<Option<Vec<u8>>, Fault> {
    Ok(sqlx::query_scalar("SELECT sealed FROM data_export_chunk WHERE export_id = $1 AND place = $2")
        .bind(export_id)
        .bind(place)
        .fetch_optional(db)
        .await?)
}

/// How many pieces there are.
pub(super) async fn pieces<'e>(db: impl Executor<'e, Database = Any>, export_id: &str) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM data_export_chunk WHERE export_id = $1")
        .bind(export_id)
        .fetch_one(db)
        .await?)
}

/// What is held of the copies themselves ([`crate::held::page`]).
pub(super) const HELD: &str = "SELECT id AS key, asked_at, ready_at, expires_at FROM data_export \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";

/// Removes copies whose day is over, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM data_export WHERE id IN \
         (SELECT id FROM data_export WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}
