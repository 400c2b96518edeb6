//! Server functions.

use domain::second_factor::set_up::AppForm;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::{ActionError, Reply};

/// What 2段階認証の設定 shows; times are texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorView {
    /// 「2段階認証サービス」 is on.
    pub on: bool,
    /// Since when codes by e-mail are set up, empty: they are not; `None`: this site does not offer them.
    pub mail: Option<String>,
    /// The apps that are set up; `None`: this site does not offer apps.
    pub apps: Option<Vec<Row>>,
    /// How many backup codes are left; `None`: this site does not have them.
    pub backup_codes: Option<i64>,
    /// Whether this site has passkeys as a method.
    pub passkeys: bool,
    /// Nothing is set up though the switch is on (MP-52).
    pub nothing: bool,
    /// 信頼済み端末
    pub trusted: Vec<Row>,
    /// Whether the member can release them.
    pub releasable: bool,
    /// The address that e-mails go to, masked.
    pub email: String,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A line about it.
    pub about: String,
}

/// Reads it; needs a fresh authentication.
#[server(prefix = "/api", endpoint = "second-factor", input = PostUrl, output = Json)]
pub async fn second_factor() -> Result<SecondFactorView, ActionError> {
    use crate::request::ctx;
    use domain::address::EmailAddress;
    use identity::format;
    use identity::second_factor::{App, TrustedBrowser};
    use policy::SecondFactorMethod as M;
    use words::second_factor as t;

    let ctx = ctx()?;
    let me = ctx.member_fresh()?;
    let view = identity::second_factor::view(&ctx).await?;
    let factors = identity::second_factor::mine(&ctx).await?;
    let (policy, l) = (ctx.policy(), ctx.locale());
    let at = |ms| format::date_time(ms, l);
    let app = |app: App| Row {
        about: match app.last_used_at {
            Some(used) => t::app_used(l, &at(app.created_at), &at(used)),
            None => t::app_unused(l, &at(app.created_at)),
        },
        id: app.id,
        name: app.name,
    };
    let trusted = |browser: TrustedBrowser| Row {
        name: match format::browser(&browser.browser, l) {
            known if known.is_empty() => t::unknown_browser(l).to_owned(),
            known => known,
        },
        about: match browser.trust_used_at {
            Some(used) => t::trusted_used(l, &at(browser.trusted_until), &at(used)),
            None => t::trusted_unused(l, &at(browser.trusted_until)),
        },
        id: browser.id,
    };
    let (mail, apps) = (policy.second_factor.offers(M::Mail), policy.second_factor.offers(M::App));
    let email = me.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    Ok(SecondFactorView {
        on: view.switched_on_at.is_some(),
        mail: (mail && email.is_some()).then(|| view.mail_since.map(at).unwrap_or_default()),
        apps: apps.then(|| view.apps.into_iter().map(app).collect()),
        backup_codes: (policy.backup.codes_given() > 0).then_some(view.backup_codes),
        passkeys: identity::passkeys::is_offered(&ctx),
        nothing: factors.switched_on && factors.methods.is_empty(),
        trusted: view.trusted.into_iter().map(trusted).collect(),
        releasable: policy.trusted_browsers.release_by_member,
        email: email.map(|email| email.masked()).unwrap_or_default(),
    })
}

/// A secret to be put into an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// For the hidden field.
    pub sealed: String,
    /// The key to type.
    pub key: String,
    /// The `otpauth:` link.
    pub link: String,
    /// The link as a QR code: an SVG picture.
    pub qr: String,
}

/// A new secret, or the one of a refused form.
#[server(prefix = "/api", endpoint = "second-factor/app-draft", input = PostUrl, output = Json)]
pub async fn app_draft(sealed: String) -> Result<DraftView, ActionError> {
    use crate::request::ctx;
    use identity::second_factor;

    let ctx = ctx()?;
    let draft = match second_factor::app_draft_again(&ctx, &sealed)? {
        Some(draft) => draft,
        None => second_factor::app_draft(&ctx)?,
    };
    Ok(DraftView { sealed: draft.sealed, key: draft.key, link: draft.link, qr: draft.qr })
}

