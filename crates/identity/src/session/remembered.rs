//! Remembered browsers (自動ログイン, MP-26, MP-27): opt-in, ended by an explicit sign-out only.

use sqlx::FromRow;

use crate::desk::Desk;
use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// Whether this browser is to be signed in again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remember {
    /// The box was not ticked.
    No,
    /// The box was ticked now.
    Begin,
    /// It was ticked earlier: the row's id. Its cookie stays.
    Keep(String),
}

#[derive(FromRow)]
struct Row {
    id: String,
    member_id: String,
}

/// Writes what the box says; the row's id, and the cookie to set if there is a new one.
pub(super) async fn settle(
    work: &mut Work,
    member_id: &str,
    remember: Remember,
) -> Result<(Option<String>, Option<(Token, i64)>), Fault> {
    match remember {
        Remember::No => Ok((None, None)),
        Remember::Keep(id) => Ok((Some(id), None)),
        Remember::Begin => {
            let (id, now, token) = (work.id(), work.now(), work.token());
            let until = now + work.desk().settings.policy.auto_sign_in.valid_ms();
            sqlx::query(
                "INSERT INTO remembered_browser (id, member_id, token_hash, created_at, last_used_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $4, $5)",
            )
            .bind(&id)
            .bind(member_id)
            .bind(token.digest())
            .bind(now)
            .bind(until)
            .execute(work.conn())
            .await?;
            Ok((Some(id), Some((token, until))))
        }
    }
}

/// A remembered browser that may start a session.
#[derive(Debug)]
pub struct Claimed {
    /// The member.
    pub member_id: String,
    /// For [`super::open`]: the cookie keeps its value, so that tabs opened together all come in.
    pub remember: Remember,
    /// Unix ms: the cookie's end, moved on.
    pub until: i64,
}

/// Whether the cookie is of a remembered browser; costs visitors without one a single read.
pub async fn is_remembered(desk: &Desk, token: &Token) -> Result<bool, Fault> {
    let known: Option<i64> = sqlx::query_scalar(
        "SELECT expires_at FROM remembered_browser WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(desk.now())
    .fetch_optional(desk.db.readers())
    .await?;
    Ok(known.is_some())
}

/// Uses it once more, and ends the sessions it started that are idle for too long: a browser is listed once.
pub async fn claim(work: &mut Work, token: &Token) -> Result<Option<Claimed>, Fault> {
    let now = work.now();
    let policy = work.desk().settings.policy.clone();
    let until = now + policy.auto_sign_in.valid_ms();
    let row: Option<Row> = sqlx::query_as(
        "UPDATE remembered_browser SET last_used_at = $2, expires_at = $3 \
         WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING id, member_id",
    )
    .bind(token.digest())
    .bind(now)
    .bind(until)
    .fetch_optional(work.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    sqlx::query(
        "UPDATE session SET ended_at = last_seen_at WHERE member_id = $1 AND remembered_id = $2 \
         AND ended_at IS NULL AND last_seen_at <= $3",
    )
    .bind(&row.member_id)
    .bind(&row.id)
    .bind(now - policy.session.idle_ms())
    .execute(work.conn())
    .await?;
    Ok(Some(Claimed { member_id: row.member_id, remember: Remember::Keep(row.id), until }))
}

/// Holds one to the end of the transaction: whoever starts a session from it waits.
pub(super) async fn hold(work: &mut Work, id: &str) -> Result<(), Fault> {
    sqlx::query("UPDATE remembered_browser SET id = id WHERE id = $1").bind(id).execute(work.conn()).await?;
    Ok(())
}

/// Ends one; false when it was over.
pub(super) async fn forget(work: &mut Work, id: &str) -> Result<bool, Fault> {
    let now = work.now();
    let ended = sqlx::query("UPDATE remembered_browser SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all of a member but one; how many.
pub(super) async fn forget_others(
    work: &mut Work,
    member_id: &str,
    keep: Option<&str>,
) -> Result<u64, Fault> {
    let now = work.now();
    let ended = sqlx::query(
        "UPDATE remembered_browser SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(member_id)
    .bind(keep.unwrap_or_default())
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(ended.rows_affected())
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, created_at, last_used_at, expires_at, ended_at FROM remembered_browser \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
