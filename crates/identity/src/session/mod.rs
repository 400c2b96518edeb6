//! Signed-in browsers: opening, finding, renewing and ending sessions, and the browsers that asked to be
//! signed in again by themselves (自動ログイン). Foundation: slices decide when, this does it.
//!
//! A session is found by the digest of its cookie, lives while it is used (idle time by policy, MP-31), and an
//! ended one is refused at the next request. A remembered browser outlives it and starts a new one (C-08).

mod at_work;
mod browser;
mod proven;
mod remembered;

use domain::locale::Locale;
use sqlx::{Any, Executor, FromRow};

pub(crate) use at_work::{at_work, still_here};
pub(crate) use browser::HELD as HELD_BROWSERS;
pub use browser::{forget_browser, forget_trusted, is_trusted, known, trust};
pub use proven::{ProvenBy, SecondBy};
pub(crate) use remembered::HELD as HELD_REMEMBERED;
pub use remembered::{Claimed, Remember, claim, is_remembered};

use crate::audit::{self, Event, Line};
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::linked_accounts::TakenUp;
use crate::secret::Token;
use crate::work::Work;

/// `last_seen_at` is written at most this often; the idle time is judged with it added.
const SEEN_EVERY_MS: i64 = MINUTE_MS;
/// How long a proof counts for changing what protects the account.
pub const FRESH_MS: i64 = 10 * MINUTE_MS;

/// An open session with the member it belongs to: what every signed-in page needs, read in one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The session.
    pub session_id: String,
    /// The member.
    pub member_id: String,
    /// Their user ID.
    pub email: String,
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: Option<String>,
    /// Their language.
    pub locale: Locale,
    /// The remembered browser it belongs to, if the box was ticked.
    pub remembered_id: Option<String>,
    /// The `member_browser` it was opened in.
    pub browser_id: Option<String>,
    /// Unix ms: when it was opened.
    pub created_at: i64,
    /// Unix ms: when the member last proved in it to be themself.
    pub fresh_at: Option<i64>,
    last_seen_at: i64,
}

impl Current {
    /// Whether a proof was given within the last ten minutes.
    pub fn is_fresh(&self, now: i64) -> bool {
        self.fresh_at.is_some_and(|at| now - at < FRESH_MS)
    }
}

#[derive(FromRow)]
struct Row {
    session_id: String,
    member_id: String,
    email: String,
    family_name: String,
    given_name: Option<String>,
    locale: String,
    remembered_id: Option<String>,
    browser_id: Option<String>,
    created_at: i64,
    fresh_at: Option<i64>,
    last_seen_at: i64,
}

/// A session just opened: what the browser has to keep.
#[derive(Debug)]
pub struct Opened {
    /// The session's id.
    pub session_id: String,
    /// For the session cookie.
    pub token: Token,
    /// For the auto-login cookie, if one is to be kept, with its end (unix ms).
    pub remember: Option<(Token, i64)>,
    /// For the browser's own long-lived cookie.
    pub device: Token,
    /// Whether the member never signed in with this browser before.
    pub new_browser: bool,
    /// Whether this browser had brought an account from a provider. It waited for a sign-in, and here is one.
    pub brought: bool,
    /// What became of that account.
    pub taken_up: Option<TakenUp>,
}

/// Opens a session for a member in the caller's browser, always with a token of its own (ASVS 7.2.4). The browser
/// is known to the member from now on.
pub async fn open(
    work: &mut Work,
    member_id: &str,
    proven_by: ProvenBy,
    second_by: Option<SecondBy>,
    remember: Remember,
) -> Result<Opened, Fault> {
    let seen = browser::seen(work, member_id).await?;
    let (remembered_id, kept) = remembered::settle(work, member_id, remember).await?;
    let (id, now, token) = (work.id(), work.now(), work.token());
    let (network, browser) = (work.caller().network.clone(), work.caller().browser.clone());
    sqlx::query(
        "INSERT INTO session (id, member_id, token_hash, remembered_id, proven_by, proven_at, network, browser, \
         created_at, last_seen_at, last_network, second_by, second_at, fresh_at, browser_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6, $6, $7, $9, $10, $11, $12)",
    )
    .bind(&id)
    .bind(member_id)
    .bind(token.digest())
    .bind(remembered_id)
    .bind(proven_by.name())
    .bind(now)
    .bind(network)
    .bind(browser)
    .bind(second_by.map(SecondBy::name))
    .bind(second_by.map(|_| now))
    .bind(proven_by.is_fresh(second_by).then_some(now))
    .bind(&seen.id)
    .execute(work.conn())
    .await?;
    Ok(Opened {
        session_id: id,
        token,
        remember: kept,
        device: seen.device,
        new_browser: seen.first,
        brought: work.caller().pending_link.is_some(),
        taken_up: None,
    })
}

