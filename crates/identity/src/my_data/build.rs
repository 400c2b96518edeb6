//! Building a copy, piece by piece: each piece is a transaction of its own that holds the claim for longer, so that of
//! several processes one builds, and another begins anew when that one dies.

use super::store::{self, Claim};
use super::{KEPT_MS, PURPOSE, Piece, letters};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::held;
use crate::proof::{mail_code, password, temporary_password};
use crate::{
    alerts, audit, email_change, linked_accounts, lockout, member, passkeys, password_reset, second_factor,
    session, sign_in,
};

/// How long a builder may take for one piece.
const CLAIM_MS: i64 = MINUTE_MS;

/// A table that holds something about members. A new one is added here, or says in `identity/tests/deeds/my_data.rs` why
/// not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named like its table")]
pub enum Part {
    Member,
    MemberPassword,
    TemporaryPassword,
    MemberSecondStep,
    AuthenticatorApp,
    Passkey,
    LinkedAccount,
    BackupCode,
    MemberBrowser,
    RememberedBrowser,
    Session,
    Audit,
    Alert,
    EmailChange,
    PasswordReset,
    MailCode,
    PendingSignIn,
    Lockout,
    DataExport,
}

impl Part {
    /// In the order of the copy.
    pub const ALL: [Self; 19] = [
        Self::Member,
        Self::MemberPassword,
        Self::TemporaryPassword,
        Self::MemberSecondStep,
        Self::AuthenticatorApp,
        Self::Passkey,
        Self::LinkedAccount,
        Self::BackupCode,
        Self::MemberBrowser,
        Self::RememberedBrowser,
        Self::Session,
        Self::Audit,
        Self::Alert,
        Self::EmailChange,
        Self::PasswordReset,
        Self::MailCode,
        Self::PendingSignIn,
        Self::Lockout,
        Self::DataExport,
    ];

    /// The table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::MemberPassword => "member_password",
            Self::TemporaryPassword => "temporary_password",
            Self::MemberSecondStep => "member_second_step",
            Self::AuthenticatorApp => "authenticator_app",
            Self::Passkey => "passkey",
            Self::LinkedAccount => "linked_account",
            Self::BackupCode => "backup_code",
            Self::MemberBrowser => "member_browser",
            Self::RememberedBrowser => "remembered_browser",
            Self::Session => "session",
            Self::Audit => "audit",
            Self::Alert => "alert",
            Self::EmailChange => "email_change",
            Self::PasswordReset => "password_reset",
            Self::MailCode => "mail_code",
            Self::PendingSignIn => "pending_sign_in",
            Self::Lockout => "lockout",
            Self::DataExport => "data_export",
        }
    }

    /// What reads it ([`held::page`]).
    const fn statement(self) -> &'static str {
        match self {
            Self::Member => member::HELD,
            Self::MemberPassword => password::HELD,
            Self::TemporaryPassword => temporary_password::HELD,
            Self::MemberSecondStep => second_factor::HELD_SWITCH,
            Self::AuthenticatorApp => second_factor::HELD_APPS,
            Self::Passkey => passkeys::HELD,
            Self::LinkedAccount => linked_accounts::HELD,
            Self::BackupCode => second_factor::HELD_CODES,
            Self::MemberBrowser => session::HELD_BROWSERS,
            Self::RememberedBrowser => session::HELD_REMEMBERED,
            Self::Session => session::HELD,
            Self::Audit => audit::HELD,
            Self::Alert => alerts::HELD,
            Self::EmailChange => email_change::HELD,
            Self::PasswordReset => password_reset::HELD,
            Self::MailCode => mail_code::HELD,
            Self::PendingSignIn => sign_in::HELD,
            Self::Lockout => lockout::HELD,
            Self::DataExport => store::HELD,
        }
    }
}

/// Builds what was asked for, one copy after another, until nothing is left to build. How many are ready now.
pub async fn build_due(desk: &Desk) -> Result<usize, Fault> {
    let mut built = 0;
    while let Some(claim) = take(desk).await? {
        built += usize::from(build(desk, claim).await?);
    }
    Ok(built)
}

fn nobody() -> Caller {
    Caller::visitor(String::new(), "tegata", domain::locale::Locale::Ja)
}

async fn take(desk: &Desk) -> Result<Option<Claim>, Fault> {
    let mut work = desk.work(&nobody()).await?;
    let until = work.now() + CLAIM_MS;
    let claim = store::claim(&mut work, until).await?;
    work.finish().await?;
    Ok(claim)
}

/// False when the claim was lost on the way.
async fn build(desk: &Desk, mut claim: Claim) -> Result<bool, Fault> {
    let mut place = 0;
    for part in Part::ALL {
        let mut after = Some(String::new());
        while let Some(key) = after.take() {
            let page = held::page(desk.db.readers(), part.statement(), &claim.member_id, &key).await?;
            after.clone_from(&page.next);
            if page.rows.is_empty() {
                continue;
            }
            let piece = Piece { part: part.name().to_owned(), page };
            let sealed = desk.site_key.seal_json(PURPOSE, &piece, &desk.random)?;
            let mut work = desk.work(&nobody()).await?;
            // Never the same value twice, so that a builder that slept knows it was overtaken.
            let until = (work.now() + CLAIM_MS).max(claim.claimed_until + 1);
            if !store::hold(&mut work, &mut claim, until).await? {
                return Ok(false);
            }
            store::put(&mut work, &claim, place, &sealed).await?;
            work.finish().await?;
            place += 1;
        }
    }
    let mut work = desk.work(&nobody()).await?;
    let expires_at = work.now() + KEPT_MS;
    if !store::done(&mut work, &claim, expires_at).await? {
        return Ok(false);
    }
    let Some(member) = member::find(&mut *work.conn(), &claim.member_id).await? else { return Ok(false) };
    work.post(letters::ready(&desk.settings, &member, expires_at)?).await?;
    work.finish().await?;
    Ok(true)
}
