//! SNSアカウント連携 (MP-60 to MP-67): what an authorization request to an outside provider is for, and why it led to nothing.

use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::refusal::Refusal;
use crate::route::Route;

/// What a request to a provider is for. The names are stored and used in forms; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in (MP-65, MD-06).
    SignIn,
    /// To register with it (MP-18).
    SignUp,
    /// To link it to the account that is signed in (MP-61).
    Link,
    /// To authenticate again, for members who have no password.
    Reauthenticate,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::SignUp, Self::Link, Self::Reauthenticate];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Link => "link",
            Self::Reauthenticate => "reauthenticate",
        }
    }

    /// The purpose of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The page that the request begins on, and comes back to when it led to nothing.
    pub const fn page(self) -> Route {
        match self {
            Self::SignIn => Route::SignIn,
            Self::SignUp => Route::Register,
            Self::Link => Route::Linked,
            Self::Reauthenticate => Route::Reauthenticate,
        }
    }
}

/// Why a request to a provider, or a change of the links, led to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The person cancelled at the provider.
    Cancelled,
    /// The provider cannot be reached, or does not answer in time.
    Unreachable,
    /// The provider's answer could not be verified.
    NotAccepted,
    /// No such request: used, too old, or of another browser.
    Over,
    /// The account is linked to another member; the page does not say whose (MP-64).
    UsedElsewhere,
    /// The member has a link already, and may not have this one beside it (MP-62, MD-28).
    OtherLinked,
    /// Not linked; on this site only a signed-in member can link it, by switching the sign-in method (MD-27).
    NotLinked,
    /// The member suspended the account.
    Locked,
    /// Too many requests from this network.
    TooMany,
    /// Not the account that is linked to this member.
    OtherAccount,
    /// Without it, nothing would be left to sign in with.
    LastSignInMethod,
    /// Another one was chosen for this registration, and stays until it is complete (MP-19).
    Chosen,
}

impl Refused {
    /// Every refusal.
    pub const ALL: [Self; 12] = [
        Self::Cancelled,
        Self::Unreachable,
        Self::NotAccepted,
        Self::Over,
        Self::UsedElsewhere,
        Self::OtherLinked,
        Self::NotLinked,
        Self::Locked,
        Self::TooMany,
        Self::OtherAccount,
        Self::LastSignInMethod,
        Self::Chosen,
    ];

    /// The value of `?provider_error=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Unreachable => "unreachable",
            Self::NotAccepted => "not_accepted",
            Self::Over => "over",
            Self::UsedElsewhere => "used_elsewhere",
            Self::OtherLinked => "other_linked",
            Self::NotLinked => "not_linked",
            Self::Locked => "locked",
            Self::TooMany => "too_many",
            Self::OtherAccount => "other_account",
            Self::LastSignInMethod => "last_sign_in_method",
            Self::Chosen => "chosen",
        }
    }

    /// The refusal of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refused| refused.name() == name)
    }
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "LA01",
            Self::Unreachable => "LA02",
            Self::NotAccepted => "LA03",
            Self::Over => "LA04",
            Self::UsedElsewhere => "LA05",
            Self::OtherLinked => "LA06",
            Self::NotLinked => "LA07",
            Self::Locked => "LA08",
            Self::TooMany => "LA09",
            Self::OtherAccount => "LA10",
            Self::LastSignInMethod => "LA11",
            Self::Chosen => "LA12",
        }
    }

    fn field(self) -> Field {
        Field::Form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_refusals_are_found_by_their_names() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_name(purpose.name()), Some(purpose));
        }
        for refused in Refused::ALL {
            assert_eq!(Refused::from_name(refused.name()), Some(refused));
        }
        assert_eq!(Purpose::from_name("Link"), None);
        assert_eq!(Refused::from_name(""), None);
    }
}
