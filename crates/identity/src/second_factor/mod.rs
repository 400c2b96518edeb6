//! 2段階認証: what a member has set up and whether it is asked for (MP-42 to MP-45, MP-51, MP-54). Changing any of it
//! needs a fresh proof, and its owner is told by letter. How a code is judged is in [`crate::proof`], when it is asked
//! for in [`crate::sign_in`].

mod letters;
mod set_up;
mod store;
pub(crate) mod tries;

use domain::policy::{SecondFactorMethod, SitePolicy};
pub use domain::protection::Factors;
use domain::second_step::Method;
use sqlx::{Any, Executor, FromRow};

pub use set_up::{
    add_app, app_draft, app_draft_again, backup_draft, confirm_mail, forget_browser, keep_backup_codes,
    remove_app, remove_mail, send_mail_code, switch, view,
};
pub use store::{App, TrustedBrowser, View};
pub(crate) use store::{HELD_APPS, HELD_CODES, HELD_SWITCH};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::session;
use crate::work::Work;

#[derive(FromRow)]
struct Row {
    switched_on_at: Option<i64>,
    mail_since: Option<i64>,
    apps: i64,
    passkeys: i64,
    backup_codes: i64,
}

/// Reads them in one statement.
pub async fn of<'e>(
    db: impl Executor<'e, Database = Any>,
    policy: &SitePolicy,
    member_id: &str,
) -> Result<Factors, Fault> {
    let row: Row = sqlx::query_as(
        "SELECT s.switched_on_at, s.mail_since, \
         (SELECT COUNT(*) FROM authenticator_app WHERE member_id = $1) AS apps, \
         (SELECT COUNT(*) FROM passkey WHERE member_id = $1) AS passkeys, \
         (SELECT COUNT(*) FROM backup_code WHERE member_id = $1 AND used_at IS NULL) AS backup_codes \
         FROM member m LEFT JOIN member_second_step s ON s.member_id = m.id WHERE m.id = $1",
    )
    .bind(member_id)
    .fetch_one(db)
    .await?;
    let set_up = |method: &SecondFactorMethod| match method {
        SecondFactorMethod::App => (row.apps > 0).then_some(Method::App),
        SecondFactorMethod::Mail => row.mail_since.map(|_| Method::Mail),
        SecondFactorMethod::Passkey => (row.passkeys > 0).then_some(Method::Passkey),
        SecondFactorMethod::Sms | SecondFactorMethod::Grid => None,
    };
    let codes = policy.backup.codes_given() > 0;
    Ok(Factors {
        switched_on: row.switched_on_at.is_some(),
        methods: policy.second_factor.methods.iter().filter_map(set_up).collect(),
        backup_codes: if codes { row.backup_codes } else { 0 },
    })
}

/// What the caller has set up, for pages that only say so. Needs no fresh proof.
pub async fn mine(desk: &Desk, caller: &Caller) -> Result<Factors, Fault> {
    of(desk.db.readers(), &desk.settings.policy, &caller.signed_in()?.member_id).await
}

/// Removes what somebody else set up in a session of the member; what was there before stays.
pub(crate) async fn undo_session(work: &mut Work, member_id: &str, session_id: &str) -> Result<(), Fault> {
    store::undo_session(work, member_id, session_id).await
}

/// Removes every second factor of a member, and the browsers trusted for them; the switch stays as it is (MD-31, MD-43).
/// Whether there were any.
pub(crate) async fn clear(work: &mut Work, member_id: &str) -> Result<bool, Fault> {
    let factors = store::clear(work, member_id).await?;
    if factors {
        audit::write(work, Line::of(member_id, Event::FactorRemoved)).await?;
    }
    let trusted = session::forget_trusted(work, member_id, None).await?;
    Ok(factors || trusted > 0)
}
