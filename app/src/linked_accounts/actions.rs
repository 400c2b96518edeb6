//! Server functions of this slice.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use super::{Here, Visit};
use crate::action::{ActionError, Reply};

/// What ログイン says and offers.
#[server(prefix = "/api", endpoint = "sign-in/linked", input = PostUrl, output = Json)]
pub async fn linked_here(#[server(flatten)] visit: Visit) -> Result<Here, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::linked_accounts::Purpose;

    let (desk, caller) = (desk()?, caller()?);
    let waiting = identity::linked_accounts::waiting(&desk, &caller).await.map_err(told)?;
    Ok(super::said::here(&desk, &caller, Purpose::SignIn, &visit, waiting.as_ref()))
}

/// 「連携しない」
#[server(prefix = "", endpoint = "sign-in/linked/cancel", input = PostUrl, output = Json)]
pub async fn let_go(next: Option<String>) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use domain::route::{Route, safe_next};

    let (desk, caller) = (desk()?, caller()?);
    identity::linked_accounts::let_go(&desk, &caller).await.map_err(told)?;
    set_cookie(&Cookie::PendingLink.clear(&desk.settings));
    Ok(Reply::Enter(match next.as_deref().and_then(safe_next) {
        Some(next) => Route::SignIn.with_next(next),
        None => Route::SignIn.path().to_owned(),
    }))
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedView {
    /// Messages, as HTML.
    pub notices: String,
    /// Whether there is one way to sign in at a time.
    pub exclusive: bool,
    /// On such a site: what a new password must not contain, unless the password is the way of now.
    pub about: Option<[String; 3]>,
    /// The providers, in the site's order.
    pub rows: Vec<Row>,
    /// What to try when it does not work, as HTML (MP-67).
    pub retry: String,
}

/// A provider, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether an account of it is linked.
    pub linked: bool,
    /// What is to be known of it.
    pub about: Vec<String>,
    /// What the button that links is called; empty: it cannot be linked.
    pub link: String,
    /// What the button that removes the link is called; empty: it cannot be removed.
    pub unlink: String,
    /// What removing it means.
    pub meaning: String,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "linked", input = PostUrl, output = Json)]
pub async fn linked(#[server(flatten)] visit: Visit) -> Result<LinkedView, ActionError> {
    use crate::request::{caller, desk, told};
    use domain::linked_accounts::Purpose;

    let (desk, caller) = (desk()?, caller()?);
    let me = caller.fresh(desk.now()).map_err(told)?;
    let view = identity::linked_accounts::view(&desk, &caller).await.map_err(told)?;
    let given = me.given_name.clone().unwrap_or_default();
    Ok(LinkedView {
        notices: super::said::trouble(&desk, &caller, Purpose::Link, &visit).unwrap_or_default(),
        exclusive: view.exclusive,
        about: (!view.has_password).then(|| [me.email.clone(), me.family_name.clone(), given]),
        retry: super::said::retry(&desk, &caller),
        rows: view
            .rows
            .into_iter()
            .map(|row| super::said::row(&desk, &caller, view.exclusive, row))
            .collect(),
    })
}

/// Removes a link (MP-63).
#[server(prefix = "", endpoint = "account/linked/unlink", input = PostUrl, output = Json)]
pub async fn unlink(#[server(default)] id: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::linked_accounts::unlink(&desk, &caller, &id).await.map_err(told)? {
        Ok(()) => Reply::Go(Route::Linked.done("unlinked")),
        Err(refused) => say::refused(refused, say::linked_accounts, lang_of(caller.locale)),
    })
}

/// Makes a password the way to sign in (MD-27).
#[server(prefix = "", endpoint = "account/linked/password", input = PostUrl, output = Json)]
pub async fn choose_password(
    #[server(default)] new_password: String,
    #[server(default)] new_password_confirm: String,
) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, forget, told};
    use crate::say;
    use domain::route::Route;
    use identity::linked_accounts::choose_password;

    let (desk, caller) = (desk()?, caller()?);
    caller.signed_in().map_err(told)?;
    let chosen = choose_password(&desk, &caller, &new_password, &new_password_confirm).await;
    Ok(match chosen.map_err(told)? {
        // What the old way had opened is closed, here too: the new way is tried at once.
        Ok(()) => {
            forget(&desk);
            Reply::Enter(Route::SignIn.done("method"))
        }
        Err(refused) => say::refused(refused, say::password_change, lang_of(caller.locale)),
    })
}
