//! What a use case returns when it does not do what was asked, in a form that `?` carries.
//!
//! | | who can act on it | examples |
//! |---|---|---|
//! | [`Error::Refused`] | the person, in the form | the code is wrong, the address is not valid |
//! | [`Denied`] | the person, elsewhere | sign in, authenticate again, this site does not offer that |
//! | [`Failure`] | the operator | the database is gone, stored data is damaged |
//!
//! The reasons of a refusal are the small enums of `domain`. `app` chooses their text, in the reader's language.

/// Why a use case with a form did not do what was asked.
#[derive(Debug)]
pub enum Error<R> {
    /// For reasons that the person can correct in the form.
    Refused(Vec<R>),
    /// The person may not do this now.
    Denied(Denied),
    /// Something unexpected.
    Failed(Failure),
}

/// Why a use case without a form did not do what was asked.
#[derive(Debug)]
pub enum Fault {
    /// The person may not do this now.
    Denied(Denied),
    /// Something unexpected.
    Failed(Failure),
}

/// Why the caller may not do this now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignIn,
    /// The member has to authenticate again (ASVS 7.5.1).
    #[error("the member has to authenticate again")]
    StepUp,
    /// The policy of this site does not have it.
    #[error("this site does not offer that")]
    NotOffered,
    /// The caller has no permission for it.
    #[error("there is no permission for that")]
    Forbidden,
    /// There is no such thing, or it is not the caller's.
    #[error("there is no such thing")]
    NotFound,
}

/// The unexpected. It is logged once, under the number of its request. The answer shows nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Too many passwords are waiting to be hashed: answer 503 with `Retry-After`.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The database is locked, full or gone: answer 503 with `Retry-After`.
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
    /// An e-mail could not be written.
    #[error("an email could not be written: {0}")]
    Email(String),
    /// A file or folder that the settings name could not be used.
    #[error("{what}: {source}")]
    File {
        /// Which file, and the setting that names it.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Refuses for one reason.
pub fn refused<T, R>(reason: R) -> Result<T, Error<R>> {
    Err(Error::Refused(vec![reason]))
}

impl<R> Error<R> {
    /// The same for a form whose reasons contain these.
    pub fn map<S>(self, reason: impl Fn(R) -> S) -> Error<S> {
        match self {
            Self::Refused(reasons) => Error::Refused(reasons.into_iter().map(reason).collect()),
            Self::Denied(denied) => Error::Denied(denied),
            Self::Failed(failure) => Error::Failed(failure),
        }
    }

    /// The reasons, if it is a refusal.
    pub fn reasons(&self) -> &[R] {
        match self {
            Self::Refused(reasons) => reasons,
            Self::Denied(_) | Self::Failed(_) => &[],
        }
    }
}

impl Failure {
    /// Whether the same request may work a little later, so that the answer is 503 and not 500.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let transient = match &error {
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
        if transient { Self::Unavailable(error) } else { Self::Storage(error) }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Denied(denied) => denied.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<R> From<Vec<R>> for Error<R> {
    fn from(reasons: Vec<R>) -> Self {
        Self::Refused(reasons)
    }
}

impl<R> From<Fault> for Error<R> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Denied(denied) => Self::Denied(denied),
            Fault::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl<R> From<Failure> for Error<R> {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<R> From<Denied> for Error<R> {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl<R> From<sqlx::Error> for Error<R> {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}
