//! What a member set up, as rows. Private to this slice.

use sqlx::FromRow;

use crate::audit::Event;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::session::Current;
use crate::work::Work;

/// Everything that 2段階認証の設定 shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Unix ms: since when 「2段階認証サービス」 is on.
    pub switched_on_at: Option<i64>,
    /// Unix ms: since when codes by letter are set up.
    pub mail_since: Option<i64>,
    /// Authenticator apps, oldest first.
    pub apps: Vec<App>,
    /// Backup codes left.
    pub backup_codes: i64,
    /// 信頼済み端末, newest first.
    pub trusted: Vec<TrustedBrowser>,
}

/// An authenticator app.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct App {
    /// Its id.
    pub id: String,
    /// The member's own word for it.
    pub name: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms; `None`: only when it was set up.
    pub last_used_at: Option<i64>,
}

/// A trusted browser.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TrustedBrowser {
    /// The pair's id (`member_browser`).
    pub id: String,
    /// Its `User-Agent`.
    pub browser: String,
    /// Network of its last sign-in.
    pub network: String,
    /// Unix ms: when the box was ticked.
    pub trusted_at: i64,
    /// Unix ms: the end, fixed (C-09).
    pub trusted_until: i64,
    /// Unix ms: the last second step that it saved.
    pub trust_used_at: Option<i64>,
}

#[derive(FromRow)]
struct Switch {
    switched_on_at: Option<i64>,
    mail_since: Option<i64>,
    backup_codes: i64,
}

pub(super) async fn view(desk: &Desk, me: &Current) -> Result<View, Fault> {
    let db = desk.db.readers();
    let switch: Switch = sqlx::query_as(
        "SELECT s.switched_on_at, s.mail_since, \
         (SELECT COUNT(*) FROM backup_code WHERE member_id = $1 AND used_at IS NULL) AS backup_codes \
         FROM member m LEFT JOIN member_second_step s ON s.member_id = m.id WHERE m.id = $1",
    )
    .bind(&me.member_id)
    .fetch_one(db)
    .await?;
    let apps = sqlx::query_as(
        "SELECT id, name, created_at, last_used_at FROM authenticator_app WHERE member_id = $1 ORDER BY id",
    )
    .bind(&me.member_id)
    .fetch_all(db)
    .await?;
    let trusted = sqlx::query_as(
        "SELECT id, browser, network, trusted_at, trusted_until, trust_used_at FROM member_browser \
         WHERE member_id = $1 AND trusted_until > $2 ORDER BY id DESC",
    )
    .bind(&me.member_id)
    .bind(desk.now())
    .fetch_all(db)
    .await?;
    let Switch { switched_on_at, mail_since, backup_codes } = switch;
    Ok(View { switched_on_at, mail_since, apps, backup_codes, trusted })
}

/// Sets the switch; false when it already stood there.
pub(super) async fn switch(work: &mut Work, member_id: &str, on: bool) -> Result<bool, Fault> {
    let now = work.now();
    let changed = if on {
        sqlx::query(
            "INSERT INTO member_second_step (member_id, switched_on_at) VALUES ($1, $2) \
             ON CONFLICT (member_id) DO UPDATE SET switched_on_at = excluded.switched_on_at \
             WHERE member_second_step.switched_on_at IS NULL",
        )
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?
    } else {
        sqlx::query(
            "UPDATE member_second_step SET switched_on_at = NULL WHERE member_id = $1 AND switched_on_at IS NOT NULL",
        )
        .bind(member_id)
        .execute(work.conn())
        .await?
    };
    Ok(changed.rows_affected() > 0)
}

