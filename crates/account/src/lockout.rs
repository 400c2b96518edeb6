//! Wrong guesses in a row, and being locked out for a while (MP-25, MP-50). A try is counted before it is judged:
//! parallel guesses are judged no more often than the threshold allows, on one process or on many, before and after a
//! restart. The policy sets thresholds; use cases choose what the member reads.

use platform::clock::HOUR_MS;
use platform::context::Ctx;
use platform::dataset::{Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use policy::Policy;
use sqlx::{Any, Executor};

/// How long tries for an address without a member are kept.
const STRANGERS_MS: i64 = 24 * HOUR_MS;

/// What guesses are counted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptKey {
    name: String,
    member_id: Option<String>,
}

impl AttemptKey {
    /// Passwords for a member, from browsers that never signed in.
    pub fn member(member_id: &str) -> Self {
        Self { name: format!("member:{member_id}"), member_id: Some(member_id.into()) }
    }

    /// Passwords for a member from a known browser of theirs (`member_browser.id`): nobody else can lock it out.
    pub fn browser(browser_id: &str, member_id: &str) -> Self {
        Self { name: format!("browser:{browser_id}"), member_id: Some(member_id.into()) }
    }

    /// Whether they come from a browser that signed in before.
    pub fn is_browser(&self) -> bool {
        self.name.starts_with("browser:")
    }

    /// Second factors of a member, all methods together (MP-50).
    pub fn second_factor(member_id: &str) -> Self {
        Self { name: format!("step:{member_id}"), member_id: Some(member_id.into()) }
    }

    /// The member whose credential it is; `None`: no member has the address.
    pub fn member_id(&self) -> Option<&str> {
        self.member_id.as_deref()
    }

    /// Passwords for an address without a member, by its MAC: they must cost what a member's cost.
    pub fn address(mac: &str) -> Self {
        Self { name: format!("address:{mac}"), member_id: None }
    }
}

/// When a lockout begins and how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutRule {
    /// Which wrong guess in a row locks out.
    pub threshold: u16,
    /// How long (ms); `None`: until a new password is set.
    pub lock_ms: Option<i64>,
}

impl LockoutRule {
    /// For passwords (MP-25).
    pub fn passwords(policy: &Policy) -> Self {
        Self { threshold: policy.sign_in.lock_threshold, lock_ms: policy.sign_in.lock_ms() }
    }

    /// For codes and passkeys as a second factor (MP-50).
    pub fn second_factor(policy: &Policy) -> Self {
        Self { threshold: policy.second_factor.lock_threshold, lock_ms: Some(policy.second_factor.lock_ms()) }
    }
}

/// What a try may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may be judged.
    Allowed,
    /// It may be judged; if it is wrong, the lockout has begun.
    Final,
    /// It must not be judged.
    LockedOut,
}

/// Counts a try, and says whether it may be judged.
pub async fn begin_attempt(tx: &mut Tx, key: &AttemptKey, rule: LockoutRule) -> Result<Attempt, Failure> {
    let now = tx.now();
    let until = rule.lock_ms.map_or(i64::MAX, |ms| now + ms);
    let threshold = i64::from(rule.threshold.max(1));
    let tries: i64 = sqlx::query_scalar(
        "INSERT INTO lockout (name, member_id, tries, last_at, locked_until) \
         VALUES ($1, $2, 1, $3, CASE WHEN $5 <= 1 THEN $4 ELSE NULL END) \
         ON CONFLICT (name) DO UPDATE SET \
           tries = CASE WHEN lockout.locked_until <= $3 THEN 1 ELSE lockout.tries + 1 END, \
           locked_until = CASE \
             WHEN lockout.locked_until > $3 THEN lockout.locked_until \
             WHEN (CASE WHEN lockout.locked_until <= $3 THEN 1 ELSE lockout.tries + 1 END) >= $5 THEN $4 \
             ELSE NULL END, \
           last_at = $3 \
         RETURNING tries",
    )
    .bind(&key.name)
    .bind(key.member_id.as_deref())
    .bind(now)
    .bind(until)
    .bind(threshold)
    .fetch_one(tx.conn())
    .await?;
    Ok(match tries.cmp(&threshold) {
        std::cmp::Ordering::Less => Attempt::Allowed,
        std::cmp::Ordering::Equal => Attempt::Final,
        std::cmp::Ordering::Greater => Attempt::LockedOut,
    })
}

/// Forgets the tries: the right answer was given.
pub async fn clear(tx: &mut Tx, key: &AttemptKey) -> Result<(), Failure> {
    sqlx::query("DELETE FROM lockout WHERE name = $1").bind(&key.name).execute(tx.conn()).await?;
    Ok(())
}

/// The same in a transaction of its own.
pub async fn release(ctx: &Ctx, key: &AttemptKey) -> Result<(), Failure> {
    let mut tx = Tx::begin(ctx).await?;
    clear(&mut tx, key).await?;
    tx.commit().await
}

/// Forgets all password tries of a member, of every browser: a new password was set.
pub async fn clear_passwords(tx: &mut Tx, member_id: &str) -> Result<(), Failure> {
    sqlx::query("DELETE FROM lockout WHERE member_id = $1 AND name <> $2")
        .bind(member_id)
        .bind(AttemptKey::second_factor(member_id).name)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Until when it is locked out (unix ms); `None`: it is not.
pub async fn locked_until<'e>(
    db: impl Executor<'e, Database = Any>,
    key: &AttemptKey,
    now: i64,
) -> Result<Option<i64>, Failure> {
    Ok(sqlx::query_scalar("SELECT locked_until FROM lockout WHERE name = $1 AND locked_until > $2")
        .bind(&key.name)
        .bind(now)
        .fetch_optional(db)
        .await?)
}

/// Wrong guesses, and until when a key is locked out.
pub const DATA: DataSet = DataSet {
    table: "lockout",
    categories: &[
        Category { name: "tries", retention: |_| Some(Retention::WhileAccount) },
        Category { name: "strangers_tries", retention: |_| Some(Retention::For(STRANGERS_MS)) },
    ],
    export: Some(
        "SELECT name AS key, tries, last_at, locked_until FROM lockout \
         WHERE member_id = $1 AND name > $2 ORDER BY name LIMIT $3",
    ),
    purge: &[Purge::Delete(
        "DELETE FROM lockout WHERE name IN \
         (SELECT name FROM lockout WHERE member_id IS NULL AND last_at <= $1 ORDER BY last_at LIMIT $2)",
        |ctx| Some(ctx.now() - STRANGERS_MS),
    )],
};
