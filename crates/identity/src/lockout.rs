//! Wrong guesses in a row, and the lock that follows (MP-25, MP-50). A try is taken before it is judged: two hundred
//! at once are judged no more often than the threshold allows, on one process or on many, before and after a
//! restart. Who may guess how often is the policy's; which words the member reads is the slice's.

use domain::policy::SitePolicy;
use sqlx::{Any, Executor};

use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::work::Work;

/// How long tries for an address that nobody has are kept.
pub(crate) const STRANGERS_MS: i64 = 24 * crate::clock::HOUR_MS;

/// Whose guesses are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    name: String,
    member_id: Option<String>,
}

impl Counted {
    /// Passwords for a member, from browsers that never signed in.
    pub fn member(member_id: &str) -> Self {
        Self { name: format!("member:{member_id}"), member_id: Some(member_id.into()) }
    }

    /// Passwords for a member from a browser of theirs: nobody else can lock it (`member_browser.id`).
    pub fn browser(browser_id: &str, member_id: &str) -> Self {
        Self { name: format!("browser:{browser_id}"), member_id: Some(member_id.into()) }
    }

    /// Whether they come from a browser that signed in before.
    pub fn is_browser(&self) -> bool {
        self.name.starts_with("browser:")
    }

    /// Codes of a member's second step, all methods together (MP-50).
    pub fn second_step(member_id: &str) -> Self {
        Self { name: format!("step:{member_id}"), member_id: Some(member_id.into()) }
    }

    /// Passwords for an address that nobody has: it must cost what a member's costs.
    pub fn address(mac: &str) -> Self {
        Self { name: format!("address:{mac}"), member_id: None }
    }
}

/// When a lock begins and how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The wrong guess in a row that locks.
    pub threshold: u16,
    /// How long; `None`: until somebody ends it.
    pub lock_ms: Option<i64>,
}

impl Limit {
    /// For passwords (MP-25).
    pub fn passwords(policy: &SitePolicy) -> Self {
        Self { threshold: policy.sign_in.lock_threshold, lock_ms: policy.sign_in.lock_ms() }
    }

    /// For codes and passkeys of the second step (MP-50).
    pub fn second_step(policy: &SitePolicy) -> Self {
        Self { threshold: policy.second_factor.lock_threshold, lock_ms: Some(policy.second_factor.lock_ms()) }
    }
}

/// What a try may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// It may be judged.
    Open,
    /// It may be judged; if it is wrong, the lock has begun.
    Last,
    /// It must not be judged.
    Locked,
}

/// Takes a try.
pub async fn take(work: &mut Work, counted: &Counted, limit: Limit) -> Result<Try, Fault> {
    let now = work.now();
    let until = limit.lock_ms.map_or(i64::MAX, |ms| now + ms);
    let threshold = i64::from(limit.threshold.max(1));
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
    .bind(&counted.name)
    .bind(counted.member_id.as_deref())
    .bind(now)
    .bind(until)
    .bind(threshold)
    .fetch_one(work.conn())
    .await?;
    Ok(match tries.cmp(&threshold) {
        std::cmp::Ordering::Less => Try::Open,
        std::cmp::Ordering::Equal => Try::Last,
        std::cmp::Ordering::Greater => Try::Locked,
    })
}

/// Forgets the tries: the right answer was given.
pub async fn clear(work: &mut Work, counted: &Counted) -> Result<(), Fault> {
    sqlx::query("DELETE FROM lockout WHERE name = $1").bind(&counted.name).execute(work.conn()).await?;
    Ok(())
}

/// The same in a transaction of its own.
pub async fn release(desk: &Desk, caller: &Caller, counted: &Counted) -> Result<(), Fault> {
    let mut work = desk.work(caller).await?;
    clear(&mut work, counted).await?;
    work.finish().await
}

/// Forgets all password tries of a member, from wherever they came: a new password was set.
pub async fn clear_passwords(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM lockout WHERE member_id = $1 AND name <> $2")
        .bind(member_id)
        .bind(Counted::second_step(member_id).name)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Until when it is locked (unix ms), if it is.
pub async fn locked_until<'e>(
    db: impl Executor<'e, Database = Any>,
    counted: &Counted,
    now: i64,
) -> Result<Option<i64>, Fault> {
    Ok(sqlx::query_scalar("SELECT locked_until FROM lockout WHERE name = $1 AND locked_until > $2")
        .bind(&counted.name)
        .bind(now)
        .fetch_optional(db)
        .await?)
}

/// Removes old tries for addresses that nobody has, at most `batch` at a time; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM lockout WHERE name IN \
         (SELECT name FROM lockout WHERE member_id IS NULL AND last_at <= $1 ORDER BY last_at LIMIT $2)",
        work.now() - STRANGERS_MS,
        batch,
    )
    .await
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT name AS key, tries, last_at, locked_until FROM lockout \
     WHERE member_id = $1 AND name > $2 ORDER BY name LIMIT $3";
