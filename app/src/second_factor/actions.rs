//! Server functions of this slice.

use domain::second_factor::AppForm;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::{ActionError, Reply};

/// What 2段階認証の設定 shows; times are in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorView {
    /// 「2段階認証サービス」 is on.
    pub on: bool,
    /// Whether codes by letter can be set up on this site, and since when they are; empty: not.
    pub mail: Option<String>,
    /// Whether apps can be set up on this site, and the ones that are.
    pub apps: Option<Vec<Row>>,
    /// Whether this site has backup codes, and how many are left.
    pub backup_codes: Option<i64>,
    /// Whether this site has passkeys as a method.
    pub passkeys: bool,
    /// Nothing is set up though the switch is on (MP-52).
    pub nothing: bool,
    /// 信頼済み端末
    pub trusted: Vec<Row>,
    /// Whether the member can release them.
    pub releasable: bool,
    /// The address that letters go to, masked.
    pub email: String,
}

/// One thing of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is to be known of it.
    pub about: String,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "second-factor", input = PostUrl, output = Json)]
pub async fn second_factor() -> Result<SecondFactorView, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use domain::address::EmailAddress;
    use domain::policy::SecondFactorMethod as M;
    use identity::moment;
    use words::second_factor as t;

    let (desk, caller) = (desk()?, caller()?);
    let now = desk.now();
    let me = caller.fresh(now).map_err(told)?;
    let view = identity::second_factor::view(&desk, &caller).await.map_err(told)?;
    let policy = &desk.settings.policy;
    let (l, at) = (lang_of(caller.locale), |ms| moment::shown(ms, caller.locale));
    let app = |app: identity::second_factor::App| Row {
        about: match app.last_used_at {
            Some(used) => t::app_used(l, &at(app.created_at), &at(used)),
            None => t::app_unused(l, &at(app.created_at)),
        },
        id: app.id,
        name: app.name,
    };
    let trusted = |browser: identity::second_factor::TrustedBrowser| Row {
        name: match moment::browser(&browser.browser, caller.locale) {
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
    let factors =
        identity::second_factor::of(desk.db.readers(), policy, &me.member_id).await.map_err(told)?;
    Ok(SecondFactorView {
        on: view.switched_on_at.is_some(),
        mail: mail.then(|| view.mail_since.map(at).unwrap_or_default()),
        apps: apps.then(|| view.apps.into_iter().map(app).collect()),
        backup_codes: (policy.backup.codes_given() > 0).then_some(view.backup_codes),
        passkeys: identity::passkeys::offered(&desk.settings),
        nothing: factors.switched_on && factors.methods.is_empty(),
        trusted: view.trusted.into_iter().map(trusted).collect(),
        releasable: policy.trusted_browsers.release_by_member,
        email: EmailAddress::parse(&me.email).map(|e| e.masked()).unwrap_or_default(),
    })
}

/// A secret to be put into an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// For the hidden field.
    pub sealed: String,
    /// The key to type.
    pub key: String,
    /// `otpauth:`
    pub link: String,
    /// An SVG picture, drawn by the server.
    pub qr: String,
}

/// A new secret, or the one that came back with a refused form.
#[server(prefix = "/api", endpoint = "second-factor/app-draft", input = PostUrl, output = Json)]
pub async fn app_draft(sealed: String) -> Result<DraftView, ActionError> {
    use crate::request::{caller, desk, told};
    use identity::second_factor;

    let (desk, caller) = (desk()?, caller()?);
    let again = second_factor::app_draft_again(&desk, &caller, &sealed).map_err(told)?;
    let draft = match again {
        Some(draft) => draft,
        None => second_factor::app_draft(&desk, &caller).map_err(told)?,
    };
    Ok(DraftView { sealed: draft.sealed, key: draft.key, link: draft.link, qr: draft.qr })
}

