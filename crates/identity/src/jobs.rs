//! Work that no request waits for: sending e-mails, building data exports, purging what expired. Several processes
//! can work on one database, since every piece of work is claimed by a statement.

use std::time::Duration;

use platform::app_context::AppContext;
use platform::context::Ctx;
use platform::error::Failure;
use platform::jobs::{self, Workers};
use platform::mail::outbox::{self, Lane};
use platform::mail::transport::Transport;
use platform::tx::Tx;
use std::sync::Arc;
use strum::IntoEnumIterator;

use crate::data_sets::data_sets;
use crate::{data_export, rolling_update};

/// How often workers look for work without being woken.
const LOOK: Duration = Duration::from_secs(2);
/// Senders of each lane: one may wait for a slow mail server while the other continues.
const SENDERS_PER_LANE: usize = 2;
/// The time from one purge to the next, and so how long a row may outlive its retention.
pub const BETWEEN_PURGES_MS: i64 = 5 * platform::clock::MINUTE_MS;
/// Rows removed in one transaction.
const BATCH: i64 = 500;
/// The recurring job.
const PURGE: &str = "purge";

/// Starts the workers of this process.
pub fn start(app: &AppContext, transport: Transport) -> Workers {
    let workers = Workers::default();
    let transport = Arc::new(transport);
    for lane in Lane::iter().cycle().take(SENDERS_PER_LANE * Lane::iter().count()) {
        start_sender(&workers, app, &transport, lane);
    }
    let (builder, stopping) = (app.clone(), workers.clone());
    start_quiet(&workers, "data export", move || {
        let (app, stopping) = (builder.clone(), stopping.clone());
        async move { build_exports(&app, || stopping.is_stopping()).await.map(drop) }
    });
    let (purger, stopping) = (app.clone(), workers.clone());
    start_quiet(&workers, "purge", move || {
        let (app, stopping) = (purger.clone(), stopping.clone());
        async move { purge_due(&app, || stopping.is_stopping()).await }
    });
    let (follower, started_at) = (app.clone(), app.clock.now());
    start_quiet(&workers, "rolling update", move || {
        let app = follower.clone();
        async move { rolling_update::follow(&app, started_at).await }
    });
    workers
}

fn start_sender(workers: &Workers, app: &AppContext, transport: &Arc<Transport>, lane: Lane) {
    let (app, transport, stopping) = (app.clone(), transport.clone(), workers.clone());
    let senders = app.senders.clone();
    workers.start(
        lane.into(),
        LOOK,
        move || {
            let (app, transport, stopping) = (app.clone(), transport.clone(), stopping.clone());
            async move { outbox::send_due(&app, &transport, lane, || stopping.is_stopping()).await.map(drop) }
        },
        move || {
            let senders = senders.clone();
            async move { senders.woken(lane).await }
        },
    );
}

/// A worker that only its pause wakes.
fn start_quiet<S>(workers: &Workers, name: &'static str, step: impl FnMut() -> S + Send + 'static)
where
    S: Future<Output = Result<(), Failure>> + Send,
{
    workers.start(name, LOOK, step, std::future::pending);
}

/// Purges if a purge is due and no other process does it. One that is stopped is done again when its lease is over.
pub async fn purge_due(app: &AppContext, stopped: impl Fn() -> bool) -> Result<(), Failure> {
    let ctx = Ctx::system(app, PURGE);
    let Some(mut job) = jobs::claim(app, PURGE).await? else { return Ok(()) };
    for data_set in data_sets() {
        for purge in data_set.purge {
            while !stopped() && purge.run(&ctx, BATCH).await? > 0 {
                let mut tx = Tx::begin(&ctx).await?;
                if !jobs::extend(&mut tx, &mut job).await? {
                    return Ok(());
                }
                tx.commit().await?;
            }
        }
    }
    if stopped() {
        return Ok(());
    }
    let mut tx = Tx::begin(&ctx).await?;
    let next = tx.now() + BETWEEN_PURGES_MS;
    jobs::reschedule(&mut tx, &job, next).await?;
    tx.commit().await
}

/// Builds the requested data exports until none is left or `stopped` returns true; returns how many were built.
pub async fn build_exports(app: &AppContext, stopped: impl Fn() -> bool) -> Result<usize, Failure> {
    let data_sets: Vec<_> = data_sets().collect();
    data_export::build_due(app, &data_sets, stopped).await
}

/// When a purge was last completed by any process (unix ms); `None`: never yet.
pub async fn last_purge(ctx: &Ctx) -> Result<Option<i64>, Failure> {
    jobs::last_done(ctx.app(), PURGE).await
}
