//! Building a copy, chunk by chunk. Each chunk is a transaction of its own that extends the job's lease: of several
//! processes one builds, and another begins again if that one dies.

use account::member;
use platform::app_context::AppContext;
use platform::context::Ctx;
use platform::dataset::DataSet;
use platform::error::Failure;
use platform::export;
use platform::jobs::{self, Job};
use platform::tx::Tx;

use super::{Chunk, JOB, KEPT_MS, SEALED_AS, email, store};

/// Builds requested copies of these tables, one after another, until none is left or `stopped` returns true. Returns how
/// many were built.
pub(crate) async fn build_due(
    app: &AppContext,
    data_sets: &[&'static DataSet],
    stopped: impl Fn() -> bool,
) -> Result<usize, Failure> {
    let mut built = 0;
    while !stopped()
        && let Some(job) = jobs::claim(app, JOB).await?
    {
        built += usize::from(build(&Ctx::system(app, JOB), data_sets, job).await?);
    }
    Ok(built)
}

/// Builds one copy. False when the job was lost meanwhile, or the copy is not wanted any more.
async fn build(ctx: &Ctx, data_sets: &[&DataSet], mut job: Job) -> Result<bool, Failure> {
    let export_id = job.key.clone();
    let mut tx = Tx::begin(ctx).await?;
    let Some(member_id) = store::restart(&mut tx, &export_id).await? else {
        jobs::complete(&mut tx, &job).await?;
        tx.commit().await?;
        return Ok(false);
    };
    tx.commit().await?;
    let mut index = 0;
    for data_set in data_sets {
        let Some(statement) = data_set.export else { continue };
        let mut after = Some(String::new());
        while let Some(key) = after.take() {
            let page = export::page(ctx.readers(), statement, &member_id, &key).await?;
            after.clone_from(&page.next);
            if page.rows.is_empty() {
                continue;
            }
            let chunk = Chunk { table: data_set.table.to_owned(), page };
            let sealed = ctx.site_key().seal_json(SEALED_AS, &chunk, ctx.rng())?;
            let mut tx = Tx::begin(ctx).await?;
            if !jobs::extend(&mut tx, &mut job).await? {
                return Ok(false);
            }
            store::put(&mut tx, &export_id, index, &sealed).await?;
            tx.commit().await?;
            index += 1;
        }
    }
    let mut tx = Tx::begin(ctx).await?;
    let expires_at = tx.now() + KEPT_MS;
    if !jobs::complete(&mut tx, &job).await? || !store::done(&mut tx, &export_id, expires_at).await? {
        return Ok(false);
    }
    let Some(member) = member::find(&mut *tx.conn(), &member_id).await? else { return Ok(false) };
    if let Some(to) = &member.email {
        let email = email::ready(&tx, &member, to, expires_at)?;
        tx.enqueue(email).await?;
    }
    tx.commit().await?;
    Ok(true)
}
