//! Server functions of this slice.

use domain::password_change::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// What stands behind a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Whose password it sets; `None`: it is of no use (any more).
    pub owner: Option<Owner>,
    /// How long a letter's link is good for, in minutes.
    pub minutes: String,
}

/// What the rules of a new password look at, and password managers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The user ID.
    pub email: String,
    /// 姓
    pub family_name: String,
    /// 名; may be empty.
    pub given_name: String,
}

/// Looks at a letter's link; changes nothing.
#[server(prefix = "/api", endpoint = "password/reset/new", input = PostUrl, output = Json)]
pub async fn look_at_reset(#[server(default)] t: String) -> Result<Door, ActionError> {
    use crate::request::{desk, told};
    use identity::password_reset::door;
    use identity::secret::Token;

    let desk = desk()?;
    let member = match Token::parse(&t) {
        Some(link) => door(&desk, &link).await.map_err(told)?,
        None => None,
    };
    Ok(Door {
        owner: member.map(|m| Owner {
            email: m.email,
            family_name: m.family_name,
            given_name: m.given_name.unwrap_or_default(),
        }),
        minutes: desk.settings.policy.reset.link_valid_minutes.to_string(),
    })
}

/// Sets the new password; afterwards everybody signs in as usual.
#[server(prefix = "", endpoint = "password/reset/new", input = PostUrl, output = Json)]
pub async fn set_new_password(
    #[server(flatten)] form: Form,
    #[server(default)] t: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, forget, told};
    use crate::say;
    use domain::password_change::Refused;
    use domain::route::Route;
    use identity::password_reset::set_new;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(link) => set_new(&desk, &caller, &link, &form).await.map_err(told)?,
        None => Err(vec![Refused::LinkInvalid]),
    };
    Ok(match done {
        Ok(()) => {
            forget(&desk);
            Reply::Enter(format!("{}?done=password-reset", Route::SignIn.path()))
        }
        Err(refused) => say::refused(refused, say::password_change, lang_of(caller.locale)),
    })
}
