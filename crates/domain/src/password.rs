//! What a password must be (MP-13 to MP-16), wherever one is set, and a hint while it is typed.
//!
//! The site's policy says which rules apply. The server consults lists of common passwords, and hashes and compares.

use crate::fold::ascii_fold;
use serde::{Deserialize, Serialize};

/// The site's rules for passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    /// At least so many characters.
    pub min_length: u16,
    /// At most so many characters; keeps the cost of hashing bounded.
    pub max_length: u16,
    /// How many of the four classes capital, small letter, digit, symbol must occur; 0 asks for none.
    pub classes_required: u8,
    /// Refuse a password with the member's family or given name in it (MP-13, MP-14).
    pub refuse_names: bool,
    /// Refuse a password with the whole user ID in it (MP-15).
    pub refuse_user_id: bool,
    /// Refuse passwords from the list of common ones. Judged by the server only; [`check`] does not look at it.
    pub refuse_common: bool,
}

/// The member whose password it is to be. Blank where not known; a blank is not looked for.
#[derive(Clone, Copy, Default)]
pub struct PasswordContext<'a> {
    /// 姓
    pub family_name: &'a str,
    /// 名
    pub given_name: &'a str,
    /// The e-mail address.
    pub user_id: &'a str,
}

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordRefused {
    /// Nothing was typed.
    Empty,
    /// Fewer characters than the site asks for.
    TooShort {
        /// The least number of characters.
        min: u16,
    },
    /// More characters than the site takes.
    TooLong {
        /// The greatest number of characters.
        max: u16,
    },
    /// The given name is in it (MP-13).
    ContainsGivenName,
    /// The family name is in it (MP-14).
    ContainsFamilyName,
    /// The whole user ID is in it (MP-15).
    ContainsUserId,
    /// Too few of capital, small letter, digit, symbol.
    TooFewClasses {
        /// How many of the four are asked for.
        needed: u8,
    },
    /// On the list of common passwords.
    TooCommon,
}

