//! What ends together: the one table of causes and things ([`effect`]), and the one definition of what an intruder left
//! behind ([`undo_intruder`]).
//!
//! A withdrawal needs neither: all rows go with the member's. New kinds of things (tokens, consents) get a column here.

use std::collections::{BTreeMap, BTreeSet};

use platform::context::CurrentSession;
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::FromRow;
use strum::EnumIter;

use crate::audit::{self, Event, Line};
use crate::authn::pending;
use crate::credentials::{linked, passkey, password};
use crate::lock::LockedAccount;
use crate::lockout::{self, AttemptKey};
use crate::mailed::{self, Purpose};
use crate::session::{self, browser, provider_label};

/// Why something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum Cause {
    /// The member changed the password (MP-38).
    PasswordChanged,
    /// A new password was set by e-mail (MP-35).
    PasswordReset,
    /// Another sign-in method replaced the one before (MD-27).
    MethodSwitched,
    /// The address was changed (MP-68).
    EmailChanged,
    /// A provider was unlinked (MP-63).
    ProviderUnlinked,
    /// The member ended all other sessions (MP-83).
    OthersEnded,
    /// The member closed the account: answered "it was not me", suspended it, or reverted a change of the address.
    AccountShut,
}

/// What may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum Thing {
    /// The password: invalidated until a new one is set by e-mail.
    Password,
    /// The link of a reset e-mail, and its code.
    ResetLink,
    /// A temporary password.
    TemporaryPassword,
    /// A pending change of the address.
    EmailChange,
    /// Sign-ins between their steps.
    SignInAttempts,
    /// Sessions, and remembered browsers, which start new ones.
    Sessions,
    /// Trusted browsers.
    TrustedBrowsers,
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It stays.
    Stays,
    /// It ends.
    Ends,
    /// It ends, except for what belongs to the acting session.
    EndsElsewhere,
}

/// The table, one line for each cause.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a line for each cause")]
const fn effects(cause: Cause) -> [(Thing, Effect); 7] {
    use Effect::{Ends, EndsElsewhere as Else, Stays};
    let [password, reset_link, temporary_password, email_change, sign_in_attempts, sessions, trusted_browsers] =
        match cause {
            //                         password  reset  temporary  e-mail   sign-in   sessions,   trusted
            //                                   link   password   change   attempts  remembered  browsers
            Cause::PasswordChanged  => [Stays,   Ends,  Ends,      Else,    Ends,     Else,       Stays],
            Cause::PasswordReset    => [Stays,   Ends,  Ends,      Ends,    Ends,     Ends,       Ends],
            Cause::MethodSwitched   => [Stays,   Ends,  Ends,      Ends,    Ends,     Ends,       Ends],
            Cause::EmailChanged     => [Stays,   Ends,  Ends,      Stays,   Ends,     Stays,      Stays],
            Cause::ProviderUnlinked => [Stays,   Stays, Stays,     Stays,   Ends,     Stays,      Stays],
            Cause::OthersEnded      => [Stays,   Stays, Stays,     Stays,   Stays,    Else,       Stays],
            Cause::AccountShut      => [Ends,    Ends,  Ends,      Ends,    Ends,     Ends,       Ends],
        };
    // What could open new sessions ends first, then the sessions.
    [
        (Thing::Password, password),
        (Thing::ResetLink, reset_link),
        (Thing::TemporaryPassword, temporary_password),
        (Thing::EmailChange, email_change),
        (Thing::SignInAttempts, sign_in_attempts),
        (Thing::Sessions, sessions),
        (Thing::TrustedBrowsers, trusted_browsers),
    ]
}

/// What a cause does to a thing.
pub fn effect(cause: Cause, thing: Thing) -> Effect {
    let found = effects(cause).into_iter().find(|(it, _)| *it == thing);
    found.map_or(Effect::Stays, |(_, effect)| effect)
}

/// What ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    /// How many sessions, or remembered browsers if those are more.
    pub sessions: u64,
    /// How many trusted browsers.
    pub trusted: u64,
}

/// Ends what ends with a cause, and writes a line of the history for sessions and trusted browsers that ended.
pub async fn revoke(tx: &mut Tx, account: &LockedAccount, cause: Cause) -> Result<Revoked, Failure> {
    let here = tx.ctx().session().filter(|session| session.member_id == account.id()).cloned();
    let mut revoked = Revoked::default();
    for (thing, effect) in effects(cause) {
        let but = match effect {
            Effect::Stays => continue,
            Effect::Ends => None,
            Effect::EndsElsewhere => here.as_ref(),
        };
        end(tx, account, thing, but, &mut revoked).await?;
    }
    let within = here.as_ref().filter(|_| effect(cause, Thing::Sessions) == Effect::EndsElsewhere);
    let within = within.map(|session| session.session_id.as_str());
    for (gone, event) in
        [(revoked.sessions, Event::OtherSessionsEnded), (revoked.trusted, Event::TrustForgotten)]
    {
        if gone > 0 {
            audit::write(tx, Line::of(account.id(), event).within(within)).await?;
        }
    }
    Ok(revoked)
}