/// Saves an app whose first code is right.
#[server(prefix = "", endpoint = "account/second-step/app", input = PostUrl, output = Json)]
pub async fn add_app(#[server(flatten)] form: AppForm) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use words::second_factor as t;

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let added = identity::second_factor::add_app(&desk, &caller, &form, t::app_unnamed(lang)).await;
    Ok(match added.map_err(told)? {
        Ok(()) => done("app-added"),
        Err(refused) => say::refused(refused, say::second_factor, lang),
    })
}

/// Removes an app.
#[server(prefix = "", endpoint = "account/second-step/remove-app", input = PostUrl, output = Json)]
pub async fn remove_app(id: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    let (desk, caller) = (desk()?, caller()?);
    identity::second_factor::remove_app(&desk, &caller, &id).await.map_err(told)?;
    Ok(done("app-removed"))
}

/// Sends the letter that proves that codes arrive.
#[server(prefix = "", endpoint = "account/second-step/mail/send", input = PostUrl, output = Json)]
pub async fn send_mail_code() -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::second_factor::send_mail_code(&desk, &caller).await.map_err(told)? {
        Ok(()) => Reply::Go(Route::SecondStepMail.done("sent")),
        Err(refused) => say::refused(refused, say::second_factor, lang_of(caller.locale)),
    })
}

/// Turns codes by letter on.
#[server(prefix = "", endpoint = "account/second-step/mail", input = PostUrl, output = Json)]
pub async fn confirm_mail(code: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::second_factor::confirm_mail(&desk, &caller, &code).await.map_err(told)? {
        Ok(()) => done("mail-added"),
        Err(refused) => say::refused(refused, say::second_factor, lang_of(caller.locale)),
    })
}

/// Turns codes by letter off.
#[server(prefix = "", endpoint = "account/second-step/remove-mail", input = PostUrl, output = Json)]
pub async fn remove_mail() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    let (desk, caller) = (desk()?, caller()?);
    identity::second_factor::remove_mail(&desk, &caller).await.map_err(told)?;
    Ok(done("mail-removed"))
}

/// A list of backup codes to be kept.
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
    use crate::request::{caller, desk, told};
    let (desk, caller) = (desk()?, caller()?);
    let draft = identity::second_factor::backup_draft(&desk, &caller).map_err(told)?;
    let lines = draft.codes.join("%0D%0A");
    let file = format!("data:text/plain;charset=utf-8,{lines}%0D%0A");
    Ok(CodesView { sealed: draft.sealed, codes: draft.codes, file })
}

/// Stores the list that was shown.
#[server(prefix = "", endpoint = "account/second-step/backup-codes", input = PostUrl, output = Json)]
pub async fn keep_backup_codes(draft: String) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use crate::say;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::second_factor::keep_backup_codes(&desk, &caller, &draft).await.map_err(told)? {
        Ok(()) => done("codes-kept"),
        Err(refused) => say::refused(refused, say::second_factor, lang_of(caller.locale)),
    })
}

/// Forgets a trusted browser.
#[server(prefix = "", endpoint = "account/second-step/forget-browser", input = PostUrl, output = Json)]
pub async fn forget_browser(id: String) -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    let (desk, caller) = (desk()?, caller()?);
    identity::second_factor::forget_browser(&desk, &caller, Some(&id)).await.map_err(told)?;
    Ok(done("trust-forgotten"))
}

/// Forgets all of them.
#[server(prefix = "", endpoint = "account/second-step/forget-browsers", input = PostUrl, output = Json)]
pub async fn forget_browsers() -> Result<Reply, ActionError> {
    use crate::request::{caller, desk, told};
    let (desk, caller) = (desk()?, caller()?);
    identity::second_factor::forget_browser(&desk, &caller, None).await.map_err(told)?;
    Ok(done("trust-forgotten"))
}

#[cfg(feature = "ssr")]
fn done(what: &str) -> Reply {
    Reply::Go(domain::route::Route::SecondStep.done(what))
}
