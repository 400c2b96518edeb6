//! バックアップコード: for the day the second factor is out of reach (KB-16). Shown once, each good once. Ten characters
//! of 32 are 50 bits: what is stored is a MAC under the site key, and wrong ones count towards the second step's lock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::proof::written_code;
use crate::secret::digest;
use crate::work::Work;

/// How long a list that was shown can be stored.
const DRAFT_MS: i64 = 30 * MINUTE_MS;
const DRAFT_SEALED_AS: &str = "backup code list";

/// A list on its way: shown, and stored only when the member says that it is kept.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The list for the form's hidden field, sealed, good for one member and half an hour.
    pub sealed: String,
    /// The codes as they are shown.
    pub codes: Vec<String>,
}

/// What is inside the hidden field.
#[derive(Serialize, Deserialize)]
struct Inside {
    id: String,
    member_id: String,
    until: i64,
    codes: Vec<String>,
}

/// Makes a list of `count` codes of `length` characters.
pub fn draft(desk: &Desk, member_id: &str, count: u16, length: u16) -> Result<Draft, Fault> {
    let now = desk.now();
    let codes: Vec<_> = (0..count).map(|_| written_code::random(&desk.random, length)).collect();
    let inside =
        Inside { id: desk.random.id(now), member_id: member_id.to_owned(), until: now + DRAFT_MS, codes };
    let sealed = URL_SAFE_NO_PAD.encode(desk.site_key.seal_json(DRAFT_SEALED_AS, &inside, &desk.random)?);
    Ok(Draft { sealed, codes: inside.codes.iter().map(|code| grouped(code)).collect() })
}

/// Stores the list that was shown in the place of the one before; false when it is of no use any more.
pub async fn keep(work: &mut Work, member_id: &str, sealed: &str) -> Result<bool, Fault> {
    let Some(inside) = opened(work.desk(), member_id, sealed) else { return Ok(false) };
    let now = work.now();
    // A list that is older than the one in force stays void: what was used of it must not come back.
    let newer: Option<String> = sqlx::query_scalar(
        "SELECT MAX(id) FROM backup_code WHERE member_id = $1 AND id > $2 AND id NOT LIKE $3",
    )
    .bind(member_id)
    .bind(&inside.id)
    .bind(format!("{}:%", inside.id))
    .fetch_one(work.conn())
    .await?;
    if newer.is_some() {
        return Ok(false);
    }
    for (n, code) in inside.codes.iter().enumerate() {
        let mac = mac(work, member_id, code);
        // Sent twice, a list is stored once: what was used of it stays used.
        sqlx::query(
            "INSERT INTO backup_code (id, member_id, code_mac, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(format!("{}:{n}", inside.id))
        .bind(member_id)
        .bind(mac)
        .bind(now)
        .execute(work.conn())
        .await?;
    }
    sqlx::query("DELETE FROM backup_code WHERE member_id = $1 AND id NOT LIKE $2")
        .bind(member_id)
        .bind(format!("{}:%", inside.id))
        .execute(work.conn())
        .await?;
    Ok(true)
}

fn opened(desk: &Desk, member_id: &str, sealed: &str) -> Option<Inside> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let inside: Inside = desk.site_key.open_json(DRAFT_SEALED_AS, &bytes).ok()?;
    (inside.member_id == member_id && inside.until > desk.now()).then_some(inside)
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
    digest(&[&work.desk().site_key.derive("backup code", &[member_id, code])])
}
