//! A visit to a provider: from our button to its page and back. What is asked for is kept with the browser that asks;
//! an answer counts once, there and nowhere else. The network is asked outside of any transaction.

use domain::linked_accounts::{Purpose, Refused};
use domain::refusal::Refusal;
use domain::route::safe_next;

use super::{VISIT_MS, attach, by, keep, method, store};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::proof::password;
use crate::secret::Token;
use crate::sign_in::{self, SignedIn};
use crate::upstream::{Brought, Carried, Failed, Identity, Named, Upstream};
use crate::work::Work;
use crate::{confirm, member, registration, session};

/// Visits from one network within [`THROTTLE_MS`]: many people share an office's or a carrier's address.
const PER_NETWORK: i64 = 300;
/// The time in which they are counted.
const THROTTLE_MS: i64 = 10 * MINUTE_MS;
const CARRIED: &str = "provider visit";

/// Where somebody goes.
#[derive(Debug)]
pub struct Away {
    /// The provider's address.
    pub url: String,
    /// For the cookie of the visit: the browser's secret.
    pub browser: Token,
    /// How long the cookie is kept.
    pub kept_ms: i64,
}

/// What came to the return address.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The code to exchange.
    pub code: Option<String>,
    /// What the visit was begun with.
    pub state: Option<String>,
    /// The issuer, where the provider names itself.
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What an answer led to.
#[derive(Debug)]
pub enum Arrived {
    /// The account is linked, and its member comes in, or has a second step to go.
    SignedIn(SignedIn, Option<String>),
    /// Nobody is linked to it; it waits in the browser that keeps this token, until then (unix ms).
    Waits(Purpose, Token, i64, Option<String>),
    /// Linked to the signed-in member.
    Linked,
    /// It is the member's way to sign in from now on; nobody is signed in (MD-27).
    Switched,
    /// Proven anew; the session goes on under this token.
    Confirmed(Token, Option<String>),
}

/// Where somebody goes back to, with what is said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// What the visit was for; `None`: no such visit is known.
    pub purpose: Option<Purpose>,
    /// Where the visit would have led to.
    pub next: Option<String>,
    /// Why it led to nothing.
    pub refused: Refused,
}

/// Begins a visit. `browser` is the secret of an earlier one in this browser, which goes on: two tabs are one browser.
pub async fn begin(
    desk: &Desk,
    caller: &Caller,
    id: &str,
    purpose: Purpose,
    next: Option<&str>,
    browser: Option<Token>,
) -> Outcome<Away, Refused> {
    let named = Named::find(&desk.settings, id).ok_or(Fault::NotOffered)?;
    match purpose {
        Purpose::Link => drop(caller.fresh(desk.now())?),
        // For members who have nothing else: a password is asked for where there is one.
        Purpose::Confirm => {
            let me = caller.signed_in()?;
            if password::stored(desk.db.readers(), &me.member_id).await?.is_some() {
                return Err(Fault::NotOffered);
            }
        }
        Purpose::SignUp if !registration::is_open(desk) => return Err(Fault::NotOffered),
        Purpose::SignUp if store::waits_for(desk.db.readers(), caller, desk.now()).await?.is_some() => {
            return Ok(Err(Refused::Chosen));
        }
        Purpose::SignIn | Purpose::SignUp => {}
    }
    let (state, nonce, verifier) = (desk.random.token(), desk.random.token(), desk.random.token());
    let carried = Carried {
        nonce: nonce.expose().to_owned(),
        verifier: verifier.expose().to_owned(),
        anew_from: (purpose == Purpose::Confirm).then(|| desk.now()),
    };
    let back = back(desk, id);
    let url = match desk.upstream.away(named, &back, state.expose(), &carried, desk.now()).await {
        Ok(url) => url,
        Err(failed) => {
            tracing::warn!(provider = id, %failed, "nobody can be sent to a provider");
            return Ok(Err(said(&failed)));
        }
    };
    let mut work = desk.work(caller).await?;
    if !limits::take(&mut work, "provider-visit", Of::Network, PER_NETWORK, THROTTLE_MS).await? {
        return Ok(Err(Refused::TooMany));
    }
    let browser = browser.unwrap_or_else(|| work.token());
    let sealed = desk.site_key.seal_json(CARRIED, &carried, &desk.random)?;
    let new = store::NewVisit {
        provider: id,
        purpose: purpose.name(),
        next: next.and_then(safe_next),
        browser: &browser,
        state: &state,
        carried: &sealed,
        expires_at: work.now() + VISIT_MS,
    };
    store::begin(&mut work, &new).await?;
    work.finish().await?;
    Ok(Ok(Away { url, browser, kept_ms: VISIT_MS }))
}

