//! Server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use super::{ProviderNotice, ProvidersView};
use crate::form::{ActionError, Reply};
use crate::ui::password::OwnContext;

/// The notices and provider buttons of ログイン.
#[server(prefix = "/api", endpoint = "sign-in/providers", input = PostUrl, output = Json)]
pub async fn providers_of_sign_in(
    #[server(flatten)] notice: ProviderNotice,
) -> Result<ProvidersView, ActionError> {
    use crate::present::providers;
    use crate::request::{ctx, waiting};
    use domain::linked_accounts::Purpose;

    let ctx = ctx()?;
    let waits = match waiting(&ctx) {
        Some(token) => identity::pending_identity::waiting(&ctx, &token).await?,
        None => None,
    };
    Ok(providers::of_page(&ctx, Purpose::SignIn, &notice, waits.as_ref()))
}

/// 「連携しない」: drops the pending provider account of this browser.
#[server(prefix = "", endpoint = "sign-in/linked/cancel", input = PostUrl, output = Json)]
pub async fn drop_waiting(next: Option<String>) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, set_cookie, waiting};
    use domain::route::{Route, next_or_home};

    let ctx = ctx()?;
    if let Some(token) = waiting(&ctx) {
        identity::pending_identity::drop_waiting(&ctx, &token).await?;
    }
    set_cookie(&Cookie::PendingIdentity.clear(ctx.settings()));
    Ok(Reply::Reload(Route::SignIn.with_next(next_or_home(next.as_deref()))))
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedView {
    /// Messages, as HTML.
    pub notices: String,
    /// Whether there is one sign-in method at a time.
    pub exclusive: bool,
    /// On such a site: what a new password must not contain, unless there is a password.
    pub password_context: Option<OwnContext>,
    /// The providers, in the site's order.
    pub rows: Vec<Row>,
    /// What to try when it does not work, as HTML (MP-67).
    pub retry: String,
}

/// A provider, as members read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its label.
    pub name: String,
    /// Whether an account of it is linked.
    pub linked: bool,
    /// Further lines about it.
    pub about: Vec<String>,
    /// The accessible name of the button that links; empty: it cannot be linked.
    pub link: String,
    /// The accessible name of the button that unlinks; empty: it cannot be unlinked.
    pub unlink: String,
    /// What unlinking means.
    pub meaning: String,
}

/// Reads it; needs a fresh authentication.
#[server(prefix = "/api", endpoint = "linked", input = PostUrl, output = Json)]
pub async fn linked(#[server(flatten)] notice: ProviderNotice) -> Result<LinkedView, ActionError> {
    use crate::present::providers;
    use crate::request::ctx;
    use domain::linked_accounts::Purpose;

    let ctx = ctx()?;
    let me = ctx.member_fresh()?;
    let view = identity::linked_accounts::view(&ctx).await?;
    Ok(LinkedView {
        notices: providers::error(&ctx, Purpose::Link, &notice).unwrap_or_default(),
        exclusive: view.exclusive,
        password_context: (!view.has_password).then(|| OwnContext {
            user_id: me.email.clone().unwrap_or_default(),
            family_name: me.family_name.clone(),
            given_name: me.given_name.clone().unwrap_or_default(),
        }),
        retry: providers::retry(&ctx),
        rows: view.rows.into_iter().map(|row| providers::row(&ctx, view.exclusive, row)).collect(),
    })
}

/// Removes a link (MP-63).
#[server(prefix = "", endpoint = "account/linked/unlink", input = PostUrl, output = Json)]
pub async fn unlink(#[server(default)] id: String) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;

    identity::linked_accounts::unlink(&ctx()?, &id).await?;
    Ok(Reply::Navigate(Route::Linked.done("unlinked")))
}

/// Makes a password the sign-in method (MD-27). All sessions end, here too: the member signs in with the new password.
#[server(prefix = "", endpoint = "account/linked/password", input = PostUrl, output = Json)]
pub async fn choose_password(
    #[server(default)] new_password: String,
    #[server(default)] new_password_confirm: String,
) -> Result<Reply, ActionError> {
    use crate::request::{ctx, forget_session};
    use domain::route::Route;

    let ctx = ctx()?;
    identity::password::choose(&ctx, &new_password, &new_password_confirm).await?;
    forget_session(&ctx);
    Ok(Reply::Reload(Route::SignIn.done("method")))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::linked_accounts::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        crate::present::providers::explain(self, words::provider_notices::some_provider(l), l)
    }
}
