//! ワンタイムパスワードの認証: the second step (MP-46 to MP-50, MP-57). It belongs to one sign-in of one browser: the
//! token of its cookie finds the member, nothing that a form says does. Every required proof is given in this flow,
//! or there is no session.

use domain::address::EmailAddress;
use domain::code::Code;
use domain::refusal::Refusal;
use domain::second_step::{Form, Method, Refused};
use sqlx::{Any, Executor, FromRow};

use super::enter::{self, Entry};
use super::letters;
use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::lockout::{self, Counted, Try};
use crate::member;
use crate::proof::mail_code::{self, Purpose};
use crate::proof::{backup_code, totp};
use crate::second_factor::{self, Factors, tries};
use crate::secret::Token;
use crate::session::{self, Opened, ProvenBy, Remember, SecondBy};
use crate::work::Work;

/// How long the second step waits for its code.
pub(crate) const WAITS_MS: i64 = 15 * MINUTE_MS;

/// A sign-in between its steps.
#[derive(FromRow)]
pub(super) struct Pending {
    pub id: String,
    pub member_id: String,
    pub proven_by: String,
    pub provider: Option<String>,
    pub remember_at: Option<i64>,
    pub email: String,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The methods that this member can use, the one to ask for first in front (C-26).
    pub methods: Vec<Method>,
    /// The user-ID address, masked: where a letter goes (MP-46).
    pub email: String,
    /// The newest letter with a code.
    pub mail: Option<MailSent>,
    /// Unix ms: until then no code is looked at (MP-50).
    pub locked_until: Option<i64>,
    /// Unix ms: the server's clock, for somebody whose phone's is off (MP-103).
    pub now: i64,
}

/// A letter with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct MailSent {
    /// Unix ms.
    pub sent_at: i64,
    /// Unix ms (MP-47).
    pub expires_at: i64,
}

/// Begins it after the first step: a password, or a provider; where a letter is what will be asked for, it leaves at once.
pub(super) async fn begin(
    work: &mut Work,
    member_id: &str,
    provider: Option<&str>,
    remember: bool,
    factors: &Factors,
) -> Result<(Token, i64), Fault> {
    let (id, now, token) = (work.id(), work.now(), work.token());
    sqlx::query(
        "INSERT INTO pending_sign_in (id, member_id, token_hash, proven_by, remember_at, created_at, expires_at, \
         provider) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(member_id)
    .bind(token.digest())
    .bind(provider.map_or(ProvenBy::Password, |_| ProvenBy::Provider).name())
    .bind(remember.then_some(now))
    .bind(now)
    .bind(now + WAITS_MS)
    .bind(provider)
    .execute(work.conn())
    .await?;
    // Beyond the day's letters the page says so when a new one is asked for.
    if factors.methods.first() == Some(&Method::Mail) {
        post_code(work, member_id, &id).await?;
    }
    Ok((token, now + WAITS_MS))
}

/// What the page shows; `None` when there is no such sign-in (any more).
pub async fn look(desk: &Desk, token: &Token) -> Result<Option<Step>, Fault> {
    let Some(pending) = pending(desk.db.readers(), token, desk.now()).await? else { return Ok(None) };
    let factors = second_factor::of(desk.db.readers(), &desk.settings.policy, &pending.member_id).await?;
    let now = desk.now();
    let mail: Option<MailSent> = sqlx::query_as(
        "SELECT sent_at, expires_at FROM mail_code WHERE purpose = 'second_step' AND bound_to = $1",
    )
    .bind(&pending.id)
    .fetch_optional(desk.db.readers())
    .await?;
    let counted = Counted::second_step(&pending.member_id);
    let mut methods = factors.methods;
    if factors.backup_codes > 0 {
        methods.push(Method::BackupCode);
    }
    Ok(Some(Step {
        methods,
        email: EmailAddress::parse(&pending.email).map(|e| e.masked()).unwrap_or_default(),
        mail,
        locked_until: lockout::locked_until(desk.db.readers(), &counted, now).await?,
        now,
    }))
}

/// Sends a new code by letter; the one before is void (MP-49).
pub async fn send_code(desk: &Desk, caller: &Caller, token: &Token) -> Outcome<(), Vec<Refused>> {
    let mut work = desk.work(caller).await?;
    let Some(pending) = pending(&mut *work.conn(), token, desk.now()).await? else {
        return Ok(Err(vec![Refused::StartAgain]));
    };
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &pending.member_id).await?;
    if !factors.methods.contains(&Method::Mail) {
        return Ok(Err(vec![Refused::NotSetUp]));
    }
    if !post_code(&mut work, &pending.member_id, &pending.id).await? {
        return Ok(Err(vec![Refused::TooManyLetters]));
    }
    work.finish().await?;
    Ok(Ok(()))
}

