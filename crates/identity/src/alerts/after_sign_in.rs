//! ログインアラート: which sign-ins are told by letter (MP-88 to MP-90).

use sqlx::FromRow;

use super::{Told, tell};
use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::limits::{self, Of};
use crate::session::{Opened, SecondBy};
use crate::work::Work;

/// Letters of one kind to one member within a day: somebody who has the password must not flood the mailbox that
/// would tell of it.
const PER_DAY: i64 = 20;

/// The sign-in before.
#[derive(FromRow)]
struct Before {
    network: String,
    created_at: i64,
}

/// Tells of a sign-in from a browser never used before, or too far from the one before: one letter, and the distance
/// weighs more. A code by letter is as good as the letter, but says nothing of the distance (C-05).
pub(crate) async fn after_sign_in(
    work: &mut Work,
    member_id: &str,
    opened: &Opened,
    second_by: Option<SecondBy>,
) -> Result<(), Fault> {
    let policy = &work.desk().settings.policy.alerts;
    let excused = policy.mail_code_exempt && second_by == Some(SecondBy::Mail);
    let new_browser = policy.new_browser && opened.new_browser && !excused;
    let told = if policy.far_places && is_far(work, member_id, &opened.session_id).await? {
        Told::FarPlaces
    } else if new_browser {
        Told::NewBrowser
    } else {
        return Ok(());
    };
    let what = ["alert-", told.name()].concat();
    if limits::take(work, &what, Of::Member(member_id), PER_DAY, DAY_MS).await? {
        tell(work, member_id, told, Some(&opened.session_id)).await?;
    }
    Ok(())
}

/// Whether nobody can have travelled from the sign-in before to this one in the time between. Without a place for
/// both there is nothing to measure.
async fn is_far(work: &mut Work, member_id: &str, session_id: &str) -> Result<bool, Fault> {
    let desk = work.desk().clone();
    let Some(here) = desk.places.of(&work.caller().network).and_then(|place| place.at) else {
        return Ok(false);
    };
    let before: Option<Before> = sqlx::query_as(
        "SELECT network, created_at FROM session WHERE member_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1",
    )
    .bind(member_id)
    .bind(session_id)
    .fetch_optional(work.conn())
    .await?;
    let Some(before) = before else { return Ok(false) };
    let Some(there) = desk.places.of(&before.network).and_then(|place| place.at) else { return Ok(false) };
    let alerts = &desk.settings.policy.alerts;
    let (speed, least) = (alerts.far_places_speed_kmh, alerts.far_places_min_km);
    Ok(domain::place::too_far_apart(here, there, work.now() - before.created_at, speed, least))
}
