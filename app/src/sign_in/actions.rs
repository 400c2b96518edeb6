//! Server functions.

use domain::sign_in::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};

use crate::form::{ActionError, Reply};

/// Signs in; leads to the second factor, the page that was asked for, or ホーム.
#[server(prefix = "", endpoint = "sign-in", input = PostUrl, output = Json)]
pub async fn sign_in(#[server(flatten)] form: Form) -> Result<Reply, ActionError> {
    use crate::request::{after_first_factor, ctx, set_cookie, waiting};
    use domain::route::next_or_home;

    let ctx = ctx()?;
    let waiting = waiting(&ctx);
    let step = identity::sign_in::sign_in(&ctx, &form, waiting.as_ref()).await?;
    let next = next_or_home(form.next.as_deref());
    let (reply, cookies) = after_first_factor(&ctx, &step, next, waiting.is_some());
    for cookie in &cookies {
        set_cookie(cookie);
    }
    Ok(reply)
}

/// Signs out, and removes the session's cookies.
#[server(prefix = "", endpoint = "sign-out", input = PostUrl, output = Json)]
pub async fn sign_out() -> Result<Reply, ActionError> {
    use crate::request::{ctx, forget_session};
    use domain::route::Route;

    let ctx = ctx()?;
    identity::sign_in::sign_out(&ctx).await?;
    forget_session(&ctx);
    Ok(Reply::Reload(Route::SignIn.done("signed-out")))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::sign_in::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::EmailEmpty => t::address_empty(l),
            Self::NotAnAddress => t::address_not_an_address(l),
            Self::PasswordEmpty => t::password_empty(l),
            Self::NotAccepted => t::sign_in_not_accepted(l),
            Self::Busy => t::busy(l),
            Self::TooMany => t::sign_in_too_many(l),
            Self::Blocked => t::sign_in_blocked(l),
            Self::PasskeyWrong => t::sign_in_passkey_wrong(l),
        }
        .into()
    }
}
