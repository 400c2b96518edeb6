//! Addresses that a member gave up a short while ago. Until their time is over they can be brought back, so nobody else
//! can have them; no page says so.

use domain::address::EmailAddress;
use sqlx::{Any, Executor};

use crate::fault::Fault;
use crate::work::Work;

/// Keeps an address for the member who gives it up.
pub async fn reserve(work: &mut Work, id: &str, address: &EmailAddress, until: i64) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO reserved_address (email_key, member_id, reserved_until) VALUES ($1, $2, $3) \
         ON CONFLICT (email_key) DO UPDATE SET member_id = excluded.member_id, \
         reserved_until = excluded.reserved_until",
    )
    .bind(address.key())
    .bind(id)
    .bind(until)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Keeps it no longer.
pub async fn release(work: &mut Work, id: &str, address: &EmailAddress) -> Result<(), Fault> {
    sqlx::query("DELETE FROM reserved_address WHERE email_key = $1 AND member_id = $2")
        .bind(address.key())
        .bind(id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Whether an address has no account and is kept for nobody; `but`: other than this member. A look, not a judgement:
/// somebody may be faster.
pub async fn is_free<'e>(
    db: impl Executor<'e, Database = Any>,
    address: &EmailAddress,
    but: Option<&str>,
    now: i64,
) -> Result<bool, Fault> {
    let others: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM member WHERE email_key = $1 AND id <> $2) + \
         (SELECT COUNT(*) FROM reserved_address WHERE email_key = $1 AND member_id <> $2 AND reserved_until > $3)",
    )
    .bind(address.key())
    .bind(but.unwrap_or_default())
    .bind(now)
    .fetch_one(db)
    .await?;
    Ok(others == 0)
}

/// Whether an address is kept for somebody else.
pub(super) async fn for_another(work: &mut Work, address: &EmailAddress, id: &str) -> Result<bool, Fault> {
    let now = work.now();
    let found: Option<String> = sqlx::query_scalar(
        "SELECT member_id FROM reserved_address WHERE email_key = $1 AND member_id <> $2 AND reserved_until > $3",
    )
    .bind(address.key())
    .bind(id)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(found.is_some())
}

/// Removes what is kept no longer, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM reserved_address WHERE email_key IN \
         (SELECT email_key FROM reserved_address WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}
