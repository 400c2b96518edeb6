//! Server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// A browser that is signed in, or will be by 自動ログイン, as members read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The session.
    pub id: String,
    /// Browser and system.
    pub browser: String,
    /// Whether it is the reader's own.
    pub here: bool,
    /// Whether 自動ログイン starts it again.
    pub remembered: bool,
    /// When it was used and from where, when and how it was opened.
    pub facts: Vec<String>,
}

/// Ends one session.
#[server(prefix = "", endpoint = "account/security/end-session", input = PostUrl, output = Json)]
pub async fn end_session(id: String) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::sessions::end(&crate::request::ctx()?, &id).await?;
    Ok(Reply::Navigate(Route::Security.done("session")))
}

/// Ends all sessions but this one.
#[server(prefix = "", endpoint = "account/security/end-others", input = PostUrl, output = Json)]
pub async fn end_other_sessions() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::sessions::end_others(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::Security.done("others")))
}
