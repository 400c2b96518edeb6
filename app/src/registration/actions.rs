//! Server functions.

use domain::registration::Form;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};
use crate::linked_accounts::{ProviderNotice, ProvidersView};

/// What a new form begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFormView {
    /// The form's own secret: it makes a double click one request, and binds the form to its browser.
    pub form_id: String,
    /// The notices and buttons about outside accounts.
    pub providers: ProvidersView,
    /// 姓, from the provider account that will be linked; may be empty, as all of these.
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// The address.
    pub email: String,
}

/// Makes what a new form begins with.
#[server(prefix = "/api", endpoint = "register", input = PostUrl, output = Json)]
pub async fn new_form(#[server(flatten)] notice: ProviderNotice) -> Result<NewFormView, ActionError> {
    use crate::present::providers;
    use crate::request::{ctx, waiting};
    use domain::linked_accounts::Purpose;

    let ctx = ctx()?;
    let waits = match waiting(&ctx) {
        Some(token) => identity::pending_identity::waiting(&ctx, &token).await?,
        None => None,
    };
    let providers = providers::of_page(&ctx, Purpose::SignUp, &notice, waits.as_ref());
    let form_id = ctx.rng().token().expose().to_owned();
    Ok(match waits {
        Some(account) => NewFormView {
            form_id,
            providers,
            family_name: account.family_name,
            given_name: account.given_name,
            email: account.email,
        },
        None => NewFormView { form_id, providers, ..NewFormView::default() },
    })
}

/// Takes the form. The answer is the same for every address.
#[server(prefix = "", endpoint = "register", input = PostUrl, output = Json)]
pub async fn register(
    #[server(flatten)] form: Form,
    #[server(default)] form_id: String,
) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, registered, set_cookie, waiting};
    use domain::route::Route;
    use identity::clock::DAY_MS;
    use identity::registration::Submitted;

    let ctx = ctx()?;
    let form_id = identity::registration::form_id(&ctx, &form_id, &form);
    let waiting = waiting(&ctx);
    match identity::registration::submit(&ctx, &form, &form_id, waiting.as_ref()).await? {
        Submitted::Registered(complete) => Ok(registered(&ctx, &complete)),
        Submitted::Sent => {
            set_cookie(&Cookie::Registration.set(ctx.settings(), form_id.expose(), Some(DAY_MS)));
            // From here on the registration holds the provider's account (MP-19).
            if waiting.is_some() {
                set_cookie(&Cookie::PendingIdentity.clear(ctx.settings()));
            }
            Ok(Reply::Navigate(Route::RegisterSent.path().to_owned()))
        }
    }
}

/// What the page after the form shows: the address as typed; `None` when no registration is pending in this browser.
#[server(prefix = "/api", endpoint = "register/sent", input = PostUrl, output = Json)]
pub async fn registration_sent() -> Result<Option<String>, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};

    let ctx = ctx()?;
    let Some(form_id) = token_of(&ctx, Cookie::Registration) else { return Ok(None) };
    Ok(identity::registration::waiting(&ctx, &form_id).await?.map(|sent| sent.email))
}

/// Sends the e-mail again.
#[server(prefix = "", endpoint = "register/resend", input = PostUrl, output = Json)]
pub async fn register_again() -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};
    use domain::route::Route;

    let ctx = ctx()?;
    if let Some(form_id) = token_of(&ctx, Cookie::Registration) {
        identity::registration::send_again(&ctx, &form_id).await?;
    }
    Ok(Reply::Navigate(Route::RegisterSent.done("sent-again")))
}

/// Completes by the code of the e-mail.
#[server(prefix = "", endpoint = "register/code", input = PostUrl, output = Json)]
pub async fn register_by_code(#[server(default)] code: String) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, refused, registered, token_of};
    use domain::registration::CompleteRefused;

    let ctx = ctx()?;
    let form_id =
        token_of(&ctx, Cookie::Registration).ok_or_else(|| refused(CompleteRefused::LinkInvalid))?;
    let complete = identity::registration::complete_by_code(&ctx, &form_id, &code).await?;
    Ok(registered(&ctx, &complete))
}

/// Whether the page behind a link asks for the chosen password; changes nothing. `None`: the link is used, expired or
/// unknown.
#[server(prefix = "/api", endpoint = "register/complete", input = PostUrl, output = Json)]
pub async fn preview_registration(#[server(default)] t: String) -> Result<Option<bool>, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};
    use identity::registration::{LinkState, preview};
    use identity::secret::Token;

    let ctx = ctx()?;
    let Some(link) = Token::parse(&t) else { return Ok(None) };
    Ok(match preview(&ctx, &link, token_of(&ctx, Cookie::Registration).as_ref()).await? {
        LinkState::Button => Some(false),
        LinkState::Password => Some(true),
        LinkState::Dead => None,
    })
}

/// Completes by the link of the e-mail.
#[server(prefix = "", endpoint = "register/complete", input = PostUrl, output = Json)]
pub async fn register_by_link(
    #[server(default)] t: String,
    #[server(default)] password: Option<String>,
) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, link, registered, token_of};
    use domain::registration::CompleteRefused;

    let ctx = ctx()?;
    let link = link(&t, CompleteRefused::LinkInvalid)?;
    let form_id = token_of(&ctx, Cookie::Registration);
    let complete =
        identity::registration::complete_by_link(&ctx, &link, form_id.as_ref(), password.as_deref()).await?;
    Ok(registered(&ctx, &complete))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::registration::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use crate::present::refusals::{address, password};
        use words::refusals as t;

        match self {
            Self::Address(why) => address(why, l),
            Self::Password(why) => password(why, l),
            Self::Person(why) => why.text(l),
            Self::TermsNotAccepted => t::terms_not_accepted(l).into(),
            Self::TooManyTries => t::too_many_tries(l).into(),
            Self::Busy => t::busy(l).into(),
        }
    }
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::registration::CompleteRefused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::LinkInvalid => t::link_invalid(l),
            Self::PasswordNeeded => t::complete_password_needed(l),
            Self::PasswordWrong => t::complete_password_wrong(l),
            Self::CodeWrong => t::code_wrong(l),
            Self::CodeTries => t::code_tries_exhausted(l),
        }
        .into()
    }
}
