//! バックアップコード: for the day the second factor is out of reach (KB-16). They are shown once, and each is single-use. Ten
//! characters of 32 are 50 bits: what is stored is a MAC under the site key, and wrong ones count towards the second
//! factor's lockout.

use platform::context::Ctx;
use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::recovery_code;
use platform::sealed_draft::SealedDraft;
use platform::tx::Tx;

use crate::lock::LockedAccount;

const DRAFT_SEALED_AS: &str = "backup code list";

/// A pending list: shown, and stored only when the member confirms that they kept it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The list for the form's hidden field, sealed, valid for one member and half an hour.
    pub sealed: String,
    /// The codes as they are shown.
    pub codes: Vec<String>,
}

/// Makes a list of `count` codes of `length` characters.
pub fn draft(ctx: &Ctx, member_id: &str, count: u16, length: u16) -> Result<Draft, Failure> {
    let codes: Vec<_> = (0..count).map(|_| recovery_code::random(ctx.rng(), length)).collect();
    let shown = codes.iter().map(|code| grouped(code)).collect();
    let sealed = SealedDraft::new(ctx, member_id, codes).seal(ctx, DRAFT_SEALED_AS)?;
    Ok(Draft { sealed, codes: shown })
}

/// Stores the list that was shown in the place of the one before; false when it expired, or a newer one is stored.
pub async fn store(
    tx: &mut Tx,
    account: &LockedAccount,
    sealed: &str,
    session_id: &str,
) -> Result<bool, Failure> {
    let member_id = account.id();
    let list = SealedDraft::<Vec<String>>::open(tx.ctx(), member_id, DRAFT_SEALED_AS, sealed);
    let Some(SealedDraft { id, secret: codes, .. }) = list else { return Ok(false) };
    let (now, of_this) = (tx.now(), format!("{id}:%"));
    // A list that is older than the stored one is refused: its used codes must not come back.
    let newer: Option<String> = sqlx::query_scalar(
        "SELECT MAX(id) FROM backup_code WHERE member_id = $1 AND id > $2 AND id NOT LIKE $3",
    )
    .bind(member_id)
    .bind(&id)
    .bind(&of_this)
    .fetch_one(tx.conn())
    .await?;
    if newer.is_some() {
        return Ok(false);
    }
    for (n, code) in codes.iter().enumerate() {
        let mac = mac(tx, member_id, code);
        // A list that is sent twice is stored once: its used codes stay used.
        sqlx::query(
            "INSERT INTO backup_code (id, member_id, code_mac, created_at, created_in) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(format!("{id}:{n}"))
        .bind(member_id)
        .bind(mac)
        .bind(now)
        .bind(session_id)
        .execute(tx.conn())
        .await?;
    }
    sqlx::query("DELETE FROM backup_code WHERE member_id = $1 AND id NOT LIKE $2")
        .bind(member_id)
        .bind(&of_this)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Whether it is an unused code of the member. Uses it up.
pub async fn accept(tx: &mut Tx, account: &LockedAccount, typed: &str) -> Result<bool, Failure> {
    let member_id = account.id();
    let (now, mac) = (tx.now(), mac(tx, member_id, &recovery_code::folded(typed)));
    let used: Option<String> = sqlx::query_scalar(
        "UPDATE backup_code SET used_at = $3 WHERE member_id = $1 AND code_mac = $2 AND used_at IS NULL RETURNING id",
    )
    .bind(member_id)
    .bind(mac)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(used.is_some())
}

/// In two halves.
fn grouped(code: &str) -> String {
    recovery_code::grouped(code, code.len().div_ceil(2))
}

fn mac(tx: &Tx, member_id: &str, code: &str) -> String {
    tx.site_key().mac("backup code", &[member_id, code])
}

/// Backup codes.
pub const DATA: DataSet = DataSet {
    table: "backup_code",
    categories: &[Category {
        name: "backup_codes",
        retention: |ctx| (ctx.policy().backup.codes_given() > 0).then_some(Retention::UntilRemoved),
    }],
    export: Some(
        "SELECT id AS key, created_at, used_at FROM backup_code WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};
