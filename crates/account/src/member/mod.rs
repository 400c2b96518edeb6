//! A member: their person data, identifiers and contacts. Finding, making, changing, erasing. Credentials and
//! sessions are in other modules; the policy says which identifiers sign in.

pub mod contact;
pub mod identifier;

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::name::{Kana, PersonName};
use domain::password::PasswordContext;
use domain::person::Person;
use domain::phone::Phone;
use platform::dataset::{Category, DataSet, Retention};
use platform::db::is_taken;
use platform::error::Failure;
use platform::tx::Tx;
use sqlx::{Any, Executor, FromRow};

use crate::lock::LockedAccount;
pub use identifier::{Identifier, Taken};

/// A member as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `UUIDv7`.
    pub id: String,
    /// The address that their e-mails go to; `None`: they have none.
    pub email: Option<EmailAddress>,
    /// Who they are.
    pub person: Person,
    /// The language of their e-mails.
    pub locale: Locale,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms: since when the member has suspended the account; `None`: it is not suspended.
    pub suspended_at: Option<i64>,
}

impl Member {
    /// What a password of theirs must not contain.
    pub fn password_context(&self) -> PasswordContext<'_> {
        self.person.password_context(self.email.as_ref().map_or("", EmailAddress::as_str))
    }
}

/// A new member.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// Their identifiers, which they proved to be theirs.
    pub identifiers: &'a [Identifier],
    /// Who they are.
    pub person: &'a Person,
    /// The language of their e-mails.
    pub locale: Locale,
}

#[derive(FromRow)]
struct Row {
    id: String,
    email: Option<String>,
    family_name: String,
    given_name: Option<String>,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    birth_date: String,
    phone: Option<String>,
    locale: String,
    created_at: i64,
    locked_at: Option<i64>,
}

impl TryFrom<Row> for Member {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        fn read<T, E>(text: Option<String>, column: &'static str) -> Result<Option<T>, Failure>
        where
            T: TryFrom<String, Error = E>,
        {
            text.map(T::try_from).transpose().map_err(|_| Failure::Damaged(column))
        }
        let birth_date = Some(row.birth_date).filter(|date| !date.is_empty());
        let birth_date = birth_date.map(|date| date.parse()).transpose();
        Ok(Self {
            id: row.id,
            email: read(row.email, "identifier.value")?,
            person: Person {
                family_name: read(Some(row.family_name), "member.family_name")?
                    .ok_or(Failure::Damaged("member.family_name"))?,
                given_name: read(row.given_name, "member.given_name")?,
                family_name_kana: read(row.family_name_kana, "member.family_name_kana")?,
                given_name_kana: read(row.given_name_kana, "member.given_name_kana")?,
                birth_date: birth_date.map_err(|_| Failure::Damaged("member.birth_date"))?,
                phone: read(row.phone, "contact.value")?,
            },
            locale: Locale::from_tag(&row.locale).ok_or(Failure::Damaged("member.locale"))?,
            created_at: row.created_at,
            suspended_at: row.locked_at,
        })
    }
}

/// A member by id.
pub async fn find<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Option<Member>, Failure> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT m.id, i.value AS email, m.family_name, m.given_name, m.family_name_kana, m.given_name_kana, \
         m.birth_date, c.value AS phone, m.locale, m.created_at, m.locked_at FROM member m \
         LEFT JOIN identifier i ON i.member_id = m.id AND i.kind = 'email' AND i.reserved_until IS NULL \
         LEFT JOIN contact c ON c.member_id = m.id AND c.kind = 'phone' AND c.use_for = 'profile' \
         WHERE m.id = $1",
    )
    .bind(member_id)
    .fetch_optional(db)
    .await?;
    row.map(Member::try_from).transpose()
}

/// Makes a member and returns the id. The database judges whether the identifiers are free. If not, nothing else may
/// follow in this transaction.
pub async fn insert(tx: &mut Tx, new: NewMember<'_>) -> Result<Result<String, Taken>, Failure> {
    let (id, now) = (tx.id(), tx.now());
    let NewMember { identifiers, person, locale } = new;
    // Older processes read the address from the member's row, where it is never empty.
    let email = identifiers.iter().find(|one| one.kind == identifier::Kind::Email);
    let inserted = sqlx::query(
        "INSERT INTO member (id, email, email_key, family_name, given_name, family_name_kana, given_name_kana, \
         birth_date, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&id)
    .bind(email.map_or("", |email| &email.value))
    .bind(email.map_or(&id, |email| &email.key))
    .bind(person.family_name.as_str())
    .bind(person.given_name.as_ref().map(PersonName::as_str))
    .bind(person.family_name_kana.as_ref().map(Kana::as_str))
    .bind(person.given_name_kana.as_ref().map(Kana::as_str))
    .bind(person.birth_date.map(|date| date.to_string()).unwrap_or_default())
    .bind(locale.tag())
    .bind(now)
    .execute(tx.conn())
    .await;
    match inserted {
        Ok(_) => {}
        Err(e) if is_taken(&e, "member", "email_key") => return Ok(Err(Taken)),
        Err(e) => return Err(e.into()),
    }
    for identifier in identifiers {
        if let Err(taken) = identifier::claim(tx, &id, identifier).await? {
            return Ok(Err(taken));
        }
    }
    set_phone(tx, &id, person).await?;
    Ok(Ok(id))
}

/// Changes a member's person data.
pub async fn set_person(tx: &mut Tx, account: &LockedAccount, person: &Person) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE member SET family_name = $2, given_name = $3, family_name_kana = $4, given_name_kana = $5, \
         birth_date = $6 WHERE id = $1",
    )
    .bind(account.id())
    .bind(person.family_name.as_str())
    .bind(person.given_name.as_ref().map(PersonName::as_str))
    .bind(person.family_name_kana.as_ref().map(Kana::as_str))
    .bind(person.given_name_kana.as_ref().map(Kana::as_str))
    .bind(person.birth_date.map(|date| date.to_string()).unwrap_or_default())
    .execute(tx.conn())
    .await?;
    set_phone(tx, account.id(), person).await
}

