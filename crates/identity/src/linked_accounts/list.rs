//! Which providers are offered and which are linked: for the buttons and for the member's page.

use account::credentials::{linked, password};
use account::sign_in_methods;
use domain::locale::Locale;
use platform::context::Ctx;
use platform::error::Fault;
use platform::upstream::ProviderRef;
use policy::Links;

/// A provider with a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id in the settings.
    pub id: String,
    /// What members read.
    pub label: String,
    /// Whether it answered last time, or has not been asked for a while.
    pub reachable: bool,
}

/// What the member's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether a member has one sign-in method at a time (C-53).
    pub exclusive: bool,
    /// Whether the member signs in with a password.
    pub has_password: bool,
    /// Every provider that is offered, then linked ones that are not offered any more.
    pub rows: Vec<Row>,
}

/// One provider of the member's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id in the settings.
    pub id: String,
    /// What members read.
    pub label: String,
    /// Whether it answered last time, or has not been asked for a while.
    pub reachable: bool,
    /// The account, if one is linked.
    pub link: Option<Link>,
    /// Whether one can be linked now.
    pub can_link: bool,
    /// Whether the link can be removed now: not if it is the last sign-in method.
    pub can_unlink: bool,
}

/// An account that is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The account, masked.
    pub shown: Option<String>,
    /// Unix ms.
    pub linked_at: i64,
    /// Unix ms: the last sign-in with it.
    pub last_used_at: Option<i64>,
}

/// The providers with a button, in the order of the policy.
pub fn offered(ctx: &Ctx, locale: Locale) -> Vec<Offer> {
    let offer = |provider_ref: ProviderRef<'_>| Offer {
        id: provider_ref.id.to_owned(),
        label: provider_ref.provider.label(locale).to_owned(),
        reachable: ctx.upstream().is_reachable(provider_ref.id, ctx.now()),
    };
    ProviderRef::all(ctx.settings()).into_iter().map(offer).collect()
}

/// Whether this site has providers.
pub fn is_offered(ctx: &Ctx) -> bool {
    !ctx.settings().providers.is_empty()
}

/// Whether the member has a password: always, where the policy does not let a provider replace it.
pub async fn has_password(ctx: &Ctx) -> Result<bool, Fault> {
    let me = ctx.member()?;
    Ok(!ctx.policy().linked_accounts.login_method_exclusive
        || password::stored(ctx.readers(), &me.member_id).await?.is_some())
}

/// The member's page; without rows where this site has no providers.
pub async fn view(ctx: &Ctx) -> Result<View, Fault> {
    let me = ctx.member()?;
    let (settings, policy) = (ctx.settings(), &ctx.policy().linked_accounts);
    let links = linked::of_member(ctx.readers(), &me.member_id).await?;
    let methods = sign_in_methods::of(ctx.readers(), ctx, &me.member_id).await?;
    let exclusive = policy.login_method_exclusive;
    let has_password = has_password(ctx).await?;
    let full = policy.links == Links::One && !exclusive && !links.is_empty();
    let row = |id: &str, reachable| {
        let link = links.iter().find(|link| link.provider == id).map(|link| Link {
            shown: link.shown.clone(),
            linked_at: link.linked_at,
            last_used_at: link.last_used_at,
        });
        Row {
            id: id.to_owned(),
            label: settings.provider_label(id, ctx.locale()).to_owned(),
            reachable,
            can_link: link.is_none() && !full && settings.providers.contains_key(id),
            // Where one method at a time is allowed, a link beside a password is from before that policy.
            can_unlink: link.is_some() && (!exclusive || has_password) && methods.can_remove_link(id),
            link,
        }
    };
    let mut rows: Vec<Row> =
        offered(ctx, ctx.locale()).iter().map(|offer| row(&offer.id, offer.reachable)).collect();
    let gone = links.iter().filter(|link| !settings.providers.contains_key(&link.provider));
    rows.extend(gone.map(|link| row(&link.provider, false)));
    Ok(View { exclusive, has_password, rows })
}

/// The labels of the linked providers, by one statement, for ホーム.
pub async fn linked_labels(ctx: &Ctx) -> Result<Vec<String>, Fault> {
    let links = linked::of_member(ctx.readers(), &ctx.member()?.member_id).await?;
    let is_linked = |offer: &Offer| links.iter().any(|link| link.provider == offer.id);
    let gone = links.iter().filter(|link| !ctx.settings().providers.contains_key(&link.provider));
    let offered = offered(ctx, ctx.locale()).into_iter().filter(is_linked).map(|offer| offer.label);
    Ok(offered.chain(gone.map(|link| link.provider.clone())).collect())
}
