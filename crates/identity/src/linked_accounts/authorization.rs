//! An authorization request to a provider: from our button to its page, and the callback (`OpenID` Connect Core
//! §3.1). A request is bound to the browser that began it; its callback is accepted once, in that browser only.
//! Requests to the provider are made outside of any transaction.

use account::audit::{self, Event, Line};
use account::authn::{self, Attempt, Demand, Next};
use account::credentials::{linked, password};
use account::lock::{self, LockedAccount};
use account::revoke::{Cause, revoke};
use account::session::{self, AuthMethod, Proof, provider_label};
use domain::linked_accounts::{Purpose, Refused};
use domain::refusal::Refusal;
use domain::route::safe_next;
use domain::second_factor::Factors;
use platform::clock::MINUTE_MS;
use platform::context::{Ctx, FRESH_MS};
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::{Denied, Error, Failure, refused};
use platform::rate_limit::{self, Subject};
use platform::secret::Token;
use platform::tx::Tx;
use platform::upstream::{AuthRequestState, Callback, Failed, Identity, ProviderRef, Upstream};
use sqlx::FromRow;

use crate::pending_identity::{self, attach};
use crate::registration;
use crate::sign_in::{self, SignInStep};

/// How long a request is valid: how long a person may stay at the provider.
const VALID_MS: i64 = 10 * MINUTE_MS;
/// Requests from one network within [`THROTTLE_MS`]: many people share an office's or a carrier's address.
const PER_NETWORK: i64 = 300;
/// The time in which they are counted.
const THROTTLE_MS: i64 = 10 * MINUTE_MS;
const SEALED_AS: &str = "provider visit";

/// Where the browser is sent.
#[derive(Debug)]
pub struct AuthRedirect {
    /// The provider's address.
    pub url: String,
    /// For the cookie: the secret of the browser's requests.
    pub browser: Token,
    /// How long the cookie lives.
    pub valid_ms: i64,
}

/// The parameters of a callback.
#[derive(Clone, Debug, Default)]
pub struct CallbackParams {
    /// The code to exchange.
    pub code: Option<String>,
    /// The `state` of the request.
    pub state: Option<String>,
    /// The issuer, where the provider names itself (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What a callback led to.
#[derive(Debug)]
pub enum CallbackOutcome {
    /// The account is linked: its member is signed in, or the second factor is pending. With the page to go to.
    SignedIn(SignInStep, Option<String>),
    /// The account is linked to no member. It waits in the browser that keeps this token, until then (unix ms).
    Waits(Purpose, Token, i64, Option<String>),
    /// Linked to the signed-in member.
    Linked,
    /// It is the member's only sign-in method from now on; all sessions ended (MD-27).
    Switched,
    /// The member authenticated again; the session continues under this token. With the page to go to.
    Reauthenticated(Token, Option<String>),
}

/// A callback that led to nothing: where the browser goes back to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackFailure {
    /// What the request was for; `None`: no such request is known.
    pub purpose: Option<Purpose>,
    /// The page that the request would have led to.
    pub next: Option<String>,
    /// Why it led to nothing.
    pub refused: Refused,
}

/// The stored request of a callback.
#[derive(FromRow)]
struct Row {
    purpose: String,
    session_id: Option<String>,
    next: Option<String>,
    sealed: Vec<u8>,
}

