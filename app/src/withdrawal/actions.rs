//! Server functions.

use domain::withdrawal::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};

use crate::form::{ActionError, Reply};

/// Makes the form's own secret: a double click gets one receipt number.
#[server(prefix = "/api", endpoint = "withdraw", input = PostUrl, output = Json)]
pub async fn new_withdrawal() -> Result<String, ActionError> {
    use crate::request::ctx;

    let ctx = ctx()?;
    ctx.member()?;
    Ok(ctx.rng().token().expose().to_owned())
}

/// Erases the account. The page after it is loaded from the server, so that nothing of the member stays in memory.
#[server(prefix = "", endpoint = "account/withdraw", input = PostUrl, output = Json)]
pub async fn withdraw(#[server(flatten)] form: Form) -> Result<Reply, ActionError> {
    use crate::request::{ctx, forget_everything};
    use domain::route::Route;
    use identity::error::{Denied, Error};
    use identity::withdrawal;

    let ctx = ctx()?;
    let receipt = match withdrawal::withdraw(&ctx, &form).await {
        // The second request of a double click.
        Err(Error::Denied(Denied::SignIn)) => {
            withdrawal::receipt_of(&ctx, &form).await?.ok_or(Denied::SignIn)?
        }
        done => done?,
    };
    forget_everything(&ctx);
    Ok(Reply::Reload(Route::Withdrawn.with_receipt(receipt.as_str())))
}

/// The receipt number in the address, if it was given out; it refers to nothing else.
#[server(prefix = "/api", endpoint = "withdrawn", input = PostUrl, output = Json)]
pub async fn receipt(#[server(default)] receipt: String) -> Result<Option<String>, ActionError> {
    let found = identity::withdrawal::receipt(&crate::request::ctx()?, &receipt).await?;
    Ok(found.map(|receipt| receipt.as_str().to_owned()))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::withdrawal::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::NotAgreed => t::withdrawal_not_agreed(l).into(),
        }
    }
}
