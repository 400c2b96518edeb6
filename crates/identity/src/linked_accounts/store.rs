//! The tables of linked accounts. Private to this slice.

use sqlx::{Any, Executor, FromRow};

use crate::caller::Caller;
use crate::fault::Fault;
use crate::secret::Token;
use crate::upstream::Identity;
use crate::work::Work;

/// A link as stored.
#[derive(FromRow)]
pub(super) struct Row {
    pub provider: String,
    pub shown: Option<String>,
    pub linked_at: i64,
    pub last_used_at: Option<i64>,
}

/// A visit that an answer came to.
#[derive(FromRow)]
pub(super) struct Visit {
    pub purpose: String,
    pub session_id: Option<String>,
    pub next: Option<String>,
    pub carried: Vec<u8>,
}

/// A visit that begins.
pub(super) struct NewVisit<'a> {
    pub provider: &'a str,
    pub purpose: &'static str,
    pub next: Option<&'a str>,
    pub browser: &'a Token,
    pub state: &'a Token,
    pub carried: &'a [u8],
    pub expires_at: i64,
}

/// All links of a member.
pub(super) async fn of_member<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Vec<Row>, Fault> {
    Ok(sqlx::query_as(
        "SELECT provider, shown, linked_at, last_used_at FROM linked_account WHERE member_id = $1 ORDER BY id",
    )
    .bind(member_id)
    .fetch_all(db)
    .await?)
}

/// Whose an account is.
pub(super) async fn owner<'e>(
    db: impl Executor<'e, Database = Any>,
    identity: &Identity,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar("SELECT member_id FROM linked_account WHERE provider = $1 AND subject = $2")
        .bind(&identity.provider)
        .bind(&identity.subject)
        .fetch_optional(db)
        .await?)
}

/// Notes a sign-in with a linked account.
pub(crate) async fn used(work: &mut Work, member_id: &str, provider: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE linked_account SET last_used_at = $3 WHERE member_id = $1 AND provider = $2")
        .bind(member_id)
        .bind(provider)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Links, unless the account or the member has such a link; the database judges (MP-62). False: it was not linked.
pub(super) async fn insert(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    identity: &Identity,
) -> Result<bool, Fault> {
    let (id, now) = (work.id(), work.now());
    let done = sqlx::query(
        "INSERT INTO linked_account (id, member_id, provider, subject, shown, session_id, linked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(member_id)
    .bind(&identity.provider)
    .bind(&identity.subject)
    .bind(identity.shown())
    .bind(session_id)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a member's link to a provider; false when there is none.
pub(super) async fn remove(work: &mut Work, member_id: &str, provider: &str) -> Result<bool, Fault> {
    let done = sqlx::query("DELETE FROM linked_account WHERE member_id = $1 AND provider = $2")
        .bind(member_id)
        .bind(provider)
        .execute(work.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes the links that a session made, and the one that it came in with; the providers that went.
pub(super) async fn remove_of_session(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    came_in_with: Option<&str>,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "DELETE FROM linked_account WHERE member_id = $1 AND (session_id = $2 OR provider = $3) RETURNING provider",
    )
    .bind(member_id)
    .bind(session_id)
    .bind(came_in_with)
    .fetch_all(work.conn())
    .await?)
}

/// Removes all links of a member; the providers that went.
pub(super) async fn remove_all(work: &mut Work, member_id: &str) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar("DELETE FROM linked_account WHERE member_id = $1 RETURNING provider")
        .bind(member_id)
        .fetch_all(work.conn())
        .await?)
}

/// Begins a visit.
pub(super) async fn begin(work: &mut Work, new: &NewVisit<'_>) -> Result<(), Fault> {
    let id = work.id();
    let session_id = work.caller().current.as_ref().map(|current| current.session_id.clone());
    sqlx::query(
        "INSERT INTO provider_visit (id, provider, purpose, session_id, next, browser_hash, state_hash, carried, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(new.provider)
    .bind(new.purpose)
    .bind(session_id)
    .bind(new.next)
    .bind(new.browser.digest())
    .bind(new.state.digest())
    .bind(new.carried)
    .bind(new.expires_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Ends it: single use, in the browser and at the address of the provider that it was begun with.
pub(super) async fn arrive(
    work: &mut Work,
    provider: &str,
    browser: &Token,
    state: &Token,
) -> Result<Option<Visit>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(
        "UPDATE provider_visit SET used_at = $4 WHERE state_hash = $1 AND browser_hash = $2 AND provider = $3 \
         AND used_at IS NULL AND expires_at > $4 RETURNING purpose, session_id, next, carried",
    )
    .bind(state.digest())
    .bind(browser.digest())
    .bind(provider)
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Keeps what somebody brought.
pub(super) async fn keep(
    work: &mut Work,
    token: &Token,
    purpose: &str,
    brought: &[u8],
    expires_at: i64,
) -> Result<(), Fault> {
    let id = work.id();
    sqlx::query(
        "INSERT INTO pending_link (id, token_hash, purpose, brought, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(token.digest())
    .bind(purpose)
    .bind(brought)
    .bind(expires_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// What waits, with its purpose; looking changes nothing.
pub(super) async fn waiting<'e>(
    db: impl Executor<'e, Database = Any>,
    token: &Token,
    now: i64,
) -> Result<Option<(String, Vec<u8>)>, Fault> {
    Ok(sqlx::query_as(
        "SELECT purpose, brought FROM pending_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// What an account that waits in the caller's browser was brought for.
pub(super) async fn waits_for<'e>(
    db: impl Executor<'e, Database = Any>,
    caller: &Caller,
    now: i64,
) -> Result<Option<String>, Fault> {
    match &caller.pending_link {
        Some(token) => Ok(waiting(db, token, now).await?.map(|(purpose, _)| purpose)),
        None => Ok(None),
    }
}

/// Takes what waits: single use, in one statement.
pub(super) async fn take(work: &mut Work, token: &Token) -> Result<Option<Vec<u8>>, Fault> {
    let now = work.now();
    Ok(sqlx::query_scalar(
        "UPDATE pending_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING brought",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Removes visits and what they brought, once their time is over, at most `batch` of each; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let now = work.now();
    let visits = work
        .purge(
            "DELETE FROM provider_visit WHERE id IN \
             (SELECT id FROM provider_visit WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            batch,
        )
        .await?;
    let brought = work
        .purge(
            "DELETE FROM pending_link WHERE id IN \
             (SELECT id FROM pending_link WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            now,
            batch,
        )
        .await?;
    Ok(visits + brought)
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, provider, subject, shown, linked_at, last_used_at FROM linked_account \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
