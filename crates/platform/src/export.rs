//! What is stored about a member, as each table exports it ([`crate::dataset`]): rows of named values, page by page.
//! Never a secret, nor what is stored of one. The data export (`identity`) puts the tables together.

use crate::error::Failure;
use serde::{Deserialize, Serialize};
use sqlx::{Any, Column, Executor, Row};

/// Rows of a full page.
const PAGE_ROWS: i64 = 1_000;

/// One value of a row.
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
    /// The names of the values.
    pub names: Vec<String>,
    /// The values of each row.
    pub rows: Vec<Vec<Value>>,
    /// The key to continue after; `None`: this was the last page.
    #[serde(skip)]
    pub next: Option<String>,
}

/// Reads a page. The statement's first column is the key that pages are cut by, and is not part of the rows. Its
/// parameters are the member, the key after which to begin, and how many rows.
pub async fn page<'e>(
    db: impl Executor<'e, Database = Any>,
    statement: &'static str,
    member_id: &str,
    after: &str,
) -> Result<Page, Failure> {
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

/// Whether a number is a time (unix ms): every table names its times like this.
fn is_moment(name: &str) -> bool {
    name == "at" || ["_at", "_until", "_since"].iter().any(|end| name.ends_with(end))
}