/// Begins a request to the provider `id`. `browser` is the secret of an earlier request in this browser, which is
/// kept: two tabs are one browser. `waiting` is the token of a pending provider account in this browser.
pub async fn start(
    ctx: &Ctx,
    id: &str,
    purpose: Purpose,
    next: Option<&str>,
    browser: Option<Token>,
    waiting: Option<&Token>,
) -> Result<AuthRedirect, Error<Refused>> {
    let provider_ref = ProviderRef::find(ctx.settings(), id).ok_or(Denied::NotOffered)?;
    may_start(ctx, purpose, waiting).await?;
    let (state, nonce, verifier) = (ctx.rng().token(), ctx.rng().token(), ctx.rng().token());
    let auth_request = AuthRequestState {
        nonce: nonce.expose().to_owned(),
        verifier: verifier.expose().to_owned(),
        reauthenticate_from: (purpose == Purpose::Reauthenticate).then(|| ctx.now()),
    };
    let return_url = return_url(ctx, id);
    let asked =
        ctx.upstream().authorization_url(provider_ref, &return_url, state.expose(), &auth_request, ctx.now());
    let url = match asked.await {
        Ok(url) => url,
        Err(failed) => {
            tracing::warn!(provider = id, %failed, "nobody can be sent to a provider");
            return refused(reason(&failed));
        }
    };
    let mut tx = Tx::begin(ctx).await?;
    if !rate_limit::try_acquire(&mut tx, "auth-request", Subject::Network, PER_NETWORK, THROTTLE_MS).await? {
        return refused(Refused::TooMany);
    }
    let browser = browser.unwrap_or_else(|| tx.token());
    let sealed = ctx.site_key().seal_json(SEALED_AS, &auth_request, ctx.rng())?;
    let expires_at = tx.now() + VALID_MS;
    let row_id = tx.id();
    sqlx::query(
        "INSERT INTO auth_request (id, provider, purpose, session_id, next, browser_hash, state_hash, sealed, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row_id)
    .bind(id)
    .bind(purpose.name())
    .bind(ctx.session().map(|me| me.session_id.as_str()))
    .bind(next.and_then(safe_next))
    .bind(browser.digest())
    .bind(state.digest())
    .bind(sealed)
    .bind(expires_at)
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(AuthRedirect { url, browser, valid_ms: VALID_MS })
}

async fn may_start(ctx: &Ctx, purpose: Purpose, waiting: Option<&Token>) -> Result<(), Error<Refused>> {
    match purpose {
        Purpose::Link => drop(ctx.member_fresh()?),
        // For members without a password; others are asked for theirs.
        Purpose::Reauthenticate => {
            let me = ctx.member()?;
            if password::stored(ctx.readers(), &me.member_id).await?.is_some() {
                return Err(Denied::NotOffered.into());
            }
        }
        Purpose::SignUp if !registration::is_open(ctx) => return Err(Denied::NotOffered.into()),
        Purpose::SignUp if waits_for(ctx, waiting).await?.is_some() => return refused(Refused::Chosen),
        Purpose::SignIn | Purpose::SignUp => {}
    }
    Ok(())
}

/// What the pending account of this browser was brought for.
async fn waits_for(ctx: &Ctx, waiting: Option<&Token>) -> Result<Option<Purpose>, Failure> {
    match waiting {
        Some(token) => {
            Ok(pending_identity::find(ctx.readers(), ctx, token).await?.map(|(purpose, _)| purpose))
        }
        None => Ok(None),
    }
}

/// Takes a callback. A refusal says where the browser goes back to.
pub async fn handle_callback(
    ctx: &Ctx,
    id: &str,
    browser: Option<Token>,
    params: CallbackParams,
    waiting: Option<&Token>,
) -> Result<CallbackOutcome, Error<CallbackFailure>> {
    let unknown = CallbackFailure { purpose: None, next: None, refused: Refused::Over };
    let Some(provider_ref) = ProviderRef::find(ctx.settings(), id) else { return refused(unknown) };
    let (Some(browser), Some(state)) = (browser, params.state.as_deref().and_then(Token::parse)) else {
        return refused(unknown);
    };
    let Some(row) = take(ctx, id, &browser, &state).await? else { return refused(unknown) };
    let purpose = Purpose::from_name(&row.purpose).ok_or(Failure::Damaged("auth_request.purpose"))?;
    let next = row.next.clone();
    let back = |refused| CallbackFailure { purpose: Some(purpose), next: row.next.clone(), refused };

    let here = ctx.session().map(|me| me.session_id.as_str());
    if matches!(purpose, Purpose::Link | Purpose::Reauthenticate) && row.session_id.as_deref() != here {
        // Another session is open in this browser now, or none.
        return refused(back(Refused::Over));
    }
    let auth_request: AuthRequestState = ctx.site_key().open_json(SEALED_AS, &row.sealed)?;
    let identity = match identify(ctx, provider_ref, params, auth_request).await {
        Ok(identity) => identity,
        Err(reason) => {
            note_refusal(ctx, id, purpose, reason).await?;
            return refused(back(reason));
        }
    };
    let outcome = match purpose {
        Purpose::SignIn | Purpose::SignUp => sign_in_or_wait(ctx, purpose, &identity, next, waiting).await,
        Purpose::Link => link(ctx, &identity).await,
        Purpose::Reauthenticate => reauthenticate(ctx, &identity, next).await,
    };
    outcome.map_err(|error| error.map(back))
}

/// Uses a request up, whatever becomes of it; only in the browser that began it and for its provider.
async fn take(ctx: &Ctx, provider: &str, browser: &Token, state: &Token) -> Result<Option<Row>, Failure> {
    let mut tx = Tx::begin(ctx).await?;
    let now = tx.now();
    let row = sqlx::query_as(
        "UPDATE auth_request SET used_at = $4 WHERE state_hash = $1 AND browser_hash = $2 AND provider = $3 \
         AND used_at IS NULL AND expires_at > $4 RETURNING purpose, session_id, next, sealed",
    )
    .bind(state.digest())
    .bind(browser.digest())
    .bind(provider)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(row)
}

/// The identity that the callback proves.
async fn identify(
    ctx: &Ctx,
    provider_ref: ProviderRef<'_>,
    params: CallbackParams,
    auth_request: AuthRequestState,
) -> Result<Identity, Refused> {
    if let Some(error) = params.error {
        let reason = match error.as_str() {
            "access_denied" | "user_cancelled_login" | "user_cancelled_authorize" | "user_denied" => {
                Refused::Cancelled
            }
            "server_error" | "temporarily_unavailable" => Refused::Unreachable,
            _ => Refused::NotAccepted,
        };
        // The error code itself is not logged: anybody can put any text into the URL.
        tracing::info!(provider = provider_ref.id, ?reason, "a provider said no");
        return Err(reason);
    }
    let Some(code) = params.code else { return Err(Refused::NotAccepted) };
    // A mix-up with another provider's answer (RFC 9207).
    if params.iss.is_some_and(|iss| !Upstream::is_issuer(provider_ref, &iss)) {
        return Err(Refused::NotAccepted);
    }
    let callback = Callback { code, back: &return_url(ctx, provider_ref.id), auth_request };
    ctx.upstream().identify(provider_ref, callback, ctx.now()).await.map_err(|failed| {
        tracing::warn!(provider = provider_ref.id, %failed, "an answer of a provider led to nothing");
        reason(&failed)
    })
}

/// The refusal that the member reads.
fn reason(failed: &Failed) -> Refused {
    match failed {
        Failed::Unreachable(_) | Failed::LeftAlone => Refused::Unreachable,
        Failed::NotAccepted(_) => Refused::NotAccepted,
    }
}

/// Writes the history's line of a refusal, where the member is known.
async fn note_refusal(ctx: &Ctx, id: &str, purpose: Purpose, reason: Refused) -> Result<(), Failure> {
    let (Some(me), Purpose::Link | Purpose::Reauthenticate) = (ctx.session(), purpose) else { return Ok(()) };
    let event = if purpose == Purpose::Link { Event::AccountLinked } else { Event::Reauthenticated };
    let mut tx = Tx::begin(ctx).await?;
    let label = provider_label(id);
    let line = Line::of(&me.member_id, event).within(me.session_id.as_str()).by(&label);
    audit::write(&mut tx, line.refused(reason.code())).await?;
    tx.commit().await
}

/// Signs in the member of a linked account; keeps an account that is linked to no member (MP-65, MP-18).
async fn sign_in_or_wait(
    ctx: &Ctx,
    purpose: Purpose,
    identity: &Identity,
    next: Option<String>,
    waiting: Option<&Token>,
) -> Result<CallbackOutcome, Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(member_id) = linked::owner(&mut *tx.conn(), identity).await? else {
        if ctx.policy().linked_accounts.login_method_exclusive {
            return refused(Refused::NotLinked);
        }
        // An account that was chosen for a registration is kept until that is complete (MP-19), on ログイン too.
        let waits_for = waits_for(ctx, waiting).await?;
        if waits_for.is_some_and(|what| purpose == Purpose::SignUp || what == Purpose::SignUp) {
            return refused(Refused::Chosen);
        }
        let (token, until) = pending_identity::keep(&mut tx, purpose, identity).await?;
        tx.commit().await?;
        return Ok(CallbackOutcome::Waits(purpose, token, until, next));
    };
    // With the account locked, the link is read again: it may have been removed meanwhile.
    let Some(account) = lock::lock(&mut tx, &member_id).await? else { return refused(Refused::Over) };
    if linked::owner(&mut *tx.conn(), identity).await?.as_deref() != Some(account.id()) {
        return refused(Refused::Over);
    }
    if account.is_suspended() {
        let label = provider_label(&identity.provider);
        let line = Line::of(account.id(), Event::SignIn).by(&label);
        audit::write(&mut tx, line.refused(Refused::Locked.code())).await?;
        tx.commit().await?;
        return refused(Refused::Locked);
    }
    let step = sign_in::sign_in_with_provider(&mut tx, &account, &identity.provider).await?;
    tx.commit().await?;
    Ok(CallbackOutcome::SignedIn(step, next))
}