async fn end(
    tx: &mut Tx,
    account: &LockedAccount,
    thing: Thing,
    but: Option<&CurrentSession>,
    revoked: &mut Revoked,
) -> Result<(), Failure> {
    match thing {
        Thing::Password => password::invalidate(tx, account).await?,
        Thing::ResetLink => mailed::void(tx, account.id(), &[Purpose::PasswordReset]).await?,
        Thing::TemporaryPassword => mailed::void(tx, account.id(), &[Purpose::TemporaryPassword]).await?,
        Thing::EmailChange => {
            let but = but.map(|session| session.session_id.as_str());
            mailed::void_email_change(tx, account.id(), but).await?;
        }
        Thing::SignInAttempts => pending::end_all(tx, account).await?,
        Thing::Sessions => revoked.sessions = session::end_all(tx, account, but).await?,
        Thing::TrustedBrowsers => revoked.trusted = browser::end_trust(tx, account, None).await?,
    }
    Ok(())
}

/// Where an intruder was seen.
#[derive(Clone, Debug)]
pub struct Intruder<'a> {
    /// The session in question; `None`: no session was opened.
    pub session_id: Option<&'a str>,
    /// The `member_browser` in question.
    pub browser_id: Option<&'a str>,
    /// Unix ms: since when sessions can be suspect.
    pub since: i64,
    /// Whether the intruder had the mailbox from then on: every session since is suspect.
    pub mailbox: bool,
}

/// Which credentials of suspect sessions are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// All credentials that were made in suspect sessions.
    AllCredentials,
    /// Those that sign in by themselves, but no second factors: the one who asks may be the intruder.
    SignInCredentials,
}

#[derive(FromRow)]
struct Suspect {
    id: String,
    browser_id: Option<String>,
    remembered_id: Option<String>,
}

/// Removes what intruders left: the credentials that were made in suspect sessions, the links to providers that those
/// were opened with, and the record of their browsers, which are unknown again.
///
/// Suspect are the session in question, later ones of the same browser, later ones of a browser that one of them had
/// remembered, and later ones that were opened with a credential made in one of them.
pub async fn undo_intruder(
    tx: &mut Tx,
    account: &LockedAccount,
    intruders: &[Intruder<'_>],
    undo: Undo,
) -> Result<(), Failure> {
    let mut suspects: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut providers = BTreeSet::new();
    let mut browsers: BTreeSet<String> = BTreeSet::new();
    for intruder in intruders {
        browsers.extend(intruder.browser_id.map(str::to_owned));
        let mut queue = seen(tx, account, intruder).await?;
        while let Some(suspect) = queue.pop() {
            if suspects.insert(suspect.id.clone(), suspect.browser_id.clone()).is_some() {
                continue;
            }
            let credentials = credentials_of(tx, account, &suspect, &mut providers).await?;
            for credential in credentials {
                queue.extend(opened_with(tx, account, &credential, intruder.since).await?);
            }
            if let Some(remembered_id) = &suspect.remembered_id {
                queue.extend(resumed(tx, account, remembered_id, intruder.since).await?);
            }
        }
    }
    for provider in &providers {
        if linked::remove(tx, account, provider).await? {
            let label = provider_label(provider);
            audit::write(tx, Line::of(account.id(), Event::AccountUnlinked).by(&label)).await?;
        }
    }
    let passkeys = undo == Undo::AllCredentials || passkey::signs_in(tx.ctx());
    for (session_id, browser_id) in &suspects {
        remove_made_in(tx, account, session_id, undo, passkeys).await?;
        browsers.extend(browser_id.clone().filter(|_| undo == Undo::AllCredentials));
    }
    for browser_id in &browsers {
        browser::forget(tx, account, browser_id).await?;
        lockout::clear(tx, &AttemptKey::browser(browser_id, account.id())).await?;
    }
    Ok(())
}

/// The sessions where an intruder was seen.
async fn seen(
    tx: &mut Tx,
    account: &LockedAccount,
    intruder: &Intruder<'_>,
) -> Result<Vec<Suspect>, Failure> {
    // No session was opened: only the browser is forgotten.
    if intruder.session_id.is_none() {
        return Ok(Vec::new());
    }
    let all_since = if intruder.mailbox { intruder.since } else { i64::MAX };
    Ok(sqlx::query_as(
        "SELECT id, browser_id, remembered_id FROM session WHERE member_id = $1 \
         AND (id = $2 OR (browser_id = $3 AND created_at >= $4) OR created_at >= $5)",
    )
    .bind(account.id())
    .bind(intruder.session_id)
    .bind(intruder.browser_id)
    .bind(intruder.since)
    .bind(all_since)
    .fetch_all(tx.conn())
    .await?)
}

/// The credentials that were made in a suspect session, and the provider that it, or the session that had its browser
/// remembered, was opened with: the intruder has that provider's account. The providers are collected, to be unlinked.
async fn credentials_of(
    tx: &mut Tx,
    account: &LockedAccount,
    suspect: &Suspect,
    providers: &mut BTreeSet<String>,
) -> Result<Vec<String>, Failure> {
    let linked: Vec<String> = sqlx::query_scalar(
        "SELECT provider FROM linked_account WHERE member_id = $1 AND session_id = $2 \
         UNION SELECT p.credential FROM session_proof p JOIN session s ON s.id = p.session_id \
         WHERE s.member_id = $1 AND p.method = 'provider' AND p.credential IS NOT NULL \
         AND (s.id = $2 OR s.remembered_id = $3)",
    )
    .bind(account.id())
    .bind(&suspect.id)
    .bind(suspect.remembered_id.as_deref())
    .fetch_all(tx.conn())
    .await?;
    let passkeys: Vec<String> =
        sqlx::query_scalar("SELECT id FROM passkey WHERE member_id = $1 AND created_in = $2")
            .bind(account.id())
            .bind(&suspect.id)
            .fetch_all(tx.conn())
            .await?;
    providers.extend(linked.iter().cloned());
    Ok(linked.into_iter().chain(passkeys).collect())
}

/// The sessions since then that were opened with a credential.
async fn opened_with(
    tx: &mut Tx,
    account: &LockedAccount,
    credential: &str,
    since: i64,
) -> Result<Vec<Suspect>, Failure> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.browser_id, s.remembered_id FROM session_proof p JOIN session s ON s.id = p.session_id \
         WHERE p.credential = $2 AND s.member_id = $1 AND s.created_at >= $3",
    )
    .bind(account.id())
    .bind(credential)
    .bind(since)
    .fetch_all(tx.conn())
    .await?)
}

