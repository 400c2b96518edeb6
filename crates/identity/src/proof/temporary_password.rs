//! 仮パスワード (MP-96, C-01): sent by staff to the registered address, good for a short time and once, and only for
//! setting a new password. It stands beside the member's own password, which goes on working: whoever talks staff into
//! sending one cannot lock the owner out by it.

use crate::fault::Fault;
use crate::proof::written_code;
use crate::random::Random;
use crate::secret::Password;
use crate::work::Work;

const GROUP: usize = 4;
const GROUPS: usize = 3;
const LENGTH: u16 = 12;

/// A new one, as it is written in the letter: `ab3d-e9fg-h2jk`, 60 bits.
pub fn make(random: &Random) -> Password {
    Password::new(&written_code::grouped(&written_code::random(random, LENGTH), GROUP))
}

/// What was typed as it was written in the letter, if it can be one at all. While one is in force, a text of this form
/// is taken for it: so a sign-in costs one hash in any case.
pub fn read(typed: &str) -> Option<Password> {
    let typed = domain::fold::ascii_fold(typed).trim().to_ascii_lowercase();
    let is_group = |group: &str| group.len() == GROUP && group.bytes().all(|b| b.is_ascii_alphanumeric());
    let groups: Vec<&str> = typed.split('-').collect();
    (groups.len() == GROUPS && groups.into_iter().all(is_group))
        .then(|| Password::new(&written_code::grouped(&written_code::folded(&typed), GROUP)))
}

/// Puts one in force, in the place of an earlier one, until `expires_at` (unix ms).
pub async fn put(work: &mut Work, member_id: &str, hash: &str, expires_at: i64) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query(
        "INSERT INTO temporary_password (member_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at, \
         expires_at = excluded.expires_at, used_at = NULL",
    )
    .bind(member_id)
    .bind(hash)
    .bind(now)
    .bind(expires_at)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Uses it up; false when another request was first, or another one was sent meanwhile.
pub async fn take(work: &mut Work, member_id: &str, hash: &str) -> Result<bool, Fault> {
    let now = work.now();
    let taken: Option<String> = sqlx::query_scalar(
        "UPDATE temporary_password SET used_at = $3 \
         WHERE member_id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING member_id",
    )
    .bind(member_id)
    .bind(hash)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    Ok(taken.is_some())
}

/// Forgets it: a new password was set.
pub async fn forget(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM temporary_password WHERE member_id = $1")
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Removes those whose time is over, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM temporary_password WHERE member_id IN \
         (SELECT member_id FROM temporary_password WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT member_id AS key, created_at, expires_at, used_at FROM temporary_password \
     WHERE member_id = $1 AND member_id > $2 LIMIT $3";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mp_96_it_is_read_however_people_type_it() {
        for typed in ["ab3d-e9fg-h2jk", " AB3D-E9FG-H2JK ", "ＡＢ３Ｄ－Ｅ９ＦＧ－Ｈ２ＪＫ"] {
            assert_eq!(read(typed).unwrap().expose(), "ab3d-e9fg-h2jk", "{typed}");
        }
        assert_eq!(read("O000-Il11-0000").unwrap().expose(), "0000-1111-0000");
        for own in ["", "correct horse", "ab3de9fgh2jk", "ab3d-e9fg", "ab3d-e9fg-h2j!", "ab3d-e9fg-h2jk-"] {
            assert!(read(own).is_none(), "{own}");
        }
    }
}
