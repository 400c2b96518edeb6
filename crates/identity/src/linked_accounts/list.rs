//! What is offered and what is linked: the buttons, the member's page, and what of it can be removed.

use domain::locale::Locale;
use domain::policy::Links;

use super::{by, method, store};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::settings::Settings;
use crate::upstream::Named;
use crate::ways_in;

/// A provider with a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id in the settings.
    pub id: String,
    /// What members read.
    pub label: String,
    /// Whether it answered when it was asked last.
    pub reachable: bool,
}

/// What the member's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether there is one way to sign in at a time (C-53).
    pub exclusive: bool,
    /// Whether the member signs in with a password.
    pub has_password: bool,
    /// Every provider, and those that were linked and are no more offered.
    pub rows: Vec<Row>,
}

/// One provider of the member's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id in the settings.
    pub id: String,
    /// What members read.
    pub label: String,
    /// Whether it answered when it was asked last.
    pub reachable: bool,
    /// The account, if one is linked.
    pub link: Option<Link>,
    /// Whether one can be linked now.
    pub can_link: bool,
    /// Whether the link can be removed now: not if it is the last way in.
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
pub fn offered(desk: &Desk, locale: Locale) -> Vec<Offer> {
    let offer = |named: Named<'_>| Offer {
        id: named.id.to_owned(),
        label: named.provider.label(locale).to_owned(),
        reachable: desk.upstream.is_reachable(named.id, desk.now()),
    };
    Named::all(&desk.settings).into_iter().map(offer).collect()
}

/// What members read for a provider; its id where the settings do not have it any more.
pub fn label(settings: &Settings, id: &str, locale: Locale) -> String {
    settings.providers.get(id).map_or(id, |provider| provider.label(locale)).to_owned()
}

/// The member's page; without rows where this site has no providers.
pub async fn view(desk: &Desk, caller: &Caller) -> Result<View, Fault> {
    let me = caller.signed_in()?;
    let (settings, policy) = (&desk.settings, &desk.settings.policy.linked_accounts);
    let links = store::of_member(desk.db.readers(), &me.member_id).await?;
    let ways = ways_in::of(desk.db.readers(), settings, &me.member_id).await?;
    let exclusive = policy.login_method_exclusive;
    let has_password = method::has_password(desk, caller).await?;
    let full = policy.links == Links::One && !exclusive && !links.is_empty();
    let row = |id: &str, reachable| {
        let link = links.iter().find(|link| link.provider == id).map(|link| Link {
            shown: link.shown.clone(),
            linked_at: link.linked_at,
            last_used_at: link.last_used_at,
        });
        Row {
            id: id.to_owned(),
            label: label(settings, id, caller.locale),
            reachable,
            can_link: link.is_none() && !full && settings.providers.contains_key(id),
            // Where there is one way at a time, a link beside the password is of the time before.
            can_unlink: link.is_some() && (!exclusive || has_password) && ways.can_spare(&by(id)),
            link,
        }
    };
    let mut rows: Vec<Row> =
        offered(desk, caller.locale).iter().map(|offer| row(&offer.id, offer.reachable)).collect();
    let gone = links.iter().filter(|link| !settings.providers.contains_key(&link.provider));
    rows.extend(gone.map(|link| row(&link.provider, false)));
    Ok(View { exclusive, has_password, rows })
}

/// What is linked, as members read it; one look, for ホーム.
pub async fn linked(desk: &Desk, caller: &Caller) -> Result<Vec<String>, Fault> {
    let links = store::of_member(desk.db.readers(), &caller.signed_in()?.member_id).await?;
    let is_linked = |offer: &Offer| links.iter().any(|link| link.provider == offer.id);
    let gone = links.iter().filter(|link| !desk.settings.providers.contains_key(&link.provider));
    let offered = offered(desk, caller.locale).into_iter().filter(is_linked).map(|offer| offer.label);
    Ok(offered.chain(gone.map(|link| link.provider.clone())).collect())
}
