//! Server functions. `server` serves the files themselves by GET.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// The state of the copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataView {
    /// There is none.
    Nothing,
    /// It is being built.
    Building,
    /// It can be downloaded.
    Ready {
        /// When it was built, as members read it.
        at: String,
        /// When it is removed, as members read it.
        until: String,
    },
}

/// Reads the state of the copy.
#[server(prefix = "/api", endpoint = "data", input = PostUrl, output = Json)]
pub async fn data_export() -> Result<DataView, ActionError> {
    use crate::request::ctx;
    use identity::data_export::State;
    use identity::format::date_time;

    let ctx = ctx()?;
    Ok(match identity::data_export::state(&ctx).await? {
        State::Nothing => DataView::Nothing,
        State::Building => DataView::Building,
        State::Ready { ready_at, expires_at } => DataView::Ready {
            at: date_time(ready_at, ctx.locale()),
            until: date_time(expires_at, ctx.locale()),
        },
    })
}

/// Requests a copy.
#[server(prefix = "", endpoint = "account/data", input = PostUrl, output = Json)]
pub async fn request_export() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::data_export::request(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::DataExport.path().to_owned()))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::data_export::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::TooMany => t::data_export_too_many(l).into(),
        }
    }
}
