//! 2段階認証 of a member: whether it is on, and what is set up for it (MP-42 to MP-45, MP-51).

use domain::second_factor::Factors;
use domain::second_factor::Method;
use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use policy::{Policy, SecondFactorMethod};
use sqlx::{Any, Executor, FromRow};

use crate::lock::LockedAccount;

#[derive(FromRow)]
struct Row {
    switched_on_at: Option<i64>,
    mail_since: Option<i64>,
    apps: i64,
    passkeys: i64,
    backup_codes: i64,
}

/// Reads what a member has set up, in one statement.
pub async fn of<'e>(
    db: impl Executor<'e, Database = Any>,
    policy: &Policy,
    member_id: &str,
) -> Result<Factors, Failure> {
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
    };
    let codes = policy.backup.codes_given() > 0;
    Ok(Factors {
        switched_on: row.switched_on_at.is_some(),
        methods: policy.second_factor.methods.iter().filter_map(set_up).collect(),
        backup_codes: if codes { row.backup_codes } else { 0 },
    })
}

/// Since when it is on, and since when codes by e-mail are set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Since {
    /// Unix ms; `None`: 「2段階認証サービス」 is off.
    pub switched_on_at: Option<i64>,
    /// Unix ms; `None`: no codes by e-mail.
    pub mail_since: Option<i64>,
}

/// Reads since when each is on.
pub async fn since<'e>(db: impl Executor<'e, Database = Any>, member_id: &str) -> Result<Since, Failure> {
    let row =
        sqlx::query_as("SELECT switched_on_at, mail_since FROM member_second_step WHERE member_id = $1")
            .bind(member_id)
            .fetch_optional(db)
            .await?;
    Ok(row.unwrap_or_default())
}

/// Sets the switch; false when it was set so already.
pub async fn switch(tx: &mut Tx, account: &LockedAccount, on: bool) -> Result<bool, Failure> {
    let now = since(&mut *tx.conn(), account.id()).await?;
    if now.switched_on_at.is_some() == on {
        return Ok(false);
    }
    let at = on.then_some(tx.now());
    sqlx::query(
        "INSERT INTO member_second_step (member_id, switched_on_at) VALUES ($1, $2) \
         ON CONFLICT (member_id) DO UPDATE SET switched_on_at = excluded.switched_on_at",
    )
    .bind(account.id())
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(true)
}

/// Sets codes by e-mail up in a session, or removes them (`None`); false when nothing changed.
pub async fn set_mail_codes(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: Option<&str>,
) -> Result<bool, Failure> {
    let now = since(&mut *tx.conn(), account.id()).await?;
    if now.mail_since.is_some() == session_id.is_some() {
        return Ok(false);
    }
    let at = session_id.map(|_| tx.now());
    sqlx::query(
        "INSERT INTO member_second_step (member_id, mail_since, mail_created_in) VALUES ($1, $2, $3) \
         ON CONFLICT (member_id) DO UPDATE SET mail_since = excluded.mail_since, \
         mail_created_in = excluded.mail_created_in",
    )
    .bind(account.id())
    .bind(at)
    .bind(session_id)
    .execute(tx.conn())
    .await?;
    Ok(true)
}

/// The switch of 2段階認証, and codes by e-mail.
pub const DATA: DataSet = DataSet {
    table: "member_second_step",
    categories: &[Category { name: "second_factor", retention: |_| Some(Retention::UntilRemoved) }],
    export: Some(
        "SELECT member_id AS key, switched_on_at, mail_since FROM member_second_step \
         WHERE member_id = $1 AND member_id > $2 LIMIT $3",
    ),
    purge: &[],
};
