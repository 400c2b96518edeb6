//! The server function of this slice. All words are made here, so that the page only draws.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::ActionError;
use crate::ui::time::Moment;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// What one can see alone, and everything.
    pub filters: Vec<Filter>,
    /// The records, newest first.
    pub rows: Vec<Row>,
    /// Where the newest ones are; empty: here.
    pub newest: String,
    /// Where older ones are; empty: there are none.
    pub older: String,
}

/// A link that shows one kind of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is what is shown.
    pub here: bool,
}

/// One record, or several that are shown as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// When the (first of them) happened, where there are several.
    pub since: Option<Moment>,
    /// When the (last of them) happened.
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
    /// Each of several.
    pub each: Vec<Row>,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "history", input = PostUrl, output = Json)]
pub async fn history(kind: String, before: String) -> Result<HistoryView, ActionError> {
    use super::said;
    use crate::request::{caller, desk, told};
    use identity::audit::Kind;
    use identity::sign_in_history::{fold, page};

    let (desk, caller) = (desk()?, caller()?);
    let kind = Kind::from_name(&kind);
    let page = page(&desk, &caller, kind, Some(&before)).await.map_err(told)?;
    Ok(HistoryView {
        filters: said::filters(kind, caller.locale),
        rows: fold(page.lines).iter().map(|row| said::row(row, caller.locale)).collect(),
        newest: if before.is_empty() { String::new() } else { said::address(kind, None) },
        older: page.older.map(|id| said::address(kind, Some(&id))).unwrap_or_default(),
    })
}
