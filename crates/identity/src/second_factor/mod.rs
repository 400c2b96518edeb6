//! 2段階認証の設定: setting up and removing second factors (MP-43 to MP-45, MP-54). Every change needs a fresh
//! authentication, and the member is notified by e-mail. [`account::authn`] decides when a code is asked for,
//! [`account::authn::factor`] judges it.

pub(crate) mod mail_codes;

use account::audit::Event;
use account::credentials::factors::{self, Since};
use account::credentials::totp::{self, Draft};
use account::credentials::{backup_code, passkey};
use account::lock::{self, LockedAccount};
use account::notifications::record_and_notify;
use account::session::browser;
use domain::code::Code;
use domain::second_factor::Factors;
use domain::second_factor::set_up::{AppForm, Refused, label};
use platform::context::{Ctx, CurrentSession};
use platform::error::{Denied, Error, Failure, Fault, refused};
use platform::tx::Tx;
use policy::SecondFactorMethod;
use sqlx::FromRow;

pub use account::credentials::totp::App;
pub use mail_codes::{confirm_mail_codes, remove_mail_codes, send_mail_code};

/// Everything that 2段階認証の設定 shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Unix ms: since when 「2段階認証サービス」 is on.
    pub switched_on_at: Option<i64>,
    /// Unix ms: since when codes by e-mail are set up.
    pub mail_since: Option<i64>,
    /// Authenticator apps, oldest first.
    pub apps: Vec<App>,
    /// Backup codes left.
    pub backup_codes: i64,
    /// 信頼済み端末, newest first.
    pub trusted: Vec<TrustedBrowser>,
}

/// A trusted browser.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TrustedBrowser {
    /// The pair's id (`member_browser`).
    pub id: String,
    /// Its `User-Agent`.
    pub browser: String,
    /// Network of its last sign-in.
    pub network: String,
    /// Unix ms: when the box was ticked.
    pub trusted_at: i64,
    /// Unix ms: the end, fixed (C-09).
    pub trusted_until: i64,
    /// Unix ms: when it last replaced a second factor; `None`: not yet.
    pub trust_used_at: Option<i64>,
}

/// What is set up. Needs no fresh authentication.
pub async fn view(ctx: &Ctx) -> Result<View, Fault> {
    let me = ctx.member()?;
    let db = ctx.readers();
    let Since { switched_on_at, mail_since } = factors::since(db, &me.member_id).await?;
    let backup_codes =
        sqlx::query_scalar("SELECT COUNT(*) FROM backup_code WHERE member_id = $1 AND used_at IS NULL")
            .bind(&me.member_id)
            .fetch_one(db)
            .await?;
    let trusted = sqlx::query_as(
        "SELECT id, browser, network, trusted_at, trusted_until, trust_used_at FROM member_browser \
         WHERE member_id = $1 AND trusted_until > $2 ORDER BY id DESC",
    )
    .bind(&me.member_id)
    .bind(ctx.now())
    .fetch_all(db)
    .await?;
    let apps = totp::list(db, &me.member_id).await?;
    Ok(View { switched_on_at, mail_since, apps, backup_codes, trusted })
}

/// What the member has set up, for pages that only say so.
pub async fn mine(ctx: &Ctx) -> Result<Factors, Fault> {
    Ok(factors::of(ctx.readers(), ctx.policy(), &ctx.member()?.member_id).await?)
}

/// Turns 「2段階認証サービス」 on or off (MP-43). If it is set so already, nothing happens.
pub async fn switch(ctx: &Ctx, on: bool) -> Result<(), Fault> {
    let me = ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if factors::switch(&mut tx, &account, on).await? {
        let event = if on { Event::SecondFactorOn } else { Event::SecondFactorOff };
        record_and_notify(&mut tx, &account, me, event).await?;
    }
    Ok(tx.commit().await?)
}

/// A new secret to be scanned; nothing is stored (C-28).
pub fn app_draft(ctx: &Ctx) -> Result<Draft, Fault> {
    let me = ctx.member_fresh()?;
    must_be_offered(ctx, SecondFactorMethod::App)?;
    Ok(totp::draft(ctx, &me.member_id, account_name(me))?)
}

/// The same secret for a form that is shown again; `None` when it is of another member, too old, or not ours.
pub fn app_draft_again(ctx: &Ctx, sealed: &str) -> Result<Option<Draft>, Fault> {
    let me = ctx.member_fresh()?;
    must_be_offered(ctx, SecondFactorMethod::App)?;
    Ok(totp::redraft(ctx, &me.member_id, account_name(me), sealed)?)
}

