//! Work that no request waits for: the queue of jobs in the database, and the workers of this process.
//!
//! A job is a row of `job`: its kind says which worker does it, its key which job of that kind it is, so that two
//! requests for the same make one job. A worker claims it by moving the end of its lease on. Of several processes one
//! gets it, and if that one dies the job is due again when the lease is over. Doing a job twice must do no harm.

use std::future::Future;
use std::time::Duration;

use sqlx::FromRow;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app_context::AppContext;
use crate::clock::MINUTE_MS;
use crate::dataset::{Category, DataSet, Retention};
use crate::error::Failure;
use crate::tx::Tx;

/// How long a worker may take before another one may begin again; [`extend`] moves it on.
const LEASE_MS: i64 = MINUTE_MS;

/// A job that this process has taken.
#[derive(Debug, FromRow)]
pub struct Job {
    /// Its row.
    pub id: String,
    /// Which job of its kind.
    pub key: String,
    /// Unix ms. Another value in the row means that another worker has the job now.
    leased_until: i64,
}

/// Puts in a job that is due from `run_at` (unix ms) on; false when one of that kind and key exists.
pub async fn enqueue(tx: &mut Tx, kind: &'static str, key: &str, run_at: i64) -> Result<bool, Failure> {
    let id = tx.id();
    let added = sqlx::query(
        "INSERT INTO job (id, kind, key, run_at, leased_until) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (kind, key) DO NOTHING",
    )
    .bind(id)
    .bind(kind)
    .bind(key)
    .bind(run_at)
    .execute(tx.conn())
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Claims the job of a kind that has been due for longest.
pub async fn claim(app: &AppContext, kind: &'static str) -> Result<Option<Job>, Failure> {
    let now = app.clock.now();
    let taken = sqlx::query_as(
        "UPDATE job SET leased_until = $1 \
         WHERE id = (SELECT id FROM job WHERE kind = $3 AND run_at <= $2 AND leased_until <= $2 \
                     ORDER BY run_at, id LIMIT 1) \
           AND run_at <= $2 AND leased_until <= $2 \
         RETURNING id, key, leased_until",
    )
    .bind(now + LEASE_MS)
    .bind(now)
    .bind(kind)
    .fetch_all(&mut *app.db.writing().await?)
    .await?;
    Ok(taken.into_iter().next())
}

/// Moves the lease on; false when the job is lost. Must be the first statement of its transaction.
pub async fn extend(tx: &mut Tx, job: &mut Job) -> Result<bool, Failure> {
    // Never the same value twice, so that a worker that slept notices that another one has the job.
    let until = (tx.now() + LEASE_MS).max(job.leased_until + 1);
    let extended = sqlx::query("UPDATE job SET leased_until = $3 WHERE id = $1 AND leased_until = $2")
        .bind(&job.id)
        .bind(job.leased_until)
        .bind(until)
        .execute(tx.conn())
        .await?;
    job.leased_until = until;
    Ok(extended.rows_affected() == 1)
}

/// Removes a job that is done; false when it was lost.
pub async fn complete(tx: &mut Tx, job: &Job) -> Result<bool, Failure> {
    let done = sqlx::query("DELETE FROM job WHERE id = $1 AND leased_until = $2")
        .bind(&job.id)
        .bind(job.leased_until)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that a recurring job is done, and due again at `run_at` (unix ms); false when it was lost.
pub async fn reschedule(tx: &mut Tx, job: &Job, run_at: i64) -> Result<bool, Failure> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE job SET run_at = $3, leased_until = 0, done_at = $4 WHERE id = $1 AND leased_until = $2",
    )
    .bind(&job.id)
    .bind(job.leased_until)
    .bind(run_at)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// When a recurring job was last done by any process (unix ms); `None`: never yet.
pub async fn last_done(app: &AppContext, kind: &'static str) -> Result<Option<i64>, Failure> {
    let last: Option<Option<i64>> = sqlx::query_scalar("SELECT MAX(done_at) FROM job WHERE kind = $1")
        .bind(kind)
        .fetch_optional(app.db.readers())
        .await?;
    Ok(last.flatten())
}

/// The workers of this process. Each is one task that does what is due, then waits.
#[derive(Clone, Debug, Default)]
pub struct Workers {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Whether the workers were asked to stop. A worker checks it between two pieces of its work.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Starts a worker. `step` does what is due; `woken` or `pause`, whichever is first, ends the wait between two
    /// steps. A step that fails is logged and tried again after the next wait.
    pub fn start<S, W>(
        &self,
        name: &'static str,
        pause: Duration,
        mut step: impl FnMut() -> S + Send + 'static,
        mut woken: impl FnMut() -> W + Send + 'static,
    ) where
        S: Future<Output = Result<(), Failure>> + Send,
        W: Future<Output = ()> + Send,
    {
        let stopping = self.stop.clone();
        self.tracker.spawn(async move {
            while !stopping.is_cancelled() {
                if let Err(error) = step().await {
                    tracing::warn!(worker = name, %error, "a worker could not do its work; it tries again");
                }
                tokio::select! {
                    () = woken() => {}
                    () = tokio::time::sleep(pause) => {}
                    () = stopping.cancelled() => {}
                }
            }
        });
    }

    /// Lets each worker end its present piece of work, and waits no longer than `patience`. Another process, or this
    /// one after its next start, does what is left.
    pub async fn stop(self, patience: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            tracing::warn!("a worker did not end in time; its work is taken up later");
        }
    }
}

/// Pending jobs, and when recurring ones were last done.
pub const DATA: DataSet = DataSet {
    table: "job",
    categories: &[Category { name: "work", retention: |_| Some(Retention::Always) }],
    export: None,
    purge: &[],
};
