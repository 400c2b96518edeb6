//! セッション管理 (MP-83): where a member is signed in, or would be again by 自動ログイン, and ending that from any browser.
//! [`account::session`] opens and ends sessions.
//!
//! Ending needs no fresh authentication: it only takes access away, and a member who lost a phone is in a hurry.

use std::collections::BTreeMap;

use account::audit::{self, Event, Line};
use account::lock;
use account::revoke::{Cause, revoke};
use account::session::{self, AuthMethod, over_up_to};
use platform::context::Ctx;
use platform::error::{Failure, Fault};
use sqlx::FromRow;

/// Rows shown at most. All sessions can be ended at once, listed or not.
const MOST: i64 = 100;

/// A browser that is signed in, or will be by 自動ログイン.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The session: the newest of a remembered browser.
    pub id: String,
    /// Its `User-Agent`.
    pub browser: String,
    /// The network address of its last request.
    pub network: String,
    /// Unix ms: when it was opened.
    pub created_at: i64,
    /// Unix ms: its last request, to the minute.
    pub last_seen_at: i64,
    /// The authentication methods shown in it, in that order.
    pub methods: Vec<AuthMethod>,
    /// Whether 自動ログイン starts it again.
    pub remembered: bool,
    /// Whether it is the session of this request.
    pub here: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    browser: String,
    last_network: String,
    created_at: i64,
    last_seen_at: i64,
    remembered_id: Option<String>,
    here: i64,
}

/// The member's sessions, this one first, then by last use; at most [`MOST`]. They are the open sessions of browsers
/// that are not remembered, and the newest session of each remembered browser, open or not: it starts the next one by
/// itself. Both parts of the statement begin at an index with few other rows.
pub async fn list(ctx: &Ctx) -> Result<Vec<Listed>, Fault> {
    let me = ctx.member()?;
    let now = ctx.now();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, browser, last_network, created_at, last_seen_at, remembered_id, \
         CASE WHEN id = $2 OR remembered_id = $3 THEN 1 ELSE 0 END AS here \
         FROM (SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, \
         r.id AS remembered_id FROM session s LEFT JOIN remembered_browser r \
         ON r.id = s.remembered_id AND r.ended_at IS NULL AND r.expires_at > $4 \
         WHERE s.member_id = $1 AND s.ended_at IS NULL AND s.last_seen_at > $5 AND r.id IS NULL \
         UNION ALL \
         SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, \
         r.id AS remembered_id FROM remembered_browser r JOIN session s ON s.id = \
         (SELECT n.id FROM session n WHERE n.member_id = $1 AND n.remembered_id = r.id ORDER BY n.id DESC LIMIT 1) \
         WHERE r.member_id = $1 AND r.ended_at IS NULL AND r.expires_at > $4) AS listed \
         ORDER BY here DESC, last_seen_at DESC, id DESC LIMIT $6",
    )
    .bind(&me.member_id)
    .bind(&me.session_id)
    .bind(me.remembered_id.as_deref())
    .bind(now)
    .bind(over_up_to(ctx.app(), now))
    .bind(MOST)
    .fetch_all(ctx.readers())
    .await?;
    let mut methods = methods(ctx, &me.member_id).await?;
    let listed = |row: Row| Listed {
        methods: methods.remove(&row.id).unwrap_or_default(),
        id: row.id,
        browser: row.browser,
        network: row.last_network,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        remembered: row.remembered_id.is_some(),
        here: row.here == 1,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// What was shown in the sessions of a list, in one statement.
async fn methods(ctx: &Ctx, member_id: &str) -> Result<BTreeMap<String, Vec<AuthMethod>>, Failure> {
    let shown: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.session_id, p.method FROM session_proof p WHERE p.session_id IN \
         (SELECT s.id FROM session s WHERE s.member_id = $1 AND s.ended_at IS NULL \
         UNION SELECT (SELECT n.id FROM session n WHERE n.member_id = $1 AND n.remembered_id = r.id \
         ORDER BY n.id DESC LIMIT 1) FROM remembered_browser r WHERE r.member_id = $1 AND r.ended_at IS NULL) \
         ORDER BY p.at, p.method",
    )
    .bind(member_id)
    .fetch_all(ctx.readers())
    .await?;
    let mut by_session: BTreeMap<String, Vec<AuthMethod>> = BTreeMap::new();
    for (session_id, method) in shown {
        if let Ok(method) = method.parse() {
            by_session.entry(session_id).or_default().push(method);
        }
    }
    Ok(by_session)
}

/// Ends one session and the 自動ログイン of its browser. If it is over, or another member's, nothing happens: the page shows
/// what is left.
pub async fn end(ctx: &Ctx, session_id: &str) -> Result<(), Fault> {
    let me = ctx.member()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if session::end(&mut tx, &account, session_id).await? {
        let line = Line::of(account.id(), Event::SessionEnded).within(me.session_id.as_str());
        audit::write(&mut tx, line).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends all sessions but this one, and every other browser's 自動ログイン.
pub async fn end_others(ctx: &Ctx) -> Result<(), Fault> {
    ctx.member()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    revoke(&mut tx, &account, Cause::OthersEnded).await?;
    Ok(tx.commit().await?)
}
