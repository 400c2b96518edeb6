//! Letters waiting in the database: written by the transaction that they tell of, claimed by a sender, erased
//! once they are gone. A page never waits for the mail server, and its failure loses nothing.

use domain::address::EmailAddress;
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::mail::transport::{Failure, Transport};
use crate::work::Work;

/// A letter with its address, ready to go.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Which letter it is.
    pub kind: &'static str,
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
    /// Unix ms: of no use after it.
    pub give_up_at: i64,
}

/// What is sealed: everything about a letter that is somebody's.
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

/// A claimed letter.
pub struct Claimed {
    /// The row's id, and the `Message-ID`.
    pub id: String,
    /// When it was written, unix ms.
    pub created_at: i64,
    /// The letter itself.
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

const PURPOSE: &str = "outbox";

/// What a letter that nobody gets is called in the table.
const DECOY: &str = "decoy";

/// Puts a letter where the sender finds it.
pub(crate) async fn put(work: &mut Work, letter: Letter) -> Result<(), Fault> {
    let kind = letter.kind;
    write(work, letter, kind).await
}

/// Puts one that the sender throws away: the work of [`put`], so that nobody learns from an answer's time whether an
/// address is known.
pub(crate) async fn put_decoy(work: &mut Work, letter: Letter) -> Result<(), Fault> {
    write(work, letter, DECOY).await
}

async fn write(work: &mut Work, letter: Letter, kind: &'static str) -> Result<(), Fault> {
    let contents = Contents {
        to: letter.to.smtp(),
        locale: letter.locale,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    let sealed = work.desk().site_key.seal_json(PURPOSE, &contents, &work.desk().random)?;
    let (id, now) = (work.id(), work.now());
    sqlx::query(
        "INSERT INTO outbox (id, kind, sealed, created_at, next_try_at, give_up_at, tries) \
         VALUES ($1, $2, $3, $4, $4, $5, 0)",
    )
    .bind(id)
    .bind(kind)
    .bind(sealed)
    .bind(now)
    .bind(letter.give_up_at)
    .execute(work.conn())
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

/// Sends what is due, one letter after another, until nothing is. How many left.
pub async fn send_due(desk: &Desk, transport: &Transport) -> Result<usize, Fault> {
    let mut sent = 0;
    while let Some(claim) = claim(desk).await? {
        let Some((claimed, tries)) = open(desk, claim).await? else { continue };
        let result = transport.send(&claimed, &desk.settings).await;
        let (id, now) = (claimed.id, desk.now());
        match result {
            Ok(()) => {
                sqlx::query("UPDATE outbox SET sent_at = $2, sealed = NULL, last_error = NULL WHERE id = $1")
                    .bind(&id)
                    .bind(now)
                    .execute(&mut *desk.db.writing().await?)
                    .await?;
                sent += 1;
            }
            Err(Failure::Never(why)) => give_up(desk, &id, &why).await?,
            Err(Failure::Again(why)) => {
                tracing::warn!(letter = %id, tries, error = %why, "a letter could not be sent yet; it is tried again");
                sqlx::query("UPDATE outbox SET next_try_at = $2, last_error = $3 WHERE id = $1")
                    .bind(&id)
                    .bind(now + pause_ms(tries))
                    .bind(why)
                    .execute(&mut *desk.db.writing().await?)
                    .await?;
            }
        }
    }
    Ok(sent)
}

/// Takes the letter that waits longest. Moving `next_try_at` on is the claim: of several senders one gets it,
/// and if that one dies the letter is due again a minute later.
async fn claim(desk: &Desk) -> Result<Option<Row>, Fault> {
    let now = desk.now();
    let row = sqlx::query_as(
        "UPDATE outbox SET next_try_at = $1, tries = tries + 1 \
         WHERE id = (SELECT id FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND next_try_at <= $2 \
                     ORDER BY next_try_at LIMIT 1) \
           AND next_try_at <= $2 AND sent_at IS NULL AND failed_at IS NULL \
         RETURNING id, kind, sealed, created_at, give_up_at, tries",
    )
    .bind(now + MINUTE_MS)
    .bind(now)
    .fetch_optional(&mut *desk.db.writing().await?)
    .await?;
    Ok(row)
}

async fn open(desk: &Desk, row: Row) -> Result<Option<(Claimed, i64)>, Fault> {
    if row.kind == DECOY {
        sqlx::query("DELETE FROM outbox WHERE id = $1")
            .bind(&row.id)
            .execute(&mut *desk.db.writing().await?)
            .await?;
        return Ok(None);
    }
    if row.give_up_at <= desk.now() {
        give_up(desk, &row.id, "it was of no use any more before it could be sent").await?;
        return Ok(None);
    }
    let contents = desk
        .site_key
        .open_sealed(PURPOSE, &row.sealed)
        .ok()
        .and_then(|plain| serde_json::from_slice(&plain).ok());
    if let Some(contents) = contents {
        return Ok(Some((Claimed { id: row.id, created_at: row.created_at, contents }, row.tries)));
    }
    give_up(desk, &row.id, "its contents do not open with keys.site_key_file").await?;
    Ok(None)
}

async fn give_up(desk: &Desk, id: &str, why: &str) -> Result<(), Fault> {
    tracing::error!(letter = %id, error = %why, "a letter was given up");
    sqlx::query("UPDATE outbox SET failed_at = $2, sealed = NULL, last_error = $3 WHERE id = $1")
        .bind(id)
        .bind(desk.now())
        .bind(why)
        .execute(&mut *desk.db.writing().await?)
        .await?;
    Ok(())
}

/// How many letters wait, and since when the oldest does (unix ms): for `/readyz` and `tegata doctor`.
pub async fn waiting(desk: &Desk) -> Result<(i64, Option<i64>), Fault> {
    Ok(sqlx::query_as(
        "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL",
    )
    .fetch_one(desk.db.readers())
    .await?)
}
