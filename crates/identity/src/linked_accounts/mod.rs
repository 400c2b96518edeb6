//! SNSアカウント連携 (MP-18, MP-19, MP-60 to MP-67, MD-27): accounts of outside providers by which members sign in. An
//! account is linked by a member who is signed in, or by the sign-in or registration that follows a visit in the same
//! browser; never because two addresses are equal (docs/designs/linked-accounts.md). Speaking with providers is
//! [`crate::upstream`]'s.

mod list;
mod method;
mod store;
mod visit;

use std::collections::BTreeSet;

use domain::linked_accounts::{METHOD, Purpose, Refused};
use domain::policy::Links;
use domain::refusal::Refusal;

use words::letters as t;

pub use list::{Link, Offer, Row, View, label, linked, offered, view};
pub(crate) use method::after_reset;
pub use method::{choose_password, has_password};
pub use store::purge;
pub(crate) use store::{HELD, used};
pub use visit::{Answer, Arrived, Away, Back, begin, come_back};

use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::mail::lang;
use crate::member;
use crate::secret::Token;
use crate::settings::Settings;
use crate::upstream::Identity;
use crate::work::Work;
use crate::{session, sign_in, ways_in};

/// How long what somebody brought from a provider waits to be linked (MP-65).
pub const WAITS_MS: i64 = 30 * MINUTE_MS;
/// How long a visit may take.
pub(crate) const VISIT_MS: i64 = 10 * MINUTE_MS;
/// What is sealed as what.
const BROUGHT: &str = "brought from a provider";

/// What waits in this browser to be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whether it was brought to sign in or to register.
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

/// What became of an account that was brought before a sign-in or a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenUp {
    /// The provider's id.
    pub provider: String,
    /// Linked, or why not.
    pub linked: Result<(), Refused>,
}

/// Whether this site has providers at all.
pub fn is_offered(settings: &Settings) -> bool {
    !settings.providers.is_empty()
}

/// What waits in this browser to be linked.
pub async fn waiting(desk: &Desk, caller: &Caller) -> Result<Option<Waiting>, Fault> {
    let Some(token) = &caller.pending_link else { return Ok(None) };
    let Some((purpose, brought)) = store::waiting(desk.db.readers(), token, desk.now()).await? else {
        return Ok(None);
    };
    let identity = unseal(desk, &brought)?;
    Ok(Some(Waiting {
        purpose: Purpose::from_name(&purpose).ok_or(Fault::Damaged("pending_link.purpose"))?,
        label: label(&desk.settings, &identity.provider, caller.locale),
        shown: identity.shown(),
        family_name: identity.family_name,
        given_name: identity.given_name,
        email: identity.email.unwrap_or_default(),
    }))
}

/// Lets go of what waits: it is not linked.
pub async fn let_go(desk: &Desk, caller: &Caller) -> Result<(), Fault> {
    let Some(token) = &caller.pending_link else { return Ok(()) };
    let mut work = desk.work(caller).await?;
    store::take(&mut work, token).await?;
    work.finish().await
}

/// Removes a link. One that is gone already is no refusal: the page shows what is left.
pub async fn unlink(desk: &Desk, caller: &Caller, provider: &str) -> Outcome<(), Vec<Refused>> {
    let me = caller.fresh(desk.now())?;
    if desk.settings.policy.linked_accounts.login_method_exclusive && !has_password(desk, caller).await? {
        return Err(Fault::NotOffered);
    }
    // Holds the member, so that two removals at once cannot both be the last but one.
    let mut work = session::at_work(desk, caller).await?;
    let by = by(provider);
    let ways = ways_in::of(&mut *work.conn(), &desk.settings, &me.member_id).await?;
    if !ways.can_spare(&by) {
        let line = Line::of(&me.member_id, Event::AccountUnlinked).within(&me.session_id).by(&by);
        audit::write(&mut work, line.refused(Refused::LastWayIn.code())).await?;
        work.finish().await?;
        return Ok(Err(vec![Refused::LastWayIn]));
    }
    if store::remove(&mut work, &me.member_id, provider).await? {
        unlinked(&mut work, &me.member_id, provider, Some(&me.session_id)).await?;
        // Somebody who came in with it and has a second step to go does not come in any more.
        sign_in::drop_pending(&mut work, &me.member_id).await?;
    }
    work.finish().await?;
    Ok(Ok(()))
}

/// Links what this browser brought to the member who signs in or registers in it; `None`: nothing waits.
pub(crate) async fn take_up(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
) -> Result<Option<TakenUp>, Fault> {
    // Where the way to sign in is chosen, it is chosen by the signed-in member, on purpose (MD-27).
    if work.desk().settings.policy.linked_accounts.login_method_exclusive {
        return Ok(None);
    }
    let Some(token) = work.caller().pending_link.clone() else { return Ok(None) };
    let Some(brought) = store::take(work, &token).await? else { return Ok(None) };
    link_sealed(work, member_id, session_id, &brought).await.map(Some)
}

/// Links what was brought, sealed as it waited (MP-18, MP-65).
pub(crate) async fn link_sealed(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    brought: &[u8],
) -> Result<TakenUp, Fault> {
    let identity = unseal(work.desk(), brought)?;
    let linked = attach(work, member_id, session_id, &identity).await?;
    Ok(TakenUp { provider: identity.provider, linked })
}