async fn set_phone(tx: &mut Tx, member_id: &str, person: &Person) -> Result<(), Failure> {
    let phone = person.phone.as_ref().map(Phone::as_str);
    contact::set(tx, member_id, contact::Kind::Phone, contact::Use::Profile, phone).await
}

/// The member of a locked account.
pub async fn of(tx: &mut Tx, account: &LockedAccount) -> Result<Member, Failure> {
    find(&mut *tx.conn(), account.id()).await?.ok_or(Failure::Damaged("member"))
}

/// Gives the member another address. The present one is reserved for them until `reserved_until` (unix ms), or given
/// up. The database judges whether the new one is free. If not, nothing else may follow in this transaction.
pub async fn set_email(
    tx: &mut Tx,
    account: &LockedAccount,
    address: &EmailAddress,
    reserved_until: Option<i64>,
) -> Result<Result<(), Taken>, Failure> {
    let new = Identifier::from(address);
    let before = of(tx, account).await?.email;
    if let Some(old) = before.as_ref().map(Identifier::from).filter(|old| old.key != new.key) {
        identifier::release(tx, account.id(), &old, reserved_until).await?;
    }
    let set = sqlx::query("UPDATE member SET email = $2, email_key = $3 WHERE id = $1")
        .bind(account.id())
        .bind(&new.value)
        .bind(&new.key)
        .execute(tx.conn())
        .await;
    match set {
        Ok(_) => identifier::claim(tx, account.id(), &new).await,
        Err(e) if is_taken(&e, "member", "email_key") => Ok(Err(Taken)),
        Err(e) => Err(e.into()),
    }
}

/// Gives up an address that is reserved for the member.
pub async fn release_email(
    tx: &mut Tx,
    account: &LockedAccount,
    address: &EmailAddress,
) -> Result<(), Failure> {
    identifier::release(tx, account.id(), &address.into(), None).await
}

/// Suspends the account: no sign-in works until [`reinstate`].
pub async fn suspend(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    let now = tx.now();
    sqlx::query("UPDATE member SET locked_at = $2 WHERE id = $1 AND locked_at IS NULL")
        .bind(account.id())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Opens a suspended account again.
pub async fn reinstate(tx: &mut Tx, account: &LockedAccount) -> Result<(), Failure> {
    sqlx::query("UPDATE member SET locked_at = NULL WHERE id = $1 AND locked_at IS NOT NULL")
        .bind(account.id())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Stores the language that a member chose (MP-95).
pub async fn set_locale(tx: &mut Tx, member_id: &str, locale: Locale) -> Result<(), Failure> {
    sqlx::query("UPDATE member SET locale = $2 WHERE id = $1")
        .bind(member_id)
        .bind(locale.tag())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The address of a member, and those that are reserved for them.
pub async fn addresses(tx: &mut Tx, account: &LockedAccount) -> Result<Vec<EmailAddress>, Failure> {
    let values: Vec<String> = sqlx::query_scalar(
        "SELECT value FROM identifier WHERE member_id = $1 AND kind = 'email' ORDER BY key",
    )
    .bind(account.id())
    .fetch_all(tx.conn())
    .await?;
    let address =
        |value: String| EmailAddress::parse(&value).map_err(|_| Failure::Damaged("identifier.value"));
    values.into_iter().map(address).collect()
}

/// Erases a member with all rows that refer to them, in one statement; returns who they were.
pub async fn erase(tx: &mut Tx, account: &LockedAccount) -> Result<Member, Failure> {
    let member = of(tx, account).await?;
    sqlx::query("DELETE FROM member WHERE id = $1").bind(account.id()).execute(tx.conn()).await?;
    Ok(member)
}

/// A member's person data and language.
pub const DATA: DataSet = DataSet {
    table: "member",
    categories: &[Category { name: "profile", retention: |_| Some(Retention::WhileAccount) }],
    export: Some(
        "SELECT id AS key, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at, \
         locked_at FROM member WHERE id = $1 AND id > $2 LIMIT $3",
    ),
    purge: &[],
};
