//! Server functions of this slice.

use domain::profile::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// The member's own data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// The user ID.
    pub email: String,
    /// 姓
    pub family_name: String,
    /// 名; empty: one name only.
    pub given_name: String,
    /// 姓(カナ); may be empty.
    pub family_name_kana: String,
    /// 名(カナ); may be empty.
    pub given_name_kana: String,
    /// Year, month, day.
    pub birth: [String; 3],
    /// The birth date in words.
    pub birthday: String,
    /// When the account was made, in words.
    pub since: String,
    /// Whether there is a password that could be changed.
    pub has_password: bool,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "profile", input = PostUrl, output = Json)]
pub async fn profile() -> Result<ProfileView, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let member = identity::profile::view(&desk, &caller).await.map_err(told)?;
    let has_password = identity::linked_accounts::has_password(&desk, &caller).await.map_err(told)?;
    let born = member.birth_date;
    Ok(ProfileView {
        email: member.email,
        family_name: member.family_name,
        given_name: member.given_name.unwrap_or_default(),
        family_name_kana: member.family_name_kana.unwrap_or_default(),
        given_name_kana: member.given_name_kana.unwrap_or_default(),
        birth: [born.year.to_string(), born.month.to_string(), born.day.to_string()],
        birthday: moment::birthday(born, caller.locale),
        since: moment::shown(member.created_at, caller.locale),
        has_password,
    })
}

/// Changes it.
#[server(prefix = "", endpoint = "account/profile", input = PostUrl, output = Json)]
pub async fn change_profile(#[server(flatten)] form: Form) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::profile::change(&desk, &caller, &form).await.map_err(told)? {
        Ok(()) => Reply::Go(Route::Account.done("profile")),
        Err(refused) => say::refused(refused, say::profile, lang_of(caller.locale)),
    })
}
