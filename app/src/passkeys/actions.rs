//! Server functions of this slice.

use domain::passkey::{Answer, NewForm};
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Problem, Reply};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeysView {
    /// Oldest first.
    pub keys: Vec<Key>,
    /// Whether there is room for one more.
    pub room: bool,
}

/// A passkey, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// The member's own word for it.
    pub name: String,
    /// When it was added.
    pub created: String,
    /// When it was last used; empty: never.
    pub used: String,
}

/// A question for the browser's authenticator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The form sends it back.
    pub challenge: String,
    /// Options as JSON.
    pub options: String,
    /// Why there is none, instead.
    pub problems: Vec<Problem>,
}

/// Reads them.
#[server(prefix = "/api", endpoint = "passkeys", input = PostUrl, output = Json)]
pub async fn passkeys() -> Result<PasskeysView, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let keys = identity::passkeys::list(&desk, &caller).await.map_err(told)?;
    let shown = |ms| moment::shown(ms, caller.locale);
    Ok(PasskeysView {
        room: keys.len() < usize::from(desk.settings.policy.passkeys.per_member),
        keys: keys
            .into_iter()
            .map(|key| Key {
                id: key.id,
                name: key.name,
                created: shown(key.created_at),
                used: key.last_used_at.map(shown).unwrap_or_default(),
            })
            .collect(),
    })
}

/// Puts a question. `of` is `new`, `sign-in`, `second-step` or `confirm`.
#[server(prefix = "/api", endpoint = "passkey-question", input = PostUrl, output = Json)]
pub async fn passkey_question(of: String) -> Result<Question, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, token_of, told};
    use crate::say;
    use domain::second_step::Refused;
    use identity::sign_in::{begin_by_passkey, begin_step_by_passkey};

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let put = match of.as_str() {
        "new" => identity::passkeys::begin_add(&desk, &caller)
            .await
            .map_err(told)?
            .map_err(|why| say::refused(why, say::passkey, lang)),
        "sign-in" => begin_by_passkey(&desk, &caller)
            .await
            .map_err(told)?
            .map_err(|why| say::refused(why, say::sign_in, lang)),
        "second-step" => match token_of(&desk, Cookie::SecondStep) {
            Some(token) => begin_step_by_passkey(&desk, &caller, &token)
                .await
                .map_err(told)?
                .map_err(|why| say::refused(why, say::second_step, lang)),
            None => Err(say::refused([Refused::StartAgain], say::second_step, lang)),
        },
        "confirm" => Ok(identity::passkeys::begin_confirm(&desk, &caller).await.map_err(told)?),
        _ => return Err(ActionError::Unreachable),
    };
    Ok(match put {
        Ok(question) => Question {
            challenge: question.token.expose().to_owned(),
            options: question.options,
            problems: Vec::new(),
        },
        Err(Reply::Refused(problems)) => Question { problems, ..Question::default() },
        Err(_) => return Err(ActionError::Unreachable),
    })
}

/// Adds one.
#[server(prefix = "", endpoint = "account/passkeys", input = PostUrl, output = Json)]
pub async fn add_passkey(#[server(flatten)] form: NewForm) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;
    use identity::{moment, passkeys};

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let browser = moment::browser(&caller.browser, caller.locale);
    let unnamed = if browser.is_empty() { words::passkeys::unnamed(lang) } else { &browser };
    Ok(match passkeys::finish_add(&desk, &caller, &form, unnamed).await.map_err(told)? {
        Ok(()) => Reply::Go(Route::Passkeys.done("added")),
        Err(refused) => say::refused(refused, say::passkey, lang),
    })
}

/// Removes one.
#[server(prefix = "", endpoint = "account/passkeys/remove", input = PostUrl, output = Json)]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;
    use identity::passkeys::Removed;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::passkeys::remove(&desk, &caller, &id).await.map_err(told)? {
        Ok(Removed::Done) => Reply::Go(Route::Passkeys.done("removed")),
        Ok(Removed::NothingLeftToAskFor) => Reply::Go(Route::Passkeys.done("removed-last")),
        Err(refused) => say::refused(refused, say::passkey, lang_of(caller.locale)),
    })
}

/// Signs in with a passkey alone.
#[server(prefix = "", endpoint = "sign-in/passkey", input = PostUrl, output = Json)]
pub async fn sign_in_by_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, enter, told};
    use crate::say;
    use domain::route::next_or_home;

    let (desk, caller) = (desk()?, caller()?);
    let next = next_or_home(form.next.as_deref()).to_owned();
    Ok(match identity::sign_in::sign_in_by_passkey(&desk, &caller, &form).await.map_err(told)? {
        Ok(opened) => enter(&desk, &opened, &next),
        Err(refused) => say::refused(refused, say::sign_in, lang_of(caller.locale)),
    })
}

/// Passes the second step with a passkey.
#[server(prefix = "", endpoint = "sign-in/second-step/passkey", input = PostUrl, output = Json)]
pub async fn second_step_by_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, enter, set_cookie, token_of, told};
    use crate::say;
    use domain::route::next_or_home;
    use domain::second_step::Refused;

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let next = next_or_home(form.next.as_deref()).to_owned();
    let Some(token) = token_of(&desk, Cookie::SecondStep) else {
        return Ok(say::refused([Refused::StartAgain], say::second_step, lang));
    };
    Ok(match identity::sign_in::step_by_passkey(&desk, &caller, &token, &form).await.map_err(told)? {
        Ok(opened) => {
            set_cookie(&Cookie::SecondStep.clear(&desk.settings));
            enter(&desk, &opened, &next)
        }
        Err(refused) => say::refused(refused, say::second_step, lang),
    })
}

/// Proves again to be oneself, with a passkey.
#[server(prefix = "", endpoint = "account/confirm/passkey", input = PostUrl, output = Json)]
pub async fn confirm_by_passkey(#[server(flatten)] form: Answer) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use crate::say;
    use domain::route::next_or_home;

    let (desk, caller) = (desk()?, caller()?);
    let next = next_or_home(form.next.as_deref()).to_owned();
    Ok(match identity::passkeys::finish_confirm(&desk, &caller, &form).await.map_err(told)? {
        Ok(token) => {
            set_cookie(&Cookie::Session.set(&desk.settings, token.expose(), None));
            Reply::Go(next)
        }
        Err(refused) => say::refused(refused, say::confirm, lang_of(caller.locale)),
    })
}
