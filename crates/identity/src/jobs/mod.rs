//! Work that no page waits for: sending letters, purging or closing what is over. One task per process; several
//! processes on one database do not get in each other's way, since every step is claimed in a statement.

mod run;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::audit;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::mail::outbox;
use crate::mail::transport::Transport;
use crate::proof::{mail_code, passkey, temporary_password};
use crate::{
    alerts, email_change, limits, linked_accounts, lockout, member, my_data, password_reset, registration,
    session, sign_in, withdrawal,
};

/// How often the outbox is looked at without being rung: for letters that are due again.
const LOOK: Duration = Duration::from_secs(2);
/// How many looks lie between two purges.
const LOOKS_PER_PURGE: u32 = 150;
/// Rows removed in one transaction.
const BATCH: i64 = 500;
/// The purge's name in the table of jobs.
const PURGE: &str = "purge";

/// The running jobs.
pub struct Jobs {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
    builder: JoinHandle<()>,
}

impl Jobs {
    /// Starts them.
    pub fn start(desk: Desk, transport: Transport) -> Self {
        let stop = Arc::new(Notify::new());
        let stopped = stop.clone();
        let builder = tokio::spawn(build(desk.clone()));
        let task = tokio::spawn(async move {
            let mut looks = 0;
            loop {
                if let Err(fault) = outbox::send_due(&desk, &transport).await {
                    tracing::warn!(error = %fault, "the outbox could not be read; it is tried again");
                }
                if looks == 0
                    && let Err(fault) = purge(&desk).await
                {
                    tracing::warn!(error = %fault, "the purge could not run; it is tried again");
                }
                looks = (looks + 1) % LOOKS_PER_PURGE;
                tokio::select! {
                    () = desk.bell.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    () = stopped.notified() => return,
                }
            }
        });
        Self { stop, task, builder }
    }

    /// Lets the present step end, then stops.
    pub async fn stop(self) {
        self.stop.notify_one();
        // A copy that is half built is built anew: nobody waits for it.
        self.builder.abort();
        if self.task.await.is_err() {
            tracing::error!("the jobs ended by a panic");
        }
    }
}

/// Builds members' copies of their data. Beside the letters, since a long history takes its time.
async fn build(desk: Desk) {
    loop {
        if let Err(fault) = my_data::build_due(&desk).await {
            tracing::warn!(error = %fault, "a member's copy could not be built; it is tried again");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Removes what is over, and marks idle sessions as ended, in batches, so that no request waits long for the writer.
pub async fn purge(desk: &Desk) -> Result<u64, Fault> {
    let caller = Caller::visitor(String::new(), "tegata", domain::locale::Locale::Ja);
    let mut gone = 0;
    loop {
        let mut work = desk.work(&caller).await?;
        let batch = registration::purge(&mut work, BATCH).await?
            + limits::purge(&mut work, BATCH).await?
            + lockout::purge(&mut work, BATCH).await?
            + mail_code::purge(&mut work, BATCH).await?
            + passkey::purge(&mut work, BATCH).await?
            + sign_in::purge(&mut work, BATCH).await?
            + session::end_idle(&mut work, BATCH).await?
            + password_reset::purge(&mut work, BATCH).await?
            + temporary_password::purge(&mut work, BATCH).await?
            + alerts::purge(&mut work, BATCH).await?
            + audit::purge(&mut work, BATCH).await?
            + email_change::purge(&mut work, BATCH).await?
            + linked_accounts::purge(&mut work, BATCH).await?
            + member::purge(&mut work, BATCH).await?
            + my_data::purge(&mut work, BATCH).await?
            + withdrawal::sweep(&mut work, BATCH).await?;
        if batch == 0 {
            run::note(&mut work, PURGE).await?;
        }
        work.finish().await?;
        gone += batch;
        if batch == 0 {
            return Ok(gone);
        }
    }
}

/// When a purge last came to its end (unix ms), in whichever process; `None`: none did yet.
pub async fn last_purge(desk: &Desk) -> Result<Option<i64>, Fault> {
    run::last(desk.db.readers(), PURGE).await
}

/// How long it takes from one purge to the next, and so how long a row may outlive its time.
pub fn between_purges_ms() -> i64 {
    i64::try_from(LOOK.as_millis()).unwrap_or(i64::MAX) * i64::from(LOOKS_PER_PURGE)
}
