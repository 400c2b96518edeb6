//! The `email_change` table. Private to this slice.

use sqlx::{Any, Executor, FromRow};

use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// A change as stored.
#[derive(Clone, FromRow)]
pub(super) struct Row {
    pub id: String,
    pub member_id: String,
    pub session_id: String,
    pub asked_in: String,
    pub old_email: String,
    pub new_email: String,
    pub sent_at: i64,
    pub over_at: i64,
    pub done_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at"
    };
}

/// What tells a change that waits.
macro_rules! waits {
    ($now:literal) => {
        concat!("done_at IS NULL AND stopped_at IS NULL AND over_at > ", $now)
    };
}

/// A change to be stored.
pub(super) struct Asked<'a> {
    pub id: &'a str,
    pub member_id: &'a str,
    pub session_id: &'a str,
    pub old_email: &'a str,
    pub new_email: &'a str,
    pub link_hash: String,
    pub code_hash: String,
    pub stop: Option<&'a Token>,
    pub over_at: i64,
}

/// Stores it.
pub(super) async fn put(work: &mut Work, new: Asked<'_>) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "INSERT INTO email_change (id, member_id, session_id, asked_in, old_email, new_email, link_hash, code_hash, \
         code_tries, stop_hash, asked_at, sent_at, over_at) \
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, 0, $8, $9, $9, $10)",
    )
    .bind(new.id)
    .bind(new.member_id)
    .bind(new.session_id)
    .bind(new.old_email)
    .bind(new.new_email)
    .bind(new.link_hash)
    .bind(new.code_hash)
    .bind(new.stop.map(Token::digest))
    .bind(now)
    .bind(new.over_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Gives it a new link and a new code, typed from now on in this session.
pub(super) async fn renew(
    work: &mut Work,
    id: &str,
    session_id: &str,
    hashes: (String, String),
    over_at: i64,
) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "UPDATE email_change SET link_hash = $2, code_hash = $3, code_tries = 0, session_id = $4, sent_at = $5, \
         over_at = $6 WHERE id = $1",
    )
    .bind(id)
    .bind(hashes.0)
    .bind(hashes.1)
    .bind(session_id)
    .bind(now)
    .bind(over_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// The change of a member that waits.
pub(super) async fn pending<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
    now: i64,
) -> Result<Option<Row>, Fault> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM email_change WHERE member_id = $1 AND ",
        waits!("$2")
    ))
    .bind(member_id)
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// What a link of a letter to a new address leads to.
pub(super) async fn by_link<'e>(
    db: impl Executor<'e, Database = Any>,
    link: &Token,
    now: i64,
) -> Result<Option<Row>, Fault> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM email_change WHERE link_hash = $1 AND ",
        waits!("$2")
    ))
    .bind(link.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Single use, in one statement.
pub(super) async fn use_link(work: &mut Work, link: &Token) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(concat!(
        "UPDATE email_change SET done_at = $2 WHERE link_hash = $1 AND ",
        waits!("$2"),
        " RETURNING ",
        columns!()
    ))
    .bind(link.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Single use, in one statement, and only in the session that asked.
pub(super) async fn use_code(
    work: &mut Work,
    id: &str,
    session_id: &str,
    code_hash: &str,
) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(concat!(
        "UPDATE email_change SET done_at = $4 WHERE id = $1 AND session_id = $2 AND code_hash = $3 AND ",
        waits!("$4"),
        " RETURNING ",
        columns!()
    ))
    .bind(id)
    .bind(session_id)
    .bind(code_hash)
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Counts a code; false when there were `most` already.
pub(super) async fn count_try(work: &mut Work, id: &str, most: i64) -> Result<bool, Fault> {
    let done =
        sqlx::query("UPDATE email_change SET code_tries = code_tries + 1 WHERE id = $1 AND code_tries < $2")
            .bind(id)
            .bind(most)
            .execute(work.conn())
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Stops the change that waits, but not one of a certain session; false when there is none.
pub(super) async fn stop(work: &mut Work, member_id: &str, but: Option<&str>) -> Result<bool, Fault> {
    let now = work.now();
    let done = sqlx::query(concat!(
        "UPDATE email_change SET stopped_at = $2 WHERE member_id = $1 AND session_id <> $3 AND ",
        waits!("$2")
    ))
    .bind(member_id)
    .bind(now)
    .bind(but.unwrap_or_default())
    .execute(work.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes until when, and with which second link, a change that just took effect can be taken back.
pub(super) async fn keep_undo(
    work: &mut Work,
    id: &str,
    undo: Option<&Token>,
    until: i64,
) -> Result<(), Fault> {
    sqlx::query("UPDATE email_change SET undo_hash = $2, over_at = $3 WHERE id = $1")
        .bind(id)
        .bind(undo.map(Token::digest))
        .bind(until)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// What a link of a letter to an old address leads to.
pub(super) async fn by_undo<'e>(
    db: impl Executor<'e, Database = Any>,
    link: &Token,
    now: i64,
) -> Result<Option<Row>, Fault> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM email_change WHERE (stop_hash = $1 OR undo_hash = $1) AND stopped_at IS NULL AND undone_at IS NULL \
         AND over_at > $2"
    ))
    .bind(link.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Single use, in one statement: a change that waits is stopped, one that took effect is taken back.
pub(super) async fn use_undo(work: &mut Work, link: &Token) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(concat!(
        "UPDATE email_change SET stopped_at = CASE WHEN done_at IS NULL THEN $2 ELSE stopped_at END, \
         undone_at = CASE WHEN done_at IS NULL THEN undone_at ELSE $2 END \
         WHERE (stop_hash = $1 OR undo_hash = $1) AND stopped_at IS NULL AND undone_at IS NULL AND over_at > $2 \
         RETURNING ",
        columns!()
    ))
    .bind(link.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// The first change of a member since a moment that can still be taken back.
pub(super) async fn first_since(work: &mut Work, member_id: &str, since: i64) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM email_change WHERE member_id = $1 AND done_at >= $2 AND undone_at IS NULL AND over_at > $3 \
         ORDER BY id LIMIT 1"
    ))
    .bind(member_id)
    .bind(since)
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Takes back a change and all that followed it; what they were.
pub(super) async fn undo_from(work: &mut Work, first: &Row) -> Result<Vec<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(concat!(
        "UPDATE email_change SET undone_at = $3 WHERE member_id = $1 AND id >= $2 AND done_at IS NOT NULL \
         AND (undone_at IS NULL OR id = $2) RETURNING ",
        columns!()
    ))
    .bind(&first.member_id)
    .bind(&first.id)
    .bind(now)
    .fetch_all(work.conn())
    .await?)
}

/// Removes what is of no use any more, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM email_change WHERE id IN \
         (SELECT id FROM email_change WHERE over_at <= $1 ORDER BY over_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, old_email, new_email, asked_at, over_at AS expires_at, done_at, stopped_at, undone_at \
     FROM email_change WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