/// What an authenticator lists the account under.
pub(crate) fn account_name(me: &CurrentSession) -> &str {
    me.email.as_deref().unwrap_or(&me.family_name)
}

/// Saves an app whose first code is right. An empty label becomes `unnamed`.
pub async fn add_app(ctx: &Ctx, form: &AppForm, unnamed: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    must_be_offered(ctx, SecondFactorMethod::App)?;
    let Ok(code) = Code::parse(&form.code) else { return refused(Refused::CodeWrong) };
    let confirmed = match totp::confirm(ctx, &me.member_id, &form.draft, &code)? {
        None => return refused(Refused::Stale),
        Some(Err(totp::WrongCode)) => return refused(Refused::CodeWrong),
        Some(Ok(confirmed)) => confirmed,
    };
    let typed = label(&form.label);
    let name = if typed.is_empty() { unnamed } else { &typed };
    let (mut tx, account) = lock::begin(ctx).await?;
    if !another_method_allowed(&mut tx, &account, SecondFactorMethod::App).await? {
        return refused(Refused::OneMethod);
    }
    match totp::add(&mut tx, &account, &confirmed, name, &me.session_id).await? {
        totp::Added::Already => return Ok(()),
        totp::Added::TooMany => return refused(Refused::TooMany),
        totp::Added::Yes => {}
    }
    record_and_notify(&mut tx, &account, me, Event::TotpAdded).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an app. If it is gone already, nothing happens: the page shows what is left.
pub async fn remove_app(ctx: &Ctx, id: &str) -> Result<(), Fault> {
    let me = ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if totp::remove(&mut tx, &account, id).await? {
        record_and_notify(&mut tx, &account, me, Event::TotpRemoved).await?;
    }
    Ok(tx.commit().await?)
}

/// A new list of backup codes to be shown this once; nothing is stored yet.
pub fn backup_draft(ctx: &Ctx) -> Result<backup_code::Draft, Fault> {
    let backup = &ctx.policy().backup;
    if backup.codes_given() == 0 {
        return Err(Denied::NotOffered.into());
    }
    let me = ctx.member_fresh()?;
    Ok(backup_code::draft(ctx, &me.member_id, backup.codes_given(), backup.code_length)?)
}

/// Stores the list that was shown; the one before is void.
pub async fn store_backup_codes(ctx: &Ctx, sealed: &str) -> Result<(), Error<Refused>> {
    let me = ctx.member_fresh()?;
    let (mut tx, account) = lock::begin(ctx).await?;
    if !backup_code::store(&mut tx, &account, sealed, &me.session_id).await? {
        return refused(Refused::Stale);
    }
    record_and_notify(&mut tx, &account, me, Event::BackupCodesMade).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the trust in one browser, or in all of them (`None`; our addition to MP-59, C-10). Needs no fresh
/// authentication: it only makes the next sign-in stricter.
pub async fn end_trust(ctx: &Ctx, id: Option<&str>) -> Result<(), Fault> {
    let me = ctx.member()?;
    if !ctx.policy().trusted_browsers.release_by_member {
        return Err(Denied::NotOffered.into());
    }
    let (mut tx, account) = lock::begin(ctx).await?;
    if browser::end_trust(&mut tx, &account, id).await? > 0 {
        record_and_notify(&mut tx, &account, me, Event::TrustForgotten).await?;
    }
    Ok(tx.commit().await?)
}

fn must_be_offered(ctx: &Ctx, method: SecondFactorMethod) -> Result<(), Denied> {
    if ctx.policy().second_factor.offers(method) { Ok(()) } else { Err(Denied::NotOffered) }
}

/// Whether one more method may be set up: beside another one only where the policy allows several.
pub(crate) async fn another_method_allowed(
    tx: &mut Tx,
    account: &LockedAccount,
    method: SecondFactorMethod,
) -> Result<bool, Failure> {
    if tx.policy().second_factor.several_methods {
        return Ok(true);
    }
    let member_id = account.id();
    let apps = !totp::list(&mut *tx.conn(), member_id).await?.is_empty();
    let mail = factors::since(&mut *tx.conn(), member_id).await?.mail_since.is_some();
    let passkeys = tx.policy().second_factor.offers(SecondFactorMethod::Passkey)
        && !passkey::list(&mut *tx.conn(), member_id).await?.is_empty();
    Ok(match method {
        SecondFactorMethod::App => !mail && !passkeys,
        SecondFactorMethod::Mail => !apps && !passkeys,
        SecondFactorMethod::Passkey => !apps && !mail,
    })
}
