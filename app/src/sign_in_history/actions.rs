//! The server function. All texts are made here, so that the page only renders them.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::ActionError;
use crate::ui::time::Moment;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// The links that show one kind, or all.
    pub filters: Vec<Filter>,
    /// The records, newest first.
    pub rows: Vec<Row>,
    /// The address of the newest ones; empty: this page.
    pub newest: String,
    /// The address of older ones; empty: there are none.
    pub older: String,
}

/// A link that shows one kind of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Its text.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is the one that is shown.
    pub here: bool,
}

/// One record, or several that are shown as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// When the first of several happened; `None`: it is one record.
    pub since: Option<Moment>,
    /// When it happened, or the last of several.
    pub at: Moment,
    /// What happened.
    pub what: String,
    /// Whether it was refused.
    pub refused: bool,
    /// Whether it happened in this browser.
    pub here: bool,
    /// Browser and system.
    pub browser: String,
    /// Place and network.
    pub from: String,
    /// The single records, where there are several.
    pub each: Vec<Row>,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "history", input = PostUrl, output = Json)]
pub async fn history(kind: String, before: String) -> Result<HistoryView, ActionError> {
    use crate::present::history;
    use crate::request::ctx;
    use identity::sign_in_history::{fold, page};

    let ctx = ctx()?;
    let kind = kind.parse().ok();
    let page = page(&ctx, kind, Some(&before)).await?;
    Ok(HistoryView {
        filters: history::filters(kind, ctx.locale()),
        rows: fold(page.lines).iter().map(|row| history::row(&ctx, row)).collect(),
        newest: if before.is_empty() { String::new() } else { history::address(kind, None) },
        older: page.older.map(|id| history::address(kind, Some(&id))).unwrap_or_default(),
    })
}
