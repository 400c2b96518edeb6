//! Six digits by letter, for one request of one browser (MP-45 to MP-49, ASVS 6.6.2). A newer code replaces the one
//! before; a code is good once. The letter itself is the slice's.

use domain::code::Code;

use crate::clock::DAY_MS;
use crate::fault::Fault;
use crate::limits::{self, Of};
use crate::work::Work;

/// Letters with codes to one member within a day.
const LETTERS_PER_DAY: i64 = 30;
/// How long rows are kept after their end.
pub(crate) const KEPT_MS: i64 = DAY_MS;

/// What a code is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The second step of a sign-in; bound to the `pending_sign_in`.
    SecondStep,
    /// Turning codes by letter on; bound to the session.
    TurnOn,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SecondStep => "second_step",
            Self::TurnOn => "turn_on",
        }
    }
}

/// A code to be sent.
pub struct Issued {
    /// The six digits.
    pub digits: String,
    /// Unix ms.
    pub expires_at: i64,
}

/// Makes a code; `None` when too many letters went to this member today. `valid_ms` is its life.
pub async fn issue(
    work: &mut Work,
    member_id: &str,
    purpose: Purpose,
    bound_to: &str,
    valid_ms: i64,
) -> Result<Option<Issued>, Fault> {
    if !limits::take(work, "mail-code", Of::Member(member_id), LETTERS_PER_DAY, DAY_MS).await? {
        return Ok(None);
    }
    let digits = work.desk().random.six_digits();
    let (id, now) = (work.id(), work.now());
    let expires_at = now + valid_ms;
    let hash = mac(work, purpose, bound_to, &digits);
    sqlx::query(
        "INSERT INTO mail_code (id, member_id, purpose, bound_to, code_hash, sent_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (purpose, bound_to) DO UPDATE SET \
         code_hash = excluded.code_hash, sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = NULL",
    )
    .bind(id)
    .bind(member_id)
    .bind(purpose.name())
    .bind(bound_to)
    .bind(hash)
    .bind(now)
    .bind(expires_at)
    .execute(work.conn())
    .await?;
    Ok(Some(Issued { digits, expires_at }))
}

/// Whether the code is the newest one of this request, not used, not expired. Uses it.
pub async fn accept(
    work: &mut Work,
    member_id: &str,
    purpose: Purpose,
    bound_to: &str,
    code: &Code,
) -> Result<bool, Fault> {
    let now = work.now();
    let hash = mac(work, purpose, bound_to, code.as_str());
    let used: Option<String> = sqlx::query_scalar(
        "UPDATE mail_code SET used_at = $5 WHERE purpose = $1 AND bound_to = $2 AND member_id = $3 AND code_hash = $4 \
         AND used_at IS NULL AND expires_at > $5 RETURNING id",
    )
    .bind(purpose.name())
    .bind(bound_to)
    .bind(member_id)
    .bind(hash)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(used.is_some())
}

/// Removes codes whose time is long over, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM mail_code WHERE id IN (SELECT id FROM mail_code WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now() - KEPT_MS,
        batch,
    )
    .await
}

/// What is stored of a code: worth nothing without the site key.
fn mac(work: &Work, purpose: Purpose, bound_to: &str, digits: &str) -> String {
    work.desk().site_key.mac("mail code", &[purpose.name(), bound_to, digits])
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, purpose, sent_at, expires_at, used_at FROM mail_code \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
