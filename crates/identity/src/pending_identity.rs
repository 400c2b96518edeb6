//! An account of an outside provider that is linked to no member: it waits in the browser that brought it, for the
//! sign-in or the registration that follows (MP-18, MP-65).

use account::audit::{self, Event, Line};
use account::credentials::linked;
use account::lock::LockedAccount;
use account::notifications;
use account::session::provider_label;
use domain::linked_accounts::{Purpose, Refused};
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::{Failure, Fault};
use platform::secret::Token;
use platform::tx::Tx;
use platform::upstream::Identity;
use policy::Links;
use sqlx::{Any, Executor};
use words::emails as t;

/// How long it waits.
pub const WAITS_MS: i64 = 30 * MINUTE_MS;
/// What the account of a provider is sealed for.
pub(crate) const SEALED_AS: &str = "brought from a provider";

/// A pending account of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingIdentity {
    /// Whether it was brought for a sign-in or for a registration.
    pub purpose: Purpose,
    /// The provider, as members read it.
    pub label: String,
    /// The account, masked.
    pub shown: Option<String>,
    /// For the registration's form; may be empty.
    pub family_name: String,
    /// For the registration's form; may be empty.
    pub given_name: String,
    /// For the registration's form; may be empty.
    pub email: String,
}

/// What became of a pending account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLinkOutcome {
    /// The provider's id.
    pub provider: String,
    /// Linked, or why not.
    pub linked: Result<(), Refused>,
}

/// The pending account of this browser; `None`: there is none (any more).
pub async fn waiting(ctx: &Ctx, token: &Token) -> Result<Option<PendingIdentity>, Fault> {
    let Some((purpose, identity)) = find(ctx.readers(), ctx, token).await? else { return Ok(None) };
    Ok(Some(PendingIdentity {
        purpose,
        label: ctx.settings().provider_label(&identity.provider, ctx.locale()).to_owned(),
        shown: identity.shown(),
        family_name: identity.family_name,
        given_name: identity.given_name,
        email: identity.email.unwrap_or_default(),
    }))
}

/// Drops the pending account of this browser without linking it.
pub async fn drop_waiting(ctx: &Ctx, token: &Token) -> Result<(), Fault> {
    let mut tx = Tx::begin(ctx).await?;
    take(&mut tx, token).await?;
    Ok(tx.commit().await?)
}

/// Keeps an account that is linked to no member; returns the token for the browser's cookie, and its end (unix ms).
pub(crate) async fn keep(
    tx: &mut Tx,
    purpose: Purpose,
    identity: &Identity,
) -> Result<(Token, i64), Failure> {
    let (id, token, until) = (tx.id(), tx.token(), tx.now() + WAITS_MS);
    let sealed = tx.site_key().seal_json(SEALED_AS, identity, tx.rng())?;
    sqlx::query(
        "INSERT INTO pending_identity (id, token_hash, purpose, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(token.digest())
    .bind(purpose.name())
    .bind(sealed)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok((token, until))
}

/// The pending account and its purpose. Changes nothing.
pub(crate) async fn find<'e>(
    db: impl Executor<'e, Database = Any>,
    ctx: &Ctx,
    token: &Token,
) -> Result<Option<(Purpose, Identity)>, Failure> {
    let row: Option<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT purpose, sealed FROM pending_identity WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(ctx.now())
    .fetch_optional(db)
    .await?;
    let Some((purpose, sealed)) = row else { return Ok(None) };
    let purpose = Purpose::from_name(&purpose).ok_or(Failure::Damaged("pending_identity.purpose"))?;
    Ok(Some((purpose, ctx.site_key().open_json(SEALED_AS, &sealed)?)))
}