/// Notes which provider a session came in with.
pub(crate) async fn came_in_with(work: &mut Work, session_id: &str, provider: &str) -> Result<(), Fault> {
    sqlx::query("UPDATE session SET provider = $2 WHERE id = $1")
        .bind(session_id)
        .bind(provider)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Which provider a session came in with, or the one that had its browser remembered.
pub(crate) async fn provider_of<'e>(
    db: impl Executor<'e, Database = Any>,
    session_id: &str,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar(
        "SELECT provider FROM session WHERE provider IS NOT NULL AND (id = $1 \
         OR remembered_id = (SELECT remembered_id FROM session WHERE id = $1)) ORDER BY id DESC LIMIT 1",
    )
    .bind(session_id)
    .fetch_optional(db)
    .await?)
}

/// The open session of a cookie, if it is still good. Reads one row; a write follows at most once a minute.
pub async fn find(desk: &Desk, token: &Token, network: &str) -> Result<Option<Current>, Fault> {
    let now = desk.now();
    let row: Option<Row> = sqlx::query_as(
        "SELECT s.id AS session_id, s.member_id, m.email, m.family_name, m.given_name, m.locale, s.remembered_id, \
         s.browser_id, s.created_at, s.fresh_at, s.last_seen_at \
         FROM session s JOIN member m ON m.id = s.member_id \
         WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.last_seen_at > $2",
    )
    .bind(token.digest())
    .bind(over_up_to(desk, now))
    .fetch_optional(desk.db.readers())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.last_seen_at >= SEEN_EVERY_MS {
        sqlx::query(
            "UPDATE session SET last_seen_at = $2, last_network = $3 WHERE id = $1 AND last_seen_at < $2",
        )
        .bind(&row.session_id)
        .bind(now)
        .bind(network)
        .execute(&mut *desk.db.writing().await?)
        .await?;
    }
    Ok(Some(Current {
        locale: Locale::from_tag(&row.locale).ok_or(Fault::Damaged("member.locale"))?,
        session_id: row.session_id,
        member_id: row.member_id,
        email: row.email,
        family_name: row.family_name,
        given_name: row.given_name,
        remembered_id: row.remembered_id,
        browser_id: row.browser_id,
        created_at: row.created_at,
        fresh_at: row.fresh_at,
        last_seen_at: row.last_seen_at,
    }))
}

/// Gives an open session a new token after a proof; the old one is worth nothing any more.
pub async fn renew(work: &mut Work, current: &Current) -> Result<Token, Fault> {
    let (token, now) = (work.token(), work.now());
    sqlx::query("UPDATE session SET token_hash = $2, fresh_at = $3 WHERE id = $1 AND ended_at IS NULL")
        .bind(&current.session_id)
        .bind(token.digest())
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(token)
}

/// Ends a session and the auto-login of its browser (MP-27).
pub async fn end(work: &mut Work, current: &Current) -> Result<(), Fault> {
    end_with(work, &current.member_id, &current.session_id, current.remembered_id.as_deref()).await?;
    Ok(())
}

/// Ends a session of the member from anywhere, with the auto-login of its browser and whatever that started (MP-83).
/// False when there is no such session of theirs, or nothing of it was left to end.
pub async fn end_one(work: &mut Work, member_id: &str, session_id: &str) -> Result<bool, Fault> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT remembered_id FROM session WHERE id = $1 AND member_id = $2")
            .bind(session_id)
            .bind(member_id)
            .fetch_optional(work.conn())
            .await?;
    match found {
        Some(remembered_id) => end_with(work, member_id, session_id, remembered_id.as_deref()).await,
        None => Ok(false),
    }
}

