//! E-mails waiting in the database: written in the transaction that they report, claimed by a sender, their contents
//! erased once they are sent or given up. A page never waits for the mail server, and its failure loses nothing.
//!
//! They wait in lanes, each with senders of its own: neither a slow mail server nor a flood of one kind delays a code
//! that a member is waiting for.

use domain::address::EmailAddress;
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::app_context::AppContext;
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::dataset::{Category, DataSet, Retention};
use crate::error::Failure;
pub use crate::lane::Lane;
use crate::mail::transport::{SendError, Transport};
use crate::tx::Tx;

/// An e-mail with its address, ready to go.
#[derive(Clone, Debug)]
pub struct OutgoingEmail {
    /// Which e-mail it is.
    pub kind: &'static str,
    /// Its lane.
    pub lane: Lane,
    /// Whom it goes to.
    pub to: EmailAddress,
    /// Its language.
    pub locale: Locale,
    /// Subject line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// Unix ms: it is not sent after this.
    pub give_up_at: i64,
}

impl Tx {
    /// Puts an e-mail into the outbox; it is sent after `commit`.
    pub async fn enqueue(&mut self, email: OutgoingEmail) -> Result<(), Failure> {
        self.wake(email.lane);
        put(self, email).await
    }

    /// The same work for an e-mail that is sent only if `really`: known and unknown addresses cost the same.
    pub async fn enqueue_if(&mut self, email: OutgoingEmail, really: bool) -> Result<(), Failure> {
        self.wake(email.lane);
        if really { put(self, email).await } else { put_decoy(self, email).await }
    }
}