/// Uses the pending account up: single use, in one statement.
async fn take(tx: &mut Tx, token: &Token) -> Result<Option<Identity>, Failure> {
    let now = tx.now();
    let sealed: Option<Vec<u8>> = sqlx::query_scalar(
        "UPDATE pending_identity SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING sealed",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    sealed.map(|sealed| tx.site_key().open_json(SEALED_AS, &sealed)).transpose()
}

/// Links the pending account of this browser to the member who signs in; `None`: there is none.
pub(crate) async fn link(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    token: &Token,
) -> Result<Option<PendingLinkOutcome>, Failure> {
    // Where members have one sign-in method, only a signed-in member switches it, on purpose (MD-27).
    if tx.policy().linked_accounts.login_method_exclusive {
        return Ok(None);
    }
    let Some(identity) = take(tx, token).await? else { return Ok(None) };
    link_identity(tx, account, session_id, identity).await.map(Some)
}

/// The same for the account that a registration was begun with.
pub(crate) async fn link_identity(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    identity: Identity,
) -> Result<PendingLinkOutcome, Failure> {
    let linked = attach(tx, account, session_id, &identity).await?;
    Ok(PendingLinkOutcome { provider: identity.provider, linked })
}

/// Makes a link, writes the history's line and notifies the member; or says why not (MP-62, MP-64). If the member has
/// this link already, nothing happens.
pub(crate) async fn attach(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    identity: &Identity,
) -> Result<Result<(), Refused>, Failure> {
    if linked::owner(&mut *tx.conn(), identity).await?.is_some_and(|owner| owner == account.id()) {
        return Ok(Ok(()));
    }
    let made = make(tx, account, session_id, identity).await?;
    let label = provider_label(&identity.provider);
    let line = Line::of(account.id(), Event::AccountLinked).within(session_id).by(&label);
    match made {
        Ok(()) => {
            audit::write(tx, line).await?;
            notify(tx, account, Event::AccountLinked, &identity.provider, Some(session_id)).await?;
        }
        Err(reason) => audit::write(tx, line.refused(domain::refusal::Refusal::code(reason))).await?,
    }
    Ok(made)
}

async fn make(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    identity: &Identity,
) -> Result<Result<(), Refused>, Failure> {
    let policy = &tx.policy().linked_accounts;
    let (one, exclusive) = (policy.links == Links::One, policy.login_method_exclusive);
    let mut given_up = Vec::new();
    if one || exclusive {
        given_up = linked::of_member(&mut *tx.conn(), account.id()).await?;
        // One sign-in method may replace another (MD-27), except an account of the same provider (MD-28).
        if given_up.iter().any(|link| !exclusive || link.provider == identity.provider) {
            return Ok(Err(Refused::OtherLinked));
        }
    }
    if linked::insert(tx, account, session_id, identity).await? {
        for link in given_up {
            linked::remove(tx, account, &link.provider).await?;
            unlinked(tx, account, &link.provider, Some(session_id)).await?;
        }
        return Ok(Ok(()));
    }
    let owner = linked::owner(&mut *tx.conn(), identity).await?;
    Ok(Err(match owner {
        Some(owner) if owner != account.id() => Refused::UsedElsewhere,
        _ => Refused::OtherLinked,
    }))
}

/// Writes the history's line of a link that was removed, and notifies the member.
pub(crate) async fn unlinked(
    tx: &mut Tx,
    account: &LockedAccount,
    provider: &str,
    session_id: Option<&str>,
) -> Result<(), Failure> {
    let label = provider_label(provider);
    let line = Line::of(account.id(), Event::AccountUnlinked).by(&label);
    audit::write(tx, line.within(session_id)).await?;
    notify(tx, account, Event::AccountUnlinked, provider, session_id).await
}

async fn notify(
    tx: &mut Tx,
    account: &LockedAccount,
    event: Event,
    provider: &str,
    session_id: Option<&str>,
) -> Result<(), Failure> {
    let ctx = tx.ctx().clone();
    let more = |locale| Some(t::security_account(locale, ctx.settings().provider_label(provider, locale)));
    notifications::notify_with(tx, account.id(), event, session_id, &more).await
}

/// Accounts of providers that wait to be linked.
pub(crate) const DATA: DataSet = DataSet {
    table: "pending_identity",
    categories: &[Category {
        name: "provider_visits",
        retention: |ctx| (!ctx.settings().providers.is_empty()).then_some(Retention::For(WAITS_MS)),
    }],
    export: None,
    purge: &[Purge::Delete(
        "DELETE FROM pending_identity WHERE id IN \
         (SELECT id FROM pending_identity WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        dataset::now,
    )],
};
