//! Sessions: opening, finding, renewing and ending them, the proofs shown in each, and the browsers that are
//! remembered or trusted. Use cases decide when.
//!
//! A session is found by the digest of its cookie, lives while it is used (idle time by policy, MP-31), and an
//! ended one is refused at the next request. A remembered browser outlives it and starts a new one (C-08).

pub mod browser;
mod method;
pub mod remembered;

use domain::locale::Locale;
use platform::app_context::AppContext;
use platform::clock::MINUTE_MS;
use platform::context::CurrentSession;
use platform::dataset::{Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::secret::Token;
use platform::tx::Tx;
use sqlx::{Any, Executor, FromRow};

use crate::lock::LockedAccount;
pub use method::{AuthMethod, Authentication, Level, PROVIDER_PREFIX, Proof, provider_label};
pub use remembered::{Remember, RememberedCookie};

/// `last_seen_at` is written at most this often; this is added to the idle time.
const SEEN_EVERY_MS: i64 = MINUTE_MS;

#[derive(FromRow)]
struct Row {
    session_id: String,
    member_id: String,
    email: Option<String>,
    family_name: String,
    given_name: Option<String>,
    locale: String,
    remembered_id: Option<String>,
    browser_id: Option<String>,
    created_at: i64,
    authenticated_at: Option<i64>,
    last_seen_at: i64,
}

/// What the browser keeps of a session that a sign-in opened or renewed.
#[derive(Debug)]
pub struct OpenedSession {
    /// The session's id.
    pub session_id: String,
    /// For the session cookie.
    pub token: Token,
    /// For the auto-login cookie, if one is to be set.
    pub remember: Option<RememberedCookie>,
    /// For the browser's own long-lived cookie.
    pub browser: Token,
    /// Whether the member never signed in with this browser before.
    pub new_browser: bool,
}

/// Opens a session for a member in the browser of the request, always with a new token (ASVS 7.2.4). The browser is
/// known to the member from now on. If the same member is signed in already, that session continues under its id.
pub async fn open(
    tx: &mut Tx,
    account: &LockedAccount,
    proofs: &[Proof],
    remember: Remember,
) -> Result<OpenedSession, Failure> {
    let seen = browser::seen(tx, account).await?;
    let present = present(tx, account).await?;
    let (remembered_id, cookie) = match (&present, remember) {
        // It is remembered already: ticking the box begins nothing new, and not ticking it ends nothing.
        (Some(present), Remember::Begin | Remember::No) if present.remembered_id.is_some() => {
            (present.remembered_id.clone(), None)
        }
        (_, remember) => remembered::apply(tx, account, remember).await?,
    };
    let (now, token, ctx) = (tx.now(), tx.token(), tx.ctx().clone());
    let id = if let Some(present) = present {
        sqlx::query(
            "UPDATE session SET token_hash = $2, remembered_id = $3, browser_id = $4, last_seen_at = $5, \
             last_network = $6 WHERE id = $1",
        )
        .bind(&present.session_id)
        .bind(token.digest())
        .bind(remembered_id)
        .bind(&seen.id)
        .bind(now)
        .bind(&ctx.request().network)
        .execute(tx.conn())
        .await?;
        present.session_id
    } else {
        let id = tx.id();
        // Older processes read the first method from the session's row, where it is never empty.
        let first = proofs.first().map_or("", |proof| proof.method.name());
        sqlx::query(
            "INSERT INTO session (id, member_id, token_hash, remembered_id, browser_id, network, browser, \
             created_at, last_seen_at, last_network, proven_by, proven_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $6, $9, $8)",
        )
        .bind(&id)
        .bind(account.id())
        .bind(token.digest())
        .bind(remembered_id)
        .bind(&seen.id)
        .bind(&ctx.request().network)
        .bind(&ctx.request().user_agent)
        .bind(now)
        .bind(first)
        .execute(tx.conn())
        .await?;
        id
    };
    for proof in proofs {
        record(tx, &id, proof).await?;
    }
    Ok(OpenedSession {
        session_id: id,
        token,
        remember: cookie,
        browser: seen.token,
        new_browser: seen.first,
    })
}

/// The session of the request, if it is this member's and still open.
async fn present(tx: &mut Tx, account: &LockedAccount) -> Result<Option<CurrentSession>, Failure> {
    let Some(session) = tx.ctx().session().filter(|session| session.member_id == account.id()).cloned()
    else {
        return Ok(None);
    };
    let open: Option<String> =
        sqlx::query_scalar("SELECT id FROM session WHERE id = $1 AND ended_at IS NULL")
            .bind(&session.session_id)
            .fetch_optional(tx.conn())
            .await?;
    Ok(open.map(|_| session))
}

/// Records that a method was shown in a session.
async fn record(tx: &mut Tx, session_id: &str, proof: &Proof) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO session_proof (session_id, method, credential, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (session_id, method) DO UPDATE SET credential = excluded.credential, at = excluded.at",
    )
    .bind(session_id)
    .bind(proof.method.name())
    .bind(proof.credential.as_deref())
    .bind(proof.at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// All that was shown in a session: `amr`, `acr` and `auth_time` are read from it.
pub async fn authentication<'e>(
    db: impl Executor<'e, Database = Any>,
    session_id: &str,
) -> Result<Authentication, Failure> {
    let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(
        "SELECT method, credential, at FROM session_proof WHERE session_id = $1 ORDER BY at, method",
    )
    .bind(session_id)
    .fetch_all(db)
    .await?;
    let proof = |(method, credential, at): (String, _, _)| {
        // A method that only a newer release knows is left out.
        method.parse().ok().map(|method| Proof { method, credential, at })
    };
    Ok(Authentication { proofs: rows.into_iter().filter_map(proof).collect() })
}

/// The open session of a cookie, unless it is ended or idle for too long. Reads one row; writes at most once a minute.
pub async fn find(app: &AppContext, token: &Token, network: &str) -> Result<Option<CurrentSession>, Failure> {
    let now = app.clock.now();
    let row: Option<Row> = sqlx::query_as(
        "SELECT s.id AS session_id, s.member_id, i.value AS email, m.family_name, m.given_name, m.locale, \
         s.remembered_id, s.browser_id, s.created_at, s.last_seen_at, \
         (SELECT MAX(p.at) FROM session_proof p WHERE p.session_id = s.id \
          AND p.method NOT IN ('provider', 'remembered_browser', 'trusted_browser')) AS authenticated_at \
         FROM session s JOIN member m ON m.id = s.member_id \
         LEFT JOIN identifier i ON i.member_id = m.id AND i.kind = 'email' AND i.reserved_until IS NULL \
         WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.last_seen_at > $2",
    )
    .bind(token.digest())
    .bind(over_up_to(app, now))
    .fetch_optional(app.db.readers())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.last_seen_at >= SEEN_EVERY_MS {
        sqlx::query(
            "UPDATE session SET last_seen_at = $2, last_network = $3 WHERE id = $1 AND last_seen_at < $2",
        )
        .bind(&row.session_id)
        .bind(now)
        .bind(network)
        .execute(&mut *app.db.writing().await?)
        .await?;
    }
    Ok(Some(CurrentSession {
        locale: Locale::from_tag(&row.locale).ok_or(Failure::Damaged("member.locale"))?,
        session_id: row.session_id,
        member_id: row.member_id,
        email: row.email,
        family_name: row.family_name,
        given_name: row.given_name,
        remembered_id: row.remembered_id,
        browser_id: row.browser_id,
        created_at: row.created_at,
        authenticated_at: row.authenticated_at,
    }))
}

/// Gives an open session a new token after a proof; the old one is no longer valid (ASVS 7.2.4).
pub async fn renew(
    tx: &mut Tx,
    account: &LockedAccount,
    session: &CurrentSession,
    proof: &Proof,
) -> Result<Token, Failure> {
    let token = tx.token();
    sqlx::query("UPDATE session SET token_hash = $3 WHERE id = $1 AND member_id = $2 AND ended_at IS NULL")
        .bind(&session.session_id)
        .bind(account.id())
        .bind(token.digest())
        .execute(tx.conn())
        .await?;
    record(tx, &session.session_id, proof).await?;
    Ok(token)
}

/// Ends a session of the member, the auto-login of its browser, and the sessions that the auto-login started (MP-27,
/// MP-83). False when there is no such session of theirs, or all of it had ended.
pub async fn end(tx: &mut Tx, account: &LockedAccount, session_id: &str) -> Result<bool, Failure> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT remembered_id FROM session WHERE id = $1 AND member_id = $2")
            .bind(session_id)
            .bind(account.id())
            .fetch_optional(tx.conn())
            .await?;
    let Some(remembered_id) = found else { return Ok(false) };
    let forgotten = match &remembered_id {
        Some(id) => remembered::end(tx, account, id).await?,
        None => false,
    };
    let now = tx.now();
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $4 \
         WHERE member_id = $1 AND (id = $2 OR remembered_id = $3) AND ended_at IS NULL",
    )
    .bind(account.id())
    .bind(session_id)
    .bind(remembered_id)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(forgotten || ended.rows_affected() > 0)
}

