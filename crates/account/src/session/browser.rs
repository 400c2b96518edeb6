//! The browsers of a member: known since their first sign-in, some of them trusted (信頼済み端末, MP-57). What is
//! stored is the pair of member and browser, so that two members of one browser never mix.

use platform::context::Ctx;
use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::secret::Token;
use platform::tx::Tx;
use sqlx::{Any, Executor, FromRow};

use crate::lock::LockedAccount;

/// The browser of the present sign-in.
pub(super) struct Seen {
    /// The pair's id.
    pub id: String,
    /// The browser's secret: the one that the request carried, or a new one.
    pub token: Token,
    /// Whether the member never signed in with it before.
    pub first: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    first_seen_at: i64,
}

/// Records a sign-in with the browser of the request.
pub(super) async fn seen(tx: &mut Tx, account: &LockedAccount) -> Result<Seen, Failure> {
    let token = own_or_new(tx, account).await?;
    tx.adopt_browser(token.clone());
    let (id, now, ctx) = (tx.id(), tx.now(), tx.ctx().clone());
    let row: Row = sqlx::query_as(
        "INSERT INTO member_browser (id, member_id, token_hash, browser, network, first_seen_at, last_seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (member_id, token_hash) DO UPDATE SET \
         browser = excluded.browser, network = excluded.network, last_seen_at = excluded.last_seen_at \
         RETURNING id, first_seen_at",
    )
    .bind(&id)
    .bind(account.id())
    .bind(token.digest())
    .bind(&ctx.request().user_agent)
    .bind(&ctx.request().network)
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    Ok(Seen { first: row.id == id && row.first_seen_at == now, id: row.id, token })
}

/// The secret that the request carried, if the member signed in with it before. Else an attacker may have planted it,
/// to share the browser that the member will be known or trusted by: the browser gets a new one, and its other
/// members' rows move to that.
async fn own_or_new(tx: &mut Tx, account: &LockedAccount) -> Result<Token, Failure> {
    let ctx = tx.ctx().clone();
    let Some(brought) = &ctx.request().browser else { return Ok(tx.token()) };
    if known(&mut *tx.conn(), &ctx, account.id()).await?.is_some() {
        return Ok(brought.clone());
    }
    let fresh = tx.token();
    sqlx::query("UPDATE member_browser SET token_hash = $2 WHERE token_hash = $1")
        .bind(brought.digest())
        .bind(fresh.digest())
        .execute(tx.conn())
        .await?;
    Ok(fresh)
}

/// The pair of a member and the browser of the request, if they signed in with it before.
pub async fn known<'e>(
    db: impl Executor<'e, Database = Any>,
    ctx: &Ctx,
    member_id: &str,
) -> Result<Option<String>, Failure> {
    let Some(browser) = &ctx.request().browser else { return Ok(None) };
    Ok(sqlx::query_scalar("SELECT id FROM member_browser WHERE member_id = $1 AND token_hash = $2")
        .bind(member_id)
        .bind(browser.digest())
        .fetch_optional(db)
        .await?)
}

/// Trusts the browser of the request for the days of the policy, counted from now (C-09).
pub async fn trust(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    let seen = seen(tx, account).await?;
    let now = tx.now();
    let until = now + tx.policy().trusted_browsers.valid_ms();
    sqlx::query(
        "UPDATE member_browser SET trusted_at = $2, trusted_until = $3, trust_used_at = NULL WHERE id = $1",
    )
    .bind(&seen.id)
    .bind(now)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the browser of the request is trusted, so that no second factor is needed; records the use.
pub async fn use_trust(tx: &mut Tx, account: &LockedAccount) -> Result<bool, Failure> {
    let policy = &tx.policy().trusted_browsers;
    let Some(browser) = tx.ctx().request().browser.clone().filter(|_| policy.offered) else {
        return Ok(false);
    };
    let now = tx.now();
    // Sites whose policy counts from the last use move the end on (C-42).
    let moved = match policy.counted {
        policy::TrustCounts::FromTicking => None,
        policy::TrustCounts::FromLastUse => Some(now + policy.valid_ms()),
    };
    let found: Option<String> = sqlx::query_scalar(
        "UPDATE member_browser SET trust_used_at = $3, trusted_until = COALESCE($4, trusted_until) \
         WHERE member_id = $1 AND token_hash = $2 AND trusted_until > $3 RETURNING id",
    )
    .bind(account.id())
    .bind(browser.digest())
    .bind(now)
    .bind(moved)
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.is_some())
}

/// Ends the trust in one browser of a member, or in all of them (`None`); returns how many were trusted.
pub async fn end_trust(tx: &mut Tx, account: &LockedAccount, id: Option<&str>) -> Result<u64, Failure> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE member_browser SET trusted_at = NULL, trusted_until = NULL \
         WHERE member_id = $1 AND ($2 IS NULL OR id = $2) AND trusted_until > $3",
    )
    .bind(account.id())
    .bind(id)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Makes a browser unknown to the member again.
pub async fn forget(tx: &mut Tx, account: &LockedAccount, id: &str) -> Result<(), Failure> {
    sqlx::query("DELETE FROM member_browser WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(account.id())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Browsers that a member signed in with, some of them trusted.
pub const DATA: DataSet = DataSet {
    table: "member_browser",
    categories: &[
        Category { name: "browsers", retention: |_| Some(Retention::WhileAccount) },
        Category {
            name: "trust",
            retention: |ctx| {
                let trusted = &ctx.policy().trusted_browsers;
                trusted.offered.then(|| Retention::For(trusted.valid_ms()))
            },
        },
    ],
    export: Some(
        "SELECT id AS key, browser, network, first_seen_at, last_seen_at, trusted_at, trusted_until, trust_used_at \
         FROM member_browser WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};