/// What a registration keeps until it is complete: as it waits, still sealed, with what the provider said.
pub(crate) async fn for_registration(
    desk: &Desk,
    caller: &Caller,
) -> Result<Option<(Vec<u8>, Identity)>, Fault> {
    if desk.settings.policy.linked_accounts.login_method_exclusive {
        return Ok(None);
    }
    let Some(token) = &caller.pending_link else { return Ok(None) };
    let waits = store::waiting(desk.db.readers(), token, desk.now()).await?;
    waits.map(|(_, brought)| unseal(desk, &brought).map(|identity| (brought, identity))).transpose()
}

/// Makes a link, with the history's line and the owner's letter; or says why not (MP-62, MP-64). One that is there already
/// is no news.
async fn attach(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    identity: &Identity,
) -> Outcome<(), Refused> {
    if store::owner(&mut *work.conn(), identity).await?.is_some_and(|owner| owner == member_id) {
        return Ok(Ok(()));
    }
    let by = by(&identity.provider);
    let line = Line::of(member_id, Event::AccountLinked).within(session_id).by(&by);
    if let Err(refused) = judge(work, member_id, session_id, identity).await? {
        audit::write(work, line.refused(refused.code())).await?;
        return Ok(Err(refused));
    }
    audit::write(work, line).await?;
    tell(work, member_id, Told::AccountLinked, &identity.provider, Some(session_id)).await?;
    Ok(Ok(()))
}

async fn judge(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    identity: &Identity,
) -> Outcome<(), Refused> {
    let policy = &work.desk().settings.policy.linked_accounts;
    let (one, exclusive) = (policy.links == Links::One, policy.login_method_exclusive);
    let mut given_up = Vec::new();
    if one || exclusive {
        member::hold(work, member_id).await?;
        given_up = store::of_member(&mut *work.conn(), member_id).await?;
        // One way to sign in may take the place of another (MD-27), but for an account of the same provider (MD-28).
        if given_up.iter().any(|link| !exclusive || link.provider == identity.provider) {
            return Ok(Err(Refused::OtherLinked));
        }
    }
    if store::insert(work, member_id, session_id, identity).await? {
        for link in given_up {
            store::remove(work, member_id, &link.provider).await?;
            unlinked(work, member_id, &link.provider, Some(session_id)).await?;
        }
        return Ok(Ok(()));
    }
    let owner = store::owner(&mut *work.conn(), identity).await?;
    Ok(Err(match owner {
        Some(owner) if owner != member_id => Refused::UsedElsewhere,
        _ => Refused::OtherLinked,
    }))
}

/// Undoes what somebody linked who was not the owner: in the given session, in those of the same browser that followed
/// it, and in those that came in with what goes here.
pub(crate) async fn undo_from(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
    browser: Option<&str>,
    since: i64,
) -> Result<(), Fault> {
    let mut doubtful = session::followed(work, member_id, browser, since).await?;
    doubtful.push(session_id.to_owned());
    let mut undone = BTreeSet::new();
    while let Some(id) = doubtful.pop() {
        if !undone.contains(&id) {
            for provider in undo_session(work, member_id, &id).await? {
                doubtful.extend(session::opened_with(work, member_id, &provider, since).await?);
            }
            undone.insert(id);
        }
    }
    Ok(())
}

/// Undoes what a session linked, and the link that it came in with: whoever it was has that account. Which providers
/// went.
pub(crate) async fn undo_session(
    work: &mut Work,
    member_id: &str,
    session_id: &str,
) -> Result<Vec<String>, Fault> {
    let with = session::provider_of(&mut *work.conn(), session_id).await?;
    let gone = store::remove_of_session(work, member_id, session_id, with.as_deref()).await?;
    for provider in &gone {
        let by = by(provider);
        audit::write(work, Line::of(member_id, Event::AccountUnlinked).by(&by)).await?;
    }
    Ok(gone)
}

/// The history's line and the owner's letter of a link that went.
async fn unlinked(
    work: &mut Work,
    member_id: &str,
    provider: &str,
    session_id: Option<&str>,
) -> Result<(), Fault> {
    let by = by(provider);
    let line = Line::of(member_id, Event::AccountUnlinked).by(&by);
    audit::write(work, session_id.map_or(line, |session_id| line.within(session_id))).await?;
    tell(work, member_id, Told::AccountUnlinked, provider, session_id).await
}

async fn tell(
    work: &mut Work,
    member_id: &str,
    told: Told,
    provider: &str,
    session_id: Option<&str>,
) -> Result<(), Fault> {
    let settings = work.desk().settings.clone();
    let about = |locale| Some(t::security_account(lang(locale), &label(&settings, provider, locale)));
    alerts::tell_about(work, member_id, told, session_id, &about).await
}

/// How the history calls a provider.
pub(crate) fn by(provider: &str) -> String {
    [METHOD, provider].concat()
}

fn seal(desk: &Desk, identity: &Identity) -> Result<Vec<u8>, Fault> {
    desk.site_key.seal_json(BROUGHT, identity, &desk.random)
}

fn unseal(desk: &Desk, sealed: &[u8]) -> Result<Identity, Fault> {
    desk.site_key.open_json(BROUGHT, sealed)
}

/// Keeps what somebody brought and nobody is linked to; the token is for the browser's cookie.
async fn keep(work: &mut Work, purpose: Purpose, identity: &Identity) -> Result<(Token, i64), Fault> {
    let (token, until) = (work.token(), work.now() + WAITS_MS);
    let brought = seal(work.desk(), identity)?;
    store::keep(work, &token, purpose.name(), &brought, until).await?;
    Ok((token, until))
}
