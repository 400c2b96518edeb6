//! `tegata migrate`: brings the database up to date before the new version is started. `serve` does the same.

use std::process::ExitCode;

use identity::settings::Source;
use platform::db::Db;

use super::{CommandError, say, settings};

pub(super) async fn run(source: &Source) -> Result<ExitCode, CommandError> {
    let settings = settings(source)?;
    let db = Db::open(&settings.database.url).await?;
    let pending = db.pending_migrations().await?;
    db.migrate().await?;
    db.close().await;
    say(format!("{pending} migrations run; the database is up to date."));
    Ok(ExitCode::SUCCESS)
}
