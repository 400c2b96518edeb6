//! Signed-in browsers: opening, finding, renewing and ending sessions, and the browsers that asked to be
//! signed in again by themselves (自動ログイン). Foundation: slices decide when, this does it.
//!
//! A session is found by the digest of its cookie, lives while it is used (idle time by policy, MP-31), and an
//! ended one is refused at the next request. A remembered browser outlives it and starts a new one (C-08).

mod remembered;

use domain::locale::Locale;
use sqlx::FromRow;

pub use remembered::{Remember, resume};

use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// `last_seen_at` is written at most this often; the idle time is judged with it added.
const SEEN_EVERY_MS: i64 = MINUTE_MS;

/// How the person came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvenBy {
    /// With the password.
    Password,
    /// By completing the registration: the address and the password were proven.
    Registration,
    /// By a remembered browser.
    Remembered,
}

impl ProvenBy {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Registration => "registration",
            Self::Remembered => "remembered",
        }
    }
}

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
    /// Unix ms: when it was opened.
    pub created_at: i64,
    last_seen_at: i64,
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
    created_at: i64,
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
}

/// Opens a session for a member in the caller's browser, always with a token of its own (ASVS 7.2.4).
pub async fn open(
    work: &mut Work,
    member_id: &str,
    proven_by: ProvenBy,
    remember: Remember,
) -> Result<Opened, Fault> {
    let (remembered_id, kept) = remembered::settle(work, member_id, remember).await?;
    let (id, now, token) = (work.id(), work.now(), work.token());
    let (network, browser) = (work.caller().network.clone(), work.caller().browser.clone());
    sqlx::query(
        "INSERT INTO session (id, member_id, token_hash, remembered_id, proven_by, proven_at, network, browser, \
         created_at, last_seen_at, last_network) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6, $6, $7)",
    )
    .bind(&id)
    .bind(member_id)
    .bind(token.digest())
    .bind(remembered_id)
    .bind(proven_by.name())
    .bind(now)
    .bind(network)
    .bind(browser)
    .execute(work.conn())
    .await?;
    Ok(Opened { session_id: id, token, remember: kept })
}

/// The open session of a cookie, if it is still good. Reads one row; a write follows at most once a minute.
pub async fn find(desk: &Desk, token: &Token, network: &str) -> Result<Option<Current>, Fault> {
    let now = desk.now();
    let idle_ms = desk.settings.policy.session.idle_ms();
    let row: Option<Row> = sqlx::query_as(
        "SELECT s.id AS session_id, s.member_id, m.email, m.family_name, m.given_name, m.locale, s.remembered_id, \
         s.created_at, s.last_seen_at \
         FROM session s JOIN member m ON m.id = s.member_id \
         WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.last_seen_at > $2",
    )
    .bind(token.digest())
    .bind(now - idle_ms - SEEN_EVERY_MS)
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
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    }))
}

/// Gives an open session a new token; the old one is worth nothing any more.
pub async fn renew(work: &mut Work, current: &Current) -> Result<Token, Fault> {
    let (token, now) = (work.token(), work.now());
    sqlx::query("UPDATE session SET token_hash = $2, proven_at = $3 WHERE id = $1 AND ended_at IS NULL")
        .bind(&current.session_id)
        .bind(token.digest())
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(token)
}

/// Ends a session and the auto-login of its browser (MP-27).
pub async fn end(work: &mut Work, current: &Current) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(&current.session_id)
        .bind(now)
        .execute(work.conn())
        .await?;
    if let Some(id) = &current.remembered_id {
        remembered::forget(work, id).await?;
    }
    Ok(())
}

/// Ends all other sessions of the member and all other remembered browsers; how many sessions.
pub async fn end_others(work: &mut Work, current: &Current) -> Result<u64, Fault> {
    let now = work.now();
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(&current.member_id)
    .bind(&current.session_id)
    .bind(now)
    .execute(work.conn())
    .await?;
    remembered::forget_others(work, &current.member_id, current.remembered_id.as_deref()).await?;
    Ok(ended.rows_affected())
}
