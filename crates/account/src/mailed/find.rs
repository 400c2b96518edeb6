//! Looks proofs up. Nothing here changes one.

use domain::address::EmailAddress;
use platform::error::Failure;
use platform::secret::Token;
use platform::tx::Tx;
use sqlx::{Any, Executor};

use super::{MailedProof, Purpose, recipient};

/// The proof of a link, if it can be used. Changes nothing.
pub async fn by_link<'e>(
    db: impl Executor<'e, Database = Any>,
    purpose: Purpose,
    link: &Token,
    now: i64,
) -> Result<Option<MailedProof>, Failure> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mailed_proof WHERE link_hash = $1 AND purpose = $2 AND ",
        live!("$3")
    ))
    .bind(link.digest())
    .bind(purpose.name())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// The newest e-mail whose code belongs in this browser or session. It is found even if its link was used meanwhile, so
/// that this page does not show that.
pub async fn awaiting_code<'e>(
    db: impl Executor<'e, Database = Any>,
    purpose: Purpose,
    bound_to: &str,
    now: i64,
) -> Result<Option<MailedProof>, Failure> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mailed_proof WHERE purpose = $1 AND bound_to = $2 AND code_hash IS NOT NULL AND expires_at > $3 \
         ORDER BY sent_at DESC, id DESC LIMIT 1"
    ))
    .bind(purpose.name())
    .bind(bound_to)
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// The newest e-mail that is bound to something, whatever became of it.
pub async fn latest<'e>(
    db: impl Executor<'e, Database = Any>,
    purpose: Purpose,
    bound_to: &str,
) -> Result<Option<MailedProof>, Failure> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mailed_proof WHERE purpose = $1 AND bound_to = $2 ORDER BY sent_at DESC, id DESC LIMIT 1"
    ))
    .bind(purpose.name())
    .bind(bound_to)
    .fetch_optional(db)
    .await?)
}

/// The newest such e-mail to an address.
pub async fn latest_to(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    to: &EmailAddress,
) -> Result<Option<MailedProof>, Failure> {
    let recipient = recipient(tx.site_key(), to);
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mailed_proof WHERE purpose = $1 AND bound_to = $2 AND recipient = $3 \
          ORDER BY sent_at DESC, id DESC LIMIT 1"
    ))
    .bind(purpose.name())
    .bind(bound_to)
    .bind(recipient)
    .fetch_optional(tx.conn())
    .await?)
}

/// The unused e-mail of a member, of a purpose that has one at a time.
pub async fn of_member<'e>(
    db: impl Executor<'e, Database = Any>,
    purpose: Purpose,
    member_id: &str,
    now: i64,
) -> Result<Option<MailedProof>, Failure> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mailed_proof WHERE member_id = $1 AND purpose = $2 AND ",
        live!("$3"),
        " ORDER BY id DESC LIMIT 1"
    ))
    .bind(member_id)
    .bind(purpose.name())
    .bind(now)
    .fetch_optional(db)
    .await?)
}
