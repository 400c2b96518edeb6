//! 2段階認証: the methods, why their set-up ([`set_up`]) or the second factor of a sign-in ([`challenge`]) is refused, and
//! the advice on ホーム.
//!
//! The policy says which methods a site offers; the server makes and judges codes.

mod advice;
pub mod challenge;
pub mod set_up;

pub use advice::{Advice, Factors, Offered, advice};

use serde::{Deserialize, Serialize};

/// A method of the second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code from an authenticator app; asked first where several methods are set up (C-26).
    #[default]
    App,
    /// A code by e-mail.
    Mail,
    /// A code from the list of backup codes.
    BackupCode,
    /// A passkey instead of a code.
    Passkey,
}

impl Method {
    /// The stable name, in forms and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Mail => "mail",
            Self::BackupCode => "backup_code",
            Self::Passkey => "passkey",
        }
    }

    /// The method of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::App, Self::Mail, Self::BackupCode, Self::Passkey].into_iter().find(|m| m.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_by_their_names() {
        for method in [Method::App, Method::Mail, Method::BackupCode, Method::Passkey] {
            assert_eq!(Method::from_name(method.name()), Some(method));
        }
        assert_eq!(Method::from_name("sms"), None);
    }
}
