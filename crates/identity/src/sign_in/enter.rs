//! How anybody signs in, whatever was proven: one door, so that no way in forgets what the others do.

use crate::alerts;
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::linked_accounts;
use crate::secret::Token;
use crate::session::{self, Opened, ProvenBy, Remember, SecondBy};
use crate::work::Work;

/// Somebody at the door, with everything proven that this sign-in needs.
pub(super) struct Entry<'a> {
    /// The member.
    pub member_id: &'a str,
    /// What the history calls it.
    pub event: Event,
    /// What the first step showed.
    pub proven_by: ProvenBy,
    /// What the second step showed, where there was one.
    pub second_by: Option<SecondBy>,
    /// The provider that it was shown with.
    pub provider: Option<&'a str>,
    /// 自動ログイン
    pub remember: Remember,
}

/// Opens the session, writes the history's line, tells the owner of what is unusual.
pub(super) async fn enter(work: &mut Work, entry: Entry<'_>) -> Result<Opened, Fault> {
    // Another member may have been signed in on this browser: that session does not live on beside the new one.
    if let Some(other) = work.caller().current.clone() {
        session::end(work, &other).await?;
    }
    let Entry { member_id, event, proven_by, second_by, provider, remember } = entry;
    let mut opened = session::open(work, member_id, proven_by, second_by, remember).await?;
    if let Some(provider) = provider {
        session::came_in_with(work, &opened.session_id, provider).await?;
        linked_accounts::used(work, member_id, provider).await?;
    }
    // The provider says more of the door than the second step does.
    let by = provider.map(linked_accounts::by);
    let how = by.as_deref().or(second_by.map(SecondBy::name)).unwrap_or(proven_by.name());
    audit::write(work, Line::of(member_id, event).within(&opened.session_id).by(how)).await?;
    alerts::after_sign_in(work, member_id, &opened, second_by).await?;
    // Whoever brings a second provider's account with the first one's does not say which of them is theirs.
    if matches!(proven_by, ProvenBy::Password | ProvenBy::Passkey) {
        opened.taken_up = linked_accounts::take_up(work, member_id, &opened.session_id).await?;
    }
    Ok(opened)
}

/// Starts a session for a remembered browser whose session is over (C-08).
pub async fn resume(desk: &Desk, caller: &Caller, token: &Token) -> Result<Option<Opened>, Fault> {
    if !session::is_remembered(desk, token).await? {
        return Ok(None);
    }
    let mut work = desk.work(caller).await?;
    let Some(claimed) = session::claim(&mut work, token).await? else { return Ok(None) };
    let entry = Entry {
        member_id: &claimed.member_id,
        event: Event::AutoSignIn,
        proven_by: ProvenBy::Remembered,
        second_by: None,
        provider: None,
        remember: claimed.remember,
    };
    let mut opened = enter(&mut work, entry).await?;
    work.finish().await?;
    opened.remember = Some((token.clone(), claimed.until));
    Ok(Some(opened))
}