/// The remembered browser first: one that is about to start a session is waited for, and that session ends too.
async fn end_with(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    remembered_id: Option<&str>,
) -> Result<bool, Fault> {
    let forgotten = match remembered_id {
        Some(id) => remembered::forget(work, id).await?,
        None => false,
    };
    let now = work.now();
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $4 \
         WHERE member_id = $1 AND (id = $2 OR remembered_id = $3) AND ended_at IS NULL",
    )
    .bind(member_id)
    .bind(session_id)
    .bind(remembered_id)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(forgotten || ended.rows_affected() > 0)
}

/// Ends all other sessions of the member and all other remembered browsers; how many sessions, or browsers if those
/// are more.
pub async fn end_others(work: &mut Work, current: &Current) -> Result<u64, Fault> {
    // In this order for the reason that `end_with` gives.
    let forgotten =
        remembered::forget_others(work, &current.member_id, current.remembered_id.as_deref()).await?;
    let now = work.now();
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(&current.member_id)
    .bind(&current.session_id)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(ended.rows_affected().max(forgotten))
}

/// Up to which `last_seen_at` a session is over by itself.
pub(crate) fn over_up_to(desk: &Desk, now: i64) -> i64 {
    now - desk.settings.policy.session.idle_ms() - SEEN_EVERY_MS
}

/// Marks sessions that are over by themselves as ended, when they came to be so: what is still open is few rows,
/// however many a member had. Their remembered browsers stay.
pub async fn end_idle(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let idle_ms = work.desk().settings.policy.session.idle_ms();
    let over = over_up_to(work.desk(), work.now());
    let ended = sqlx::query(
        "UPDATE session SET ended_at = last_seen_at + $2 WHERE ended_at IS NULL AND last_seen_at <= $1 \
         AND id IN (SELECT id FROM session WHERE ended_at IS NULL AND last_seen_at <= $1 \
         ORDER BY last_seen_at LIMIT $3)",
    )
    .bind(over)
    .bind(idle_ms)
    .bind(batch)
    .execute(work.conn())
    .await?;
    Ok(ended.rows_affected())
}

/// A session that may have been somebody else's.
#[derive(FromRow)]
pub(crate) struct Doubtful {
    /// Its id.
    pub id: String,
    /// The `member_browser` it was opened in.
    pub browser_id: Option<String>,
}

/// The given session of a member, and all that were opened since.
pub(crate) async fn doubtful(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    since: i64,
) -> Result<Vec<Doubtful>, Fault> {
    Ok(sqlx::query_as(
        "SELECT id, browser_id FROM session WHERE member_id = $1 AND (id = $2 OR created_at >= $3)",
    )
    .bind(member_id)
    .bind(session_id)
    .bind(since)
    .fetch_all(work.conn())
    .await?)
}

/// The sessions of a member that were opened in a browser since.
pub(crate) async fn followed(
    work: &mut Work,
    member_id: &str,
    browser_id: Option<&str>,
    since: i64,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM session WHERE member_id = $1 AND browser_id = $2 AND created_at >= $3",
    )
    .bind(member_id)
    .bind(browser_id)
    .bind(since)
    .fetch_all(work.conn())
    .await?)
}

/// The sessions of a member that came in with a provider since, and those of the browsers that it had remembered.
pub(crate) async fn opened_with(
    work: &mut Work,
    member_id: &str,
    provider: &str,
    since: i64,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM session WHERE member_id = $1 AND created_at >= $3 AND (provider = $2 OR remembered_id IN \
         (SELECT remembered_id FROM session WHERE member_id = $1 AND provider = $2 AND remembered_id IS NOT NULL))",
    )
    .bind(member_id)
    .bind(provider)
    .bind(since)
    .fetch_all(work.conn())
    .await?)
}

/// Ends what anybody may have opened with the old password: all sessions, all remembered and all trusted browsers of a
/// member. What there was of it stands in the history.
pub async fn end_everything(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let now = work.now();
    remembered::forget_others(work, member_id, None).await?;
    let ended = sqlx::query("UPDATE session SET ended_at = $2 WHERE member_id = $1 AND ended_at IS NULL")
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?
        .rows_affected();
    let trusted = forget_trusted(work, member_id, None).await?;
    for (gone, event) in [(ended, Event::OtherSessionsEnded), (trusted, Event::TrustForgotten)] {
        if gone > 0 {
            audit::write(work, Line::of(member_id, event)).await?;
        }
    }
    Ok(())
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, created_at, browser, network, proven_by, provider, proven_at, second_by, second_at, fresh_at, \
     last_seen_at, last_network, ended_at FROM session \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
