//! Server functions of this slice.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// What メールアドレスの変更 shows; times are in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailView {
    /// The address of now.
    pub email: String,
    /// A change that waits.
    pub pending: Option<Pending>,
    /// Codes by letter are in use (MP-70).
    pub refused: bool,
    /// Confirming asks for the password and clears the second factor (MD-31).
    pub by_password: bool,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The address to be.
    pub email: String,
    /// Until when it can be confirmed.
    pub until: String,
    /// Whether its code is typed here.
    pub here: bool,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "account/email", input = PostUrl, output = Json)]
pub async fn email() -> Result<EmailView, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let view = identity::email_change::view(&desk, &caller).await.map_err(told)?;
    Ok(EmailView {
        email: view.email,
        pending: view.pending.map(|waiting| Pending {
            email: waiting.new_email,
            until: moment::shown(waiting.until, caller.locale),
            here: waiting.here,
        }),
        refused: view.refused,
        by_password: view.by_password,
    })
}

/// Takes the new address. The answer is the same for every address (MP-69).
#[server(prefix = "", endpoint = "account/email", input = PostUrl, output = Json)]
pub async fn ask_for_email(#[server(default)] email: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};

    let (desk, caller) = (desk()?, caller()?);
    let asked = identity::email_change::ask(&desk, &caller, &email).await.map_err(told)?;
    Ok(after(asked, &caller, "asked"))
}

/// Sends the letter to the new address once more.
#[server(prefix = "", endpoint = "account/email/resend", input = PostUrl, output = Json)]
pub async fn send_email_again() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};

    let (desk, caller) = (desk()?, caller()?);
    let sent = identity::email_change::send_again(&desk, &caller).await.map_err(told)?;
    Ok(after(sent, &caller, "sent-again"))
}

/// Cancels the change that waits.
#[server(prefix = "", endpoint = "account/email/cancel", input = PostUrl, output = Json)]
pub async fn cancel_email() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};

    let (desk, caller) = (desk()?, caller()?);
    identity::email_change::cancel(&desk, &caller).await.map_err(told)?;
    Ok(after(Ok(()), &caller, "cancelled"))
}

/// Confirms by the code of the letter.
#[server(prefix = "", endpoint = "account/email/code", input = PostUrl, output = Json)]
pub async fn confirm_email_by_code(
    #[server(default)] code: String,
    #[server(default)] current_password: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use identity::email_change::confirm_by_code;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match confirm_by_code(&desk, &caller, &code, &current_password).await.map_err(told)? {
        Ok(()) => Reply::Go(changed()),
        Err(refused) => say::refused(refused, say::email_change, lang_of(caller.locale)),
    })
}

/// What the page behind the new address's link has to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// A button is enough; with it the address to be.
    Button(String),
    /// The member's password.
    Password(String),
    /// Signing in.
    SignIn,
    /// Codes by letter are in use (MP-70).
    Refused,
    /// The link is of no use (any more).
    Closed,
}

/// Looks at a link; changes nothing.
#[server(prefix = "/api", endpoint = "account/email/confirm", input = PostUrl, output = Json)]
pub async fn look_at_email(#[server(default)] t: String) -> Result<Door, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::email_change;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let Some(link) = Token::parse(&t) else { return Ok(Door::Closed) };
    Ok(match email_change::door(&desk, &caller, &link).await.map_err(told)? {
        email_change::Door::Button(email) => Door::Button(email),
        email_change::Door::Password(email) => Door::Password(email),
        email_change::Door::SignIn => Door::SignIn,
        email_change::Door::Refused => Door::Refused,
        email_change::Door::Closed => Door::Closed,
    })
}

/// Confirms by the link of the letter. Nobody is signed in by it.
#[server(prefix = "", endpoint = "account/email/confirm", input = PostUrl, output = Json)]
pub async fn confirm_email(
    #[server(default)] t: String,
    #[server(default)] current_password: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::email_change::Refused;
    use domain::route::Route;
    use identity::email_change::confirm_by_link;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(link) => confirm_by_link(&desk, &caller, &link, &current_password).await.map_err(told)?,
        None => Err(vec![Refused::LinkInvalid]),
    };
    Ok(match done {
        // Somebody may be signed in here, and may be another member: the page says only what was done.
        Ok(()) => Reply::Enter(Route::EmailConfirm.done("changed")),
        Err(refused) => say::refused(refused, say::email_change, lang_of(caller.locale)),
    })
}

/// What stands behind the old address's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoView {
    /// Whether the change took effect.
    pub done: bool,
    /// The address that stays or comes back, masked.
    pub old_email: String,
    /// The address that was given, masked.
    pub new_email: String,
}

/// Looks at a link; changes nothing. `None`: it is of no use (any more).
#[server(prefix = "/api", endpoint = "email-change/undo", input = PostUrl, output = Json)]
pub async fn look_at_undo(#[server(default)] t: String) -> Result<Option<UndoView>, ActionError> {
    use crate::request::{desk, told};
    use identity::email_change::look;
    use identity::secret::Token;

    let desk = desk()?;
    let Some(link) = Token::parse(&t) else { return Ok(None) };
    let seen = look(&desk, &link).await.map_err(told)?;
    Ok(seen.map(|seen| UndoView { done: seen.done, old_email: seen.old_email, new_email: seen.new_email }))
}

/// Stops the change, or takes it back.
#[server(prefix = "", endpoint = "email-change/undo", input = PostUrl, output = Json)]
pub async fn undo_email(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::email_change::Refused;
    use domain::route::Route;
    use identity::email_change::undo;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(link) => undo(&desk, &caller, &link).await.map_err(told)?,
        None => Err(vec![Refused::LinkInvalid]),
    };
    Ok(match done {
        // Loaded anew: whoever was signed in here may not be any more.
        Ok(()) => Reply::Enter(Route::EmailUndo.done("undone")),
        Err(refused) => say::refused(refused, say::email_change, lang_of(caller.locale)),
    })
}

/// The page after a change of the signed-in member: 会員情報参照, which shows the new address.
#[cfg(feature = "ssr")]
fn changed() -> String {
    domain::route::Route::Account.done("email")
}

#[cfg(feature = "ssr")]
fn after(
    done: Result<(), Vec<domain::email_change::Refused>>,
    caller: &identity::caller::Caller,
    code: &str,
) -> Reply {
    use crate::boot::lang_of;
    use crate::say;
    use domain::route::Route;

    match done {
        Ok(()) => Reply::Go(Route::EmailChange.done(code)),
        Err(refused) => say::refused(refused, say::email_change, lang_of(caller.locale)),
    }
}
