//! Accounts of outside providers that members sign in with (MP-62, MP-64). [`platform::upstream`] speaks with
//! providers; use cases decide when an account is linked.

use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use platform::upstream::Identity;
use sqlx::{Any, Executor, FromRow};

use crate::lock::LockedAccount;

/// A link as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Link {
    /// The provider's id.
    pub provider: String,
    /// The account as its owner recognises it; `None`: the provider gave neither address nor name.
    pub shown: Option<String>,
    /// Unix ms.
    pub linked_at: i64,
    /// Unix ms: the last sign-in with it.
    pub last_used_at: Option<i64>,
}

/// All links of a member.
pub async fn of_member<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Vec<Link>, Failure> {
    Ok(sqlx::query_as(
        "SELECT provider, shown, linked_at, last_used_at FROM linked_account WHERE member_id = $1 ORDER BY id",
    )
    .bind(member_id)
    .fetch_all(db)
    .await?)
}

/// The member that a provider's account is linked to.
pub async fn owner<'e>(
    db: impl Executor<'e, Database = Any>,
    identity: &Identity,
) -> Result<Option<String>, Failure> {
    Ok(sqlx::query_scalar("SELECT member_id FROM linked_account WHERE provider = $1 AND subject = $2")
        .bind(&identity.provider)
        .bind(&identity.subject)
        .fetch_optional(db)
        .await?)
}

/// Records a sign-in with a linked account.
pub async fn used(tx: &mut Tx, account: &LockedAccount, provider: &str) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("UPDATE linked_account SET last_used_at = $3 WHERE member_id = $1 AND provider = $2")
        .bind(account.id())
        .bind(provider)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Links an account. False: it is linked already, or the member has a link to this provider; the database judges
/// (MP-62).
pub async fn insert(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    identity: &Identity,
) -> Result<bool, Failure> {
    let (id, now) = (tx.id(), tx.now());
    let done = sqlx::query(
        "INSERT INTO linked_account (id, member_id, provider, subject, shown, session_id, linked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(account.id())
    .bind(&identity.provider)
    .bind(&identity.subject)
    .bind(identity.shown())
    .bind(session_id)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a member's link to a provider; false when there is none.
pub async fn remove(tx: &mut Tx, account: &LockedAccount, provider: &str) -> Result<bool, Failure> {
    let done = sqlx::query("DELETE FROM linked_account WHERE member_id = $1 AND provider = $2")
        .bind(account.id())
        .bind(provider)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes all links of a member; returns their providers.
pub async fn remove_all(tx: &mut Tx, account: &LockedAccount) -> Result<Vec<String>, Failure> {
    Ok(sqlx::query_scalar("DELETE FROM linked_account WHERE member_id = $1 RETURNING provider")
        .bind(account.id())
        .fetch_all(tx.conn())
        .await?)
}

/// Linked accounts.
pub const DATA: DataSet = DataSet {
    table: "linked_account",
    categories: &[Category {
        name: "linked_accounts",
        retention: |ctx| (!ctx.settings().providers.is_empty()).then_some(Retention::UntilRemoved),
    }],
    export: Some(
        "SELECT id AS key, provider, subject, shown, linked_at, last_used_at FROM linked_account \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};