/// Links it to the signed-in member (MP-61).
async fn link(ctx: &Ctx, identity: &Identity) -> Result<CallbackOutcome, Error<Refused>> {
    let (mut tx, account) = of_session(ctx).await?;
    let me = ctx.member()?;
    // The authentication was fresh when the request began; the time at the provider is added.
    let demand = Demand { max_age_ms: Some(FRESH_MS + VALID_MS), ..Demand::NONE };
    let shown = session::authentication(&mut *tx.conn(), &me.session_id).await?;
    let attempt = Attempt::in_session(authn::Purpose::Link, shown, demand);
    if authn::next(&attempt, &Factors::default(), false, ctx.policy(), ctx.now()) != Next::Done {
        return Err(Denied::StepUp.into());
    }
    let linked = attach(&mut tx, &account, &me.session_id, identity).await?;
    let exclusive = ctx.policy().linked_accounts.login_method_exclusive;
    if linked.is_ok() && exclusive {
        password::erase(&mut tx, &account).await?;
        revoke(&mut tx, &account, Cause::MethodSwitched).await?;
    }
    tx.commit().await?;
    match linked {
        Ok(()) if exclusive => Ok(CallbackOutcome::Switched),
        Ok(()) => Ok(CallbackOutcome::Linked),
        Err(reason) => refused(reason),
    }
}

