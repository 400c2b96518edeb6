//! 仮パスワード (MP-96, C-01): sent by staff to the registered address, single-use, valid for a short time, and only for
//! setting a new password. The member's own password continues to work: nobody can lock a member out by persuading
//! staff to send one.

use platform::recovery_code;
use platform::rng::Random;
use platform::secret::Password;

const GROUP: usize = 4;
const GROUPS: usize = 3;
const LENGTH: u16 = 12;

/// A new one, as it is written in the e-mail: `ab3d-e9fg-h2jk`, 60 bits.
pub(crate) fn make(rng: &Random) -> Password {
    Password::new(&recovery_code::grouped(&recovery_code::random(rng, LENGTH), GROUP))
}

/// What was typed, in the form of the e-mail; `None`: it cannot be a temporary password.
pub(crate) fn read(typed: &str) -> Option<Password> {
    let typed = domain::fold::ascii_fold(typed).trim().to_ascii_lowercase();
    let is_group = |group: &str| group.len() == GROUP && group.bytes().all(|b| b.is_ascii_alphanumeric());
    let groups: Vec<&str> = typed.split('-').collect();
    (groups.len() == GROUPS && groups.into_iter().all(is_group))
        .then(|| Password::new(&recovery_code::grouped(&recovery_code::folded(&typed), GROUP)))
}

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
