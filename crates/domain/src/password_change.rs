//! Setting a new password, with the current one (MP-38) or through a reset e-mail (MP-35).

use crate::field::Field;
use crate::password::{self, PasswordContext, PasswordRefused, PasswordRules};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form of a change as it was sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The present password, always required (MP-38).
    pub current_password: String,
    /// The new password.
    pub new_password: String,
    /// The same once more.
    pub new_password_confirm: String,
}

impl fmt::Debug for Form {
    /// Shows none of the three.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("password_change::Form").finish_non_exhaustive()
    }
}

/// Why a password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The current password is blank.
    CurrentEmpty,
    /// Not the current password.
    CurrentWrong,
    /// The new one breaks a rule (MP-16).
    New(PasswordRefused),
    /// The second typing is not the first.
    ConfirmDiffers,
    /// The new one is the current one.
    SameAsBefore,
    /// The site is overloaded; in a moment it works again.
    Busy,
    /// Locked out: too many wrong current passwords in a row.
    Locked,
    /// The reset e-mail's link was used, is too old or incomplete; the page does not say which (MP-36).
    LinkInvalid,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::CurrentEmpty => "PW01",
            Self::CurrentWrong => "PW02",
            Self::ConfirmDiffers => "PW03",
            Self::SameAsBefore => "PW04",
            Self::Busy => "PW05",
            Self::Locked => "PW06",
            Self::LinkInvalid => "PW07",
            Self::New(why) => why.among(["PW10", "PW11", "PW12", "PW13", "PW14", "PW15", "PW16", "PW17"]),
        }
    }

    fn field(self) -> Field {
        match self {
            Self::CurrentEmpty | Self::CurrentWrong => Field::CurrentPassword,
            Self::New(_) | Self::SameAsBefore => Field::NewPassword,
            Self::ConfirmDiffers => Field::NewPasswordConfirm,
            Self::Busy | Self::Locked | Self::LinkInvalid => Field::Form,
        }
    }
}

/// Judges a change: all problems at once, in the order of the fields. Whether the current password is the right
/// one only the server can tell.
pub fn check(form: &Form, rules: &PasswordRules, about: &PasswordContext) -> Result<(), Vec<Refused>> {
    let mut refused = Vec::new();
    if form.current_password.is_empty() {
        refused.push(Refused::CurrentEmpty);
    } else if form.current_password == form.new_password {
        refused.push(Refused::SameAsBefore);
    }
    refused.extend(
        check_new(&form.new_password, &form.new_password_confirm, rules, about).err().into_iter().flatten(),
    );
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

/// Judges the new password alone, for a reset, where no current one is known.
pub fn check_new(
    new: &str,
    confirm: &str,
    rules: &PasswordRules,
    about: &PasswordContext,
) -> Result<(), Vec<Refused>> {
    let mut refused: Vec<_> = password::check(new, rules, about).into_iter().map(Refused::New).collect();
    if !new.is_empty() && new != confirm {
        refused.push(Refused::ConfirmDiffers);
    }
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PasswordRules = PasswordRules {
        min_length: 8,
        max_length: 64,
        classes_required: 0,
        refuse_names: true,
        refuse_user_id: true,
        refuse_common: false,
    };

    fn judged(current: &str, new: &str, confirm: &str) -> Result<(), Vec<Refused>> {
        let form = Form {
            current_password: current.into(),
            new_password: new.into(),
            new_password_confirm: confirm.into(),
        };
        check(&form, &RULES, &PasswordContext { family_name: "Yamada", ..PasswordContext::default() })
    }

    #[test]
    fn mp_38_the_current_password_is_always_required() {
        assert_eq!(judged("old-secret", "new-secret", "new-secret"), Ok(()));
        assert_eq!(judged("", "new-secret", "new-secret"), Err(vec![Refused::CurrentEmpty]));
    }

    #[test]
    fn mp_16_the_rules_hold_for_a_change_and_for_a_reset() {
        let named = Refused::New(PasswordRefused::ContainsFamilyName);
        assert_eq!(judged("old-secret", "yamada-secret", "yamada-secret"), Err(vec![named]));
        let about = PasswordContext { family_name: "Yamada", ..PasswordContext::default() };
        assert_eq!(
            check_new("yamada-secret", "other", &RULES, &about),
            Err(vec![named, Refused::ConfirmDiffers])
        );
    }

    #[test]
    fn both_typings_and_a_difference_are_needed() {
        assert_eq!(judged("old-secret", "new-secret", "new-sekret"), Err(vec![Refused::ConfirmDiffers]));
        assert_eq!(judged("old-secret", "old-secret", "old-secret"), Err(vec![Refused::SameAsBefore]));
        assert_eq!(
            judged("", "", ""),
            Err(vec![Refused::CurrentEmpty, Refused::New(PasswordRefused::Empty)])
        );
    }

    #[test]
    fn debug_is_silent() {
        let form = Form { new_password: "hush".into(), ..Form::default() };
        assert!(!format!("{form:?}").contains("hush"));
    }
}