/// Takes an answer.
pub async fn come_back(
    desk: &Desk,
    caller: &Caller,
    id: &str,
    browser: Option<Token>,
    answer: Answer,
) -> Outcome<Arrived, Back> {
    let lost = Back { purpose: None, next: None, refused: Refused::Over };
    let Some(named) = Named::find(&desk.settings, id) else { return Ok(Err(lost)) };
    let (Some(browser), Some(state)) = (browser, answer.state.as_deref().and_then(Token::parse)) else {
        return Ok(Err(lost));
    };
    let mut work = desk.work(caller).await?;
    let Some(visit) = store::arrive(&mut work, id, &browser, &state).await? else { return Ok(Err(lost)) };
    // Used up, whatever becomes of it.
    work.finish().await?;
    let purpose = Purpose::from_name(&visit.purpose).ok_or(Fault::Damaged("provider_visit.purpose"))?;
    let next = visit.next.clone();
    let back_to = |refused| Ok(Err(Back { purpose: Some(purpose), next: visit.next.clone(), refused }));

    let here = caller.current.as_ref().map(|current| current.session_id.as_str());
    if matches!(purpose, Purpose::Link | Purpose::Confirm) && visit.session_id.as_deref() != here {
        // Somebody else signed in meanwhile, or nobody is signed in any more.
        return back_to(Refused::Over);
    }
    let carried: Carried = desk.site_key.open_json(CARRIED, &visit.carried)?;
    let identity = match identify(desk, named, answer, carried).await {
        Ok(identity) => identity,
        Err(refused) => {
            note_refusal(desk, caller, id, purpose, refused).await?;
            return back_to(refused);
        }
    };
    let work = desk.work(caller).await?;
    let arrived = match purpose {
        Purpose::SignIn | Purpose::SignUp => come_in(work, purpose, &identity, next).await?,
        Purpose::Link => link(work, &identity).await?,
        Purpose::Confirm => prove(work, &identity, next).await?,
    };
    match arrived {
        Ok(arrived) => Ok(Ok(arrived)),
        Err(refused) => back_to(refused),
    }
}

/// Who the answer says somebody is.
async fn identify(
    desk: &Desk,
    named: Named<'_>,
    answer: Answer,
    carried: Carried,
) -> Result<Identity, Refused> {
    if let Some(error) = answer.error {
        let refused = match error.as_str() {
            "access_denied" | "user_cancelled_login" | "user_cancelled_authorize" | "user_denied" => {
                Refused::Cancelled
            }
            "server_error" | "temporarily_unavailable" => Refused::Unreachable,
            _ => Refused::NotAccepted,
        };
        // Not the code itself: anybody can write whatever they like into the address.
        tracing::info!(provider = named.id, ?refused, "a provider said no");
        return Err(refused);
    }
    let Some(code) = answer.code else { return Err(Refused::NotAccepted) };
    // Mixed up with another provider's answer (RFC 9207).
    if answer.iss.is_some_and(|iss| !Upstream::is_issuer(named, &iss)) {
        return Err(Refused::NotAccepted);
    }
    let brought = Brought { code, back: &back(desk, named.id), carried };
    desk.upstream.identify(named, brought, desk.now()).await.map_err(|failed| {
        tracing::warn!(provider = named.id, %failed, "an answer of a provider led to nothing");
        said(&failed)
    })
}

/// What a member is told of it.
fn said(failed: &Failed) -> Refused {
    match failed {
        Failed::Unreachable(_) | Failed::LeftAlone => Refused::Unreachable,
        Failed::NotAccepted(_) => Refused::NotAccepted,
    }
}

