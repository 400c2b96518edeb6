//! The identifiers of members: for signing in, for e-mails, for being found. An identifier belongs to one member, or is
//! reserved for the one who gave it up; the database sees to it.

use domain::address::EmailAddress;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::{Any, Executor};
use strum::{EnumString, IntoStaticStr};

/// The kind of an identifier. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A user name.
    UserName,
}

/// An identifier that was accepted by the rules of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// Its kind.
    pub kind: Kind,
    /// The form in which two are compared.
    pub key: String,
    /// As it was typed.
    pub value: String,
}

impl From<&EmailAddress> for Identifier {
    fn from(address: &EmailAddress) -> Self {
        Self { kind: Kind::Email, key: address.key(), value: address.as_str().to_owned() }
    }
}

/// Another member has the identifier, or it is reserved for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken;

/// The member who has it, if it is in use.
pub async fn owner<'e>(
    db: impl Executor<'e, Database = Any>,
    identifier: &Identifier,
) -> Result<Option<String>, Failure> {
    Ok(sqlx::query_scalar(
        "SELECT member_id FROM identifier WHERE kind = $1 AND key = $2 AND reserved_until IS NULL",
    )
    .bind(<&str>::from(identifier.kind))
    .bind(&identifier.key)
    .fetch_optional(db)
    .await?)
}

/// Whether it is neither in use nor reserved; `but`: by another member than this. Only `claim` is binding: another
/// request may be faster.
pub async fn is_free<'e>(
    db: impl Executor<'e, Database = Any>,
    identifier: &Identifier,
    but: Option<&str>,
    now: i64,
) -> Result<bool, Failure> {
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM identifier WHERE kind = $1 AND key = $2 AND member_id <> $3 \
         AND (reserved_until IS NULL OR reserved_until > $4)",
    )
    .bind(<&str>::from(identifier.kind))
    .bind(&identifier.key)
    .bind(but.unwrap_or_default())
    .bind(now)
    .fetch_one(db)
    .await?;
    Ok(others == 0)
}

/// Gives it to a member, as verified now, unless another member has it or it is reserved for them.
pub(super) async fn claim(
    tx: &mut Tx,
    member_id: &str,
    identifier: &Identifier,
) -> Result<Result<(), Taken>, Failure> {
    let now = tx.now();
    let claimed = sqlx::query(
        "INSERT INTO identifier (kind, key, member_id, value, verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $5) \
         ON CONFLICT (kind, key) DO UPDATE SET member_id = excluded.member_id, value = excluded.value, \
         verified_at = excluded.verified_at, created_at = excluded.created_at, reserved_until = NULL \
         WHERE identifier.member_id = excluded.member_id OR identifier.reserved_until <= $5",
    )
    .bind(<&str>::from(identifier.kind))
    .bind(&identifier.key)
    .bind(member_id)
    .bind(&identifier.value)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(if claimed.rows_affected() == 1 { Ok(()) } else { Err(Taken) })
}

/// Takes it from its member; with `reserved_until` (unix ms) nobody else can have it before then.
pub(super) async fn release(
    tx: &mut Tx,
    member_id: &str,
    identifier: &Identifier,
    reserved_until: Option<i64>,
) -> Result<(), Failure> {
    let released = match reserved_until {
        Some(until) => sqlx::query(
            "UPDATE identifier SET reserved_until = $4 WHERE kind = $1 AND key = $2 AND member_id = $3",
        )
        .bind(<&str>::from(identifier.kind))
        .bind(&identifier.key)
        .bind(member_id)
        .bind(until),
        None => sqlx::query("DELETE FROM identifier WHERE kind = $1 AND key = $2 AND member_id = $3")
            .bind(<&str>::from(identifier.kind))
            .bind(&identifier.key)
            .bind(member_id),
    };
    released.execute(tx.conn()).await?;
    Ok(())
}

/// Identifiers in use, and addresses that are reserved after a change.
pub const DATA: DataSet = DataSet {
    table: "identifier",
    categories: &[Category { name: "profile", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT key, kind, value, verified_at, created_at, reserved_until FROM identifier \
         WHERE member_id = $1 AND key > $2 ORDER BY key LIMIT $3",
    ),
    purge: &[Purge::Delete(
        "DELETE FROM identifier WHERE (kind, key) IN \
         (SELECT kind, key FROM identifier WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT $2)",
        dataset::now,
    )],
};
