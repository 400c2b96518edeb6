//! The member's own row: finding, making, changing. Foundation: the slices that may change it call this. Which address
//! is whose is judged here: an address belongs to one member, or is kept for the one who gave it up (`reserved`).

mod reserved;

use domain::address::EmailAddress;
use domain::birth_date::BirthDate;
use domain::locale::Locale;
use domain::password::Context;
use sqlx::{Any, Executor, FromRow};

pub use reserved::{is_free, purge, release, reserve};

use crate::db::is_taken;
use crate::fault::Fault;
use crate::work::Work;

/// A member as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `UUIDv7`.
    pub id: String,
    /// The user ID, as the member wrote it.
    pub email: String,
    /// 姓
    pub family_name: String,
    /// 名; `None`: one name only.
    pub given_name: Option<String>,
    /// 姓(カナ)
    pub family_name_kana: Option<String>,
    /// 名(カナ)
    pub given_name_kana: Option<String>,
    /// 生年月日
    pub birth_date: BirthDate,
    /// The language of letters.
    pub locale: Locale,
    /// Unix ms.
    pub created_at: i64,
}

impl Member {
    /// The user ID as an address.
    pub fn address(&self) -> Result<EmailAddress, Fault> {
        EmailAddress::parse(&self.email).map_err(|_| Fault::Damaged("member.email"))
    }

    /// What a password of theirs must not hold.
    pub fn own_words(&self) -> Context<'_> {
        Context {
            family_name: &self.family_name,
            given_name: self.given_name.as_deref().unwrap_or_default(),
            user_id: &self.email,
        }
    }
}

/// What a member is called and when they were born: what the profile can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    /// 姓
    pub family_name: String,
    /// 名; `None`: one name only.
    pub given_name: Option<String>,
    /// 姓(カナ)
    pub family_name_kana: Option<String>,
    /// 名(カナ)
    pub given_name_kana: Option<String>,
    /// 生年月日
    pub birth_date: BirthDate,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "id, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at"
    };
}

#[derive(FromRow)]
struct Row {
    id: String,
    email: String,
    family_name: String,
    given_name: Option<String>,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    birth_date: String,
    locale: String,
    created_at: i64,
}

impl TryFrom<Row> for Member {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(Self {
            birth_date: row.birth_date.parse().map_err(|_| Fault::Damaged("member.birth_date"))?,
            locale: Locale::from_tag(&row.locale).ok_or(Fault::Damaged("member.locale"))?,
            id: row.id,
            email: row.email,
            family_name: row.family_name,
            given_name: row.given_name,
            family_name_kana: row.family_name_kana,
            given_name_kana: row.given_name_kana,
            created_at: row.created_at,
        })
    }
}

/// By id.
pub async fn find<'e>(db: impl Executor<'e, Database = Any>, id: &str) -> Result<Option<Member>, Fault> {
    let row: Option<Row> = sqlx::query_as(concat!("SELECT ", columns!(), " FROM member WHERE id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await?;
    row.map(Member::try_from).transpose()
}

/// By address, whatever its letter case.
pub async fn by_address<'e>(
    db: impl Executor<'e, Database = Any>,
    address: &EmailAddress,
) -> Result<Option<Member>, Fault> {
    let row: Option<Row> =
        sqlx::query_as(concat!("SELECT ", columns!(), " FROM member WHERE email_key = $1"))
            .bind(address.key())
            .fetch_optional(db)
            .await?;
    row.map(Member::try_from).transpose()
}

/// Whether an address has an account, and in which language its owner reads.
pub async fn owner_of<'e>(
    db: impl Executor<'e, Database = Any>,
    address: &EmailAddress,
) -> Result<Option<(String, Locale)>, Fault> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT id, locale FROM member WHERE email_key = $1")
        .bind(address.key())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(id, locale)| (id, Locale::from_tag(&locale).unwrap_or_default())))
}

/// The address was registered by somebody else in the meantime.
pub struct AddressTaken;

