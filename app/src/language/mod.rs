//! Switching the language (MP-95): kept by the browser, and by the account of whoever is signed in.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};

use crate::action::{ActionError, Reply};

/// Chooses a language and comes back to the page, drawn anew.
#[server(prefix = "", endpoint = "language", input = PostUrl, output = Json)]
pub async fn choose_language(
    #[server(default)] lang: String,
    #[server(default)] back: String,
) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use domain::locale::Locale;
    use domain::route::next_or_home;
    use identity::clock::DAY_MS;

    let (desk, caller) = (desk()?, caller()?);
    let locale = Locale::from_tag(&lang).unwrap_or(caller.locale);
    identity::profile::choose_language(&desk, &caller, locale).await.map_err(told)?;
    set_cookie(&Cookie::Lang.set(&desk.settings, locale.tag(), Some(400 * DAY_MS)));
    Ok(Reply::Enter(next_or_home(Some(&back)).to_owned()))
}
