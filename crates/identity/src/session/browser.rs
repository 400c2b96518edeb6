//! The browsers of a member: known since their first sign-in, some of them trusted (信頼済み端末, MP-57). What is
//! kept is the pair of member and browser, so that two members of one browser never mix.

use sqlx::{Any, Executor, FromRow};

use crate::caller::Caller;
use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// A browser that somebody just signed in with.
pub(super) struct Seen {
    /// The pair's id.
    pub id: String,
    /// The browser's secret: the one it brought, or a new one.
    pub device: Token,
    /// Whether it was the first time.
    pub first: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    first_seen_at: i64,
}

/// Notes a sign-in with the caller's browser.
pub(super) async fn seen(work: &mut Work, member_id: &str) -> Result<Seen, Fault> {
    let device = brought_or_new(work, member_id).await?;
    work.meet(device.clone());
    let (id, now) = (work.id(), work.now());
    let (network, browser) = (work.caller().network.clone(), work.caller().browser.clone());
    let row: Row = sqlx::query_as(
        "INSERT INTO member_browser (id, member_id, token_hash, browser, network, first_seen_at, last_seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (member_id, token_hash) DO UPDATE SET \
         browser = excluded.browser, network = excluded.network, last_seen_at = excluded.last_seen_at \
         RETURNING id, first_seen_at",
    )
    .bind(&id)
    .bind(member_id)
    .bind(device.digest())
    .bind(browser)
    .bind(network)
    .bind(now)
    .fetch_one(work.conn())
    .await?;
    Ok(Seen { first: row.id == id && row.first_seen_at == now, id: row.id, device })
}

/// The secret that the browser brought, if the member signed in with it before. Else somebody may have planted it to
/// be known, or trusted, in the member's place: the browser gets a new one, and its other members move along.
async fn brought_or_new(work: &mut Work, member_id: &str) -> Result<Token, Fault> {
    let caller = work.caller().clone();
    let Some(brought) = &caller.device else { return Ok(work.token()) };
    if known(&mut *work.conn(), &caller, member_id).await?.is_some() {
        return Ok(brought.clone());
    }
    let fresh = work.token();
    sqlx::query("UPDATE member_browser SET token_hash = $2 WHERE token_hash = $1")
        .bind(brought.digest())
        .bind(fresh.digest())
        .execute(work.conn())
        .await?;
    Ok(fresh)
}

/// The pair of a member and the caller's browser, if they signed in with it before.
pub async fn known<'e>(
    db: impl Executor<'e, Database = Any>,
    caller: &Caller,
    member_id: &str,
) -> Result<Option<String>, Fault> {
    let Some(device) = &caller.device else { return Ok(None) };
    Ok(sqlx::query_scalar("SELECT id FROM member_browser WHERE member_id = $1 AND token_hash = $2")
        .bind(member_id)
        .bind(device.digest())
        .fetch_optional(db)
        .await?)
}

/// Trusts the caller's browser for the days of the policy, counted from now (C-09).
pub async fn trust(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let seen = seen(work, member_id).await?;
    let now = work.now();
    let until = now + work.desk().settings.policy.trusted_browsers.valid_ms();
    sqlx::query(
        "UPDATE member_browser SET trusted_at = $2, trusted_until = $3, trust_used_at = NULL WHERE id = $1",
    )
    .bind(&seen.id)
    .bind(now)
    .bind(until)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Whether the caller's browser need not show a second factor for this member. Notes the use.
pub async fn is_trusted(work: &mut Work, member_id: &str) -> Result<bool, Fault> {
    let policy = work.desk().settings.policy.trusted_browsers.clone();
    let Some(device) = work.caller().device.clone().filter(|_| policy.offered) else { return Ok(false) };
    let now = work.now();
    // Sites whose policy counts from the last use move the end on (C-42).
    let moved = match policy.counted {
        domain::policy::TrustCounts::FromTicking => None,
        domain::policy::TrustCounts::FromLastUse => Some(now + policy.valid_ms()),
    };
    let found: Option<String> = sqlx::query_scalar(
        "UPDATE member_browser SET trust_used_at = $3, trusted_until = COALESCE($4, trusted_until) \
         WHERE member_id = $1 AND token_hash = $2 AND trusted_until > $3 RETURNING id",
    )
    .bind(member_id)
    .bind(device.digest())
    .bind(now)
    .bind(moved)
    .fetch_optional(work.conn())
    .await?;
    Ok(found.is_some())
}

/// Forgets one trusted browser of a member, or all of them; how many were trusted.
pub async fn forget_trusted(work: &mut Work, member_id: &str, id: Option<&str>) -> Result<u64, Fault> {
    let now = work.now();
    let done = sqlx::query(
        "UPDATE member_browser SET trusted_at = NULL, trusted_until = NULL \
         WHERE member_id = $1 AND ($2 IS NULL OR id = $2) AND trusted_until > $3",
    )
    .bind(member_id)
    .bind(id)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Makes a browser one that the member never signed in with.
pub async fn forget_browser(work: &mut Work, member_id: &str, id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM member_browser WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, browser, network, first_seen_at, last_seen_at, trusted_at, trusted_until, trust_used_at \
     FROM member_browser WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
