//! Server functions of this slice.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// What a letter told of, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertView {
    /// What happened, as a sentence.
    pub what: String,
    /// When.
    pub at: String,
    /// With which browser; empty: not known.
    pub browser: String,
    /// About where; empty: not known.
    pub place: String,
    /// From which network; empty: not known.
    pub network: String,
}

/// Looks at a letter's link; changes nothing. `None`: the link is of no use (any more).
#[server(prefix = "/api", endpoint = "alert", input = PostUrl, output = Json)]
pub async fn look_at_alert(#[server(default)] t: String) -> Result<Option<AlertView>, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use identity::secret::Token;
    use identity::{alerts, moment};

    let (desk, locale) = (desk()?, caller()?.locale);
    let Some(token) = Token::parse(&t) else { return Ok(None) };
    let alert = alerts::look(&desk, &token).await.map_err(told)?;
    Ok(alert.map(|alert| AlertView {
        what: alerts::sentence(alert.told, &desk.settings.site.name, lang_of(locale)),
        at: moment::shown(alert.at, locale),
        browser: moment::browser(&alert.browser, locale),
        place: desk.places.of(&alert.network).map(|place| place.shown(locale)).unwrap_or_default(),
        network: alert.network,
    }))
}

/// It was me.
#[server(prefix = "", endpoint = "alert/mine", input = PostUrl, output = Json)]
pub async fn alert_mine(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::alerts::Refused;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(token) => identity::alerts::mine(&desk, &caller, &token).await.map_err(told)?,
        None => Err(Refused::LinkInvalid),
    };
    Ok(answered(done, "mine", &caller))
}

/// It was not me.
#[server(prefix = "", endpoint = "alert/not-mine", input = PostUrl, output = Json)]
pub async fn alert_not_mine(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::alerts::Refused;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(token) => identity::alerts::not_mine(&desk, &caller, &token).await.map_err(told)?,
        None => Err(Refused::LinkInvalid),
    };
    Ok(answered(done, "not-mine", &caller))
}

/// Lock my account.
#[server(prefix = "", endpoint = "alert/lock", input = PostUrl, output = Json)]
pub async fn alert_lock(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::alerts::Refused;
    use identity::secret::Token;

    let (desk, caller) = (desk()?, caller()?);
    let done = match Token::parse(&t) {
        Some(token) => identity::alerts::lock(&desk, &caller, &token).await.map_err(told)?,
        None => Err(Refused::LinkInvalid),
    };
    Ok(answered(done, "locked", &caller))
}

/// The page is loaded anew: whoever was signed in here may not be any more.
#[cfg(feature = "ssr")]
fn answered(
    done: Result<(), domain::alerts::Refused>,
    answer: &str,
    caller: &identity::caller::Caller,
) -> Reply {
    use crate::boot::lang_of;
    use crate::say;
    use domain::route::Route;

    match done {
        Ok(()) => Reply::Enter(Route::Alert.done(answer)),
        Err(refused) => say::refused([refused], say::alerts, lang_of(caller.locale)),
    }
}