/// Turns codes by letter on or off; false when it already stood there.
pub(super) async fn mail(work: &mut Work, member_id: &str, on: bool) -> Result<bool, Fault> {
    let now = work.now();
    let changed = if on {
        sqlx::query(
            "INSERT INTO member_second_step (member_id, mail_since) VALUES ($1, $2) \
             ON CONFLICT (member_id) DO UPDATE SET mail_since = excluded.mail_since \
             WHERE member_second_step.mail_since IS NULL",
        )
        .bind(member_id)
        .bind(now)
        .execute(work.conn())
        .await?
    } else {
        sqlx::query(
            "UPDATE member_second_step SET mail_since = NULL WHERE member_id = $1 AND mail_since IS NOT NULL",
        )
        .bind(member_id)
        .execute(work.conn())
        .await?
    };
    Ok(changed.rows_affected() > 0)
}

/// Saves an app, unless the member has as many as one may have; false then. The same set-up is saved once.
pub(super) async fn add_app(
    work: &mut Work,
    member_id: &str,
    id: &str,
    name: &str,
    seed: &[u8],
    step: i64,
) -> Result<bool, Fault> {
    let now = work.now();
    let added = sqlx::query(
        "INSERT INTO authenticator_app (id, member_id, name, seed, last_step, created_at) \
         SELECT $1, $2, $3, $4, $5, $6 \
         WHERE (SELECT COUNT(*) FROM authenticator_app WHERE member_id = $2) < $7 ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(member_id)
    .bind(name)
    .bind(seed)
    .bind(step)
    .bind(now)
    .bind(domain::second_factor::APPS_MOST)
    .execute(work.conn())
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Whether the member has the app.
pub(super) async fn has_app(work: &mut Work, member_id: &str, id: &str) -> Result<bool, Fault> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT id FROM authenticator_app WHERE id = $1 AND member_id = $2")
            .bind(id)
            .bind(member_id)
            .fetch_optional(work.conn())
            .await?;
    Ok(found.is_some())
}

/// Removes an app of the member; false when there is none of that id.
pub(super) async fn remove_app(work: &mut Work, member_id: &str, id: &str) -> Result<bool, Fault> {
    let gone = sqlx::query("DELETE FROM authenticator_app WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(member_id)
        .execute(work.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// Removes the apps and backup codes that were set up in a session of the member: somebody else's, as it turned out.
/// The history's lines of that session were written in the same moment as they.
pub(super) async fn undo_session(work: &mut Work, member_id: &str, session_id: &str) -> Result<(), Fault> {
    for (statement, event) in [
        (
            "DELETE FROM authenticator_app WHERE member_id = $1 AND created_at IN \
             (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)",
            Event::FactorAdded,
        ),
        (
            "DELETE FROM backup_code WHERE member_id = $1 AND created_at IN \
             (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)",
            Event::BackupCodesMade,
        ),
        (
            "DELETE FROM passkey WHERE member_id = $1 AND created_at IN \
             (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)",
            Event::PasskeyAdded,
        ),
    ] {
        sqlx::query(statement)
            .bind(member_id)
            .bind(session_id)
            .bind(event.name())
            .execute(work.conn())
            .await?;
    }
    Ok(())
}

/// Removes all second factors of a member; whether there were any.
pub(super) async fn clear(work: &mut Work, member_id: &str) -> Result<bool, Fault> {
    let mut gone = 0;
    for statement in [
        "DELETE FROM authenticator_app WHERE member_id = $1",
        "DELETE FROM backup_code WHERE member_id = $1",
        "DELETE FROM passkey WHERE member_id = $1",
        "UPDATE member_second_step SET mail_since = NULL WHERE member_id = $1 AND mail_since IS NOT NULL",
    ] {
        gone += sqlx::query(statement).bind(member_id).execute(work.conn()).await?.rows_affected();
    }
    Ok(gone > 0)
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD_SWITCH: &str = "SELECT member_id AS key, switched_on_at, mail_since FROM member_second_step \
     WHERE member_id = $1 AND member_id > $2 LIMIT $3";

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD_APPS: &str = "SELECT id AS key, name, created_at, last_used_at FROM authenticator_app \
     WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD_CODES: &str = "SELECT id AS key, created_at, used_at FROM backup_code WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3";
