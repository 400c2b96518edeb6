//! Counters that hold over restarts and several processes: "at most so many of this in that time".

use domain::address::EmailAddress;

use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::work::Work;

/// The longest window: nothing is counted for longer.
pub(crate) const LONGEST_MS: i64 = DAY_MS;

/// Whose is counted.
#[derive(Clone, Copy)]
pub enum Of<'a> {
    /// The network that the caller comes from.
    Network,
    /// An address, whether somebody has it or not.
    Address(&'a EmailAddress),
    /// A member, by id.
    Member(&'a str),
}

impl Of<'_> {
    /// What stands in the table. Networks and addresses cannot be read, or tried out, from it.
    fn name(self, what: &str, work: &Work) -> String {
        let mac = |value: &str| work.desk().site_key.mac("counter", &[what, value]);
        match self {
            Self::Network => [what, ":", &mac(&work.caller().network)].concat(),
            Self::Address(address) => [what, ":", &mac(&address.key())].concat(),
            // In the clear, for `forget`.
            Self::Member(id) => [what, ":", id].concat(),
        }
    }
}

/// Takes one of `most` in a window of `window_ms`; false when they are used up. One statement judges, so
/// parallel requests cannot slip past.
pub async fn take(work: &mut Work, what: &str, of: Of<'_>, most: i64, window_ms: i64) -> Result<bool, Fault> {
    let (name, now) = (of.name(what, work), work.now());
    let taken: i64 = sqlx::query_scalar(
        "INSERT INTO counter (name, taken, resets_at) VALUES ($1, 1, $2) \
         ON CONFLICT (name) DO UPDATE SET \
           taken = CASE WHEN counter.resets_at <= $3 THEN 1 ELSE counter.taken + 1 END, \
           resets_at = CASE WHEN counter.resets_at <= $3 THEN excluded.resets_at ELSE counter.resets_at END \
         RETURNING taken",
    )
    .bind(name)
    .bind(now + window_ms.min(LONGEST_MS))
    .bind(now)
    .fetch_one(work.conn())
    .await?;
    Ok(taken <= most)
}

/// Removes counters whose window is over, at most `batch` at a time; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM counter WHERE name IN (SELECT name FROM counter WHERE resets_at <= $1 ORDER BY resets_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// Removes a member's counters ([`Of::Member`]). The table is small, what is over is purged.
pub(crate) async fn forget(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM counter WHERE name LIKE '%:' || $1")
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}
