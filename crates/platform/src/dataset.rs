//! What a table holds: which kinds of data, what a member's data export reads of it, how long a row lives, and what
//! removes it. Each module declares its tables once. The data export, the page about stored data and the purge are made
//! of the declarations.

use std::future::Future;
use std::pin::Pin;

use crate::context::Ctx;
use crate::error::Failure;
use crate::tx::Tx;

/// A table.
#[derive(Clone, Copy)]
pub struct DataSet {
    /// Its name.
    pub table: &'static str,
    /// The kinds of data in it, as the page about stored data lists them.
    pub categories: &'static [Category],
    /// What reads the rows of a member for their data export ([`crate::export::page`]); `None`: nothing in it is a
    /// member's, or another table exports it.
    pub export: Option<&'static str>,
    /// What removes rows whose time is over.
    pub purge: &'static [Purge],
}

/// A kind of data. Several tables may hold one kind.
#[derive(Clone, Copy)]
pub struct Category {
    /// The key of its text.
    pub name: &'static str,
    /// How long it is stored on this site; `None`: its policy does not have it.
    pub retention: fn(&Ctx) -> Option<Retention>,
}

/// How long something is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// While the account lives.
    WhileAccount,
    /// Until the member removes it, or withdraws.
    UntilRemoved,
    /// Until it was sent, or is of no use any more.
    UntilSent,
    /// This many ms after it was made.
    For(i64),
    /// This many ms after it expired.
    AfterItsTime(i64),
    /// For ever: it names no member.
    Always,
}

/// What removes rows whose time is over, one batch at a time.
#[derive(Clone, Copy)]
pub enum Purge {
    /// A statement: `$1` is the limit (unix ms; `None`: nothing is removed), `$2` the largest number of rows.
    Delete(&'static str, fn(&Ctx) -> Option<i64>),
    /// More than one statement.
    Run(PurgeFn),
}

/// Removes at most that many rows, and returns how many it removed.
pub type PurgeFn =
    for<'a> fn(&'a mut Tx, i64) -> Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send + 'a>>;

impl Purge {
    /// Removes a batch in a transaction of its own, so that no request waits long for the writer. Returns the
    /// number of rows.
    pub async fn run(self, ctx: &Ctx, batch: i64) -> Result<u64, Failure> {
        let mut tx = Tx::begin(ctx).await?;
        let gone = match self {
            Self::Delete(statement, before) => {
                let Some(before) = before(ctx) else { return Ok(0) };
                let gone = sqlx::query(statement).bind(before).bind(batch).execute(tx.conn()).await?;
                gone.rows_affected()
            }
            Self::Run(run) => run(&mut tx, batch).await?,
        };
        tx.commit().await?;
        Ok(gone)
    }
}

/// The limit for rows that store when they expire: now (unix ms).
pub fn now(ctx: &Ctx) -> Option<i64> {
    Some(ctx.now())
}
