//! How well an account is protected, and the next best thing to do about it: one advice at a time, the one that
//! helps most first.

use serde::{Deserialize, Serialize};

use crate::policy::{SecondFactorMethod, SitePolicy};
use crate::second_step::Method;

/// What a member can be asked for in the second step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// 「2段階認証サービス」 is on (MP-43).
    pub switched_on: bool,
    /// The methods that are set up and that the policy has, in the policy's order (C-26).
    pub methods: Vec<Method>,
    /// Backup codes left.
    pub backup_codes: i64,
}

impl Factors {
    /// Whether a second step is asked for (MP-51: the switch decides; MP-52: nothing set up asks for nothing).
    pub fn asked(&self) -> bool {
        self.switched_on && !self.methods.is_empty()
    }
}

/// The next best thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Turn 2-step verification on (MP-87).
    TurnOn,
    /// It is on, and there is no way yet to get a code (MP-52).
    SetUp,
    /// One lost phone or mailbox would lock the owner out: set up a second way.
    AnotherWay,
    /// Make backup codes.
    BackupCodes,
    /// Few backup codes are left.
    FewCodes,
    /// Nothing: all is well.
    Nothing,
}

/// Backup codes below which new ones are advised.
const FEW: i64 = 3;

/// Judges it by what the site offers.
pub fn advice(has: &Factors, policy: &SitePolicy) -> Advice {
    let offered = |m: &SecondFactorMethod| {
        matches!(m, SecondFactorMethod::App | SecondFactorMethod::Mail | SecondFactorMethod::Passkey)
    };
    let ways = policy.second_factor.methods.iter().filter(|m| offered(m)).count();
    let several = policy.second_factor.several_methods && ways > 1;
    let codes = policy.backup.codes_given() > 0;
    match (has.switched_on, has.methods.len()) {
        _ if ways == 0 => Advice::Nothing,
        (false, _) => Advice::TurnOn,
        (true, 0) => Advice::SetUp,
        (true, _) if codes && has.backup_codes == 0 => Advice::BackupCodes,
        (true, _) if codes && has.backup_codes < FEW => Advice::FewCodes,
        (true, 1) if several && !codes => Advice::AnotherWay,
        _ => Advice::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(name: &str, switched_on: bool, methods: &[Method], backup_codes: i64) -> Advice {
        let policy = toml::from_str(crate::policy::preset(name).unwrap()).unwrap();
        advice(&Factors { switched_on, methods: methods.to_vec(), backup_codes }, &policy)
    }

    #[test]
    fn mp_87_one_thing_at_a_time_the_most_helpful_first() {
        use Method::{App, Mail};
        assert_eq!(advised("standard", false, &[App], 0), Advice::TurnOn);
        assert_eq!(advised("standard", true, &[], 0), Advice::SetUp);
        assert_eq!(advised("standard", true, &[App], 0), Advice::AnotherWay);
        assert_eq!(advised("standard", true, &[App, Mail], 0), Advice::Nothing);
        assert_eq!(advised("modern", true, &[App], 0), Advice::BackupCodes);
        assert_eq!(advised("modern", true, &[App], 2), Advice::FewCodes);
        assert_eq!(advised("modern", true, &[App], 10), Advice::Nothing);
    }
}
