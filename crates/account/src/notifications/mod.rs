//! Security e-mails notify the member of every change of what protects the account, and of unusual sign-ins
//! (ログインアラート, MP-88 to MP-90). Each carries a link to two buttons that work without sign-in: it was me, it was not
//! me (docs/designs/alerts.md). `alerts` of `identity` handles the answers.

mod email;
mod sign_in;

use domain::locale::Locale;
use platform::context::CurrentSession;
use platform::error::Failure;
use platform::tx::Tx;
use serde::{Deserialize, Serialize};

pub use email::{facts, greeting, samples, sentence, summary};
pub use sign_in::after_sign_in;

use crate::audit::{self, Event, Line};
use crate::lock::LockedAccount;
use crate::mailed::{self, Purpose, Request};
use crate::member;
use crate::session::browser;

/// What an alert is about, besides the event; it is sealed with the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The session it happened in or began.
    pub session_id: Option<String>,
    /// The `member_browser` it happened in.
    pub browser_id: Option<String>,
    /// The network address.
    pub network: String,
    /// The `User-Agent`.
    pub user_agent: String,
}

/// Notifies the member of an event by e-mail, in its transaction. `session_id` is the session it happened in or
/// began. A member without an address reads it in the history.
pub async fn notify(
    tx: &mut Tx,
    member_id: &str,
    event: Event,
    session_id: Option<&str>,
) -> Result<(), Failure> {
    notify_with(tx, member_id, event, session_id, &|_| None).await
}

/// Writes the history's line of a change that the member made in their session, and notifies them.
pub async fn record_and_notify(
    tx: &mut Tx,
    account: &LockedAccount,
    me: &CurrentSession,
    event: Event,
) -> Result<(), Failure> {
    let session_id = me.session_id.as_str();
    audit::write(tx, Line::of(account.id(), event).within(session_id)).await?;
    notify(tx, account.id(), event, Some(session_id)).await
}

/// As [`notify`], with one more paragraph, in the member's language.
pub async fn notify_with(
    tx: &mut Tx,
    member_id: &str,
    event: Event,
    session_id: Option<&str>,
    more: &(dyn Fn(Locale) -> Option<String> + Sync),
) -> Result<(), Failure> {
    let member = member::find(&mut *tx.conn(), member_id).await?.ok_or(Failure::Damaged("member"))?;
    let Some(to) = &member.email else { return Ok(()) };
    let ctx = tx.ctx().clone();
    let alert = Alert {
        session_id: session_id.map(str::to_owned),
        browser_id: browser::known(&mut *tx.conn(), &ctx, member_id).await?,
        network: ctx.request().network.clone(),
        user_agent: ctx.request().user_agent.clone(),
    };
    let request = Request { detail: Some(event.name()), ..Request::new(Purpose::Alert, Some(member_id), to) };
    let issued = mailed::issue_unasked(tx, request, &alert).await?;
    let email = email::security(tx, &member, to, event, more(member.locale), issued.link()?)?;
    tx.enqueue(email).await
}
