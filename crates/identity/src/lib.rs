//! The use cases of Tegata: what members, visitors, staff and jobs can do. No HTTP here; texts only in e-mails.
//!
//! **How to add a use case.** Its rules go into `domain` (form, refusals, `check`). Here it becomes a function of the
//! module named after the task: it takes the [`context::Ctx`] (who acts, from where, under which policy) and plain
//! values, and returns `Result<T, Error<Refused>>`. First what is slow (hashing, the network), then one transaction
//! (`account::lock::begin` for a signed-in member), in it the statements of the module's private `store`, a line of
//! the history, e-mails by `Tx::enqueue`; `Tx::commit` commits all of it. Its tests run on both databases
//! (crates/testkit).
//!
//! Only use cases are public, with the types they take and return; functions that take an open transaction are not. The
//! crate `account` has the state of an account and its credentials, `platform` what every use case stands on.

pub mod account_suspension;
pub mod alerts;
pub mod data_export;
mod data_sets;
pub mod email_change;
pub mod email_samples;
pub mod helpdesk;
pub mod jobs;
pub mod linked_accounts;
pub mod passkeys;
pub mod password;
pub mod password_reset;
pub mod pending_identity;
pub mod profile;
pub mod reauthentication;
pub mod registration;
mod rolling_update;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_history;
mod temporary_password;
pub mod withdrawal;

pub use account::audit::{Event, Kind as EventKind};
pub use account::member::Member;
pub use account::session::{AuthMethod, OpenedSession, PROVIDER_PREFIX, RememberedCookie};
pub use data_sets::{Stored, data_sets, stored};
pub use platform::dataset::Retention;
pub use platform::{app_context, clock, context, error, format, keys, secret, settings, user_agent};
pub use rolling_update::carry_over;

use platform::app_context::AppContext;
use platform::error::Failure;
use platform::settings::Settings;

/// What the server needs of e-mails: the transport, how many wait, and the e-mail itself.
pub mod mail {
    pub use platform::mail::outbox::{OutgoingEmail, waiting};
    pub use platform::mail::transport::Transport;
}

/// Opens what the process works with: brings the database up to date, and carries over what was pending in the release
/// before.
pub async fn open(settings: Settings) -> Result<AppContext, Failure> {
    let app = AppContext::open(settings).await?;
    carry_over(&app).await?;
    Ok(app)
}

/// The open session of a cookie, unless it is ended or idle for too long.
pub async fn find_session(
    app: &AppContext,
    token: &secret::Token,
    network: &str,
) -> Result<Option<context::CurrentSession>, Failure> {
    account::session::find(app, token, network).await
}
