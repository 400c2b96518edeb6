//! ログインアラート: which sign-ins a member is notified of by e-mail (MP-88 to MP-90).

use platform::clock::DAY_MS;
use platform::error::Failure;
use platform::rate_limit::{self, Subject};
use platform::tx::Tx;
use sqlx::FromRow;

use super::notify;
use crate::audit::Event;
use crate::session::{AuthMethod, OpenedSession, Proof};

/// E-mails of one kind to one member within a day: an attacker who has the password must not flood the mailbox.
const PER_DAY: i64 = 20;

/// The sign-in before.
#[derive(FromRow)]
struct Before {
    network: String,
    created_at: i64,
}

/// Notifies of a sign-in from a browser never used before, or too far from the sign-in before: one e-mail, and the
/// distance comes first. A sign-in with a code by e-mail may be exempt for a new browser, but not for the distance
/// (C-05). The registration's browser counts as known.
pub async fn after_sign_in(
    tx: &mut Tx,
    member_id: &str,
    opened: &OpenedSession,
    proofs: &[Proof],
) -> Result<(), Failure> {
    let policy = tx.policy().alerts.clone();
    let shown = |method| proofs.iter().any(|proof| proof.method == method);
    if shown(AuthMethod::Registration) {
        return Ok(());
    }
    let exempt = policy.mail_code_exempt && shown(AuthMethod::MailCode);
    let event = if policy.far_places && is_far(tx, member_id, &opened.session_id).await? {
        Event::FarPlaces
    } else if policy.new_browser && opened.new_browser && !exempt {
        Event::NewBrowser
    } else {
        return Ok(());
    };
    let what = ["alert-", event.name()].concat();
    if rate_limit::try_acquire(tx, &what, Subject::Member(member_id), PER_DAY, DAY_MS).await? {
        notify(tx, member_id, event, Some(&opened.session_id)).await?;
    }
    Ok(())
}

/// Whether the sign-in before is too far away to have travelled from there in the time between. False without a place
/// for both.
async fn is_far(tx: &mut Tx, member_id: &str, session_id: &str) -> Result<bool, Failure> {
    let ctx = tx.ctx().clone();
    let place = |network: &str| ctx.geoip().lookup(network).and_then(|place| place.at);
    let Some(here) = place(&ctx.request().network) else { return Ok(false) };
    let now = tx.now();
    // If the member signed in again within a session, that session was opened by the sign-in before.
    let before: Option<Before> = sqlx::query_as(
        "SELECT network, created_at FROM session WHERE member_id = $1 AND (id <> $2 OR created_at < $3) \
         ORDER BY id DESC LIMIT 1",
    )
    .bind(member_id)
    .bind(session_id)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(before) = before else { return Ok(false) };
    let Some(there) = place(&before.network) else { return Ok(false) };
    let alerts = &ctx.policy().alerts;
    let (speed, least) = (alerts.far_places_speed_kmh, alerts.far_places_min_km);
    Ok(domain::geo::too_far_apart(here, there, tx.now() - before.created_at, speed, least))
}
