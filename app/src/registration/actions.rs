//! Server functions of this slice.

use domain::registration::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};
use crate::linked_accounts::{Here, Visit};

/// What a new form begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// A secret of this form's own: it ties a double click together, and the form to its browser.
    pub form_id: String,
    /// What is said and offered of outside accounts.
    pub linked: Here,
    /// 姓, as the account that will be linked has it; may be empty, as all of these.
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// The address.
    pub email: String,
}

/// Makes one.
#[server(prefix = "/api", endpoint = "register", input = PostUrl, output = Json)]
pub async fn new_form(#[server(flatten)] visit: Visit) -> Result<Fresh, ActionError> {
    use crate::linked_accounts::said::here;
    use crate::request::{caller, desk, told};
    use domain::linked_accounts::Purpose;

    let (desk, caller) = (desk()?, caller()?);
    let waiting = identity::linked_accounts::waiting(&desk, &caller).await.map_err(told)?;
    let linked = here(&desk, &caller, Purpose::SignUp, &visit, waiting.as_ref());
    let form_id = desk.random.token().expose().to_owned();
    Ok(match waiting {
        Some(account) => Fresh {
            form_id,
            linked,
            family_name: account.family_name,
            given_name: account.given_name,
            email: account.email,
        },
        None => Fresh { form_id, linked, ..Fresh::default() },
    })
}

/// Takes the form. The answer is the same for every address.
#[server(prefix = "", endpoint = "register", input = PostUrl, output = Json)]
pub async fn register(
    #[server(flatten)] form: Form,
    #[server(default)] form_id: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, keep, set_cookie, told};
    use crate::say;
    use domain::route::Route;
    use identity::clock::DAY_MS;
    use identity::registration::Submitted;

    let (desk, caller) = (desk()?, caller()?);
    let form_id = identity::registration::form_id(&desk, &form_id, &form);
    match identity::registration::submit(&desk, &caller, &form, &form_id).await.map_err(told)? {
        Ok(Submitted::Registered(opened)) => {
            keep(&desk, &opened);
            Ok(Reply::Enter(Route::Home.done("registered")))
        }
        Ok(Submitted::Sent) => {
            set_cookie(&Cookie::Registration.set(&desk.settings, form_id.expose(), Some(DAY_MS)));
            // From here on the form that was sent keeps what was brought from a provider (MP-19).
            if caller.pending_link.is_some() {
                set_cookie(&Cookie::PendingLink.clear(&desk.settings));
            }
            Ok(Reply::Go(Route::RegisterSent.path().to_owned()))
        }
        Err(refused) => Ok(say::refused(refused, say::registration, lang_of(caller.locale))),
    }
}

/// What the page after the form shows: the address as typed; `None` when this browser waits for nothing.
#[server(prefix = "/api", endpoint = "register/sent", input = PostUrl, output = Json)]
pub async fn sent() -> Result<Option<String>, ActionError> {
    use crate::request::{desk, registration_form, told};

    let desk = desk()?;
    let Some(form_id) = registration_form(&desk) else { return Ok(None) };
    Ok(identity::registration::pending(&desk, &form_id).await.map_err(told)?.map(|sent| sent.email))
}

/// Sends the letter once more.
#[server(prefix = "", endpoint = "register/resend", input = PostUrl, output = Json)]
pub async fn register_again() -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, registration_form, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    if let Some(form_id) = registration_form(&desk) {
        let again = identity::registration::send_again(&desk, &caller, &form_id).await.map_err(told)?;
        if let Err(refused) = again {
            return Ok(say::refused(refused, say::registration, lang_of(caller.locale)));
        }
    }
    Ok(Reply::Go(Route::RegisterSent.done("sent-again")))
}

/// Completes by the code of the letter.
#[server(prefix = "", endpoint = "register/code", input = PostUrl, output = Json)]
pub async fn register_by_code(#[server(default)] code: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, registration_form, told};
    use domain::registration::CompleteRefused;

    let (desk, caller) = (desk()?, caller()?);
    let Some(form_id) = registration_form(&desk) else {
        return Ok(completed(&desk, &caller, Err(CompleteRefused::LinkInvalid)));
    };
    let done =
        identity::registration::complete_by_code(&desk, &caller, &form_id, &code).await.map_err(told)?;
    Ok(completed(&desk, &caller, done))
}

/// What the page behind the link has to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// A button is enough.
    Button,
    /// The chosen password.
    Password,
    /// The link is of no use (any more).
    Closed,
}

/// Looks at a link; changes nothing.
#[server(prefix = "/api", endpoint = "register/complete", input = PostUrl, output = Json)]
pub async fn look_at_link(#[server(default)] t: String) -> Result<Door, ActionError> {
    use crate::request::{desk, registration_form, told};
    use identity::registration;
    use identity::secret::Token;

    let desk = desk()?;
    let Some(link) = Token::parse(&t) else { return Ok(Door::Closed) };
    let form_id = registration_form(&desk);
    Ok(match registration::door(&desk, &link, form_id.as_ref()).await.map_err(told)? {
        registration::Door::Button => Door::Button,
        registration::Door::Password => Door::Password,
        registration::Door::Closed => Door::Closed,
    })
}

/// Completes by the link of the letter.
#[server(prefix = "", endpoint = "register/complete", input = PostUrl, output = Json)]
pub async fn register_by_link(
    #[server(default)] t: String,
    #[server(default)] password: Option<String>,
) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, registration_form, told};
    use domain::registration::CompleteRefused;
    use identity::registration::complete_by_link;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let Some(link) = Token::parse(&t) else {
        return Ok(completed(&desk, &caller, Err(CompleteRefused::LinkInvalid)));
    };
    let form_id = registration_form(&desk);
    let done =
        complete_by_link(&desk, &caller, &link, form_id.as_ref(), password.as_deref()).await.map_err(told)?;
    Ok(completed(&desk, &caller, done))
}

#[cfg(feature = "ssr")]
fn completed(
    desk: &identity::desk::Desk,
    caller: &identity::caller::Caller,
    done: Result<identity::session::Opened, domain::registration::CompleteRefused>,
) -> Reply {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::say;
    use domain::route::Route;

    match done {
        Ok(opened) => {
            crate::request::keep(desk, &opened);
            crate::request::set_cookie(&Cookie::Registration.clear(&desk.settings));
            Reply::Enter(Route::Home.done("registered"))
        }
        Err(refused) => say::refused([refused], say::completion, lang_of(caller.locale)),
    }
}
