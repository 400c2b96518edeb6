//! Server functions.

use domain::password_change::Form;
use domain::password_reset::Form as RequestForm;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};
use crate::ui::password::OwnContext;

/// Makes the form's own secret: it makes a double click one request, and binds the form to its browser.
#[server(prefix = "/api", endpoint = "password/reset", input = PostUrl, output = Json)]
pub async fn new_reset() -> Result<String, ActionError> {
    use crate::request::ctx;
    use identity::password_reset::is_offered;

    let ctx = ctx()?;
    if is_offered(&ctx) { Ok(ctx.rng().token().expose().to_owned()) } else { Err(ActionError::NotOffered) }
}

/// Requests the e-mail. The answer is the same for every address.
#[server(prefix = "", endpoint = "password/reset", input = PostUrl, output = Json)]
pub async fn request_reset(
    #[server(flatten)] form: RequestForm,
    #[server(default)] form_id: String,
) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, set_cookie};
    use domain::route::Route;
    use identity::secret::Token;

    let ctx = ctx()?;
    let form_id = Token::parse(&form_id).unwrap_or_else(|| ctx.rng().token());
    identity::password_reset::request(&ctx, &form, &form_id).await?;
    let valid_ms = ctx.policy().reset.link_valid_ms();
    set_cookie(&Cookie::PasswordReset.set(ctx.settings(), form_id.expose(), Some(valid_ms)));
    Ok(Reply::Navigate(Route::PasswordResetSent.path().to_owned()))
}

/// A pending request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentView {
    /// The address as typed.
    pub email: String,
    /// Whether the second factor is asked for afterwards as before.
    pub second_factor: bool,
}

/// What the page after the form shows; `None` when no request is pending in this browser.
#[server(prefix = "/api", endpoint = "password/reset/sent", input = PostUrl, output = Json)]
pub async fn reset_sent() -> Result<Option<SentView>, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};

    let ctx = ctx()?;
    let Some(form_id) = token_of(&ctx, Cookie::PasswordReset) else { return Ok(None) };
    let second_factor = !ctx.policy().reset.clears_second_factor;
    let waiting = identity::password_reset::waiting(&ctx, &form_id).await?;
    Ok(waiting.map(|sent| SentView { email: sent.email, second_factor }))
}

/// Sends the e-mail again.
#[server(prefix = "", endpoint = "password/reset/again", input = PostUrl, output = Json)]
pub async fn reset_again() -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};
    use domain::route::Route;

    let ctx = ctx()?;
    if let Some(form_id) = token_of(&ctx, Cookie::PasswordReset) {
        identity::password_reset::send_again(&ctx, &form_id).await?;
    }
    Ok(Reply::Navigate(Route::PasswordResetSent.done("sent-again")))
}

/// Takes the code of the e-mail, which leads to the same page as the link.
#[server(prefix = "", endpoint = "password/reset/code", input = PostUrl, output = Json)]
pub async fn reset_by_code(#[server(default)] code: String) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, refused, set_cookie, token_of};
    use domain::password_reset::CodeRefused;
    use domain::route::Route;

    let ctx = ctx()?;
    let form_id = token_of(&ctx, Cookie::PasswordReset).ok_or_else(|| refused(CodeRefused::NothingWaits))?;
    let link = identity::password_reset::by_code(&ctx, &form_id, &code).await?;
    set_cookie(&Cookie::PasswordReset.clear(ctx.settings()));
    Ok(Reply::Navigate(Route::PasswordResetNew.with_token(link.expose())))
}

/// What the new password must not contain; changes nothing. `None`: the link is used, expired or unknown.
#[server(prefix = "/api", endpoint = "password/reset/new", input = PostUrl, output = Json)]
pub async fn preview_reset(#[server(default)] t: String) -> Result<Option<OwnContext>, ActionError> {
    use crate::request::ctx;
    use identity::secret::Token;

    let ctx = ctx()?;
    let Some(link) = Token::parse(&t) else { return Ok(None) };
    let member = identity::password_reset::preview(&ctx, &link).await?;
    Ok(member.map(|member| OwnContext {
        user_id: member.email.map(String::from).unwrap_or_default(),
        family_name: member.person.family_name.into(),
        given_name: member.person.given_name.map(String::from).unwrap_or_default(),
    }))
}

/// Sets the new password; afterwards the member signs in as usual, and then goes to the page they wanted.
#[server(prefix = "", endpoint = "password/reset/new", input = PostUrl, output = Json)]
pub async fn set_new_password(
    #[server(flatten)] form: Form,
    #[server(default)] t: String,
) -> Result<Reply, ActionError> {
    use crate::request::{ctx, forget_session, link};
    use domain::password_change::Refused;
    use domain::route::Route;

    let ctx = ctx()?;
    let link = link(&t, Refused::LinkInvalid)?;
    let next = identity::password_reset::set_new(&ctx, &link, &form).await?;
    forget_session(&ctx);
    Ok(Reply::Reload(Route::SignIn.done_on_the_way("password-reset", next.as_deref())))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::password_reset::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use crate::present::refusals::address;
        use words::refusals as t;

        match self {
            Self::Address(why) => address(why, l),
            Self::TooMany => t::too_many_tries(l).into(),
        }
    }
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::password_reset::CodeRefused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::NothingWaits => t::reset_code_nothing_waits(l),
            Self::CodeWrong => t::reset_code_wrong(l),
            Self::CodeTries => t::code_tries_exhausted(l),
        }
        .into()
    }
}
