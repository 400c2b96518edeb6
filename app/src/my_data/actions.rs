//! Server functions of this slice. The files themselves are GETs of the server's.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// How far the copy is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataView {
    /// There is none.
    Nothing,
    /// It is being built.
    Building,
    /// It can be downloaded.
    Ready {
        /// When it was built, in words.
        at: String,
        /// When it goes, in words.
        until: String,
    },
}

/// Reads it.
#[server(prefix = "/api", endpoint = "data", input = PostUrl, output = Json)]
pub async fn my_data() -> Result<DataView, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::moment;
    use identity::my_data::State;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::my_data::state(&desk, &caller).await.map_err(told)? {
        State::Nothing => DataView::Nothing,
        State::Building => DataView::Building,
        State::Ready { ready_at, expires_at } => DataView::Ready {
            at: moment::shown(ready_at, caller.locale),
            until: moment::shown(expires_at, caller.locale),
        },
    })
}

/// Has a copy made.
#[server(prefix = "", endpoint = "account/data", input = PostUrl, output = Json)]
pub async fn ask_for_data() -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::my_data::ask(&desk, &caller).await.map_err(told)? {
        Ok(()) => Reply::Go(Route::MyData.path().to_owned()),
        Err(refused) => say::refused(refused, say::my_data, lang_of(caller.locale)),
    })
}