/// What is sealed: all personal data of an e-mail.
#[derive(Serialize, Deserialize)]
pub struct Contents {
    /// Address as the mail server wants it.
    pub to: String,
    /// Language tag.
    pub locale: Locale,
    /// Subject line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// A claimed e-mail.
pub struct Claimed {
    /// The row's id, and the `Message-ID`.
    pub id: String,
    /// When it was written, unix ms.
    pub created_at: i64,
    /// The e-mail itself.
    pub contents: Contents,
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    sealed: Vec<u8>,
    created_at: i64,
    give_up_at: i64,
    tries: i64,
}

const SEALED_AS: &str = "outbox";

/// The stored kind of an e-mail that is never sent.
const DECOY: &str = "decoy";

/// Puts an e-mail where the sender finds it.
pub(crate) async fn put(tx: &mut Tx, email: OutgoingEmail) -> Result<(), Failure> {
    let kind = email.kind;
    write(tx, email, kind).await
}

/// Puts one that the sender throws away. It is the same work as [`put`], so that the time of an answer does not tell
/// whether an address is known.
pub(crate) async fn put_decoy(tx: &mut Tx, email: OutgoingEmail) -> Result<(), Failure> {
    write(tx, email, DECOY).await
}

async fn write(tx: &mut Tx, email: OutgoingEmail, kind: &'static str) -> Result<(), Failure> {
    let contents = Contents {
        to: email.to.smtp(),
        locale: email.locale,
        subject: email.subject,
        text: email.text,
        html: email.html,
    };
    let sealed = tx.site_key().seal_json(SEALED_AS, &contents, tx.rng())?;
    let (id, now) = (tx.id(), tx.now());
    sqlx::query(
        "INSERT INTO outbox (id, kind, lane, sealed, created_at, next_try_at, give_up_at, tries) \
         VALUES ($1, $2, $3, $4, $5, $5, $6, 0)",
    )
    .bind(id)
    .bind(kind)
    .bind(<&str>::from(email.lane))
    .bind(sealed)
    .bind(now)
    .bind(email.give_up_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How long after the `n`th failed try the next one follows: soon at first, for a mail server that restarts;
/// never more than ten minutes apart, for people who wait.
fn pause_ms(tries: i64) -> i64 {
    match tries {
        0..=2 => 5 * SECOND_MS,
        3..=5 => 30 * SECOND_MS,
        6..=10 => 2 * MINUTE_MS,
        _ => 10 * MINUTE_MS,
    }
}

/// Sends what is due in a lane, one e-mail after another, until nothing is due or `stopped` returns true. Returns how
/// many were sent.
pub async fn send_due(
    app: &AppContext,
    transport: &Transport,
    lane: Lane,
    stopped: impl Fn() -> bool,
) -> Result<usize, Failure> {
    let mut sent = 0;
    while !stopped()
        && let Some(claim) = claim(app, lane).await?
    {
        let Some((claimed, tries)) = open(app, claim).await? else { continue };
        let result = transport.send(&claimed, &app.settings).await;
        let (id, now) = (claimed.id, app.clock.now());
        match result {
            Ok(()) => {
                sqlx::query("UPDATE outbox SET sent_at = $2, sealed = NULL, last_error = NULL WHERE id = $1")
                    .bind(&id)
                    .bind(now)
                    .execute(&mut *app.db.writing().await?)
                    .await?;
                sent += 1;
            }
            Err(SendError::Never(why)) => give_up(app, &id, &why).await?,
            Err(SendError::Again(why)) => {
                tracing::warn!(email = %id, tries, error = %why, "an email could not be sent yet; it is tried again");
                sqlx::query("UPDATE outbox SET next_try_at = $2, last_error = $3 WHERE id = $1")
                    .bind(&id)
                    .bind(now + pause_ms(tries))
                    .bind(why)
                    .execute(&mut *app.db.writing().await?)
                    .await?;
            }
        }
    }
    Ok(sent)
}

/// Claims the e-mail of a lane that has been due for longest, by moving `next_try_at` on: of several senders one gets
/// it, and if that one dies the e-mail is due again a minute later.
async fn claim(app: &AppContext, lane: Lane) -> Result<Option<Row>, Failure> {
    let now = app.clock.now();
    // `fetch_all` although there is at most one row: a statement that writes must run to its end.
    let rows = sqlx::query_as(
        "UPDATE outbox SET next_try_at = $1, tries = tries + 1 \
         WHERE id = (SELECT id FROM outbox WHERE lane = $3 AND sent_at IS NULL AND failed_at IS NULL \
                     AND next_try_at <= $2 ORDER BY next_try_at LIMIT 1) \
           AND next_try_at <= $2 AND sent_at IS NULL AND failed_at IS NULL \
         RETURNING id, kind, sealed, created_at, give_up_at, tries",
    )
    .bind(now + MINUTE_MS)
    .bind(now)
    .bind(<&str>::from(lane))
    .fetch_all(&mut *app.db.writing().await?)
    .await?;
    Ok(rows.into_iter().next())
}

async fn open(app: &AppContext, row: Row) -> Result<Option<(Claimed, i64)>, Failure> {
    if row.kind == DECOY {
        sqlx::query("DELETE FROM outbox WHERE id = $1")
            .bind(&row.id)
            .execute(&mut *app.db.writing().await?)
            .await?;
        return Ok(None);
    }
    if row.give_up_at <= app.clock.now() {
        give_up(app, &row.id, "it was of no use any more before it could be sent").await?;
        return Ok(None);
    }
    if let Ok(contents) = app.site_key.open_json(SEALED_AS, &row.sealed) {
        return Ok(Some((Claimed { id: row.id, created_at: row.created_at, contents }, row.tries)));
    }
    give_up(app, &row.id, "its contents do not open with keys.site_key_file").await?;
    Ok(None)
}

async fn give_up(app: &AppContext, id: &str, why: &str) -> Result<(), Failure> {
    tracing::error!(email = %id, error = %why, "an email was given up");
    sqlx::query("UPDATE outbox SET failed_at = $2, sealed = NULL, last_error = $3 WHERE id = $1")
        .bind(id)
        .bind(app.clock.now())
        .bind(why)
        .execute(&mut *app.db.writing().await?)
        .await?;
    Ok(())
}

/// How many e-mails wait, and when the oldest was written (unix ms): for `/readyz`, the metrics and `tegata doctor`.
pub async fn waiting(app: &AppContext) -> Result<(i64, Option<i64>), Failure> {
    Ok(sqlx::query_as(
        "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL",
    )
    .fetch_one(app.db.readers())
    .await?)
}

/// E-mails that wait, and the record of those that were sent or given up.
pub const DATA: DataSet = DataSet {
    table: "outbox",
    categories: &[
        Category { name: "emails", retention: |_| Some(Retention::UntilSent) },
        Category { name: "email_records", retention: |_| Some(Retention::Always) },
    ],
    export: None,
    purge: &[],
};
