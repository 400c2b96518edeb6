//! マイデータ: a copy of everything stored about a member, for download. It is requested with a fresh authentication, built
//! by a job in sealed chunks, announced by e-mail, and removed a day later. Each table declares what it exports
//! ([`platform::dataset`]); `app` gives the copy its file format.

mod build;
pub(crate) mod email;
mod store;

use account::audit::{self, Event, Line};
use domain::data_export::PER_DAY;
pub use domain::data_export::Refused;
use platform::clock::DAY_MS;
use platform::context::Ctx;
use platform::error::{Error, Fault, refused};
pub use platform::export::{Page, Value};
use platform::jobs;
use platform::rate_limit::{self, Subject};
use platform::tx::Tx;
use serde::{Deserialize, Serialize};

pub(crate) use build::build_due;
pub(crate) use store::{CHUNKS, DATA};

/// How long a copy can be downloaded.
pub(crate) const KEPT_MS: i64 = DAY_MS;
/// What chunks are sealed for.
const SEALED_AS: &str = "data export";
/// The job that builds one; its key is the copy's id.
pub(crate) const JOB: &str = "data_export";

/// The state of a member's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Nothing,
    /// It is being built.
    Building,
    /// It can be downloaded.
    Ready {
        /// Unix ms: when it was built.
        ready_at: i64,
        /// Unix ms: when it is removed.
        expires_at: i64,
    },
}

/// A copy that is being downloaded.
#[derive(Clone, Debug)]
pub struct Export {
    id: String,
    /// Unix ms: when it was built.
    pub ready_at: i64,
}

/// A chunk of it: rows of one table.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// Its table.
    #[serde(alias = "part")]
    pub table: String,
    /// Its rows.
    pub page: Page,
}

/// The state of the member's copy. Needs a fresh authentication.
pub async fn state(ctx: &Ctx) -> Result<State, Fault> {
    let me = ctx.member_fresh()?;
    Ok(store::state(ctx.readers(), &me.member_id, ctx.now()).await?)
}

/// Requests a copy; refused beyond the day's limit. If one is being built already, nothing happens.
pub async fn request(ctx: &Ctx) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    let mut tx = Tx::begin(ctx).await?;
    let Some(id) = store::begin(&mut tx, &me.member_id).await? else { return Ok(()) };
    let subject = Subject::Member(&me.member_id);
    if !rate_limit::try_acquire(&mut tx, "data-export", subject, PER_DAY, DAY_MS).await? {
        return refused(Refused::TooMany);
    }
    let now = tx.now();
    jobs::enqueue(&mut tx, JOB, &id, now).await?;
    let line = Line::of(&me.member_id, Event::DataExportRequested).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    tx.commit().await?;
    Ok(())
}

/// Opens the member's copy for a download, and records it in the history; `None`: there is none (any more).
pub async fn open(ctx: &Ctx) -> Result<Option<Export>, Fault> {
    let me = ctx.member_fresh()?;
    let mut tx = Tx::begin(ctx).await?;
    let Some(export) = store::ready(&mut tx, &me.member_id).await? else { return Ok(None) };
    let line = Line::of(&me.member_id, Event::DataExportDownloaded).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    tx.commit().await?;
    Ok(Some(export))
}

/// A chunk of a copy, by its index; `None` after the last one, and when the copy was removed while it was read.
pub async fn chunk(ctx: &Ctx, export: &Export, index: i64) -> Result<Option<Chunk>, Fault> {
    let Some(sealed) = store::chunk(ctx.readers(), &export.id, index).await? else { return Ok(None) };
    Ok(Some(ctx.site_key().open_json(SEALED_AS, &sealed)?))
}

/// How many chunks a copy has.
pub async fn chunks(ctx: &Ctx, export: &Export) -> Result<i64, Fault> {
    Ok(store::chunks(ctx.readers(), &export.id).await?)
}
