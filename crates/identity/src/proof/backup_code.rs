//! バックアップコード: for the day the second factor is out of reach (KB-16). Shown once, each good once. Ten characters
//! of 32 are 50 bits: what is stored is a MAC under the site key, and wrong ones count towards the second step's lock.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::proof::unstored::Unstored;
use crate::proof::written_code;
use crate::work::Work;

const DRAFT_SEALED_AS: &str = "backup code list";

/// A list on its way: shown, and stored only when the member says that it is kept.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The list for the form's hidden field, sealed, good for one member and half an hour.
    pub sealed: String,
    /// The codes as they are shown.
    pub codes: Vec<String>,
}

/// Makes a list of `count` codes of `length` characters.
pub fn draft(desk: &Desk, member_id: &str, count: u16, length: u16) -> Result<Draft, Fault> {
    let codes: Vec<_> = (0..count).map(|_| written_code::random(&desk.random, length)).collect();
    let shown = codes.iter().map(|code| grouped(code)).collect();
    let sealed = Unstored::new(desk, member_id, codes).seal(desk, DRAFT_SEALED_AS)?;
    Ok(Draft { sealed, codes: shown })
}

/// Stores the list that was shown in the place of the one before; false when it is of no use any more.
pub async fn keep(work: &mut Work, member_id: &str, sealed: &str) -> Result<bool, Fault> {
    let list = Unstored::<Vec<String>>::open(work.desk(), member_id, DRAFT_SEALED_AS, sealed);
    let Some(Unstored { id, secret: codes, .. }) = list else { return Ok(false) };
    let (now, of_this) = (work.now(), format!("{id}:%"));
    // A list that is older than the one in force stays void: what was used of it must not come back.
    let newer: Option<String> = sqlx::query_scalar(
        "SELECT MAX(id) FROM backup_code WHERE member_id = $1 AND id > $2 AND id NOT LIKE $3",
    )
    .bind(member_id)
    .bind(&id)
    .bind(&of_this)
    .fetch_one(work.conn())
    .await?;
    if newer.is_some() {
        return Ok(false);
    }
    for (n, code) in codes.iter().enumerate() {
        let mac = mac(work, member_id, code);
        // Sent twice, a list is stored once: what was used of it stays used.
        sqlx::query(
            "INSERT INTO backup_code (id, member_id, code_mac, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(format!("{id}:{n}"))
        .bind(member_id)
        .bind(mac)
        .bind(now)
        .execute(work.conn())
        .await?;
    }
    sqlx::query("DELETE FROM backup_code WHERE member_id = $1 AND id NOT LIKE $2")
        .bind(member_id)
        .bind(&of_this)
        .execute(work.conn())
        .await?;
    Ok(true)
}

/// Whether it is one of the member's codes that was not used. Uses it.
pub async fn accept(work: &mut Work, member_id: &str, typed: &str) -> Result<bool, Fault> {
    let (now, mac) = (work.now(), mac(work, member_id, &written_code::folded(typed)));
    let used: Option<String> = sqlx::query_scalar(
        "UPDATE backup_code SET used_at = $3 WHERE member_id = $1 AND code_mac = $2 AND used_at IS NULL RETURNING id",
    )
    .bind(member_id)
    .bind(mac)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(used.is_some())
}

/// Forgets all codes of a member.
pub async fn forget(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM backup_code WHERE member_id = $1").bind(member_id).execute(work.conn()).await?;
    Ok(())
}

/// In two halves.
fn grouped(code: &str) -> String {
    written_code::grouped(code, code.len().div_ceil(2))
}

fn mac(work: &Work, member_id: &str, code: &str) -> String {
    work.desk().site_key.mac("backup code", &[member_id, code])
}
