//! Server functions of this slice.

use domain::withdrawal::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawView {
    /// Whether members of this site leave by themselves.
    pub offered: bool,
    /// The form's own secret: pressed twice, both presses end at the same number.
    pub t: String,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "withdraw", input = PostUrl, output = Json)]
pub async fn look_before_leaving() -> Result<WithdrawView, ActionError> {
    use crate::request::{caller, desk, told};

    let (desk, caller) = (desk()?, caller()?);
    caller.signed_in().map_err(told)?;
    Ok(WithdrawView {
        offered: identity::withdrawal::offered(&desk.settings),
        t: desk.random.token().expose().to_owned(),
    })
}

/// Erases the account. The page after it is loaded anew, so that nothing of the member stays in memory.
#[server(prefix = "", endpoint = "account/withdraw", input = PostUrl, output = Json)]
pub async fn withdraw(#[server(flatten)] form: Form) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, forget_all, told};
    use crate::say;
    use domain::route::Route;
    use identity::fault::Fault;
    use identity::withdrawal;

    let (desk, caller) = (desk()?, caller()?);
    let receipt = match withdrawal::withdraw(&desk, &caller, &form).await {
        Ok(Ok(receipt)) => receipt,
        Ok(Err(refused)) => return Ok(say::refused(refused, say::withdrawal, lang_of(caller.locale))),
        // Pressed twice, and this press came later.
        Err(Fault::SignInFirst) => match withdrawal::receipt_of(&desk, &form).await.map_err(told)? {
            Some(receipt) => receipt,
            None => return Err(told(Fault::SignInFirst)),
        },
        Err(fault) => return Err(told(fault)),
    };
    forget_all(&desk);
    Ok(Reply::Enter(Route::Withdrawn.with_receipt(receipt.as_str())))
}

/// The number in the address, if it was given to somebody; it leads to nothing.
#[server(prefix = "/api", endpoint = "withdrawn", input = PostUrl, output = Json)]
pub async fn look_at_receipt(#[server(default)] receipt: String) -> Result<Option<String>, ActionError> {
    use crate::request::{desk, told};

    let found = identity::withdrawal::receipt(&desk()?, &receipt).await.map_err(told)?;
    Ok(found.map(|receipt| receipt.as_str().to_owned()))
}
