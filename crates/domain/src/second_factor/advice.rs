//! What a member has set up as second factors, and what to do next about it: one advice at a time, the most helpful
//! first.

use serde::{Deserialize, Serialize};

use crate::second_factor::Method;

/// What a member has set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// 「2段階認証サービス」 is on (MP-43).
    pub switched_on: bool,
    /// The methods that are set up and that the site offers, in the order of its policy (C-26).
    pub methods: Vec<Method>,
    /// Backup codes left.
    pub backup_codes: i64,
}

impl Factors {
    /// Whether a second factor is asked for (MP-51: the switch decides; MP-52: not while nothing is set up).
    pub fn asked(&self) -> bool {
        self.switched_on && !self.methods.is_empty()
    }
}

/// What a site offers its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// How many methods.
    pub methods: usize,
    /// Whether a member may have several of them set up.
    pub several: bool,
    /// Whether there are backup codes.
    pub backup_codes: bool,
}

/// What a member should do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Turn 2-step verification on (MP-87).
    TurnOn,
    /// It is on, and no method is set up yet (MP-52).
    SetUp,
    /// One lost phone or mailbox would lock the member out: set up a second method.
    AnotherWay,
    /// Make backup codes.
    BackupCodes,
    /// Few backup codes are left.
    FewCodes,
    /// Nothing.
    Nothing,
}

/// Backup codes below which new ones are advised.
const FEW: i64 = 3;

/// What a member should do next, where the site offers this.
pub fn advice(has: &Factors, offered: Offered) -> Advice {
    let another = offered.several && offered.methods > 1;
    match (has.switched_on, has.methods.len()) {
        _ if offered.methods == 0 => Advice::Nothing,
        (false, _) => Advice::TurnOn,
        (true, 0) => Advice::SetUp,
        (true, _) if offered.backup_codes && has.backup_codes == 0 => Advice::BackupCodes,
        (true, _) if offered.backup_codes && has.backup_codes < FEW => Advice::FewCodes,
        (true, 1) if another && !offered.backup_codes => Advice::AnotherWay,
        _ => Advice::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mp_87_one_thing_at_a_time_the_most_helpful_first() {
        use Method::{App, Mail};
        let advised = |offered: Offered, switched_on: bool, methods: &[Method], backup_codes: i64| {
            advice(&Factors { switched_on, methods: methods.to_vec(), backup_codes }, offered)
        };
        let two = Offered { methods: 2, several: true, backup_codes: false };
        assert_eq!(advised(two, false, &[App], 0), Advice::TurnOn);
        assert_eq!(advised(two, true, &[], 0), Advice::SetUp);
        assert_eq!(advised(two, true, &[App], 0), Advice::AnotherWay);
        assert_eq!(advised(two, true, &[App, Mail], 0), Advice::Nothing);
        assert_eq!(advised(Offered { several: false, ..two }, true, &[App], 0), Advice::Nothing);
        assert_eq!(advised(Offered { methods: 0, ..two }, true, &[], 0), Advice::Nothing);
        let codes = Offered { backup_codes: true, ..two };
        assert_eq!(advised(codes, true, &[App], 0), Advice::BackupCodes);
        assert_eq!(advised(codes, true, &[App], 2), Advice::FewCodes);
        assert_eq!(advised(codes, true, &[App], 10), Advice::Nothing);
    }
}
