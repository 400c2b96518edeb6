//! The unexpected: what a member cannot mend. Expected "no"s are the `Refused` enums in `domain`.

/// Result of a deed: done, refused for reasons the member can act on, or a fault.
pub type Outcome<T, R> = Result<Result<T, R>, Fault>;

/// Why a deed could not even be judged.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The deed needs a signed-in member and nobody is signed in.
    #[error("nobody is signed in")]
    SignInFirst,
    /// The deed needs a proof given a short while ago.
    #[error("the member has to prove again to be themself")]
    ProveFirst,
    /// The policy of this site does not have it.
    #[error("this site does not offer that")]
    NotOffered,
    /// Too much is waiting for the password hasher: answer 503 and ask to come back shortly.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The database is locked, full or gone: answer 503; it is tried anew with the next request.
    #[error("the database does not answer: {0}")]
    Unavailable(sqlx::Error),
    /// The database refused a statement that should have worked.
    #[error("the database refused a statement: {0}")]
    Storage(sqlx::Error),
    /// Migrations could not be run.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what we wrote.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// Sealing, opening or hashing failed.
    #[error("cryptography failed: {0}")]
    Crypto(&'static str),
    /// A letter could not be written.
    #[error("a letter could not be written: {0}")]
    Letter(String),
    /// A file or folder that the settings name could not be used.
    #[error("{what}: {source}")]
    File {
        /// Which file, and the setting that names it.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Fault {
    /// Whether waiting a little may help, so that the answer is 503 and not 500.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        // Nearly all our foreign keys lead to the member, who may have left while the request was under way and is not
        // signed in any more. It is logged, since a key to anything else would be a fault of ours.
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) {
            tracing::warn!(%error, "a row's owner is gone");
            return Self::SignInFirst;
        }
        let passing = match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => true,
            sqlx::Error::Database(e) => {
                // PostgreSQL: connection (08), resources (53), operator intervention (57), rollback (40);
                // SQLite: busy 5, locked 6, read-only 8, I/O 10, full 13, cannot open 14 (low byte).
                let code = e.code().unwrap_or_default();
                let postgres = code.len() == 5 && ["08", "53", "57", "40"].contains(&&code[..2]);
                let sqlite = code.parse::<u32>().is_ok_and(|n| [5, 6, 8, 10, 13, 14].contains(&(n & 0xff)));
                postgres || (code.len() < 5 && sqlite)
            }
            _ => false,
        };
        if passing { Self::Unavailable(error) } else { Self::Storage(error) }
    }
}