/// The history's line, where it is known whose it is.
async fn note_refusal(
    desk: &Desk,
    caller: &Caller,
    id: &str,
    purpose: Purpose,
    refused: Refused,
) -> Result<(), Fault> {
    let (Some(me), Purpose::Link | Purpose::Confirm) = (&caller.current, purpose) else { return Ok(()) };
    let event = if purpose == Purpose::Link { Event::AccountLinked } else { Event::Confirmed };
    let mut work = desk.work(caller).await?;
    let by = by(id);
    let line = Line::of(&me.member_id, event).within(&me.session_id).by(&by);
    audit::write(&mut work, line.refused(refused.code())).await?;
    work.finish().await
}

/// Whose it is comes in; what is nobody's waits (MP-65, MP-18).
async fn come_in(
    mut work: Work,
    purpose: Purpose,
    identity: &Identity,
    next: Option<String>,
) -> Outcome<Arrived, Refused> {
    let Some(member_id) = store::owner(&mut *work.conn(), identity).await? else {
        if work.desk().settings.policy.linked_accounts.login_method_exclusive {
            return Ok(Err(Refused::NotLinked));
        }
        let (now, caller) = (work.now(), work.caller().clone());
        // What was chosen for a registration stays until it is complete (MP-19), on ログイン too.
        let waits_for = store::waits_for(&mut *work.conn(), &caller, now).await?;
        if waits_for.is_some_and(|what| purpose == Purpose::SignUp || what == Purpose::SignUp.name()) {
            return Ok(Err(Refused::Chosen));
        }
        let (token, until) = keep(&mut work, purpose, identity).await?;
        work.finish().await?;
        return Ok(Ok(Arrived::Waits(purpose, token, until, next)));
    };
    // Holds the member, and only then looks at the link again: it may have been removed meanwhile.
    let locked = member::is_locked(&mut work, &member_id).await?;
    if store::owner(&mut *work.conn(), identity).await?.as_ref() != Some(&member_id) {
        return Ok(Err(Refused::Over));
    }
    if locked {
        let by = by(&identity.provider);
        let line = Line::of(&member_id, Event::SignIn).by(&by);
        audit::write(&mut work, line.refused(Refused::Locked.code())).await?;
        work.finish().await?;
        return Ok(Err(Refused::Locked));
    }
    let signed_in = sign_in::by_provider(&mut work, &member_id, &identity.provider).await?;
    work.finish().await?;
    Ok(Ok(Arrived::SignedIn(signed_in, next)))
}

/// Links it to whoever is signed in (MP-61).
async fn link(mut work: Work, identity: &Identity) -> Outcome<Arrived, Refused> {
    let me = work.caller().fresh(work.now() - VISIT_MS)?.clone();
    if !session::still_here(&mut work, &me).await? {
        return Ok(Err(Refused::Over));
    }
    let linked = attach(&mut work, &me.member_id, &me.session_id, identity).await?;
    let exclusive = work.desk().settings.policy.linked_accounts.login_method_exclusive;
    if linked.is_ok() && exclusive {
        method::give_up_password(&mut work, &me.member_id).await?;
    }
    work.finish().await?;
    Ok(linked.map(|()| if exclusive { Arrived::Switched } else { Arrived::Linked }))
}

/// Whoever comes in with the account that is linked to them has proven it anew.
async fn prove(mut work: Work, identity: &Identity, next: Option<String>) -> Outcome<Arrived, Refused> {
    let me = work.caller().signed_in()?.clone();
    if !session::still_here(&mut work, &me).await? {
        return Ok(Err(Refused::Over));
    }
    let by = by(&identity.provider);
    let is_mine = store::owner(&mut *work.conn(), identity).await?.is_some_and(|owner| owner == me.member_id);
    if !is_mine {
        let line = Line::of(&me.member_id, Event::Confirmed).within(&me.session_id).by(&by);
        audit::write(&mut work, line.refused(Refused::OtherAccount.code())).await?;
        work.finish().await?;
        return Ok(Err(Refused::OtherAccount));
    }
    let token = confirm::proven(&mut work, &me, &by).await?;
    work.finish().await?;
    Ok(Ok(Arrived::Confirmed(token, next)))
}

/// Our return address: the same for every visit to a provider, and one for each.
fn back(desk: &Desk, id: &str) -> String {
    desk.settings.link(&["/linked/", id, "/return"].concat())
}
