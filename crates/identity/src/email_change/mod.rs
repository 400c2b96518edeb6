//! メールアドレスの変更 (MP-68 to MP-72): asked for in a session, confirmed from the new mailbox, stopped or taken back from
//! the old one. Until it is confirmed the old address works; everything else of a member is keyed by their id and goes
//! on. Who has which address is judged in [`crate::member`] (docs/designs/email-change.md).

mod ask;
mod confirm;
mod letters;
mod store;
mod undo;

pub use ask::{ask, cancel, send_again};
pub use confirm::{Door, confirm_by_code, confirm_by_link, door};
use domain::policy::{EmailChangeSecondFactor, SitePolicy};
use domain::protection::Factors;
use domain::second_step::Method;
pub(crate) use store::HELD;
pub use store::purge;
pub(crate) use undo::take_back;
pub use undo::{UndoView, look, undo};

use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::proof::password;
use crate::secret::Token;
use crate::work::Work;
use crate::{member, second_factor};

/// What メールアドレスの変更 shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The address of now.
    pub email: String,
    /// A change that waits.
    pub pending: Option<Waiting>,
    /// Codes by letter are in use, so nothing can be changed (MP-70).
    pub refused: bool,
    /// Confirming asks for the password and clears the second factor (MD-30, MD-31).
    pub by_password: bool,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The address to be.
    pub new_email: String,
    /// Unix ms: until when it can be confirmed.
    pub until: i64,
    /// Whether its code is typed in this session.
    pub here: bool,
}

/// Reads it. A change that waits is shown without a fresh proof: letters may take their time.
pub async fn view(desk: &Desk, caller: &Caller) -> Result<View, Fault> {
    let (me, now) = (caller.signed_in()?, desk.now());
    let (db, policy) = (desk.db.readers(), &desk.settings.policy);
    let pending = store::pending(db, &me.member_id, now).await?;
    if pending.is_none() {
        caller.fresh(now)?;
    }
    let factors = second_factor::of(db, policy, &me.member_id).await?;
    let by_password = clears(policy) && password::stored(db, &me.member_id).await?.is_some();
    Ok(View {
        email: me.email.clone(),
        pending: pending.map(|row| Waiting {
            here: row.session_id == me.session_id,
            new_email: row.new_email,
            until: row.over_at,
        }),
        refused: refuses(policy, &factors),
        by_password,
    })
}

/// Stops a change that waits, if there is one; for whatever takes the account back from somebody else. `but` one that
/// was asked for in this session. First in its transaction: it holds the member's row, as all changes of addresses do.
pub(crate) async fn drop_pending(work: &mut Work, member_id: &str, but: Option<&str>) -> Result<bool, Fault> {
    member::hold(work, member_id).await?;
    store::stop(work, member_id, but).await
}

/// Whether the second factor forbids a change (MP-70, C-50). An authenticator app does not.
fn refuses(policy: &SitePolicy, factors: &Factors) -> bool {
    !clears(policy) && factors.switched_on && factors.methods.contains(&Method::Mail)
}

/// Whether a change clears the second factor of members with a password (MD-31, C-50).
fn clears(policy: &SitePolicy) -> bool {
    policy.email_change.second_factor == EmailChangeSecondFactor::Clear
}

/// The link and the code of one letter.
struct Secrets {
    link: Token,
    code: String,
}

impl Secrets {
    fn new(work: &Work) -> Self {
        Self { link: work.token(), code: work.desk().random.six_digits() }
    }
}

/// What is stored of a code: worth nothing without the site key.
fn code_mac(desk: &Desk, id: &str, code: &str) -> String {
    desk.site_key.mac("email change code", &[id, code])
}