/// Ends the session of another member in this browser. Their account is not locked: nothing of it is judged here, and
/// one transaction never locks two accounts.
pub async fn end_here(tx: &mut Tx, other: &CurrentSession) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("UPDATE remembered_browser SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(other.remembered_id.as_deref())
        .bind(now)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "UPDATE session SET ended_at = $3 WHERE (id = $1 OR remembered_id = $2) AND ended_at IS NULL",
    )
    .bind(&other.session_id)
    .bind(other.remembered_id.as_deref())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends all sessions and remembered browsers of the member, except the session `but` and its browser. Returns how many
/// sessions ended, or how many browsers if those are more.
pub async fn end_all(
    tx: &mut Tx,
    account: &LockedAccount,
    but: Option<&CurrentSession>,
) -> Result<u64, Failure> {
    let remembered = but.and_then(|session| session.remembered_id.as_deref());
    let forgotten = remembered::end_all(tx, account, remembered).await?;
    let now = tx.now();
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL",
    )
    .bind(account.id())
    .bind(but.map_or("", |session| &session.session_id))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected().max(forgotten))
}

/// The latest `last_seen_at` (unix ms) of sessions that are idle for too long.
pub fn over_up_to(app: &AppContext, now: i64) -> i64 {
    now - app.policy.session.idle_ms() - SEEN_EVERY_MS
}

