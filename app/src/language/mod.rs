//! Switching the language (MP-95): stored in a cookie, and for a signed-in member in the account.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};

use crate::form::{ActionError, Reply};

/// Chooses a language and comes back to the page.
#[server(prefix = "", endpoint = "language", input = PostUrl, output = Json)]
pub async fn choose_language(
    #[server(default)] lang: String,
    #[server(default)] back: String,
) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, set_cookie};
    use domain::locale::Locale;
    use domain::route::next_or_home;
    use identity::clock::DAY_MS;

    let ctx = ctx()?;
    let locale = Locale::from_tag(&lang).unwrap_or(ctx.locale());
    identity::profile::choose_language(&ctx, locale).await?;
    set_cookie(&Cookie::Locale.set(ctx.settings(), locale.tag(), Some(400 * DAY_MS)));
    Ok(Reply::Reload(next_or_home(Some(&back)).to_owned()))
}
