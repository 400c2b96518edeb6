//! Server functions.

use domain::person::PersonForm;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// The member's own data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// The address; may be empty.
    pub email: String,
    /// The person data.
    pub person: PersonForm,
    /// The date of birth as a text; may be empty.
    pub birthday: String,
    /// When the account was made, as a text.
    pub since: String,
    /// Whether there is a password that could be changed.
    pub has_password: bool,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "profile", input = PostUrl, output = Json)]
pub async fn profile() -> Result<ProfileView, ActionError> {
    use crate::request::ctx;
    use identity::format;

    let ctx = ctx()?;
    let member = identity::profile::view(&ctx).await?;
    let has_password = identity::linked_accounts::has_password(&ctx).await?;
    let locale = ctx.locale();
    Ok(ProfileView {
        email: member.email.map(String::from).unwrap_or_default(),
        birthday: member.person.birth_date.map(|date| format::date(date, locale)).unwrap_or_default(),
        since: format::date_time(member.created_at, locale),
        has_password,
        person: member.person.into(),
    })
}

/// Changes the person data.
#[server(prefix = "", endpoint = "account/profile", input = PostUrl, output = Json)]
pub async fn change_profile(#[server(flatten)] form: PersonForm) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;

    identity::profile::change(&ctx()?, &form).await?;
    Ok(Reply::Navigate(Route::Account.done("profile")))
}
