//! The tables of the release before: how they are declared, when their rows are removed, and what was used in one
//! release and not yet in the other.

use domain::address::EmailAddress;
use platform::clock::DAY_MS;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;

/// They have no export: what matters was carried over, and is exported from there.
const fn legacy(table: &'static str, category: &'static [Category], purge: &'static [Purge]) -> DataSet {
    DataSet { table, categories: category, export: None, purge }
}

/// The category of all of them; their rows live for a day at most.
const CATEGORY: &[Category] = &[Category { name: "work", retention: |_| Some(Retention::For(DAY_MS)) }];

macro_rules! over {
    ($table:literal, $key:literal, $end:literal) => {
        legacy(
            $table,
            CATEGORY,
            &[Purge::Delete(
                concat!(
                    "DELETE FROM ",
                    $table,
                    " WHERE ",
                    $key,
                    " IN (SELECT ",
                    $key,
                    " FROM ",
                    $table,
                    " WHERE ",
                    $end,
                    " <= $1 ORDER BY ",
                    $end,
                    " LIMIT $2)"
                ),
                dataset::now,
            )],
        )
    };
}

/// All of them.
pub(crate) const DATA: &[DataSet] = &[
    over!("registration", "id", "expires_at"),
    over!("password_reset_request", "id", "expires_at"),
    over!("password_reset", "id", "expires_at"),
    over!("temporary_password", "member_id", "expires_at"),
    over!("mail_code", "id", "expires_at"),
    over!("alert", "id", "expires_at"),
    over!("pending_sign_in", "id", "expires_at"),
    over!("provider_visit", "id", "expires_at"),
    over!("pending_link", "id", "expires_at"),
    over!("email_change", "id", "over_at"),
    over!("reserved_address", "email_key", "reserved_until"),
    over!("counter", "name", "resets_at"),
    legacy("job_run", CATEGORY, &[]),
];

/// Marks what was used in one release as used in the other.
pub(super) async fn settle_used(tx: &mut Tx) -> Result<(), Failure> {
    let now = tx.now();
    for statement in [
        // In this release's tables, what the one before used.
        "UPDATE mailed_proof SET used_at = $1 WHERE used_at IS NULL AND id IN (\
         SELECT id FROM registration WHERE used_at IS NOT NULL \
         UNION ALL SELECT id FROM mail_code WHERE used_at IS NOT NULL \
         UNION ALL SELECT id FROM alert WHERE answered_at IS NOT NULL \
         UNION ALL SELECT id FROM password_reset WHERE used_at IS NOT NULL \
         UNION ALL SELECT q.id FROM password_reset_request q JOIN password_reset r ON r.id = q.reset_id \
         WHERE r.used_at IS NOT NULL \
         UNION ALL SELECT member_id || ':' || created_at FROM temporary_password WHERE used_at IS NOT NULL \
         UNION ALL SELECT id FROM email_change WHERE done_at IS NOT NULL OR stopped_at IS NOT NULL \
         UNION ALL SELECT id || ':stop' FROM email_change WHERE stopped_at IS NOT NULL OR undone_at IS NOT NULL \
         UNION ALL SELECT id || ':undo' FROM email_change WHERE undone_at IS NOT NULL)",
        "UPDATE sign_in_attempt SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM pending_sign_in WHERE used_at IS NOT NULL)",
        "UPDATE auth_request SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM provider_visit WHERE used_at IS NOT NULL)",
        "UPDATE pending_identity SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM pending_link WHERE used_at IS NOT NULL)",
        "UPDATE address_change SET undone_at = $1 WHERE undone_at IS NULL \
         AND id IN (SELECT id FROM email_change WHERE undone_at IS NOT NULL)",
        // In the tables of the one before, what this release used.
        "UPDATE registration SET used_at = $1 WHERE used_at IS NULL AND id IN \
         (SELECT id FROM mailed_proof WHERE purpose = 'registration' AND (used_at IS NOT NULL OR voided_at IS NOT NULL))",
        "UPDATE mail_code SET used_at = $1 WHERE used_at IS NULL AND id IN \
         (SELECT id FROM mailed_proof WHERE purpose IN ('second_factor', 'mail_codes') AND used_at IS NOT NULL)",
        "UPDATE alert SET answered_at = $1 WHERE answered_at IS NULL AND id IN \
         (SELECT id FROM mailed_proof WHERE purpose = 'alert' AND used_at IS NOT NULL)",
        "UPDATE password_reset SET used_at = $1 WHERE used_at IS NULL AND (id IN \
         (SELECT id FROM mailed_proof WHERE purpose = 'password_reset' AND (used_at IS NOT NULL OR voided_at IS NOT NULL)) \
         OR id IN (SELECT q.reset_id FROM password_reset_request q JOIN mailed_proof n ON n.id = q.id \
         WHERE n.used_at IS NOT NULL OR n.voided_at IS NOT NULL))",
        "UPDATE temporary_password SET used_at = $1 WHERE used_at IS NULL AND member_id || ':' || created_at IN \
         (SELECT id FROM mailed_proof WHERE purpose = 'temporary_password' \
         AND (used_at IS NOT NULL OR voided_at IS NOT NULL))",
        "UPDATE email_change SET stopped_at = $1 WHERE stopped_at IS NULL AND done_at IS NULL AND id IN \
         (SELECT id FROM mailed_proof WHERE purpose = 'email_change' AND (used_at IS NOT NULL OR voided_at IS NOT NULL))",
        "UPDATE email_change SET undone_at = $1 WHERE undone_at IS NULL AND done_at IS NOT NULL AND id IN \
         (SELECT id FROM address_change WHERE undone_at IS NOT NULL)",
        "UPDATE pending_sign_in SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM sign_in_attempt WHERE used_at IS NOT NULL)",
        "UPDATE provider_visit SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM auth_request WHERE used_at IS NOT NULL)",
        "UPDATE pending_link SET used_at = $1 WHERE used_at IS NULL \
         AND id IN (SELECT id FROM pending_identity WHERE used_at IS NOT NULL)",
    ] {
        sqlx::query(statement).bind(now).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Removes what was sent to an address whose member withdrew. Rows of the member are gone already.
pub(crate) async fn forget(tx: &mut Tx, address: &EmailAddress) -> Result<(), Failure> {
    let mac = tx.site_key().mac("password reset address", &[&address.key()]);
    sqlx::query("DELETE FROM registration WHERE email_key = $1")
        .bind(address.key())
        .execute(tx.conn())
        .await?;
    sqlx::query("DELETE FROM password_reset_request WHERE email_mac = $1")
        .bind(mac)
        .execute(tx.conn())
        .await?;
    Ok(())
}
