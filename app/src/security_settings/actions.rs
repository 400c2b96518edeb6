//! Server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};
use crate::sessions::SessionView;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Whether 「2段階認証サービス」 is set to 「利用する」.
    pub on: bool,
    /// Whether a method is set up.
    pub set_up: bool,
    /// Whether the member authenticated recently enough to turn the switch.
    pub fresh: bool,
    /// Where the member is signed in.
    pub sessions: Vec<SessionView>,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "security", input = PostUrl, output = Json)]
pub async fn security() -> Result<SecurityView, ActionError> {
    use crate::present::sessions;
    use crate::request::ctx;

    let ctx = ctx()?;
    let me = ctx.member()?;
    let factors = identity::second_factor::mine(&ctx).await?;
    Ok(SecurityView {
        on: factors.switched_on,
        set_up: !factors.methods.is_empty(),
        fresh: me.is_fresh(ctx.now()),
        sessions: sessions::list(&ctx).await?,
    })
}

/// Turns the switch on with `on`, off with anything else. If nothing is set up, turning on leads to the set-up.
#[server(prefix = "", endpoint = "account/security/second-step", input = PostUrl, output = Json)]
pub async fn switch_second_factor(switch: String) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;
    use identity::second_factor;

    let ctx = ctx()?;
    let on = switch == "on";
    second_factor::switch(&ctx, on).await?;
    let nothing_set_up = on && second_factor::mine(&ctx).await?.methods.is_empty();
    let page = if nothing_set_up { Route::SecondFactor } else { Route::Security };
    Ok(Reply::Navigate(page.done(if on { "on" } else { "off" })))
}

/// Suspends the account: all sessions end, this browser's too.
#[server(prefix = "", endpoint = "account/security/lock", input = PostUrl, output = Json)]
pub async fn suspend_account() -> Result<Reply, ActionError> {
    use crate::request::{ctx, forget_session};
    use domain::route::Route;

    let ctx = ctx()?;
    identity::account_suspension::suspend_mine(&ctx).await?;
    forget_session(&ctx);
    Ok(Reply::Reload(Route::Alert.done("locked")))
}
