//! The tables of reset letters and of those who ask for them. Private to this slice.

use sqlx::{Any, Executor, FromRow};

use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// Notes a letter; its id. Nobody has the member id: the same statement, and nothing.
pub(super) async fn put(
    work: &mut Work,
    member_id: &str,
    link: &Token,
    expires_at: i64,
) -> Result<Option<String>, Fault> {
    let (id, now) = (work.id(), work.now());
    Ok(sqlx::query_scalar(
        "INSERT INTO password_reset (id, member_id, link_hash, created_at, expires_at) \
         SELECT $1, id, $3, $4, $5 FROM member WHERE id = $2 RETURNING id",
    )
    .bind(id)
    .bind(member_id)
    .bind(link.digest())
    .bind(now)
    .bind(expires_at)
    .fetch_optional(work.conn())
    .await?)
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

/// A wish for a letter.
pub(super) struct Asked<'a> {
    pub id: &'a str,
    pub form_id: &'a Token,
    pub email_mac: String,
    pub sealed: Vec<u8>,
    pub code_hash: String,
    pub expires_at: i64,
}

/// A wish that waits.
#[derive(FromRow)]
pub(super) struct Waiting {
    pub sealed: Vec<u8>,
    pub expires_at: i64,
}

/// Stores a wish in the place of an earlier one of the same browser for the same address; false when that is less than
/// `again_after_ms` old.
pub(super) async fn ask(work: &mut Work, asked: &Asked<'_>, again_after_ms: i64) -> Result<bool, Fault> {
    let now = work.now();
    let stored: Option<String> = sqlx::query_scalar(
        "INSERT INTO password_reset_request \
         (id, form_hash, email_mac, sealed, code_hash, code_tries, sent_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7) \
         ON CONFLICT (form_hash, email_mac) DO UPDATE SET id = excluded.id, sealed = excluded.sealed, \
         reset_id = NULL, code_hash = excluded.code_hash, code_tries = 0, sent_at = excluded.sent_at, \
         expires_at = excluded.expires_at, used_at = NULL WHERE password_reset_request.sent_at <= $8 RETURNING id",
    )
    .bind(asked.id)
    .bind(asked.form_id.digest())
    .bind(&asked.email_mac)
    .bind(&asked.sealed)
    .bind(&asked.code_hash)
    .bind(now)
    .bind(asked.expires_at)
    .bind(now - again_after_ms)
    .fetch_optional(work.conn())
    .await?;
    Ok(stored.is_some())
}

/// Ties a wish to the letter that answers it, if one does.
pub(super) async fn answer_with(work: &mut Work, id: &str, reset_id: Option<&str>) -> Result<(), Fault> {
    sqlx::query("UPDATE password_reset_request SET reset_id = $2 WHERE id = $1")
        .bind(id)
        .bind(reset_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// The newest wish of a browser's form that waits.
pub(super) async fn waiting<'e>(
    db: impl Executor<'e, Database = Any>,
    form_id: &Token,
    now: i64,
) -> Result<Option<Waiting>, Fault> {
    Ok(sqlx::query_as(
        "SELECT sealed, expires_at FROM password_reset_request \
         WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY sent_at DESC LIMIT 1",
    )
    .bind(form_id.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Counts a code typed for the newest wish that waits: its id, and how many that makes.
pub(super) async fn count_try(work: &mut Work, form_id: &Token) -> Result<Option<(String, i64)>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(
        "UPDATE password_reset_request SET code_tries = code_tries + 1 WHERE id = \
         (SELECT id FROM password_reset_request WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 \
          ORDER BY sent_at DESC LIMIT 1) AND used_at IS NULL RETURNING id, code_tries",
    )
    .bind(form_id.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Uses the code up and gives the letter it belongs to a new link; `None`: not that code, or the letter is of no use
/// (any more).
pub(super) async fn use_code(work: &mut Work, id: &str, code_hash: &str) -> Result<Option<Token>, Fault> {
    let (now, link) = (work.now(), work.token());
    let used: Option<Option<String>> = sqlx::query_scalar(
        "UPDATE password_reset_request SET used_at = $3 \
         WHERE id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING reset_id",
    )
    .bind(id)
    .bind(code_hash)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    let opened: Option<String> = sqlx::query_scalar(
        "UPDATE password_reset SET link_hash = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3 RETURNING id",
    )
    .bind(used.flatten())
    .bind(link.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(opened.map(|_| link))
}

/// Removes letters and wishes whose time is over, at most `batch` of each; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let now = work.now();
    let wishes = "DELETE FROM password_reset_request WHERE id IN \
         (SELECT id FROM password_reset_request WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    let letters = "DELETE FROM password_reset WHERE id IN \
         (SELECT id FROM password_reset WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    Ok(work.purge(wishes, now, batch).await? + work.purge(letters, now, batch).await?)
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, created_at, expires_at, used_at FROM password_reset \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
