//! Links and codes that the release before sent out, as mailed proofs: the same link opens the same page, the same
//! code is accepted where it was asked for.

use account::mailed::{Purpose, recipient};
use account::notifications::Alert;
use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::person::Person;
use domain::registration::Accepted;
use platform::error::Failure;
use platform::tx::Tx;
use serde::Serialize;
use sqlx::FromRow;

use crate::email_change::Change;
use crate::password_reset::Asked;
use crate::registration::Provisional;

/// What proofs of all purposes have in common. The code's digest is bound to the id, so ids stay.
#[derive(FromRow)]
struct Common {
    id: String,
    member_id: Option<String>,
    bound_to: Option<String>,
    link_hash: Option<String>,
    code_hash: Option<String>,
    tries: i64,
    detail: Option<String>,
    sent_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    voided_at: Option<i64>,
}

/// Carries over what is not there yet.
pub(super) async fn carry(tx: &mut Tx) -> Result<(), Failure> {
    registrations(tx).await?;
    resets(tx).await?;
    temporary_passwords(tx).await?;
    codes(tx).await?;
    alerts(tx).await?;
    email_changes(tx).await
}

fn address(stored: &str, column: &'static str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(stored).map_err(|_| Failure::Damaged(column))
}

async fn put(
    tx: &mut Tx,
    purpose: Purpose,
    to: &EmailAddress,
    common: Common,
    payload: &impl Serialize,
) -> Result<(), Failure> {
    let sealed = tx.site_key().seal_json(purpose.name(), payload, tx.rng())?;
    let recipient = recipient(tx.site_key(), to);
    sqlx::query(
        "INSERT INTO mailed_proof (id, purpose, member_id, recipient, bound_to, link_hash, code_hash, tries, sealed, \
         detail, sent_at, expires_at, used_at, voided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (purpose, bound_to, recipient) DO UPDATE SET id = excluded.id, member_id = excluded.member_id, \
         link_hash = excluded.link_hash, code_hash = excluded.code_hash, tries = excluded.tries, sealed = excluded.sealed, \
         detail = excluded.detail, sent_at = excluded.sent_at, expires_at = excluded.expires_at, \
         used_at = excluded.used_at, voided_at = excluded.voided_at WHERE mailed_proof.sent_at < excluded.sent_at",
    )
    .bind(common.id)
    .bind(purpose.name())
    .bind(common.member_id)
    .bind(recipient)
    .bind(common.bound_to)
    .bind(common.link_hash)
    .bind(common.code_hash)
    .bind(common.tries)
    .bind(sealed)
    .bind(common.detail)
    .bind(common.sent_at)
    .bind(common.expires_at)
    .bind(common.used_at)
    .bind(common.voided_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Registration {
    #[sqlx(flatten)]
    common: Common,
    email: String,
    family_name: String,
    given_name: Option<String>,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    birth_date: String,
    locale: String,
    password_hash: String,
    brought: Option<Vec<u8>>,
}

async fn registrations(tx: &mut Tx) -> Result<(), Failure> {
    let rows: Vec<Registration> = sqlx::query_as(
        "SELECT o.id, NULL AS member_id, o.form_hash AS bound_to, o.link_hash, o.code_hash, o.code_tries AS tries, \
         NULL AS detail, o.sent_at, o.expires_at, o.used_at, NULL AS voided_at, o.email, o.family_name, o.given_name, \
         o.family_name_kana, o.given_name_kana, o.birth_date, o.locale, o.password_hash, o.brought FROM registration o \
         WHERE NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id)",
    )
    .fetch_all(tx.conn())
    .await?;
    let damaged = || Failure::Damaged("registration");
    for row in rows {
        let name = |name: String| name.try_into().map_err(|_| damaged());
        let kana = |kana: String| kana.try_into().map_err(|_| damaged());
        let email = address(&row.email, "registration.email")?;
        let given_name = row.given_name.map(name).transpose()?;
        let person = Person {
            family_name_kana: row.family_name_kana.map(kana).transpose()?,
            given_name_kana: row.given_name_kana.map(kana).transpose()?,
            birth_date: Some(row.birth_date.parse().map_err(|_| damaged())?),
            ..Person::of_names(name(row.family_name)?, given_name)
        };
        let sealed_as = crate::pending_identity::SEALED_AS;
        let identity = row.brought.map(|sealed| tx.site_key().open_json(sealed_as, &sealed)).transpose()?;
        let provisional = Provisional {
            accepted: Accepted { email: email.clone(), person },
            locale: Locale::from_tag(&row.locale).ok_or_else(damaged)?,
            password_hash: row.password_hash,
            identity,
            next: None,
        };
        put(tx, Purpose::Registration, &email, row.common, &provisional).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Reset {
    #[sqlx(flatten)]
    common: Common,
    /// The address as typed, sealed; `None`: no form requested it.
    sealed: Option<Vec<u8>>,
    /// The member's address; `None`: no member has the address.
    email: Option<String>,
}

async fn resets(tx: &mut Tx) -> Result<(), Failure> {
    let rows: Vec<Reset> = sqlx::query_as(
        "SELECT COALESCE(q.id, o.id) AS id, o.member_id, q.form_hash AS bound_to, o.link_hash, \
         CASE WHEN q.used_at IS NULL THEN q.code_hash END AS code_hash, COALESCE(q.code_tries, 0) AS tries, NULL AS detail, \
         o.created_at AS sent_at, o.expires_at, o.used_at, NULL AS voided_at, q.sealed, m.email \
         FROM password_reset o JOIN member m ON m.id = o.member_id \
         LEFT JOIN password_reset_request q ON q.reset_id = o.id \
         WHERE NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = COALESCE(q.id, o.id)) \
         UNION ALL SELECT q.id, NULL, q.form_hash, NULL, q.code_hash, q.code_tries, NULL, q.sent_at, q.expires_at, \
         q.used_at, NULL, q.sealed, NULL FROM password_reset_request q WHERE q.reset_id IS NULL \
         AND NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = q.id)",
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let email = match (row.sealed, row.email) {
            (Some(sealed), _) => {
                let plain = tx.site_key().open_sealed("password reset address", &sealed)?;
                let text = std::str::from_utf8(&plain)
                    .map_err(|_| Failure::Damaged("password_reset_request.sealed"))?;
                address(text, "password_reset_request.sealed")?
            }
            (None, Some(email)) => address(&email, "member.email")?,
            (None, None) => continue,
        };
        let asked = Asked { email: email.clone(), next: None };
        put(tx, Purpose::PasswordReset, &email, row.common, &asked).await?;
    }
    Ok(())
}

/// A proof whose e-mail went to the member's address.
#[derive(FromRow)]
struct ToMember {
    #[sqlx(flatten)]
    common: Common,
    email: String,
}

async fn temporary_passwords(tx: &mut Tx) -> Result<(), Failure> {
    let rows: Vec<ToMember> = sqlx::query_as(
        "SELECT o.member_id || ':' || o.created_at AS id, o.member_id, NULL AS bound_to, NULL AS link_hash, \
         o.hash AS code_hash, 0 AS tries, NULL AS detail, o.created_at AS sent_at, o.expires_at, o.used_at, \
         NULL AS voided_at, m.email FROM temporary_password o JOIN member m ON m.id = o.member_id \
         WHERE NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.member_id || ':' || o.created_at)",
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let purpose = Purpose::TemporaryPassword;
        // The newest replaces the one before.
        account::mailed::void(tx, row.common.member_id.as_deref().unwrap_or_default(), &[purpose]).await?;
        put(tx, purpose, &address(&row.email, "member.email")?, row.common, &()).await?;
    }
    Ok(())
}

async fn codes(tx: &mut Tx) -> Result<(), Failure> {
    for (stored, purpose) in [("second_step", Purpose::SecondFactor), ("turn_on", Purpose::MailCodes)] {
        let rows: Vec<ToMember> = sqlx::query_as(
            "SELECT o.id, o.member_id, o.bound_to, NULL AS link_hash, o.code_hash, 0 AS tries, NULL AS detail, o.sent_at, \
             o.expires_at, o.used_at, NULL AS voided_at, m.email FROM mail_code o JOIN member m ON m.id = o.member_id \
             WHERE o.purpose = $1 AND NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id)",
        )
        .bind(stored)
        .fetch_all(tx.conn())
        .await?;
        for row in rows {
            put(tx, purpose, &address(&row.email, "member.email")?, row.common, &()).await?;
        }
    }
    Ok(())
}

#[derive(FromRow)]
struct StoredAlert {
    #[sqlx(flatten)]
    common: Common,
    email: String,
    session_id: Option<String>,
    browser_id: Option<String>,
    network: String,
    browser: String,
}

async fn alerts(tx: &mut Tx) -> Result<(), Failure> {
    let rows: Vec<StoredAlert> = sqlx::query_as(
        "SELECT o.id, o.member_id, NULL AS bound_to, o.token_hash AS link_hash, NULL AS code_hash, 0 AS tries, \
         CASE o.kind WHEN 'second_step_locked' THEN 'second_factor_locked' WHEN 'second_step_on' THEN 'second_factor_on' \
         WHEN 'second_step_off' THEN 'second_factor_off' WHEN 'mail_added' THEN 'mail_codes_added' \
         WHEN 'mail_removed' THEN 'mail_codes_removed' WHEN 'app_added' THEN 'totp_added' \
         WHEN 'app_removed' THEN 'totp_removed' ELSE o.kind END AS detail, o.created_at AS sent_at, o.expires_at, \
         o.answered_at AS used_at, NULL AS voided_at, m.email, o.session_id, o.browser_id, o.network, o.browser \
         FROM alert o JOIN member m ON m.id = o.member_id \
         WHERE NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id)",
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let alert = Alert {
            session_id: row.session_id,
            browser_id: row.browser_id,
            network: row.network,
            user_agent: row.browser,
        };
        put(tx, Purpose::Alert, &address(&row.email, "member.email")?, row.common, &alert).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct StoredChange {
    #[sqlx(flatten)]
    common: Common,
    asked_in: String,
    old_email: String,
    new_email: String,
}

/// Each of a change's three links becomes a proof of its own.
async fn email_changes(tx: &mut Tx) -> Result<(), Failure> {
    let confirm = "SELECT o.id, o.member_id, o.session_id AS bound_to, o.link_hash, o.code_hash, o.code_tries AS tries, \
         o.id AS detail, o.sent_at, o.over_at AS expires_at, o.done_at AS used_at, o.stopped_at AS voided_at, \
         o.asked_in, o.old_email, o.new_email FROM email_change o \
         WHERE NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id)";
    let stop = "SELECT o.id || ':stop' AS id, o.member_id, NULL AS bound_to, o.stop_hash AS link_hash, NULL AS code_hash, \
         0 AS tries, o.id AS detail, o.sent_at, o.over_at AS expires_at, o.undone_at AS used_at, \
         o.stopped_at AS voided_at, o.asked_in, o.old_email, o.new_email FROM email_change o \
         WHERE o.stop_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id || ':stop')";
    let undo = "SELECT o.id || ':undo' AS id, o.member_id, NULL AS bound_to, o.undo_hash AS link_hash, NULL AS code_hash, \
         0 AS tries, o.id AS detail, o.done_at AS sent_at, o.over_at AS expires_at, o.undone_at AS used_at, \
         NULL AS voided_at, o.asked_in, o.old_email, o.new_email FROM email_change o \
         WHERE o.undo_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mailed_proof n WHERE n.id = o.id || ':undo')";
    for (purpose, statement) in
        [(Purpose::EmailChange, confirm), (Purpose::EmailChangeStop, stop), (Purpose::EmailChangeUndo, undo)]
    {
        let rows: Vec<StoredChange> = sqlx::query_as(statement).fetch_all(tx.conn()).await?;
        for row in rows {
            let change = Change {
                id: row.common.detail.clone().unwrap_or_default(),
                asked_in: row.asked_in,
                old: address(&row.old_email, "email_change.old_email")?,
                new: address(&row.new_email, "email_change.new_email")?,
            };
            let to = if purpose == Purpose::EmailChange { change.new.clone() } else { change.old.clone() };
            put(tx, purpose, &to, row.common, &change).await?;
        }
    }
    Ok(())
}
