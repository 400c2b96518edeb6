//! Rate limits that hold over restarts and across processes: at most so many of one thing by one subject in a window.

use domain::address::EmailAddress;

use crate::clock::DAY_MS;
use crate::dataset::{self, Category, DataSet, Purge, Retention};
use crate::error::Failure;
use crate::tx::Tx;

/// The longest window.
pub const LONGEST_MS: i64 = DAY_MS;

/// What requests are counted by.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// The network that the request comes from.
    Network,
    /// An e-mail address, whether a member has it or not.
    Address(&'a EmailAddress),
    /// A member, by id.
    Member(&'a str),
}

impl Subject<'_> {
    /// What is stored. Networks and addresses cannot be read from it, nor tried out against it.
    fn key(self, what: &str, tx: &Tx) -> String {
        let mac = |value: &str| tx.site_key().mac("counter", &[what, value]);
        match self {
            Self::Network => mac(&tx.ctx().request().network),
            Self::Address(address) => mac(&address.key()),
            // Not hashed, so that `forget` finds it.
            Self::Member(id) => id.to_owned(),
        }
    }
}

/// Takes one of `most` in a window of `window_ms` (at most [`LONGEST_MS`]); false when they are used up. It is one
/// statement, so parallel requests cannot slip past.
pub async fn try_acquire(
    tx: &mut Tx,
    what: &str,
    subject: Subject<'_>,
    most: i64,
    window_ms: i64,
) -> Result<bool, Failure> {
    let (key, now) = (subject.key(what, tx), tx.now());
    let taken: i64 = sqlx::query_scalar(
        "INSERT INTO rate_limit (what, subject, taken, resets_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (what, subject) DO UPDATE SET \
           taken = CASE WHEN rate_limit.resets_at <= $4 THEN 1 ELSE rate_limit.taken + 1 END, \
           resets_at = CASE WHEN rate_limit.resets_at <= $4 THEN excluded.resets_at ELSE rate_limit.resets_at END \
         RETURNING taken",
    )
    .bind(what)
    .bind(key)
    .bind(now + window_ms.min(LONGEST_MS))
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    Ok(taken <= most)
}

/// Removes a member's counters ([`Subject::Member`]).
pub async fn forget(tx: &mut Tx, member_id: &str) -> Result<(), Failure> {
    sqlx::query("DELETE FROM rate_limit WHERE subject = $1").bind(member_id).execute(tx.conn()).await?;
    Ok(())
}

/// Counters of e-mails and attempts.
pub const DATA: DataSet = DataSet {
    table: "rate_limit",
    categories: &[Category { name: "counters", retention: |_| Some(Retention::For(LONGEST_MS)) }],
    export: None,
    purge: &[Purge::Delete(
        "DELETE FROM rate_limit WHERE (what, subject) IN \
         (SELECT what, subject FROM rate_limit WHERE resets_at <= $1 ORDER BY resets_at LIMIT $2)",
        dataset::now,
    )],
};
