//! What every page needs before it can be drawn: language, site, who is signed in, the rules that are shown
//! while typing. Resolved once on the server, serialised once, the same on both sides.

use domain::locale::Locale;
use domain::password::PasswordRules;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::Lang;

use crate::action::ActionError;

/// The record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The language of this page.
    pub locale: Locale,
    /// The brand.
    pub site: String,
    /// Where to ask for help; may be empty.
    pub support: String,
    /// What the signed-in member is called.
    pub member: Option<String>,
    /// Password rules of this site.
    pub rules: PasswordRules,
    /// Whether people can register by themselves.
    pub open: bool,
    /// Whether 自動ログイン is offered as a box.
    pub remember: bool,
    /// Whether a passkey is a whole sign-in here.
    pub passkeys: bool,
    /// Whether members have one way to sign in at a time.
    pub one_way: bool,
    /// Whether a person with one name only can say so.
    pub single_names: bool,
    /// How long a registration letter is good for, in words.
    pub registration_valid: String,
}

/// The record as it is now; a change of the name shows at once.
pub type Live = RwSignal<Boot>;

/// The language of this page.
pub fn use_lang() -> Lang {
    lang_of(expect_context::<Live>().with_untracked(|b| b.locale))
}

/// The record of this page, not followed.
pub fn use_boot() -> Boot {
    expect_context::<Live>().get_untracked()
}

/// The language of words for a locale.
pub fn lang_of(locale: Locale) -> Lang {
    match locale {
        Locale::Ja => Lang::Ja,
        Locale::En => Lang::En,
    }
}

/// Reads it again.
#[server(prefix = "/api", endpoint = "boot", input = PostUrl, output = Json)]
pub async fn current_boot() -> Result<Boot, ActionError> {
    Ok(crate::request::boot(&crate::request::desk()?, &crate::request::caller()?))
}
