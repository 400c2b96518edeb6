//! Server functions of this slice.

use domain::password_change::Form;
use domain::password_reset::Form as AskForm;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// A secret of this form's own: it ties a double click together, and the letter's code to its browser.
#[server(prefix = "/api", endpoint = "password/reset", input = PostUrl, output = Json)]
pub async fn new_reset() -> Result<String, ActionError> {
    use crate::request::desk;
    use identity::password_reset::is_offered;

    let desk = desk()?;
    if is_offered(&desk) { Ok(desk.random.token().expose().to_owned()) } else { Err(ActionError::NotOffered) }
}

/// Asks for the letter. The answer is the same for every address.
#[server(prefix = "", endpoint = "password/reset", input = PostUrl, output = Json)]
pub async fn ask_for_reset(
    #[server(flatten)] form: AskForm,
    #[server(default)] form_id: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use crate::say;
    use domain::route::Route;
    use identity::password_reset::request;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let form_id = Token::parse(&form_id).unwrap_or_else(|| desk.random.token());
    Ok(match request(&desk, &caller, &form, &form_id).await.map_err(told)? {
        Ok(()) => {
            let until = desk.settings.policy.reset.link_valid_ms();
            set_cookie(&Cookie::PasswordReset.set(&desk.settings, form_id.expose(), Some(until)));
            Reply::Go(Route::PasswordResetSent.path().to_owned())
        }
        Err(refused) => say::refused(refused, say::password_reset, lang_of(caller.locale)),
    })
}

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The address as typed.
    pub email: String,
    /// How long its link and code are good for, in words.
    pub valid: String,
    /// Whether the second step is asked for afterwards as before.
    pub second_step: bool,
}

/// What the page after the form shows; `None` when this browser waits for nothing.
#[server(prefix = "/api", endpoint = "password/reset/sent", input = PostUrl, output = Json)]
pub async fn reset_sent() -> Result<Option<Waiting>, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, token_of, told};
    use identity::moment;
    use identity::password_reset::waiting;

    let (desk, caller) = (desk()?, caller()?);
    let Some(form_id) = token_of(&desk, Cookie::PasswordReset) else { return Ok(None) };
    let policy = &desk.settings.policy.reset;
    Ok(waiting(&desk, &form_id).await.map_err(told)?.map(|sent| Waiting {
        email: sent.email,
        valid: moment::duration(policy.link_valid_ms(), lang_of(caller.locale)),
        second_step: !policy.clears_second_factor,
    }))
}

/// Sends the letter once more.
#[server(prefix = "", endpoint = "password/reset/again", input = PostUrl, output = Json)]
pub async fn reset_again() -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, token_of, told};
    use crate::say;
    use domain::route::Route;
    use identity::password_reset::send_again;

    let (desk, caller) = (desk()?, caller()?);
    if let Some(form_id) = token_of(&desk, Cookie::PasswordReset)
        && let Err(refused) = send_again(&desk, &caller, &form_id).await.map_err(told)?
    {
        return Ok(say::refused(refused, say::password_reset, lang_of(caller.locale)));
    }
    Ok(Reply::Go(Route::PasswordResetSent.done("sent-again")))
}

/// Leads on by the code of the letter.
#[server(prefix = "", endpoint = "password/reset/code", input = PostUrl, output = Json)]
pub async fn reset_by_code(#[server(default)] code: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, token_of, told};
    use crate::say;
    use domain::password_reset::CodeRefused;
    use domain::route::Route;
    use identity::password_reset::by_code;

    let (desk, caller) = (desk()?, caller()?);
    let done = match token_of(&desk, Cookie::PasswordReset) {
        Some(form_id) => by_code(&desk, &caller, &form_id, &code).await.map_err(told)?,
        None => Err(CodeRefused::NothingWaits),
    };
    Ok(match done {
        Ok(link) => {
            set_cookie(&Cookie::PasswordReset.clear(&desk.settings));
            Reply::Go(Route::PasswordResetNew.with_token(link.expose()))
        }
        Err(refused) => say::refused([refused], say::reset_code, lang_of(caller.locale)),
    })
}

/// What stands behind a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Whose password it sets; `None`: it is of no use (any more).
    pub owner: Option<Owner>,
    /// How long a letter's link is good for, in words.
    pub valid: String,
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
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use identity::moment;
    use identity::password_reset::door;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
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
        valid: moment::duration(desk.settings.policy.reset.link_valid_ms(), lang_of(caller.locale)),
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
            Reply::Enter(Route::SignIn.done("password-reset"))
        }
        Err(refused) => say::refused(refused, say::password_change, lang_of(caller.locale)),
    })
}
