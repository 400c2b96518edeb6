//! What every page needs before it can be rendered: language, site, the signed-in member, the rules that are shown
//! while typing. Resolved once on the server and serialised once, the same for server and browser.

use domain::locale::Locale;
use domain::password::PasswordRules;
use domain::person::ProfileFields;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::ActionError;

/// The record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageContext {
    /// The language of this page.
    pub locale: Locale,
    /// The site's name.
    pub site: String,
    /// Where to ask for help; may be empty.
    pub support: String,
    /// The signed-in member's name; `None`: a visitor.
    pub member: Option<String>,
    /// Password rules of this site.
    pub rules: PasswordRules,
    /// Whether people can register by themselves.
    pub open: bool,
    /// Whether 自動ログイン is offered as a box.
    pub remember: bool,
    /// Whether a passkey is a whole sign-in here.
    pub passkeys: bool,
    /// Whether members have one sign-in method at a time.
    pub one_method: bool,
    /// The fields of 会員情報 and 新規登録.
    pub fields: ProfileFields,
    /// How long a registration e-mail is valid, as a text.
    pub registration_valid: String,
    /// How long a reset e-mail is valid, as a text.
    pub reset_valid: String,
}

/// The record as a signal: a change of the name shows at once.
pub type PageSignal = RwSignal<PageContext>;

/// The language of this page.
pub fn use_locale() -> Locale {
    expect_context::<PageSignal>().with_untracked(|page| page.locale)
}

/// The record of this page, without subscribing to changes.
pub fn use_page() -> PageContext {
    expect_context::<PageSignal>().get_untracked()
}

/// Reads it again.
#[server(prefix = "/api", endpoint = "page", input = PostUrl, output = Json)]
pub async fn current_page() -> Result<PageContext, ActionError> {
    Ok(crate::request::page_context(&crate::request::ctx()?))
}
