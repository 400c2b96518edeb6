//! When a job last came to its end. Private to the jobs; what others may ask is [`super::last_purge`].

use sqlx::{Any, Executor};

use crate::fault::Fault;
use crate::work::Work;

/// Notes that a job came to its end now.
pub(super) async fn note(work: &mut Work, name: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "INSERT INTO job_run (name, last_at) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at",
    )
    .bind(name)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// When a job last came to its end (unix ms); `None`: it did not yet.
pub(super) async fn last<'e>(
    db: impl Executor<'e, Database = Any>,
    name: &str,
) -> Result<Option<i64>, Fault> {
    Ok(sqlx::query_scalar("SELECT last_at FROM job_run WHERE name = $1")
        .bind(name)
        .fetch_optional(db)
        .await?)
}
