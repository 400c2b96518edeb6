//! Server functions of this slice.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};
use crate::sessions::SessionView;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Whether 「2段階認証サービス」 stands at 「利用する」.
    pub on: bool,
    /// Whether there is a method that could be asked for.
    pub set_up: bool,
    /// Whether the last proof is recent enough to turn the switch.
    pub fresh: bool,
    /// Where the member is signed in.
    pub sessions: Vec<SessionView>,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "security", input = PostUrl, output = Json)]
pub async fn security() -> Result<SecurityView, ActionError> {
    use crate::request::{caller, desk, told};

    let (desk, caller) = (desk()?, caller()?);
    let me = caller.signed_in().map_err(told)?;
    let factors = identity::second_factor::mine(&desk, &caller).await.map_err(told)?;
    Ok(SecurityView {
        on: factors.switched_on,
        set_up: !factors.methods.is_empty(),
        fresh: me.is_fresh(desk.now()),
        sessions: crate::sessions::shown(&desk, &caller).await?,
    })
}

/// Turns the switch to `on` or anything else, which is off. Turned on with nothing set up, that comes next.
#[server(prefix = "", endpoint = "account/security/second-step", input = PostUrl, output = Json)]
pub async fn switch_second_step(switch: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::route::Route;
    use identity::second_factor;

    let (desk, caller) = (desk()?, caller()?);
    let on = switch == "on";
    second_factor::switch(&desk, &caller, on).await.map_err(told)?;
    let nothing_set_up = on && second_factor::mine(&desk, &caller).await.map_err(told)?.methods.is_empty();
    let page = if nothing_set_up { Route::SecondStep } else { Route::Security };
    Ok(Reply::Go(page.done(if on { "on" } else { "off" })))
}

/// Locks the account: everybody is signed out, this browser too.
#[server(prefix = "", endpoint = "account/security/lock", input = PostUrl, output = Json)]
pub async fn lock_account() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, forget, told};
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    identity::account_lock::lock_mine(&desk, &caller).await.map_err(told)?;
    forget(&desk);
    Ok(Reply::Enter(Route::Alert.done("locked")))
}