/// Judges a code; the right one opens the session.
pub async fn pass(desk: &Desk, caller: &Caller, token: &Token, form: &Form) -> Outcome<Opened, Vec<Refused>> {
    let mut work = desk.work(caller).await?;
    let Some(pending) = pending(&mut *work.conn(), token, desk.now()).await? else {
        return Ok(Err(vec![Refused::StartAgain]));
    };
    let member_id = pending.member_id.clone();
    let factors = second_factor::of(&mut *work.conn(), &desk.settings.policy, &member_id).await?;
    let usable = match form.method {
        Method::BackupCode => factors.backup_codes > 0,
        Method::Passkey => false, // it does not come as a code
        method => factors.methods.contains(&method),
    };
    if !usable {
        return Ok(Err(vec![Refused::NotSetUp]));
    }
    // Held first, as by all who hold more of a member: "not me" comes before this sign-in, or after it.
    member::hold(&mut work, &member_id).await?;
    let guess = tries::take(&mut work, &member_id).await?;
    // Whoever waited for another request looks again: the right code sent twice is no wrong one.
    if self::pending(&mut *work.conn(), token, desk.now()).await?.is_none() {
        return Ok(Err(vec![Refused::StartAgain]));
    }
    if guess == Try::Locked {
        refuse(&mut work, &member_id, form.method, Refused::Locked).await?;
        work.finish().await?;
        return Ok(Err(vec![Refused::Locked]));
    }
    let right = match (form.method, Code::parse(&form.code)) {
        (Method::BackupCode, _) => backup_code::accept(&mut work, &member_id, &form.code).await?,
        (Method::App, Ok(code)) => totp::accept(&mut work, &member_id, &code).await?,
        (Method::Mail, Ok(code)) => {
            mail_code::accept(&mut work, &member_id, Purpose::SecondStep, &pending.id, &code).await?
        }
        _ => false,
    };
    if !right {
        refuse(&mut work, &member_id, form.method, Refused::CodeWrong).await?;
        let locked = tries::wrong(&mut work, &member_id, guess).await?;
        work.finish().await?;
        return Ok(Err(vec![if locked { Refused::Locked } else { Refused::CodeWrong }]));
    }
    tries::right(&mut work, &member_id).await?;
    let by = match form.method {
        Method::App => SecondBy::App,
        Method::Mail => SecondBy::Mail,
        Method::BackupCode => SecondBy::BackupCode,
        Method::Passkey => SecondBy::Passkey,
    };
    let trust = form.trust.is_some() && desk.settings.policy.trusted_browsers.offered;
    let Some(opened) = complete(&mut work, &pending, by, trust).await? else {
        return Ok(Err(vec![Refused::StartAgain]));
    };
    work.finish().await?;
    Ok(Ok(opened))
}

/// Uses the sign-in up and opens the session; `None` when another request was first.
pub(super) async fn complete(
    work: &mut Work,
    pending: &Pending,
    by: SecondBy,
    trust: bool,
) -> Result<Option<Opened>, Fault> {
    let now = work.now();
    let used: Option<String> = sqlx::query_scalar(
        "UPDATE pending_sign_in SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id",
    )
    .bind(&pending.id)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    if used.is_none() {
        return Ok(None);
    }
    let entry = Entry {
        member_id: &pending.member_id,
        event: Event::SignIn,
        proven_by: ProvenBy::from_name(&pending.proven_by)
            .ok_or(Fault::Damaged("pending_sign_in.proven_by"))?,
        second_by: Some(by),
        provider: pending.provider.as_deref(),
        remember: if pending.remember_at.is_some() { Remember::Begin } else { Remember::No },
    };
    let opened = enter::enter(work, entry).await?;
    if trust {
        session::trust(work, &pending.member_id).await?;
        let line = Line::of(&pending.member_id, Event::BrowserTrusted).within(&opened.session_id);
        audit::write(work, line).await?;
        alerts::tell(work, &pending.member_id, Told::BrowserTrusted, Some(&opened.session_id)).await?;
    }
    Ok(Some(opened))
}

/// The sign-in of a cookie, while it waits.
pub(super) async fn pending<'e>(
    db: impl Executor<'e, Database = Any>,
    token: &Token,
    now: i64,
) -> Result<Option<Pending>, Fault> {
    Ok(sqlx::query_as(
        "SELECT p.id, p.member_id, p.proven_by, p.provider, p.remember_at, m.email FROM pending_sign_in p \
         JOIN member m ON m.id = p.member_id \
         WHERE p.token_hash = $1 AND p.used_at IS NULL AND p.expires_at > $2",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Ends the sign-ins of a member that wait for their second step: the password they began with is good no more.
pub(crate) async fn drop_pending(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE pending_sign_in SET used_at = $2 WHERE member_id = $1 AND used_at IS NULL")
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Removes sign-ins that were not completed, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM pending_sign_in WHERE id IN \
         (SELECT id FROM pending_sign_in WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// The history's line of a refused one.
pub(super) async fn refuse(
    work: &mut Work,
    member_id: &str,
    method: Method,
    refused: Refused,
) -> Result<(), Fault> {
    let line = Line::of(member_id, Event::SecondStep).refused(refused.code()).by(method.name());
    audit::write(work, line).await
}

async fn post_code(work: &mut Work, member_id: &str, pending_id: &str) -> Result<bool, Fault> {
    let valid_ms = work.desk().settings.policy.second_factor.mail_code_valid_ms();
    let issued = mail_code::issue(work, member_id, Purpose::SecondStep, pending_id, valid_ms).await?;
    let Some(issued) = issued else { return Ok(false) };
    let member = member::find(&mut *work.conn(), member_id).await?.ok_or(Fault::Damaged("member"))?;
    let letter = letters::code(&work.desk().settings, &member, &issued)?;
    work.post(letter).await?;
    Ok(true)
}
