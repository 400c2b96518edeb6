//! Server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// What a security e-mail was about, as members read it.
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

/// What a link leads to; changes nothing. `None`: it is used, expired or unknown.
#[server(prefix = "/api", endpoint = "alert", input = PostUrl, output = Json)]
pub async fn preview_alert(#[server(default)] t: String) -> Result<Option<AlertView>, ActionError> {
    use crate::present::place;
    use crate::request::ctx;
    use identity::secret::Token;
    use identity::{alerts, format};

    let ctx = ctx()?;
    let Some(link) = Token::parse(&t) else { return Ok(None) };
    let (alert, locale) = (alerts::preview(&ctx, &link).await?, ctx.locale());
    Ok(alert.map(|alert| AlertView {
        what: alerts::sentence(alert.event, &ctx.settings().site.name, locale),
        at: format::date_time(alert.at, locale),
        browser: format::browser(&alert.user_agent, locale),
        place: place(&ctx, &alert.network),
        network: alert.network,
    }))
}

/// It was me.
#[server(prefix = "", endpoint = "alert/mine", input = PostUrl, output = Json)]
pub async fn alert_mine(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{ctx, link};
    use domain::alerts::Refused;
    use domain::route::Route;

    identity::alerts::mine(&ctx()?, &link(&t, Refused::LinkInvalid)?).await?;
    Ok(Reply::Reload(Route::Alert.done("mine")))
}

/// It was not me. The next page is loaded from the server: this browser's session may have ended.
#[server(prefix = "", endpoint = "alert/not-mine", input = PostUrl, output = Json)]
pub async fn alert_not_mine(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{ctx, link};
    use domain::alerts::Refused;
    use domain::route::Route;

    identity::alerts::not_mine(&ctx()?, &link(&t, Refused::LinkInvalid)?).await?;
    Ok(Reply::Reload(Route::Alert.done("not-mine")))
}

/// Suspend my account. The next page is loaded from the server: this browser's session may have ended.
#[server(prefix = "", endpoint = "alert/lock", input = PostUrl, output = Json)]
pub async fn alert_suspend(#[server(default)] t: String) -> Result<Reply, ActionError> {
    use crate::request::{ctx, link};
    use domain::alerts::Refused;
    use domain::route::Route;

    identity::alerts::suspend(&ctx()?, &link(&t, Refused::LinkInvalid)?).await?;
    Ok(Reply::Reload(Route::Alert.done("locked")))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::alerts::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::LinkInvalid => t::link_invalid(l).into(),
        }
    }
}
