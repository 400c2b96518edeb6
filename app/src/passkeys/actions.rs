//! Server functions.

use domain::passkey::{Answer, NewForm};
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeysView {
    /// The passkeys, oldest first.
    pub keys: Vec<Key>,
    /// Whether there is room for one more.
    pub room: bool,
}

/// A passkey, as members read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// The name that the member gave it.
    pub name: String,
    /// When it was added.
    pub created: String,
    /// When it was last used; empty: never.
    pub used: String,
}

/// A challenge for the browser's authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyChallenge {
    /// The token of the challenge; the form sends it back.
    pub challenge: String,
    /// The `publicKey` options as JSON.
    pub options: String,
}

/// Reads the member's passkeys.
#[server(prefix = "/api", endpoint = "passkeys", input = PostUrl, output = Json)]
pub async fn passkeys() -> Result<PasskeysView, ActionError> {
    use crate::request::ctx;
    use identity::format;

    let ctx = ctx()?;
    let keys = identity::passkeys::list(&ctx).await?;
    let date_time = |ms| format::date_time(ms, ctx.locale());
    Ok(PasskeysView {
        room: keys.len() < usize::from(ctx.policy().passkeys.per_member),
        keys: keys
            .into_iter()
            .map(|key| Key {
                id: key.id,
                name: key.name,
                created: date_time(key.created_at),
                used: key.last_used_at.map(date_time).unwrap_or_default(),
            })
            .collect(),
    })
}

/// Makes a challenge. `of` is `new`, `sign-in`, `second-factor` or `step-up`.
#[server(prefix = "/api", endpoint = "passkey-question", input = PostUrl, output = Json)]
pub async fn passkey_question(of: String) -> Result<PasskeyChallenge, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, refused, token_of};
    use domain::second_factor::challenge::Refused;
    use identity::sign_in::{begin_passkey_sign_in, begin_second_factor_passkey};

    let ctx = ctx()?;
    let question = match of.as_str() {
        "new" => identity::passkeys::begin_add(&ctx).await?,
        "sign-in" => begin_passkey_sign_in(&ctx).await?,
        "second-factor" => {
            let token = token_of(&ctx, Cookie::SignInAttempt).ok_or_else(|| refused(Refused::StartAgain))?;
            begin_second_factor_passkey(&ctx, &token).await?
        }
        "step-up" => identity::reauthentication::begin_passkey(&ctx).await?,
        _ => return Err(ActionError::Unreachable),
    };
    Ok(PasskeyChallenge { challenge: question.token.expose().to_owned(), options: question.options })
}

/// Adds a passkey.
#[server(prefix = "", endpoint = "account/passkeys", input = PostUrl, output = Json)]
pub async fn add_passkey(
    #[server(flatten)] form: NewForm,
    next: Option<String>,
) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;
    use identity::format;

    let ctx = ctx()?;
    let browser = format::browser(&ctx.request().user_agent, ctx.locale());
    let unnamed = if browser.is_empty() { words::passkeys::unnamed(ctx.locale()) } else { &browser };
    identity::passkeys::finish_add(&ctx, &form, unnamed).await?;
    Ok(Reply::Navigate(Route::Passkeys.done_on_the_way("added", next.as_deref())))
}

/// Removes a passkey.
#[server(prefix = "", endpoint = "account/passkeys/remove", input = PostUrl, output = Json)]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;
    use identity::passkeys::Removed;

    Ok(Reply::Navigate(Route::Passkeys.done(match identity::passkeys::remove(&ctx()?, &id).await? {
        Removed::Done => "removed",
        Removed::NothingLeftToAskFor => "removed-last",
    })))
}

/// Signs in with a passkey alone.
#[server(prefix = "", endpoint = "sign-in/passkey", input = PostUrl, output = Json)]
pub async fn sign_in_with_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::request::{ctx, signed_in, waiting};
    use domain::route::next_or_home;

    let ctx = ctx()?;
    let complete = identity::sign_in::sign_in_with_passkey(&ctx, &form, waiting(&ctx).as_ref()).await?;
    Ok(signed_in(&ctx, &complete, next_or_home(form.next.as_deref())))
}

/// Shows a passkey as the second factor.
#[server(prefix = "", endpoint = "sign-in/second-step/passkey", input = PostUrl, output = Json)]
pub async fn second_factor_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::request::complete_second_factor;
    use identity::sign_in::Shown;

    let shown = Shown::Passkey { challenge: &form.challenge, credential: &form.credential };
    complete_second_factor(shown, form.trust.is_some(), form.next.as_deref()).await
}

/// Authenticates again with a passkey.
#[server(prefix = "", endpoint = "account/confirm/passkey", input = PostUrl, output = Json)]
pub async fn reauthenticate_with_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::request::{ctx, renew_session};
    use domain::route::next_or_home;

    let ctx = ctx()?;
    let token = identity::reauthentication::finish_passkey(&ctx, &form).await?;
    renew_session(&ctx, &token);
    Ok(Reply::Navigate(next_or_home(form.next.as_deref()).to_owned()))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::passkey::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::NotMade => t::passkey_not_made(l),
            Self::Known => t::passkey_known(l),
            Self::TooMany => t::passkey_too_many(l),
            Self::LastSignInMethod => t::passkey_last_sign_in_method(l),
            Self::OneMethod => t::second_factor_one_method(l),
        }
        .into()
    }
}
