//! Ends proofs before their time, or moves it.

use domain::address::EmailAddress;
use platform::error::Failure;
use platform::tx::Tx;

use super::{Purpose, recipient};

/// Voids a member's unused e-mails of these purposes.
pub async fn void(tx: &mut Tx, member_id: &str, purposes: &[Purpose]) -> Result<(), Failure> {
    let now = tx.now();
    for purpose in purposes {
        sqlx::query(concat!(
            "UPDATE mailed_proof SET voided_at = $3 WHERE member_id = $1 AND purpose = $2 AND ",
            live!("$3")
        ))
        .bind(member_id)
        .bind(purpose.name())
        .bind(now)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Stops a pending change of the address, with both its e-mails, unless it is bound to the session `but`; returns
/// whether there was one.
pub async fn void_email_change(tx: &mut Tx, member_id: &str, but: Option<&str>) -> Result<bool, Failure> {
    let now = tx.now();
    let voided = sqlx::query(concat!(
        "UPDATE mailed_proof SET voided_at = $3 WHERE member_id = $1 AND purpose = 'email_change' \
         AND bound_to <> $2 AND ",
        live!("$3")
    ))
    .bind(member_id)
    .bind(but.unwrap_or_default())
    .bind(now)
    .execute(tx.conn())
    .await?;
    if voided.rows_affected() == 0 {
        return Ok(false);
    }
    void(tx, member_id, &[Purpose::EmailChangeStop]).await?;
    Ok(true)
}

/// Voids the unused e-mails about one thing (`detail`): one of them stopped or reverted it.
pub async fn void_detail(tx: &mut Tx, member_id: &str, detail: &str) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query(concat!(
        "UPDATE mailed_proof SET voided_at = $3 WHERE member_id = $1 AND detail = $2 AND ",
        live!("$3")
    ))
    .bind(member_id)
    .bind(detail)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves the end of an e-mail about one thing (`detail`) to `until` (unix ms): it stays pending until then.
pub async fn extend(
    tx: &mut Tx,
    purpose: Purpose,
    member_id: &str,
    detail: &str,
    until: i64,
) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query(concat!(
        "UPDATE mailed_proof SET expires_at = $5 WHERE member_id = $1 AND purpose = $2 AND detail = $4 AND ",
        live!("$3")
    ))
    .bind(member_id)
    .bind(purpose.name())
    .bind(now)
    .bind(detail)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes pending registrations of an address whose member withdrew; a member's own rows go with the member.
pub async fn forget(tx: &mut Tx, address: &EmailAddress) -> Result<(), Failure> {
    let recipient = recipient(tx.site_key(), address);
    sqlx::query("DELETE FROM mailed_proof WHERE recipient = $1 AND member_id IS NULL")
        .bind(recipient)
        .execute(tx.conn())
        .await?;
    Ok(())
}
