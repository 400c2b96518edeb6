//! The update from the release before, with nothing lost: what is pending in that release (links, codes, sign-ins
//! between their steps) is carried into the tables of this one, at the start and, while its last processes still
//! serve, every few seconds. Its own tables stay as it knows them until a later release drops them together with this
//! module.
//!
//! What was used in one release is marked as used in the other a few seconds later. The release before does not know
//! links of this one: an old process says that such a link is not valid, and the next click may work.

mod proofs;
mod tables;

use platform::app_context::AppContext;
use platform::clock::{HOUR_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Failure;
use platform::rng::first_id;
use platform::tx::Tx;

pub(crate) use tables::{DATA, forget};

/// How long after the start of this process those of the release before may still serve.
pub(crate) const LASTS_MS: i64 = HOUR_MS;
/// A transaction of another process may have begun before the last look and ended after it.
const OVERLAP_MS: i64 = MINUTE_MS;

/// Rows that are copied as they are, each once, by its id.
const MOVES: [&str; 11] = [
    "INSERT INTO identifier (kind, key, member_id, value, created_at, reserved_until) \
     SELECT 'email', r.email_key, r.member_id, r.email_key, r.reserved_until, r.reserved_until FROM reserved_address r \
     WHERE $1 <> '' AND NOT EXISTS (SELECT 1 FROM identifier i WHERE i.kind = 'email' AND i.key = r.email_key)",
    "INSERT INTO session_proof (session_id, method, credential, at) \
     SELECT s.id, CASE s.proven_by WHEN 'remembered' THEN 'remembered_browser' ELSE s.proven_by END, \
     CASE WHEN s.proven_by = 'provider' THEN s.provider END, s.proven_at FROM session s \
     WHERE s.id >= $1 AND s.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM session_proof p WHERE p.session_id = s.id)",
    "INSERT INTO session_proof (session_id, method, credential, at) \
     SELECT s.id, CASE s.second_by WHEN 'app' THEN 'totp' WHEN 'mail' THEN 'mail_code' WHEN 'trusted' THEN 'trusted_browser' \
     ELSE s.second_by END, NULL, s.second_at FROM session s \
     WHERE s.id >= $1 AND s.ended_at IS NULL AND s.second_by IS NOT NULL ON CONFLICT (session_id, method) DO NOTHING",
    "INSERT INTO sign_in_attempt (id, member_id, token_hash, proofs, remember_at, created_at, expires_at, used_at) \
     SELECT o.id, o.member_id, o.token_hash, '[{\"method\":\"' || o.proven_by || '\",\"credential\":' \
     || COALESCE('\"' || o.provider || '\"', 'null') || ',\"at\":' || o.created_at || '}]', \
     o.remember_at, o.created_at, o.expires_at, o.used_at FROM pending_sign_in o \
     WHERE $1 <> '' AND NOT EXISTS (SELECT 1 FROM sign_in_attempt n WHERE n.id = o.id)",
    "INSERT INTO auth_request (id, provider, purpose, session_id, next, browser_hash, state_hash, sealed, expires_at, used_at) \
     SELECT o.id, o.provider, CASE o.purpose WHEN 'confirm' THEN 'reauthenticate' ELSE o.purpose END, o.session_id, o.next, \
     o.browser_hash, o.state_hash, o.carried, o.expires_at, o.used_at FROM provider_visit o \
     WHERE $1 <> '' AND NOT EXISTS (SELECT 1 FROM auth_request n WHERE n.id = o.id)",
    "INSERT INTO pending_identity (id, token_hash, purpose, sealed, expires_at, used_at) \
     SELECT o.id, o.token_hash, o.purpose, o.brought, o.expires_at, o.used_at FROM pending_link o \
     WHERE $1 <> '' AND NOT EXISTS (SELECT 1 FROM pending_identity n WHERE n.id = o.id)",
    "INSERT INTO job (id, kind, key, run_at, leased_until) SELECT o.id, 'data_export', o.id, o.asked_at, 0 FROM data_export o \
     WHERE $1 <> '' AND o.ready_at IS NULL ON CONFLICT (kind, key) DO NOTHING",
    // Credentials that the release before made do not say in which session.
    "UPDATE authenticator_app SET created_in = (SELECT MAX(a.session_id) FROM audit a WHERE a.id >= $1 \
     AND a.member_id = authenticator_app.member_id AND a.event = 'factor_added' AND a.method = 'app' AND a.at = authenticator_app.created_at) \
     WHERE created_in IS NULL AND member_id IN (SELECT a.member_id FROM audit a WHERE a.id >= $1 AND a.event = 'factor_added')",
    "UPDATE backup_code SET created_in = (SELECT MAX(a.session_id) FROM audit a WHERE a.id >= $1 \
     AND a.member_id = backup_code.member_id AND a.event = 'backup_codes_made' AND a.at = backup_code.created_at) \
     WHERE created_in IS NULL AND member_id IN (SELECT a.member_id FROM audit a WHERE a.id >= $1 AND a.event = 'backup_codes_made')",
    "UPDATE passkey SET created_in = (SELECT MAX(a.session_id) FROM audit a WHERE a.id >= $1 \
     AND a.member_id = passkey.member_id AND a.event = 'passkey_added' AND a.at = passkey.created_at) \
     WHERE created_in IS NULL AND member_id IN (SELECT a.member_id FROM audit a WHERE a.id >= $1 AND a.event = 'passkey_added')",
    "UPDATE member_second_step SET mail_created_in = (SELECT MAX(a.session_id) FROM audit a WHERE a.id >= $1 \
     AND a.member_id = member_second_step.member_id AND a.event = 'factor_added' AND a.method = 'mail' AND a.at = member_second_step.mail_since) \
     WHERE mail_created_in IS NULL AND member_id IN (SELECT a.member_id FROM audit a WHERE a.id >= $1 AND a.event = 'factor_added')",
];

/// Renames the events and methods that the release before wrote.
const RENAME: &str = "UPDATE audit SET \
     event = CASE event WHEN 'second_step' THEN 'second_factor' WHEN 'second_step_locked' THEN 'second_factor_locked' \
     WHEN 'second_step_on' THEN 'second_factor_on' WHEN 'second_step_off' THEN 'second_factor_off' \
     WHEN 'confirmed' THEN 'reauthenticated' WHEN 'password_change' THEN 'password_changed' \
     WHEN 'reset_asked' THEN 'password_reset_requested' WHEN 'account_locked' THEN 'account_suspended' \
     WHEN 'profile_change' THEN 'profile_changed' WHEN 'email_change_asked' THEN 'email_change_requested' \
     WHEN 'email_change' THEN 'email_changed' WHEN 'email_change_undone' THEN 'email_change_reverted' \
     WHEN 'data_asked' THEN 'data_export_requested' WHEN 'data_taken' THEN 'data_export_downloaded' \
     WHEN 'factor_added' THEN CASE method WHEN 'mail' THEN 'mail_codes_added' ELSE 'totp_added' END \
     WHEN 'factor_removed' THEN CASE method WHEN 'mail' THEN 'mail_codes_removed' WHEN 'app' THEN 'totp_removed' \
     ELSE 'factors_cleared' END ELSE event END, \
     method = CASE WHEN method LIKE 'sns:%' THEN 'provider:' || substr(method, 5) \
     WHEN event IN ('factor_added', 'factor_removed') THEN NULL WHEN method = 'app' THEN 'totp' \
     WHEN method = 'mail' THEN 'mail_code' WHEN method = 'trusted' THEN 'trusted_browser' \
     WHEN method = 'remembered' THEN 'remembered_browser' ELSE method END \
     WHERE id >= $1 AND actor_kind IS NULL";

/// Carries over what was not carried over yet: once before this process serves, then as often as [`follow`] repeats it.
pub async fn carry_over(app: &AppContext) -> Result<(), Failure> {
    let ctx = Ctx::system(app, "rolling_update");
    let mut tx = Tx::begin(&ctx).await?;
    let (since, now) = (first_id(since(&mut tx).await?), tx.now());
    identifiers(&mut tx, &since).await?;
    for statement in MOVES {
        sqlx::query(statement).bind(&since).execute(tx.conn()).await?;
    }
    proofs::carry(&mut tx).await?;
    tables::settle_used(&mut tx).await?;
    sqlx::query(RENAME).bind(&since).execute(tx.conn()).await?;
    sqlx::query("UPDATE job SET done_at = $1 WHERE kind = 'rolling_update'")
        .bind(now)
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// The same while processes of the release before may still write. `started_at` is when this process started (unix ms).
pub(crate) async fn follow(app: &AppContext, started_at: i64) -> Result<(), Failure> {
    if app.clock.now() - started_at > LASTS_MS { Ok(()) } else { carry_over(app).await }
}

/// Unix ms: what is older was carried over already.
async fn since(tx: &mut Tx) -> Result<i64, Failure> {
    let done_at: i64 = sqlx::query_scalar("SELECT done_at FROM job WHERE kind = 'rolling_update'")
        .fetch_one(tx.conn())
        .await?;
    Ok(done_at - OVERLAP_MS)
}

/// Addresses of members who registered with the release before, and of those who changed theirs with it.
async fn identifiers(tx: &mut Tx, since: &str) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO identifier (kind, key, member_id, value, verified_at, created_at) \
         SELECT 'email', m.email_key, m.id, m.email, m.created_at, m.created_at FROM member m \
         WHERE m.id >= $1 AND m.email <> '' AND NOT EXISTS \
         (SELECT 1 FROM identifier i WHERE i.member_id = m.id AND i.kind = 'email' AND i.reserved_until IS NULL) \
         ON CONFLICT (kind, key) DO UPDATE SET member_id = excluded.member_id, value = excluded.value, \
         verified_at = excluded.verified_at, created_at = excluded.created_at, reserved_until = NULL",
    )
    .bind(since)
    .execute(tx.conn())
    .await?;
    // The old address first: it is reserved for as long as the change can be reverted.
    sqlx::query(
        "UPDATE identifier SET reserved_until = (SELECT MAX(c.over_at) FROM email_change c \
         WHERE c.member_id = identifier.member_id) WHERE kind = 'email' AND reserved_until IS NULL AND EXISTS \
         (SELECT 1 FROM email_change c JOIN member m ON m.id = c.member_id \
         WHERE c.member_id = identifier.member_id AND m.email_key <> identifier.key)",
    )
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "INSERT INTO identifier (kind, key, member_id, value, verified_at, created_at) \
         SELECT DISTINCT 'email', m.email_key, m.id, m.email, m.created_at, m.created_at FROM email_change c \
         JOIN member m ON m.id = c.member_id WHERE m.email <> '' AND NOT EXISTS (SELECT 1 FROM identifier i \
         WHERE i.member_id = m.id AND i.kind = 'email' AND i.key = m.email_key AND i.reserved_until IS NULL) \
         ON CONFLICT (kind, key) DO UPDATE SET member_id = excluded.member_id, value = excluded.value, \
         verified_at = excluded.verified_at, reserved_until = NULL",
    )
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "INSERT INTO address_change (id, member_id, asked_in, old_email, new_email, done_at, undo_until, undone_at) \
         SELECT o.id, o.member_id, o.asked_in, o.old_email, o.new_email, o.done_at, o.over_at, o.undone_at \
         FROM email_change o WHERE o.done_at IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM address_change n WHERE n.id = o.id)",
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
