//! Signing in with an account of an outside provider that is linked (MP-65, MD-06). The provider's word is the first
//! step; whether the second one follows is the policy's to say (C-52).

use super::enter::{self, Entry};
use super::second_step;
use super::{SignedIn, remembers};
use crate::audit::Event;
use crate::fault::Fault;
use crate::second_factor;
use crate::session::{self, ProvenBy, Remember, SecondBy};
use crate::work::Work;

/// Lets the member in whom the account of a provider belongs to.
pub(crate) async fn by_provider(work: &mut Work, member_id: &str, provider: &str) -> Result<SignedIn, Fault> {
    let desk = work.desk().clone();
    let policy = &desk.settings.policy;
    let remember = remembers(&desk, false);
    let factors = second_factor::of(&mut *work.conn(), policy, member_id).await?;
    let asked = factors.asked() && policy.second_factor.on_external_sign_in;
    let trusted = asked && session::is_trusted(work, member_id).await?;
    if asked && !trusted {
        let (token, until) = second_step::begin(work, member_id, Some(provider), remember, &factors).await?;
        return Ok(SignedIn::SecondStep(token, until));
    }
    let entry = Entry {
        member_id,
        event: Event::SignIn,
        proven_by: ProvenBy::Provider,
        second_by: trusted.then_some(SecondBy::Trusted),
        provider: Some(provider),
        remember: if remember { Remember::Begin } else { Remember::No },
    };
    let opened = enter::enter(work, entry).await?;
    let nothing_set_up =
        factors.switched_on && factors.methods.is_empty() && policy.second_factor.on_external_sign_in;
    Ok(if nothing_set_up { SignedIn::SetUp(opened) } else { SignedIn::In(opened) })
}