/// Sessions.
pub const DATA: DataSet = DataSet {
    table: "session",
    categories: &[Category { name: "sessions", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT id AS key, created_at, browser, network, last_seen_at, last_network, ended_at FROM session \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    // Idle sessions are marked as ended at the time when they became idle: open rows stay few, however many sessions
    // a member had.
    purge: &[Purge::Run(|tx, batch| Box::pin(end_idle(tx, batch)))],
};

/// The proofs shown in sessions.
pub const PROOFS: DataSet = DataSet {
    table: "session_proof",
    categories: &[Category { name: "sessions", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT p.session_id || p.method AS key, p.method, p.credential, p.at FROM session_proof p \
         JOIN session s ON s.id = p.session_id WHERE s.member_id = $1 AND p.session_id || p.method > $2 \
         ORDER BY p.session_id || p.method LIMIT $3",
    ),
    purge: &[],
};

async fn end_idle(tx: &mut Tx, batch: i64) -> Result<u64, Failure> {
    let (idle_ms, over) = (tx.policy().session.idle_ms(), over_up_to(tx.ctx().app(), tx.now()));
    let ended = sqlx::query(
        "UPDATE session SET ended_at = last_seen_at + $2 WHERE ended_at IS NULL AND last_seen_at <= $1 \
         AND id IN (SELECT id FROM session WHERE ended_at IS NULL AND last_seen_at <= $1 \
         ORDER BY last_seen_at LIMIT $3)",
    )
    .bind(over)
    .bind(idle_ms)
    .bind(batch)
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected())
}
