//! Remembered browsers (自動ログイン, MP-26, MP-27): opt-in, ended by an explicit sign-out only.

use sqlx::FromRow;

use super::{Opened, ProvenBy, open};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
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

/// Starts a session for a remembered browser whose session is over (C-08). The cookie keeps its value, so that
/// tabs opened together all come in; its end moves on.
pub async fn resume(desk: &Desk, caller: &Caller, token: &Token) -> Result<Option<Opened>, Fault> {
    let now = desk.now();
    let known: Option<i64> = sqlx::query_scalar(
        "SELECT expires_at FROM remembered_browser WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(desk.db.readers())
    .await?;
    if known.is_none() {
        return Ok(None);
    }
    let mut work = desk.work(caller).await?;
    let until = now + desk.settings.policy.auto_sign_in.valid_ms();
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
    let mut opened = open(&mut work, &row.member_id, ProvenBy::Remembered, Remember::Keep(row.id)).await?;
    let line = Line {
        member_id: Some(&row.member_id),
        event: Event::AutoSignIn,
        refusal: None,
        session_id: Some(&opened.session_id),
    };
    audit::write(&mut work, line).await?;
    work.finish().await?;
    opened.remember = Some((token.clone(), until));
    Ok(Some(opened))
}

/// Ends one.
pub(super) async fn forget(work: &mut Work, id: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE remembered_browser SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Ends all of a member but one.
pub(super) async fn forget_others(work: &mut Work, member_id: &str, keep: Option<&str>) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "UPDATE remembered_browser SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(member_id)
    .bind(keep.unwrap_or_default())
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(())
}