impl PasswordRefused {
    pub(crate) const fn among(self, codes: [&'static str; 8]) -> &'static str {
        codes[match self {
            Self::Empty => 0,
            Self::TooShort { .. } => 1,
            Self::TooLong { .. } => 2,
            Self::ContainsGivenName => 3,
            Self::ContainsFamilyName => 4,
            Self::ContainsUserId => 5,
            Self::TooFewClasses { .. } => 6,
            Self::TooCommon => 7,
        }]
    }
}

/// Everything that is wrong with `draft`, at once; none when it may be set. Lengths count characters, as a
/// person does. Names and user ID are looked for whatever the width and case of their letters.
pub fn check(draft: &str, rules: &PasswordRules, about: &PasswordContext<'_>) -> Vec<PasswordRefused> {
    if draft.is_empty() {
        return vec![PasswordRefused::Empty];
    }
    let length = draft.chars().count();
    let folded = folded(draft);
    let contains = |part: &str| is_worth_looking_for(part) && folded.contains(part);
    let [given, family, user_id] = [about.given_name, about.family_name, about.user_id].map(self::folded);
    [
        (length < usize::from(rules.min_length), PasswordRefused::TooShort { min: rules.min_length }),
        (length > usize::from(rules.max_length), PasswordRefused::TooLong { max: rules.max_length }),
        (rules.refuse_names && contains(&given), PasswordRefused::ContainsGivenName),
        (rules.refuse_names && contains(&family), PasswordRefused::ContainsFamilyName),
        (rules.refuse_user_id && contains(&user_id), PasswordRefused::ContainsUserId),
        (
            classes(draft) < rules.classes_required,
            PasswordRefused::TooFewClasses { needed: rules.classes_required },
        ),
    ]
    .into_iter()
    .filter_map(|(broken, refused)| broken.then_some(refused))
    .collect()
}

fn folded(text: &str) -> String {
    ascii_fold(text).trim().to_lowercase()
}

/// A name of one ASCII letter would forbid that letter altogether; 林 is one character and does count.
fn is_worth_looking_for(part: &str) -> bool {
    !part.is_empty() && part.len() != 1
}

/// How many of capital, small letter, digit, symbol occur. What is no ASCII letter or digit counts as a symbol.
fn classes(draft: &str) -> u8 {
    let mut seen = [false; 4];
    for c in draft.chars() {
        seen[match c {
            'A'..='Z' => 0,
            'a'..='z' => 1,
            '0'..='9' => 2,
            _ => 3,
        }] = true;
    }
    seen.into_iter().map(u8::from).sum()
}

/// 弱・中・強 (BA-04). A hint: weak is accepted all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// 弱
    Weak,
    /// 中
    Fair,
    /// 強
    Strong,
}

/// A rough guess, cheap enough for every keystroke: the length without repetitions and runs such as `aaaa` and
/// `1234`, never more than twice the number of different characters, two points for each further class.
pub fn strength(draft: &str) -> Strength {
    let letters: Vec<char> = draft.chars().take(64).collect();
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    let steps = letters.windows(2).filter(|pair| (pair[0] as u32).abs_diff(pair[1] as u32) > 1).count();
    let points = (steps + 1).min(2 * different.len()) + 2 * usize::from(classes(draft).saturating_sub(1));
    match points {
        18.. => Strength::Strong,
        12.. => Strength::Fair,
        _ => Strength::Weak,
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordRefused::{
        ContainsFamilyName, ContainsGivenName, ContainsUserId, Empty, TooFewClasses, TooLong, TooShort,
    };
    use super::*;
    use proptest::prelude::*;

    const RULES: PasswordRules = PasswordRules {
        min_length: 8,
        max_length: 64,
        classes_required: 0,
        refuse_names: true,
        refuse_user_id: true,
        refuse_common: false,
    };
    const TARO: PasswordContext<'_> =
        PasswordContext { family_name: "Yamada", given_name: "Taro", user_id: "taro.y@example.jp" };

    fn refused(draft: &str) -> Vec<PasswordRefused> {
        check(draft, &RULES, &TARO)
    }

    #[test]
    fn mp_13_the_given_name_is_refused_in_any_case_and_width() {
        for draft in ["xx-taro-99", "XX-TARO-99", "xx-ｔａｒｏ-99"] {
            assert_eq!(refused(draft), [ContainsGivenName], "{draft}");
        }
    }

    #[test]
    fn mp_14_the_family_name_is_refused() {
        assert_eq!(refused("my-yamada-1"), [ContainsFamilyName]);
        assert_eq!(refused("yamadataro"), [ContainsGivenName, ContainsFamilyName]);
        let hayashi = PasswordContext { family_name: "林", given_name: "", user_id: "" };
        assert_eq!(check("林1234567", &RULES, &hayashi), [ContainsFamilyName]);
    }

    #[test]
    fn mp_15_the_whole_user_id_is_refused_a_part_is_not() {
        let about = PasswordContext { user_id: "hanako@example.jp", ..PasswordContext::default() };
        assert_eq!(check("Hanako@Example.JP!", &RULES, &about), [ContainsUserId]);
        assert_eq!(check("hanako@example", &RULES, &about), []);
    }

    #[test]
    fn one_ascii_letter_is_no_name_to_look_for() {
        let about = PasswordContext { family_name: "O", given_name: " a ", user_id: "" };
        assert_eq!(check("oaoaoaoa", &RULES, &about), []);
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(refused(""), [Empty]);
        assert_eq!(refused("ひみつ"), [TooShort { min: 8 }]);
        assert_eq!(refused("ひみつの合言葉だ"), []);
        assert_eq!(refused(&"𠮷".repeat(65)), [TooLong { max: 64 }]);
    }

    #[test]
    fn classes_are_counted_when_asked_for() {
        let rules = PasswordRules { classes_required: 3, ..RULES };
        let about = PasswordContext::default();
        assert_eq!(check("abcdefg1", &rules, &about), [TooFewClasses { needed: 3 }]);
        assert_eq!(check("Abcdefg1", &rules, &about), []);
        assert_eq!(check("abcdef-1", &rules, &about), []);
    }

    #[test]
    fn mp_16_rules_can_be_switched_off_by_policy() {
        let rules = PasswordRules { refuse_names: false, refuse_user_id: false, ..RULES };
        assert_eq!(check("yamada-taro.y@example.jp", &rules, &TARO), []);
    }

    #[test]
    fn ba_04_three_strengths() {
        for draft in ["", "password", "12345678", "aaaaaaaaaaaa", "abababababab", "abcdefghijkl"] {
            assert_eq!(strength(draft), Strength::Weak, "{draft}");
        }
        assert_eq!(strength("Passw0rd!x"), Strength::Fair);
        assert_eq!(strength("correct horse battery"), Strength::Strong);
        assert_eq!(strength("kT9#wq2!Lm5z"), Strength::Strong);
    }

    proptest! {
        #[test]
        fn checking_never_panics(draft in "\\PC*", name in "\\PC*") {
            let about = PasswordContext { family_name: &name, given_name: &name, user_id: &name };
            let _ = (check(&draft, &RULES, &about), strength(&draft));
        }
    }
}