/// The member authenticated again if they come back with the account that is linked to them.
async fn reauthenticate(
    ctx: &Ctx,
    identity: &Identity,
    next: Option<String>,
) -> Result<CallbackOutcome, Error<Refused>> {
    let (mut tx, account) = of_session(ctx).await?;
    let me = ctx.member()?;
    let owner = linked::owner(&mut *tx.conn(), identity).await?;
    if owner.as_deref() != Some(account.id()) {
        let label = provider_label(&identity.provider);
        let line = Line::of(account.id(), Event::Reauthenticated).within(me.session_id.as_str()).by(&label);
        audit::write(&mut tx, line.refused(Refused::OtherAccount.code())).await?;
        tx.commit().await?;
        return refused(Refused::OtherAccount);
    }
    let proof = Proof::of(AuthMethod::ProviderReauthentication, tx.now()).with(&identity.provider);
    let token = authn::step_up(&mut tx, &account, me, &proof).await?;
    tx.commit().await?;
    Ok(CallbackOutcome::Reauthenticated(token, next))
}

/// Locks the account of the session that began the request, if it is still open.
async fn of_session(ctx: &Ctx) -> Result<(Tx, LockedAccount), Error<Refused>> {
    let me = ctx.member()?;
    let mut tx = Tx::begin(ctx).await?;
    match lock::lock_session(&mut tx, me).await? {
        Some(account) => Ok((tx, account)),
        None => refused(Refused::Over),
    }
}

/// Our redirect URI: one for each provider.
fn return_url(ctx: &Ctx, id: &str) -> String {
    ctx.settings().link(&["/linked/", id, "/return"].concat())
}

/// Authorization requests to providers.
pub const DATA: DataSet = DataSet {
    table: "auth_request",
    categories: &[Category {
        name: "provider_visits",
        retention: |ctx| {
            (!ctx.settings().providers.is_empty()).then_some(Retention::For(pending_identity::WAITS_MS))
        },
    }],
    export: None,
    purge: &[Purge::Delete(
        "DELETE FROM auth_request WHERE id IN \
         (SELECT id FROM auth_request WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        dataset::now,
    )],
};
