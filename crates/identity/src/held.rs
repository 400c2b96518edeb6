//! What is held about a member, as every slice tells it of its own tables: rows of named values, page by page. Never a
//! secret, nor what is stored of one. Putting it together is [`crate::my_data`]'s.

use serde::{Deserialize, Serialize};
use sqlx::{Any, Column, Executor, Row};

use crate::fault::Fault;

/// Rows of a page.
const PAGE_ROWS: i64 = 1_000;

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Empty.
    Nothing,
    /// As it is.
    Text(String),
    /// As it is.
    Number(i64),
    /// Unix ms.
    Moment(i64),
}

/// Some rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// What the values are called.
    pub names: Vec<String>,
    /// The values of each row.
    pub rows: Vec<Vec<Value>>,
    /// What to ask for next; `None`: this was the last page.
    #[serde(skip)]
    pub next: Option<String>,
}

/// Reads a page. The statement's first column is the key that pages are told apart by, and is not shown; its
/// parameters are the member, the key after which to begin, and how many rows.
pub async fn page<'e>(
    db: impl Executor<'e, Database = Any>,
    statement: &'static str,
    member_id: &str,
    after: &str,
) -> Result<Page, Fault> {
    let found = sqlx::query(statement).bind(member_id).bind(after).bind(PAGE_ROWS).fetch_all(db).await?;
    let names: Vec<String> = match found.first() {
        Some(row) => row.columns().iter().skip(1).map(|column| column.name().to_owned()).collect(),
        None => Vec::new(),
    };
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) == PAGE_ROWS;
    let next = match found.last().filter(|_| full) {
        Some(row) => Some(row.try_get(0)?),
        None => None,
    };
    let value = |row: &sqlx::any::AnyRow, place: usize, name: &str| match row.try_get::<Option<i64>, _>(place)
    {
        Ok(None) => Ok(Value::Nothing),
        Ok(Some(ms)) if is_moment(name) => Ok(Value::Moment(ms)),
        Ok(Some(number)) => Ok(Value::Number(number)),
        Err(_) => {
            row.try_get::<Option<String>, _>(place).map(|text| text.map_or(Value::Nothing, Value::Text))
        }
    };
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let values = names.iter().enumerate().map(|(n, name)| value(row, n + 1, name));
        rows.push(values.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(Page { names, rows, next })
}

/// By its name: times are called so in every table.
fn is_moment(name: &str) -> bool {
    name == "at" || ["_at", "_until", "_since"].iter().any(|end| name.ends_with(end))
}
