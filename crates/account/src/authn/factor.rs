//! Verifying a second factor, wherever it is shown: at the sign-in, when authenticating again, when codes by e-mail
//! are set up. All of them and all methods share one counter and one lockout (MP-50). A try is counted in the
//! transaction that judges it, so a second request waits for the first.

use domain::code::Code;
use domain::second_factor::Method;
use platform::error::{Failure, Fault};
use platform::tx::Tx;

use crate::audit::{self, Event, Line};
use crate::credentials::passkey::{self, Purpose as ChallengePurpose};
use crate::credentials::{backup_code, totp};
use crate::lock::LockedAccount;
use crate::lockout::{self, Attempt, AttemptKey, LockoutRule};
use crate::mailed::{self, CodeOutcome, Purpose};
use crate::notifications;
use crate::session::{AuthMethod, Proof};

/// What was shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// A code, of this method.
    Code(Method, &'a str),
    /// A passkey's answer to a challenge.
    Passkey {
        /// The token of the challenge.
        challenge: &'a str,
        /// The answer, as JSON.
        credential: &'a str,
    },
}

impl Shown<'_> {
    /// Its method.
    pub const fn method(&self) -> AuthMethod {
        match self {
            Self::Code(Method::App, _) => AuthMethod::Totp,
            Self::Code(Method::Mail, _) => AuthMethod::MailCode,
            Self::Code(Method::BackupCode, _) => AuthMethod::BackupCode,
            Self::Code(Method::Passkey, _) | Self::Passkey { .. } => AuthMethod::Passkey,
        }
    }
}

/// What codes by e-mail and challenges for passkeys are bound to.
#[derive(Clone, Copy, Debug)]
pub enum Binding<'a> {
    /// A pending sign-in, by its id.
    SignIn(&'a str),
    /// A session whose member authenticates again, by its id.
    StepUp(&'a str),
    /// A session in which codes by e-mail are set up, by its id.
    MailCodes(&'a str),
}

/// The result.
#[derive(Debug)]
pub enum Verdict {
    /// It is right; earlier tries are forgotten. The account stays locked by this transaction.
    Right(LockedAccount, Proof),
    /// It is wrong.
    Wrong,
    /// The second factor is locked out: this was the last wrong try, or it was not judged.
    LockedOut {
        /// Whether it was not judged.
        unseen: bool,
    },
}

/// Judges a second factor, and counts the try. The caller writes the history's line of a wrong one, and commits.
pub async fn judge(
    tx: &mut Tx,
    account: LockedAccount,
    binding: Binding<'_>,
    shown: Shown<'_>,
) -> Result<Verdict, Fault> {
    let key = AttemptKey::second_factor(account.id());
    let rule = LockoutRule::second_factor(tx.policy());
    let attempt = lockout::begin_attempt(tx, &key, rule).await?;
    if attempt == Attempt::LockedOut {
        return Ok(Verdict::LockedOut { unseen: true });
    }
    let member_id = account.id().to_owned();
    if let Some((account, proof)) = accept(tx, account, binding, shown).await? {
        lockout::clear(tx, &key).await?;
        return Ok(Verdict::Right(account, proof));
    }
    if attempt == Attempt::Final {
        locked_out(tx, &member_id).await?;
        return Ok(Verdict::LockedOut { unseen: false });
    }
    Ok(Verdict::Wrong)
}

/// Notifies the member when the lockout begins.
async fn locked_out(tx: &mut Tx, member_id: &str) -> Result<(), Failure> {
    audit::write(tx, Line::of(member_id, Event::SecondFactorLocked)).await?;
    notifications::notify(tx, member_id, Event::SecondFactorLocked, None).await
}

async fn accept(
    tx: &mut Tx,
    account: LockedAccount,
    binding: Binding<'_>,
    shown: Shown<'_>,
) -> Result<Option<(LockedAccount, Proof)>, Fault> {
    let proof = Proof::of(shown.method(), tx.now());
    let right = match (shown, binding) {
        (Shown::Code(Method::BackupCode, typed), _) => backup_code::accept(tx, &account, typed).await?,
        (Shown::Code(Method::App, typed), _) => match Code::parse(typed) {
            Ok(code) => totp::accept(tx, &account, &code).await?,
            Err(_) => false,
        },
        (Shown::Code(Method::Mail, typed), Binding::SignIn(id)) => {
            accept_mailed(tx, Purpose::SecondFactor, id, typed).await?
        }
        (Shown::Code(Method::Mail, typed), Binding::MailCodes(id)) => {
            accept_mailed(tx, Purpose::MailCodes, id, typed).await?
        }
        (Shown::Code(Method::Mail | Method::Passkey, _), _)
        | (Shown::Passkey { .. }, Binding::MailCodes(_)) => false,
        (Shown::Passkey { challenge, credential }, Binding::SignIn(id) | Binding::StepUp(id)) => {
            let question = if matches!(binding, Binding::SignIn(_)) {
                ChallengePurpose::SecondFactor
            } else {
                ChallengePurpose::Reauthenticate
            };
            let answer = passkey::accept(tx, question, id, challenge, credential, Some(account)).await?;
            return Ok(answer.ok().map(|accepted| (accepted.account, proof.with(&accepted.passkey_id))));
        }
    };
    Ok(right.then_some((account, proof)))
}

async fn accept_mailed(tx: &mut Tx, purpose: Purpose, bound_to: &str, typed: &str) -> Result<bool, Failure> {
    Ok(matches!(mailed::use_code(tx, purpose, bound_to, typed).await?, CodeOutcome::Accepted(_)))
}
