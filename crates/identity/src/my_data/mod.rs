//! マイデータ: a copy of everything held about a member, to be taken along. Asked for with a fresh proof, built by a job
//! in sealed pieces, told by letter, gone a day later. What each table holds is told by its own slice
//! ([`crate::held`]); how a copy looks as a file is for others.

mod build;
mod letters;
mod store;

pub use build::{Part, build_due};
pub use domain::my_data::Refused;
pub use store::purge;

use domain::my_data::PER_DAY;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::DAY_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::held::Page;
use crate::limits::{self, Of};

/// How long a copy can be downloaded.
pub(crate) const KEPT_MS: i64 = DAY_MS;
/// What pieces are sealed for.
const PURPOSE: &str = "data export";

/// How far a member's copy is.
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
        /// Unix ms: when it goes.
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

/// A piece of it: rows of one table.
#[derive(Debug, Serialize, Deserialize)]
pub struct Piece {
    /// Which table ([`Part::name`]).
    pub part: String,
    /// Its rows.
    pub page: Page,
}

/// How far the caller's copy is.
pub async fn state(desk: &Desk, caller: &Caller) -> Result<State, Fault> {
    let me = caller.fresh(desk.now())?;
    store::state(desk.db.readers(), &me.member_id, desk.now()).await
}

/// Has a copy made. One that is being built is no refusal: there will be one.
pub async fn ask(desk: &Desk, caller: &Caller) -> Outcome<(), Vec<Refused>> {
    let me = caller.fresh(desk.now())?;
    let mut work = desk.work(caller).await?;
    if !store::begin(&mut work, &me.member_id).await? {
        return Ok(Ok(()));
    }
    if !limits::take(&mut work, "data-export", Of::Member(&me.member_id), PER_DAY, DAY_MS).await? {
        return Ok(Err(vec![Refused::TooMany]));
    }
    audit::write(&mut work, Line::of(&me.member_id, Event::DataAsked).within(&me.session_id)).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Opens the caller's copy for a download, which is noted; `None`: there is none (any more).
pub async fn open(desk: &Desk, caller: &Caller) -> Result<Option<Export>, Fault> {
    let me = caller.fresh(desk.now())?;
    let mut work = desk.work(caller).await?;
    let Some(export) = store::ready(&mut work, &me.member_id).await? else { return Ok(None) };
    audit::write(&mut work, Line::of(&me.member_id, Event::DataTaken).within(&me.session_id)).await?;
    work.finish().await?;
    Ok(Some(export))
}

/// A piece of a copy, by its place; `None` after the last one, and when the copy went while it was read.
pub async fn piece(desk: &Desk, export: &Export, place: i64) -> Result<Option<Piece>, Fault> {
    let Some(sealed) = store::piece(desk.db.readers(), &export.id, place).await? else { return Ok(None) };
    desk.site_key.open_json(PURPOSE, &sealed).map(Some)
}

/// How many pieces a copy has.
pub async fn pieces(desk: &Desk, export: &Export) -> Result<i64, Fault> {
    store::pieces(desk.db.readers(), &export.id).await
}
