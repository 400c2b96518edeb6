//! A sign-in between its steps. It belongs to the browser that keeps its token; no form value finds the member.

use domain::address::EmailAddress;
use domain::second_factor::Method;
use platform::clock::MINUTE_MS;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::mail::layout::{Code, EmailContent, Envelope, compose};
use platform::mail::outbox::{Lane, OutgoingEmail};
use platform::secret::Token;
use platform::tx::Tx;
use serde::{Deserialize, Serialize};
use sqlx::{Any, Executor, FromRow};
use words::emails as t;

use super::{Attempt, Demand, Purpose};
use crate::email_sample::Sample;
use crate::lock::LockedAccount;
use crate::mailed::{self, Issue, Issued, Request};
use crate::member::{self, Member};
use crate::notifications::greeting;
use crate::session::{Level, Proof};

/// How long the second factor is waited for.
pub const WAITS_MS: i64 = 15 * MINUTE_MS;

/// A sign-in that waits for its second factor.
#[derive(Debug)]
pub struct Pending {
    /// Its id: codes and passkey challenges are bound to it.
    pub id: String,
    /// The member, by what was shown so far.
    pub member_id: String,
    /// What was shown, and what is demanded.
    pub attempt: Attempt,
}

#[derive(FromRow)]
struct Row {
    id: String,
    member_id: String,
    proofs: String,
    demand: Option<String>,
    remember_at: Option<i64>,
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct StoredDemand {
    level: Level,
    max_age_ms: Option<i64>,
}

impl TryFrom<Row> for Pending {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        let proofs: Vec<Proof> =
            serde_json::from_str(&row.proofs).map_err(|_| Failure::Damaged("sign_in_attempt.proofs"))?;
        let demand: Option<StoredDemand> = row
            .demand
            .map(|demand| serde_json::from_str(&demand))
            .transpose()
            .map_err(|_| Failure::Damaged("sign_in_attempt.demand"))?;
        let demand = demand.map_or(Demand::NONE, |d| Demand { level: d.level, max_age_ms: d.max_age_ms });
        let remember = row.remember_at.is_some();
        let attempt = Attempt { purpose: Purpose::SignIn, demand, proofs, remember };
        Ok(Self { id: row.id, member_id: row.member_id, attempt })
    }
}

/// Begins a pending sign-in: its token, and its end (unix ms). A code by e-mail that is asked for first is sent at
/// once.
pub(super) async fn begin(
    tx: &mut Tx,
    account: &LockedAccount,
    attempt: &Attempt,
    methods: &[Method],
) -> Result<(Token, i64), Failure> {
    let (id, now, token) = (tx.id(), tx.now(), tx.token());
    let json = |_| Failure::Damaged("sign_in_attempt");
    let proofs = serde_json::to_string(&attempt.proofs).map_err(json)?;
    let Demand { level, max_age_ms } = attempt.demand;
    let demand = (attempt.demand != Demand::NONE)
        .then(|| serde_json::to_string(&StoredDemand { level, max_age_ms }))
        .transpose()
        .map_err(json)?;
    sqlx::query(
        "INSERT INTO sign_in_attempt (id, member_id, token_hash, proofs, demand, remember_at, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(account.id())
    .bind(token.digest())
    .bind(proofs)
    .bind(demand)
    .bind(attempt.remember.then_some(now))
    .bind(now)
    .bind(now + WAITS_MS)
    .execute(tx.conn())
    .await?;
    // Beyond the day's limit no e-mail is sent; the page says so when a new one is asked for.
    if methods.first() == Some(&Method::Mail) {
        let member = member::of(tx, account).await?;
        send_code(tx, &member, &id).await?;
    }
    Ok((token, now + WAITS_MS))
}

/// The sign-in of a cookie, while it waits.
pub async fn find<'e>(
    db: impl Executor<'e, Database = Any>,
    token: &Token,
    now: i64,
) -> Result<Option<Pending>, Failure> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, member_id, proofs, demand, remember_at FROM sign_in_attempt \
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token.digest())
    .bind(now)
    .fetch_optional(db)
    .await?;
    row.map(Pending::try_from).transpose()
}

/// Uses it up; false when another request was first, or it expired.
pub async fn take(tx: &mut Tx, pending: &Pending) -> Result<bool, Failure> {
    let now = tx.now();
    let used = sqlx::query(
        "UPDATE sign_in_attempt SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(&pending.id)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Ends a member's pending sign-ins: the proofs that they began with are no longer valid.
pub async fn end_all(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("UPDATE sign_in_attempt SET used_at = $2 WHERE member_id = $1 AND used_at IS NULL")
        .bind(account.id())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Sends a code by e-mail; the one before is void (MP-49). False: too many were sent today, or there is no address.
pub async fn send_code(tx: &mut Tx, member: &Member, attempt_id: &str) -> Result<bool, Failure> {
    let Some(to) = &member.email else { return Ok(false) };
    let request = Request::new(mailed::Purpose::SecondFactor, Some(&member.id), to).bound_to(attempt_id);
    let Issue::Ready(issued) = mailed::issue(tx, request, &()).await? else { return Ok(false) };
    let email = code_email(tx, member, to, &issued)?;
    tx.enqueue(email).await?;
    Ok(true)
}

/// ワンタイムパスワード (MP-46, MP-99). It carries a code and no link: nothing in it signs in by itself.
fn code_email(
    tx: &Tx,
    member: &Member,
    to: &EmailAddress,
    issued: &Issued,
) -> Result<OutgoingEmail, Failure> {
    let (settings, locale) = (tx.settings(), member.locale);
    let site = settings.site.name.as_str();
    let until = platform::format::date_time_seconds(issued.expires_at, locale);
    let content = EmailContent {
        subject: t::code_subject(locale, site),
        greeting: greeting(&member.person, locale),
        paragraphs: vec![t::code_lead(locale, site)],
        code: Some(Code { label: t::code_label(locale).to_owned(), digits: issued.code()?.to_owned() }),
        notes: vec![t::code_valid(locale, &until), t::code_not_you(locale).to_owned()],
        ..EmailContent::default()
    };
    let envelope =
        Envelope { kind: "second_factor", lane: Lane::Code, to, locale, give_up_at: issued.expires_at };
    compose(envelope, content, settings)
}

/// Samples of its e-mails.
pub fn samples(tx: &Tx, sample: &Sample) -> Result<Vec<OutgoingEmail>, Failure> {
    Ok(vec![code_email(tx, &sample.member, &sample.to, &sample.issued)?])
}

/// Sign-ins between their steps.
pub const DATA: DataSet = DataSet {
    table: "sign_in_attempt",
    categories: &[Category { name: "half_sign_ins", retention: |_| Some(Retention::For(WAITS_MS)) }],
    export: Some(
        "SELECT id AS key, created_at, expires_at, used_at FROM sign_in_attempt \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[Purge::Delete(
        "DELETE FROM sign_in_attempt WHERE id IN \
         (SELECT id FROM sign_in_attempt WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        dataset::now,
    )],
};