/// Saves an app whose first code is right.
#[server(prefix = "", endpoint = "account/second-step/app", input = PostUrl, output = Json)]
pub async fn add_app(#[server(flatten)] form: AppForm, next: Option<String>) -> Result<Reply, ActionError> {
    use crate::request::ctx;
    use domain::route::Route;
    use words::second_factor as t;

    let ctx = ctx()?;
    identity::second_factor::add_app(&ctx, &form, t::app_unnamed(ctx.locale())).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done_on_the_way("app-added", next.as_deref())))
}

/// Removes an app.
#[server(prefix = "", endpoint = "account/second-step/remove-app", input = PostUrl, output = Json)]
pub async fn remove_app(id: String) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::remove_app(&crate::request::ctx()?, &id).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done("app-removed")))
}

/// Sends the e-mail that proves that codes arrive.
#[server(prefix = "", endpoint = "account/second-step/mail/send", input = PostUrl, output = Json)]
pub async fn send_mail_code(next: Option<String>) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::send_mail_code(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::SecondFactorMail.done_on_the_way("sent", next.as_deref())))
}

/// Sets codes by e-mail up.
#[server(prefix = "", endpoint = "account/second-step/mail", input = PostUrl, output = Json)]
pub async fn confirm_mail_codes(code: String, next: Option<String>) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::confirm_mail_codes(&crate::request::ctx()?, &code).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done_on_the_way("mail-added", next.as_deref())))
}

/// Removes codes by e-mail.
#[server(prefix = "", endpoint = "account/second-step/remove-mail", input = PostUrl, output = Json)]
pub async fn remove_mail_codes() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::remove_mail_codes(&crate::request::ctx()?).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done("mail-removed")))
}

/// A list of backup codes to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesView {
    /// For the hidden field.
    pub sealed: String,
    /// The codes.
    pub codes: Vec<String>,
    /// The list as a text file, as a `data:` address.
    pub file: String,
}

/// A new list; nothing is stored.
#[server(prefix = "/api", endpoint = "second-factor/backup-draft", input = PostUrl, output = Json)]
pub async fn backup_draft() -> Result<CodesView, ActionError> {
    let draft = identity::second_factor::backup_draft(&crate::request::ctx()?)?;
    let lines = draft.codes.join("%0D%0A");
    let file = format!("data:text/plain;charset=utf-8,{lines}%0D%0A");
    Ok(CodesView { sealed: draft.sealed, codes: draft.codes, file })
}

/// Stores the list that was shown.
#[server(prefix = "", endpoint = "account/second-step/backup-codes", input = PostUrl, output = Json)]
pub async fn store_backup_codes(draft: String, next: Option<String>) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::store_backup_codes(&crate::request::ctx()?, &draft).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done_on_the_way("codes-kept", next.as_deref())))
}

/// Ends the trust in a browser.
#[server(prefix = "", endpoint = "account/second-step/forget-browser", input = PostUrl, output = Json)]
pub async fn end_trust(id: String) -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::end_trust(&crate::request::ctx()?, Some(&id)).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done("trust-forgotten")))
}

/// Ends the trust in all trusted browsers.
#[server(prefix = "", endpoint = "account/second-step/forget-browsers", input = PostUrl, output = Json)]
pub async fn end_all_trust() -> Result<Reply, ActionError> {
    use domain::route::Route;

    identity::second_factor::end_trust(&crate::request::ctx()?, None).await?;
    Ok(Reply::Navigate(Route::SecondFactor.done("trust-forgotten")))
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::second_factor::set_up::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Stale => t::second_factor_stale(l),
            Self::TooMany => t::second_factor_too_many(l),
            Self::TooManyEmails => t::challenge_too_many_emails(l),
            Self::Locked => t::challenge_locked(l),
            Self::OneMethod => t::second_factor_one_method(l),
        }
        .into()
    }
}
