//! The list, in one statement. Private to this slice.

use sqlx::FromRow;

use crate::desk::Desk;
use crate::fault::Fault;
use crate::session::{Current, ProvenBy, SecondBy, over_up_to};

/// Rows shown at most: nobody reads more, and all of them can be ended at once.
pub(super) const MOST: i64 = 100;

/// A browser that is signed in, or will be by itself.
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
    /// How the person came in.
    pub proven_by: Option<ProvenBy>,
    /// What the second step showed, where there was one.
    pub second_by: Option<SecondBy>,
    /// Whether 自動ログイン starts it again.
    pub remembered: bool,
    /// Whether it is the caller's own.
    pub here: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    browser: String,
    last_network: String,
    created_at: i64,
    last_seen_at: i64,
    proven_by: String,
    second_by: Option<String>,
    remembered_id: Option<String>,
    here: i64,
}

/// Open sessions of browsers that are not remembered, and the newest session of each that is, open or not: it starts
/// the next one by itself. Both begin at an index that holds little but what is listed.
pub(super) async fn list(desk: &Desk, me: &Current) -> Result<Vec<Listed>, Fault> {
    let now = desk.now();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, browser, last_network, created_at, last_seen_at, proven_by, second_by, remembered_id, \
         CASE WHEN id = $2 OR remembered_id = $3 THEN 1 ELSE 0 END AS here \
         FROM (SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, s.proven_by, s.second_by, \
         r.id AS remembered_id FROM session s LEFT JOIN remembered_browser r \
         ON r.id = s.remembered_id AND r.ended_at IS NULL AND r.expires_at > $4 \
         WHERE s.member_id = $1 AND s.ended_at IS NULL AND s.last_seen_at > $5 AND r.id IS NULL \
         UNION ALL \
         SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, s.proven_by, s.second_by, \
         r.id AS remembered_id FROM remembered_browser r JOIN session s ON s.id = \
         (SELECT n.id FROM session n WHERE n.member_id = $1 AND n.remembered_id = r.id ORDER BY n.id DESC LIMIT 1) \
         WHERE r.member_id = $1 AND r.ended_at IS NULL AND r.expires_at > $4) AS listed \
         ORDER BY here DESC, last_seen_at DESC, id DESC LIMIT $6",
    )
    .bind(&me.member_id)
    .bind(&me.session_id)
    .bind(&me.remembered_id)
    .bind(now)
    .bind(over_up_to(desk, now))
    .bind(MOST)
    .fetch_all(desk.db.readers())
    .await?;
    Ok(rows.into_iter().map(listed).collect())
}

fn listed(row: Row) -> Listed {
    Listed {
        id: row.id,
        browser: row.browser,
        network: row.last_network,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        proven_by: ProvenBy::from_name(&row.proven_by),
        second_by: row.second_by.as_deref().and_then(SecondBy::from_name),
        remembered: row.remembered_id.is_some(),
        here: row.here == 1,
    }
}
