//! One deed's work: the open transaction, now, chance, and who is acting. `finish` is the only commit; a `Work`
//! that is dropped leaves nothing behind.

use sqlx::AnyConnection;
use sqlx::{Any, Transaction};

use crate::caller::Caller;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::mail::outbox;
use crate::secret::Token;

/// An open transaction with what belongs to it.
pub struct Work {
    desk: Desk,
    tx: Transaction<'static, Any>,
    caller: Caller,
    now: i64,
    letters: bool,
}

impl Work {
    pub(crate) fn new(desk: Desk, tx: Transaction<'static, Any>, caller: Caller) -> Self {
        let now = desk.now();
        Self { desk, tx, caller, now, letters: false }
    }

    /// Unix milliseconds, the same for the whole deed.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Who is acting.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The browser got its long-lived secret in this deed: lines and sessions written from here on are its.
    pub fn meet(&mut self, device: Token) {
        self.caller.device = Some(device);
    }

    /// What the process works with.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// A new id, sorting by time.
    pub fn id(&self) -> String {
        self.desk.random.id(self.now)
    }

    /// A new bearer secret.
    pub fn token(&self) -> Token {
        self.desk.random.token()
    }

    /// The connection inside the transaction.
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Removes rows that are over: the statement's parameters are up to when (unix ms) and how many at most. How many
    /// went.
    pub(crate) async fn purge(
        &mut self,
        statement: &'static str,
        before: i64,
        batch: i64,
    ) -> Result<u64, Fault> {
        let gone = sqlx::query(statement).bind(before).bind(batch).execute(self.conn()).await?;
        Ok(gone.rows_affected())
    }

    /// Puts a letter into the outbox; it leaves after `finish`.
    pub async fn post(&mut self, letter: outbox::Letter) -> Result<(), Fault> {
        self.letters = true;
        outbox::put(self, letter).await
    }

    /// The same work, for a letter that must leave only if `really`: known and unknown addresses cost the same.
    pub async fn post_if(&mut self, letter: outbox::Letter, really: bool) -> Result<(), Fault> {
        self.letters = true;
        if really { outbox::put(self, letter).await } else { outbox::put_decoy(self, letter).await }
    }

    /// Commits all of it, and lets the letters go.
    pub async fn finish(self) -> Result<(), Fault> {
        self.tx.commit().await?;
        if self.letters {
            self.desk.bell.notify_one();
        }
        Ok(())
    }
}
