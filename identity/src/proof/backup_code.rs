//! バックアップコード: for the day the second factor is out of reach (KB-16). Shown once, each good once. Ten characters
//! of 32 are 50 bits: what is stored is a MAC under the site key, and wrong ones count towards the second step's lock.

use crate::fault::Fault;
use crate::secret::digest;
use crate::work::Work;

/// Characters that are not mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Replaces the member's codes by `count` new ones of `length` characters; they cannot be shown again.
pub async fn make(work: &mut Work, member_id: &str, count: u16, length: u16) -> Result<Vec<String>, Fault> {
    sqlx::query("DELETE FROM backup_code WHERE member_id = $1").bind(member_id).execute(work.conn()).await?;
    let mut codes = Vec::new();
    for _ in 0..count {
        let code = random_code(work, length);
        let (id, now, mac) = (work.id(), work.now(), mac(work, member_id, &code));
        sqlx::query("INSERT INTO backup_code (id, member_id, code_mac, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(member_id)
            .bind(mac)
            .bind(now)
            .execute(work.conn())
            .await?;
        codes.push(grouped(&code));
    }
    Ok(codes)
}

/// Whether it is one of the member's codes that was not used. Uses it.
pub async fn accept(work: &mut Work, member_id: &str, typed: &str) -> Result<bool, Fault> {
    let (now, mac) = (work.now(), mac(work, member_id, &folded(typed)));
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

fn random_code(work: &Work, length: u16) -> String {
    let random = &work.desk().random;
    // 256 is a multiple of 32: every character is equally likely.
    (0..length).map(|_| char::from(ALPHABET[usize::from(random.bytes::<1>()[0] & 31)])).collect()
}

/// As it is typed by people: any width and case, with spaces or hyphens; o for 0, i and l for 1.
fn folded(typed: &str) -> String {
    domain::fold::ascii_fold(typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect()
}

/// As it is shown: `ab3de-9fgh2`.
fn grouped(code: &str) -> String {
    let half = code.len().div_ceil(2);
    match code.split_at_checked(half) {
        Some((a, b)) if !b.is_empty() => format!("{a}-{b}"),
        _ => code.to_owned(),
    }
}

fn mac(work: &Work, member_id: &str, code: &str) -> String {
    digest(&[&work.desk().site_key.derive("backup code", &[member_id, code])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_by_people() {
        assert_eq!(folded(" AB3DE－９ＦＧＨ２ "), "ab3de9fgh2");
        assert_eq!(folded("O1-il"), "0111");
        assert_eq!(grouped("ab3de9fgh2"), "ab3de-9fgh2");
    }
}
