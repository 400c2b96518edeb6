//! ワンタイムパスワードの認証: the second factor of a sign-in (MP-46 to MP-50, MP-57). It belongs to one sign-in of one
//! browser: the token of its cookie finds the member, and no form value does.

use account::audit::{self, Event, Line};
use account::authn::factor::{self, Binding, Shown, Verdict};
use account::authn::{self, pending as attempts};
use account::credentials::factors;
use account::lockout::{self, AttemptKey};
use account::mailed::{self, Purpose};
use account::session::{AuthMethod, browser};
use account::{lock, member, notifications};
use domain::refusal::Refusal;
use domain::second_factor::Method;
use domain::second_factor::challenge::Refused;
use platform::context::Ctx;
use platform::error::{Error, Fault, refused};
use platform::secret::Token;
use platform::tx::Tx;

use super::{SignedIn, signed_in};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The methods that this member can use; the first is asked for first (C-26).
    pub methods: Vec<Method>,
    /// The address that e-mails go to, masked (MP-46).
    pub email: String,
    /// The newest e-mail with a code.
    pub mail: Option<MailSent>,
    /// Unix ms: no code is judged until then (MP-50); `None`: it is not locked out.
    pub locked_until: Option<i64>,
    /// Unix ms: the server's clock, to compare with a phone's (MP-103).
    pub now: i64,
}

/// An e-mail with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailSent {
    /// Unix ms.
    pub sent_at: i64,
    /// Unix ms (MP-47).
    pub expires_at: i64,
}

/// What the page shows; `None` when there is no such sign-in (any more).
pub async fn challenge(ctx: &Ctx, token: &Token) -> Result<Option<Challenge>, Fault> {
    let (db, now) = (ctx.readers(), ctx.now());
    let Some(pending) = attempts::find(db, token, now).await? else { return Ok(None) };
    let Some(member) = member::find(db, &pending.member_id).await? else { return Ok(None) };
    let has = factors::of(db, ctx.policy(), &member.id).await?;
    let mail = mailed::latest(db, Purpose::SecondFactor, &pending.id).await?;
    let mut methods = has.methods;
    if has.backup_codes > 0 {
        methods.push(Method::BackupCode);
    }
    Ok(Some(Challenge {
        methods,
        email: member.email.map(|email| email.masked()).unwrap_or_default(),
        mail: mail.map(|mail| MailSent { sent_at: mail.sent_at, expires_at: mail.expires_at }),
        locked_until: lockout::locked_until(db, &AttemptKey::second_factor(&member.id), now).await?,
        now,
    }))
}

/// Sends a new code by e-mail; the one before is void (MP-49).
pub async fn send_code(ctx: &Ctx, token: &Token) -> Result<(), Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(pending) = attempts::find(&mut *tx.conn(), token, ctx.now()).await? else {
        return refused(Refused::StartAgain);
    };
    let has = factors::of(&mut *tx.conn(), ctx.policy(), &pending.member_id).await?;
    let Some(member) = member::find(&mut *tx.conn(), &pending.member_id).await? else {
        return refused(Refused::StartAgain);
    };
    if !has.methods.contains(&Method::Mail) {
        return refused(Refused::NotSetUp);
    }
    if !attempts::send_code(&mut tx, &member, &pending.id).await? {
        return refused(Refused::TooManyEmails);
    }
    tx.commit().await?;
    Ok(())
}

/// Judges a code or a passkey; the right one opens the session. `trust`: 信頼済み端末として登録する (MP-57). `waiting` is
/// the token of a pending provider account in this browser.
pub async fn prove_second_factor(
    ctx: &Ctx,
    token: &Token,
    shown: Shown<'_>,
    trust: bool,
    waiting: Option<&Token>,
) -> Result<SignedIn, Error<Refused>> {
    let mut tx = Tx::begin(ctx).await?;
    let Some(pending) = attempts::find(&mut *tx.conn(), token, ctx.now()).await? else {
        return refused(Refused::StartAgain);
    };
    let Some(account) = lock::lock(&mut tx, &pending.member_id).await? else {
        return refused(Refused::StartAgain);
    };
    let has = factors::of(&mut *tx.conn(), ctx.policy(), account.id()).await?;
    let usable = match shown {
        Shown::Code(Method::BackupCode, _) => has.backup_codes > 0,
        Shown::Code(Method::Passkey, _) => false, // it does not come as a code
        Shown::Code(method, _) => has.methods.contains(&method),
        Shown::Passkey { .. } => has.methods.contains(&Method::Passkey),
    };
    if !usable {
        return refused(Refused::NotSetUp);
    }
    // A request that waited for the lock looks again: the right code sent twice is not a wrong one.
    let Some(mut pending) = attempts::find(&mut *tx.conn(), token, ctx.now()).await? else {
        return refused(Refused::StartAgain);
    };
    let wrong = match shown.method() {
        AuthMethod::Passkey => Refused::PasskeyWrong,
        _ => Refused::CodeWrong,
    };
    let binding = Binding::SignIn(&pending.id);
    let (account, proof) = match factor::judge(&mut tx, account, binding, shown).await? {
        Verdict::Right(account, proof) => (account, proof),
        verdict => {
            let (noted, answered) = match verdict {
                Verdict::LockedOut { unseen: true } => (Refused::Locked, Refused::Locked),
                Verdict::LockedOut { unseen: false } => (wrong, Refused::Locked),
                _ => (wrong, wrong),
            };
            let line = Line::of(&pending.member_id, Event::SecondFactor).by(shown.method().name());
            audit::write(&mut tx, line.refused(noted.code())).await?;
            tx.commit().await?;
            return refused(answered);
        }
    };
    if !attempts::take(&mut tx, &pending).await? {
        return refused(Refused::StartAgain);
    }
    pending.attempt.proofs.push(proof);
    let session = authn::complete(&mut tx, &account, &pending.attempt, Event::SignIn).await?;
    if trust && ctx.policy().trusted_browsers.offered {
        let session_id = session.session_id.as_str();
        browser::trust(&mut tx, &account).await?;
        audit::write(&mut tx, Line::of(account.id(), Event::BrowserTrusted).within(session_id)).await?;
        notifications::notify(&mut tx, account.id(), Event::BrowserTrusted, Some(session_id)).await?;
    }
    // Signing in with one provider's account does not prove that another one's is theirs.
    let by_provider = pending.attempt.proofs.iter().any(|proof| proof.method == AuthMethod::Provider);
    let signed_in = signed_in(&mut tx, &account, session, waiting.filter(|_| !by_provider)).await?;
    tx.commit().await?;
    Ok(signed_in)
}
