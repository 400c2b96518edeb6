//! Server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// What メールアドレスの変更 shows; times are texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailView {
    /// The present address.
    pub email: String,
    /// The pending change, if there is one.
    pub pending: Option<Pending>,
    /// Codes by e-mail are in use (MP-70).
    pub refused: bool,
    /// Confirming asks for the password and clears the second factor (MD-31).
    pub by_password: bool,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The new address.
    pub email: String,
    /// Until when it can be confirmed.
    pub until: String,
    /// Whether its code is bound to this session.
    pub here: bool,
}

/// Reads it; needs a fresh authentication unless a change is pending.
#[server(prefix = "/api", endpoint = "account/email", input = PostUrl, output = Json)]
pub async fn email() -> Result<EmailView, ActionError> {
    use crate::request::ctx;
    use identity::format;

    let ctx = ctx()?;
    let view = identity::email_change::view(&ctx).await?;
    Ok(EmailView {
        email: view.email,
        pending: view.pending.map(|waiting| Pending {
            email: waiting.new_email,
            until: format::date_time(waiting.until, ctx.locale()),
            here: waiting.here,
        }),
        refused: view.refused,
        by_password: view.by_password,
    })
}

/// Takes the new address. The answer is the same for every address (MP-69).
#[server(prefix = "", endpoint = "account/email", input = PostUrl, output = Json)]
pub async fn start_email_change(#[server(default)] email: String) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::email_change::start(&crate::request::ctx()?, &email).await?;
    Ok(Reply::Navigate(Route::EmailChange.done("asked")))
}

/// Sends the e-mail to the new address again.
#[server(prefix = "", endpoint = "account/email/resend", input = PostUrl, output = Json)]
pub async fn send_email_change_again() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::email_change::send_again(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::EmailChange.done("sent-again")))
}

/// Cancels the pending change.
#[server(prefix = "", endpoint = "account/email/cancel", input = PostUrl, output = Json)]
pub async fn cancel_email_change() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::email_change::cancel(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::EmailChange.done("cancelled")))
}

/// Confirms by the code of the e-mail. 会員情報参照 shows the new address.
#[server(prefix = "", endpoint = "account/email/code", input = PostUrl, output = Json)]
pub async fn confirm_email_by_code(
    #[server(default)] code: String,
    #[server(default)] current_password: String,
) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::email_change::confirm_by_code(&crate::request::ctx()?, &code, &current_password).await?;
    Ok(Reply::Navigate(Route::Account.done("email")))
}

/// What the page behind the new address's link has to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// A button is enough. With the new address.
    Button(String),
    /// The member's password. With the new address.
    Password(String),
    /// The member has to sign in first.
    SignIn,
    /// Codes by e-mail are in use (MP-70).
    Refused,
}

/// What a link leads to; changes nothing. `None`: it is used, expired or unknown.
#[server(prefix = "/api", endpoint = "account/email/confirm", input = PostUrl, output = Json)]
pub async fn preview_email_change(#[server(default)] t: String) -> Result<Option<LinkState>, ActionError> {
    use crate::request::ctx;
    use identity::email_change::LinkState as State;
    use identity::secret::Token;

    let ctx = ctx()?;
    let Some(link) = Token::parse(&t) else { return Ok(None) };
    Ok(match identity::email_change::preview(&ctx, &link).await? {
        State::Button(email) => Some(LinkState::Button(email)),
        State::Password(email) => Some(LinkState::Password(email)),
        State::SignIn => Some(LinkState::SignIn),
        State::Refused => Some(LinkState::Refused),
        State::Dead => None,
    })
}

/// Confirms by the link of the e-mail. It opens no session. Another member may be signed in here, so the page says only
/// what was done.
#[server(prefix = "", endpoint = "account/email/confirm", input = PostUrl, output = Json)]
pub async fn confirm_email(
    #[server(default)] t: String,
    #[server(default)] current_password: String,
) -> Result<Reply, ActionError> {
    use crate::request::{ctx, link};
    use domain::email_change::Refused;
    use domain::route::Route;

    let link = link(&t, Refused::LinkInvalid)?;
    identity::email_change::confirm_by_link(&ctx()?, &link, &current_password).await?;
    Ok(Reply::Reload(Route::EmailConfirm.done("changed")))
}

/// What the old address's link leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevertView {
    /// Whether the change took effect.
    pub done: bool,
    /// The address that stays or comes back, masked.
    pub old_email: String,
    /// The new address of the change, masked.
    pub new_email: String,
}

/// What a link leads to; changes nothing. `None`: it is used, expired or unknown.
#[server(prefix = "/api", endpoint = "email-change/undo", input = PostUrl, output = Json)]
pub async fn preview_email_revert(#[server(default)] t: String) -> Result<Option<RevertView>, ActionError> {
    use crate::request::ctx;
    use identity::email_change::preview_revert;
    use identity::secret::Token;

    let Some(link) = Token::parse(&t) else { return Ok(None) };
    let found = preview_revert(&ctx()?, &link).await?;
    Ok(found.map(|view| RevertView { done: view.done, old_email: view.old_email, new_email: view.new_email }))
}

/// Stops the change, or reverts it. The next page is loaded from the server: this browser's session may have ended.
#[server(prefix = "", endpoint = "email-change/undo", input = PostUrl, output = Json)]
pub async fn revert_email(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{ctx, link};
    use domain::email_change::Refused;
    use domain::route::Route;

    let link = link(&t, Refused::LinkInvalid)?;
    identity::email_change::revert(&ctx()?, &link).await?;
    Ok(Reply::Reload(Route::EmailUndo.done("undone")))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::email_change::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use crate::present::refusals::address;
        use words::refusals as t;

        match self {
            Self::Address(why) => return address(why, l),
            Self::Same => t::email_change_same(l),
            Self::MailFactor => t::email_change_mail_factor(l),
            Self::TooManyTries => t::too_many_tries(l),
            Self::LinkInvalid => t::email_change_over(l),
            Self::PasswordEmpty => t::email_change_password_empty(l),
            Self::PasswordWrong => t::email_change_password_wrong(l),
            Self::CodeWrong => t::code_wrong(l),
            Self::CodeTries => t::email_change_code_tries(l),
            Self::Locked => t::reauthentication_locked(l),
        }
        .into()
    }
}
