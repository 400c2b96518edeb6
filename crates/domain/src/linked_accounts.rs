//! SNSアカウント連携 (MP-60 to MP-67): what a visit to an outside provider is for, and why it led to nothing.

use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::refusal::Refusal;
use crate::route::Route;

/// In front of a provider's id where the history says how somebody came in: `sns:google`.
pub const METHOD: &str = "sns:";

/// What a visit to a provider is for. The names are stored and stand in forms; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in (MP-65, MD-06).
    SignIn,
    /// To register with it (MP-18).
    SignUp,
    /// To link it to the account that is signed in (MP-61).
    Link,
    /// To prove again to be oneself, for members who have no password.
    Confirm,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::SignUp, Self::Link, Self::Confirm];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Link => "link",
            Self::Confirm => "confirm",
        }
    }

    /// The purpose of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The page that the visit begins on, and comes back to when it led to nothing.
    pub const fn page(self) -> Route {
        match self {
            Self::SignIn => Route::SignIn,
            Self::SignUp => Route::Register,
            Self::Link => Route::Linked,
            Self::Confirm => Route::Confirm,
        }
    }
}

/// Why a visit to a provider, or a change of the links, led to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The person turned back at the provider.
    Cancelled,
    /// The provider cannot be reached, or does not answer in time.
    Unreachable,
    /// What the provider answered cannot be believed.
    NotAccepted,
    /// No such visit: used, too old, or of another browser.
    Over,
    /// The account is linked to another member; nobody learns whose (MP-64).
    UsedElsewhere,
    /// The member has a link already that this one would stand beside (MP-62, MD-28).
    OtherLinked,
    /// Not linked, and linked only where the way to sign in is chosen (MD-27).
    NotLinked,
    /// The account was locked by its owner.
    Locked,
    /// Too many visits from this network.
    TooMany,
    /// Not the account that is linked to this member.
    OtherAccount,
    /// Without it, nothing would be left to sign in with.
    LastWayIn,
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
        Self::LastWayIn,
        Self::Chosen,
    ];

    /// What the page is told in `?sns=`.
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
            Self::LastWayIn => "last_way_in",
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
            Self::LastWayIn => "LA11",
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