/// The sessions since then of a remembered browser.
async fn resumed(
    tx: &mut Tx,
    account: &LockedAccount,
    remembered_id: &str,
    since: i64,
) -> Result<Vec<Suspect>, Failure> {
    Ok(sqlx::query_as(
        "SELECT id, browser_id, remembered_id FROM session \
         WHERE member_id = $1 AND remembered_id = $2 AND created_at >= $3",
    )
    .bind(account.id())
    .bind(remembered_id)
    .bind(since)
    .fetch_all(tx.conn())
    .await?)
}

async fn remove_made_in(
    tx: &mut Tx,
    account: &LockedAccount,
    session_id: &str,
    undo: Undo,
    passkeys: bool,
) -> Result<(), Failure> {
    for (statement, goes) in [
        (
            "DELETE FROM authenticator_app WHERE member_id = $1 AND created_in = $2",
            undo == Undo::AllCredentials,
        ),
        ("DELETE FROM backup_code WHERE member_id = $1 AND created_in = $2", undo == Undo::AllCredentials),
        ("DELETE FROM passkey WHERE member_id = $1 AND created_in = $2", passkeys),
    ] {
        if goes {
            sqlx::query(statement).bind(account.id()).bind(session_id).execute(tx.conn()).await?;
        }
    }
    Ok(())
}

/// Removes every second factor of a member, and the trust in their browsers; the switch stays as it is (MD-31, MD-43).
/// Returns whether there were any.
pub async fn clear_second_factors(tx: &mut Tx, account: &LockedAccount) -> Result<bool, Failure> {
    let mut gone = 0;
    for statement in [
        "DELETE FROM authenticator_app WHERE member_id = $1",
        "DELETE FROM backup_code WHERE member_id = $1",
        "DELETE FROM passkey WHERE member_id = $1",
        "UPDATE member_second_step SET mail_since = NULL, mail_created_in = NULL \
         WHERE member_id = $1 AND mail_since IS NOT NULL",
    ] {
        gone += sqlx::query(statement).bind(account.id()).execute(tx.conn()).await?.rows_affected();
    }
    if gone > 0 {
        audit::write(tx, Line::of(account.id(), Event::FactorsCleared)).await?;
    }
    Ok(browser::end_trust(tx, account, None).await? + gone > 0)
}
