//! Server functions of this slice.

use domain::sign_in::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};

use crate::action::{ActionError, Reply};

/// Signs in; afterwards the second step, or the page that was asked for, or ホーム.
#[server(prefix = "", endpoint = "sign-in", input = PostUrl, output = Json)]
pub async fn sign_in(#[server(flatten)] form: Form) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, let_in, set_cookie, told};
    use crate::say;
    use domain::route::next_or_home;

    let (desk, caller) = (desk()?, caller()?);
    let next = next_or_home(form.next.as_deref()).to_owned();
    Ok(match identity::sign_in::sign_in(&desk, &caller, &form).await.map_err(told)? {
        Ok(signed_in) => {
            let (reply, cookies) = let_in(&desk, &signed_in, &next);
            for cookie in &cookies {
                set_cookie(cookie);
            }
            reply
        }
        Err(refused) => say::refused(refused, say::sign_in, lang_of(caller.locale)),
    })
}

/// Signs out; the browser forgets everything of the session.
#[server(prefix = "", endpoint = "sign-out", input = PostUrl, output = Json)]
pub async fn sign_out() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, forget, told};
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    identity::sign_in::sign_out(&desk, &caller).await.map_err(told)?;
    forget(&desk);
    Ok(Reply::Enter(Route::SignIn.done("signed-out")))
}
