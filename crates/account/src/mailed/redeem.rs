//! Uses proofs: each is single use, by one statement.

use domain::address::EmailAddress;
use platform::error::Failure;
use platform::secret::Token;
use platform::tx::Tx;

use super::{MailedProof, Purpose, Request, awaiting_code, issue_unasked, void};

/// Uses a link, once.
pub async fn use_link(tx: &mut Tx, purpose: Purpose, link: &Token) -> Result<Option<MailedProof>, Failure> {
    let now = tx.now();
    Ok(sqlx::query_as(concat!(
        "UPDATE mailed_proof SET used_at = $3 WHERE link_hash = $1 AND purpose = $2 AND ",
        live!("$3"),
        " RETURNING ",
        columns!()
    ))
    .bind(link.digest())
    .bind(purpose.name())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?)
}

/// What became of a code.
#[derive(Debug)]
pub enum CodeOutcome {
    /// It was the right one; it is used.
    Accepted(MailedProof),
    /// It was not, or its e-mail was used or voided. The try counts: commit.
    Wrong,
    /// It was tried too often: a new e-mail is needed.
    TooManyTries,
    /// No e-mail with a code is pending.
    NothingWaits,
}

/// Judges a code where it is bound. The try is counted before the code is compared: parallel guesses cannot slip past.
pub async fn use_code(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    typed: &str,
) -> Result<CodeOutcome, Failure> {
    let now = tx.now();
    let Some(proof) = awaiting_code(&mut *tx.conn(), purpose, bound_to, now).await? else {
        return Ok(CodeOutcome::NothingWaits);
    };
    if let Some(most) = purpose.tries(tx.ctx())
        && !count_try(tx, &proof.id, most).await?
    {
        return Ok(CodeOutcome::TooManyTries);
    }
    let Some(code) = purpose.folded(typed) else { return Ok(CodeOutcome::Wrong) };
    let mac = purpose.code_mac(tx.site_key(), &proof.id, bound_to, &code);
    let used: Option<MailedProof> = sqlx::query_as(concat!(
        "UPDATE mailed_proof SET used_at = $3 WHERE id = $1 AND code_hash = $2 AND ",
        live!("$3"),
        " RETURNING ",
        columns!()
    ))
    .bind(&proof.id)
    .bind(mac)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(used.map_or(CodeOutcome::Wrong, CodeOutcome::Accepted))
}

/// Counts a try with another secret than the code, under the limit of its codes; false when there were too many.
pub async fn count_other_try(tx: &mut Tx, purpose: Purpose, proof: &MailedProof) -> Result<bool, Failure> {
    match purpose.tries(tx.ctx()) {
        Some(most) => count_try(tx, &proof.id, most).await,
        None => Ok(true),
    }
}

async fn count_try(tx: &mut Tx, id: &str, most: i64) -> Result<bool, Failure> {
    let counted = sqlx::query("UPDATE mailed_proof SET tries = tries + 1 WHERE id = $1 AND tries < $2")
        .bind(id)
        .bind(most)
        .execute(tx.conn())
        .await?;
    Ok(counted.rows_affected() == 1)
}

/// Gives a proof whose code was accepted a new link, in the place of the e-mail's: the code is used up, the proof is
/// not.
pub async fn exchange_code(tx: &mut Tx, proof: &MailedProof) -> Result<Token, Failure> {
    let link = tx.token();
    sqlx::query("UPDATE mailed_proof SET link_hash = $2, code_hash = NULL, used_at = NULL WHERE id = $1")
        .bind(&proof.id)
        .bind(link.digest())
        .execute(tx.conn())
        .await?;
    Ok(link)
}

/// Stores the hash of a temporary password, and voids an earlier one; returns when it expires (unix ms).
pub async fn issue_password(
    tx: &mut Tx,
    member_id: &str,
    to: &EmailAddress,
    hash: &str,
) -> Result<i64, Failure> {
    let purpose = Purpose::TemporaryPassword;
    void(tx, member_id, &[purpose]).await?;
    let issued = issue_unasked(tx, Request::new(purpose, Some(member_id), to), &()).await?;
    sqlx::query("UPDATE mailed_proof SET code_hash = $2 WHERE id = $1")
        .bind(&issued.id)
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(issued.expires_at)
}

/// Uses a temporary password up; false when another request was first, or a newer one was sent meanwhile.
pub async fn use_password(tx: &mut Tx, member_id: &str, hash: &str) -> Result<bool, Failure> {
    let now = tx.now();
    let used = sqlx::query(concat!(
        "UPDATE mailed_proof SET used_at = $3 WHERE member_id = $1 AND purpose = 'temporary_password' \
         AND code_hash = $2 AND ",
        live!("$3")
    ))
    .bind(member_id)
    .bind(hash)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(used.rows_affected() == 1)
}