/// Makes a member; the database judges whether the address is still free.
pub async fn insert(
    work: &mut Work,
    address: &EmailAddress,
    who: &Particulars,
    locale: Locale,
) -> Result<Result<String, AddressTaken>, Fault> {
    let (id, now) = (work.id(), work.now());
    let done = sqlx::query(
        "INSERT INTO member (id, email, email_key, family_name, given_name, family_name_kana, given_name_kana, \
         birth_date, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&id)
    .bind(address.as_str())
    .bind(address.key())
    .bind(&who.family_name)
    .bind(who.given_name.as_deref())
    .bind(who.family_name_kana.as_deref())
    .bind(who.given_name_kana.as_deref())
    .bind(who.birth_date.to_string())
    .bind(locale.tag())
    .bind(now)
    .execute(work.conn())
    .await;
    match done {
        // A row that would have stood in the way is seen now: it was committed before the insert could go on.
        Ok(_) if reserved::for_another(work, address, &id).await? => Ok(Err(AddressTaken)),
        Ok(_) => Ok(Ok(id)),
        Err(e) if is_taken(&e, "member", "email_key") => Ok(Err(AddressTaken)),
        Err(e) => Err(e.into()),
    }
}

/// The member, whose row is held to the end of the transaction: what follows happens in turn.
pub async fn hold(work: &mut Work, id: &str) -> Result<Option<Member>, Fault> {
    let row: Option<Row> =
        sqlx::query_as(concat!("UPDATE member SET email = email WHERE id = $1 RETURNING ", columns!()))
            .bind(id)
            .fetch_optional(work.conn())
            .await?;
    row.map(Member::try_from).transpose()
}

/// Changes the address; the database judges whether it is free. If not, nothing else may follow in this transaction.
pub async fn set_address(
    work: &mut Work,
    id: &str,
    address: &EmailAddress,
) -> Result<Result<(), AddressTaken>, Fault> {
    let done = sqlx::query("UPDATE member SET email = $2, email_key = $3 WHERE id = $1")
        .bind(id)
        .bind(address.as_str())
        .bind(address.key())
        .execute(work.conn())
        .await;
    match done {
        Ok(_) if reserved::for_another(work, address, id).await? => Ok(Err(AddressTaken)),
        Ok(_) => Ok(Ok(())),
        Err(e) if is_taken(&e, "member", "email_key") => Ok(Err(AddressTaken)),
        Err(e) => Err(e.into()),
    }
}

/// Changes what a member is called and when they were born.
pub async fn set_particulars(work: &mut Work, id: &str, who: &Particulars) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE member SET family_name = $2, given_name = $3, family_name_kana = $4, given_name_kana = $5, \
         birth_date = $6 WHERE id = $1",
    )
    .bind(id)
    .bind(&who.family_name)
    .bind(who.given_name.as_deref())
    .bind(who.family_name_kana.as_deref())
    .bind(who.given_name_kana.as_deref())
    .bind(who.birth_date.to_string())
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Locks the account: nothing signs in until [`unlock`].
pub async fn lock(work: &mut Work, id: &str) -> Result<(), Fault> {
    let now = work.now();
    sqlx::query("UPDATE member SET locked_at = $2 WHERE id = $1 AND locked_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Opens a locked account.
pub async fn unlock(work: &mut Work, id: &str) -> Result<(), Fault> {
    sqlx::query("UPDATE member SET locked_at = NULL WHERE id = $1 AND locked_at IS NOT NULL")
        .bind(id)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Whether the account is locked. Its row is held to the end of the transaction, so that nobody comes in beside a lock.
pub async fn is_locked(work: &mut Work, id: &str) -> Result<bool, Fault> {
    let locked: Option<Option<i64>> =
        sqlx::query_scalar("UPDATE member SET locked_at = locked_at WHERE id = $1 RETURNING locked_at")
            .bind(id)
            .fetch_optional(work.conn())
            .await?;
    Ok(locked.flatten().is_some())
}

/// Remembers the language a member chose (MP-95).
pub async fn set_locale(work: &mut Work, id: &str, locale: Locale) -> Result<(), Fault> {
    sqlx::query("UPDATE member SET locale = $2 WHERE id = $1")
        .bind(id)
        .bind(locale.tag())
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Erases a member with everything that hangs on them, in one statement; what they were, or `None` when they were gone
/// already.
pub(crate) async fn erase(work: &mut Work, id: &str) -> Result<Option<Member>, Fault> {
    let row: Option<Row> = sqlx::query_as(concat!("DELETE FROM member WHERE id = $1 RETURNING ", columns!()))
        .bind(id)
        .fetch_optional(work.conn())
        .await?;
    row.map(Member::try_from).transpose()
}

/// What is held about a member, for them to take along ([`crate::held::page`]).
pub(crate) const HELD: &str = "SELECT id AS key, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, \
     created_at, locked_at FROM member WHERE id = $1 AND id > $2 LIMIT $3";
