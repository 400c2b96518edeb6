//! The member's lines as rows. Private to this use case.

use account::audit::{Event, Kind};
use platform::error::Failure;
use sqlx::{Any, Executor, FromRow};

use super::{HistoryLine, PAGE_LINES};

#[derive(FromRow)]
pub(super) struct Row {
    pub id: String,
    at: i64,
    event: String,
    refusal: Option<String>,
    method: Option<String>,
    network: String,
    browser: String,
    browser_id: Option<String>,
    actor_kind: Option<String>,
    reason: Option<String>,
}

impl Row {
    /// As seen from one of the member's browsers.
    pub(super) fn line(self, here: Option<&str>) -> HistoryLine {
        HistoryLine {
            here: here.is_some() && self.browser_id.as_deref() == here,
            id: self.id,
            at: self.at,
            event: Event::from_name(&self.event),
            refusal: self.refusal,
            method: self.method,
            network: self.network,
            browser: self.browser,
            actor: self.actor_kind,
            reason: self.reason,
        }
    }
}

/// The newest lines before an id: one more than a page has, which shows that there are older ones.
pub(super) async fn before<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
    kind: Option<Kind>,
    before: &str,
) -> Result<Vec<Row>, Failure> {
    // Two statements, so that each is one range of one index: audit_member, audit_member_kind.
    let asked = match kind {
        None => sqlx::query_as(
            "SELECT id, at, event, refusal, method, network, browser, browser_id, actor_kind, reason FROM audit \
             WHERE member_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        ),
        Some(_) => sqlx::query_as(
            "SELECT id, at, event, refusal, method, network, browser, browser_id, actor_kind, reason FROM audit \
             WHERE member_id = $1 AND id < $2 AND kind = $4 ORDER BY id DESC LIMIT $3",
        ),
    };
    let limit = i64::try_from(PAGE_LINES + 1).unwrap_or(i64::MAX);
    let asked = asked.bind(member_id).bind(before).bind(limit);
    let asked = match kind {
        None => asked,
        Some(kind) => asked.bind(<&str>::from(kind)),
    };
    Ok(asked.fetch_all(db).await?)
}
