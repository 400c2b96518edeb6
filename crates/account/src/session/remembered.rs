//! Remembered browsers (自動ログイン, MP-26, MP-27): opt-in, ended by an explicit sign-out only.

use platform::app_context::AppContext;
use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::secret::Token;
use platform::tx::Tx;

use crate::lock::LockedAccount;

/// Whether this browser is to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remember {
    /// The box was not ticked.
    No,
    /// The box was ticked now.
    Begin,
    /// It was ticked earlier: the row's id. Its cookie stays.
    Keep(String),
}

/// The cookie of a remembered browser, with its end (unix ms).
pub type RememberedCookie = (Token, i64);

/// Does what the box says; returns the row's id, and the cookie to set if there is a new one.
pub(super) async fn apply(
    tx: &mut Tx,
    account: &LockedAccount,
    remember: Remember,
) -> Result<(Option<String>, Option<RememberedCookie>), Failure> {
    match remember {
        Remember::No => Ok((None, None)),
        Remember::Keep(id) => Ok((Some(id), None)),
        Remember::Begin => {
            let (id, now, token) = (tx.id(), tx.now(), tx.token());
            let until = now + tx.policy().auto_sign_in.valid_ms();
            sqlx::query(
                "INSERT INTO remembered_browser (id, member_id, token_hash, created_at, last_used_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $4, $5)",
            )
            .bind(&id)
            .bind(account.id())
            .bind(token.digest())
            .bind(now)
            .bind(until)
            .execute(tx.conn())
            .await?;
            Ok((Some(id), Some((token, until))))
        }
    }
}

/// The member of a remembered browser's cookie, while it is valid.
pub async fn owner(app: &AppContext, token: &Token) -> Result<Option<String>, Failure> {
    Ok(sqlx::query_scalar(
        "SELECT member_id FROM remembered_browser WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(app.clock.now())
    .fetch_optional(app.db.readers())
    .await?)
}

/// A remembered browser that may start a session.
#[derive(Debug)]
pub struct Claimed {
    /// For [`super::open`]: the cookie keeps its value, so that tabs opened together are all signed in.
    pub remember: Remember,
    /// Unix ms: the cookie's end, moved on.
    pub until: i64,
}

/// Uses a remembered browser, and ends the idle sessions that it started: a browser is listed once.
pub async fn claim(tx: &mut Tx, account: &LockedAccount, token: &Token) -> Result<Option<Claimed>, Failure> {
    let now = tx.now();
    let (until, idle_ms) = (now + tx.policy().auto_sign_in.valid_ms(), tx.policy().session.idle_ms());
    let id: Option<String> = sqlx::query_scalar(
        "UPDATE remembered_browser SET last_used_at = $3, expires_at = $4 \
         WHERE token_hash = $1 AND member_id = $2 AND ended_at IS NULL AND expires_at > $3 RETURNING id",
    )
    .bind(token.digest())
    .bind(account.id())
    .bind(now)
    .bind(until)
    .fetch_optional(tx.conn())
    .await?;
    let Some(id) = id else { return Ok(None) };
    sqlx::query(
        "UPDATE session SET ended_at = last_seen_at WHERE member_id = $1 AND remembered_id = $2 \
         AND ended_at IS NULL AND last_seen_at <= $3",
    )
    .bind(account.id())
    .bind(&id)
    .bind(now - idle_ms)
    .execute(tx.conn())
    .await?;
    Ok(Some(Claimed { remember: Remember::Keep(id), until }))
}

/// Ends one; false when it had ended.
pub(super) async fn end(tx: &mut Tx, account: &LockedAccount, id: &str) -> Result<bool, Failure> {
    let now = tx.now();
    let ended = sqlx::query(
        "UPDATE remembered_browser SET ended_at = $3 WHERE id = $1 AND member_id = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(account.id())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all of a member except `but`; returns how many.
pub(super) async fn end_all(tx: &mut Tx, account: &LockedAccount, but: Option<&str>) -> Result<u64, Failure> {
    let now = tx.now();
    let ended = sqlx::query(
        "UPDATE remembered_browser SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(account.id())
    .bind(but.unwrap_or_default())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected())
}

/// Remembered browsers.
pub const DATA: DataSet = DataSet {
    table: "remembered_browser",
    categories: &[Category { name: "sessions", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT id AS key, created_at, last_used_at, expires_at, ended_at FROM remembered_browser \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};
