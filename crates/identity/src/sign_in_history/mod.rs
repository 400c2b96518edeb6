//! ログイン履歴: a member's own audit lines, newest first, page by page (MP-85 to MP-87). Nothing here deletes or
//! changes a line, and none is ever left out: repeated refusals are folded for display only. [`account::audit`] writes
//! lines; `app` puts them into words.

mod fold;
mod store;

pub use account::audit::{Event, Kind};
pub use fold::{Attempts, Row, fold};
use platform::context::Ctx;
use platform::error::{Denied, Fault};
use policy::HistoryShown;
use uuid::Uuid;

/// Lines of a page.
pub const PAGE_LINES: usize = 30;

/// What happened to the account, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// Its id; ids are in time order.
    pub id: String,
    /// Unix ms.
    pub at: i64,
    /// What happened; `None`: a newer release wrote it, whose events this one does not know.
    pub event: Option<Event>,
    /// The code of the refusal; `None`: it succeeded.
    pub refusal: Option<String>,
    /// How: the stored name of an authentication method.
    pub method: Option<String>,
    /// The network address it came from.
    pub network: String,
    /// The `User-Agent` it came with.
    pub browser: String,
    /// The stored name of who acted; `None`: an older release wrote it.
    pub actor: Option<String>,
    /// Why staff or the operator did it.
    pub reason: Option<String>,
    /// Whether it happened in the browser that is asking.
    pub here: bool,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Its lines, newest first.
    pub lines: Vec<HistoryLine>,
    /// What to ask for as `before` to get the page after it; `None`: this is the last one.
    pub older: Option<String>,
}

/// A page of the member's own lines: the newest ones, or those before the line `before`. Any page is one range of an
/// index, however long the history is. A cursor is only compared with the ids of the member's own lines, so a forged
/// one shows nothing else. An invalid one begins at the newest line.
pub async fn page(ctx: &Ctx, kind: Option<Kind>, before: Option<&str>) -> Result<HistoryPage, Fault> {
    let me = ctx.member()?;
    if ctx.policy().history.shown != HistoryShown::All {
        return Err(Denied::NotOffered.into());
    }
    let before = before.and_then(|typed| Uuid::try_parse(typed).ok()).unwrap_or(Uuid::max());
    let before = before.hyphenated().to_string();
    let mut rows = store::before(ctx.readers(), &me.member_id, kind, &before).await?;
    let more = rows.len() > PAGE_LINES;
    rows.truncate(PAGE_LINES);
    let older = rows.last().filter(|_| more).map(|row| row.id.clone());
    let lines = rows.into_iter().map(|row| row.line(me.browser_id.as_deref())).collect();
    Ok(HistoryPage { lines, older })
}
