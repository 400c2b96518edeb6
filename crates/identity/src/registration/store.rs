//! The `registration` table. Private to this slice.

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::name::{Kana, PersonName};
use domain::registration::Accepted;
use sqlx::{Any, Executor, FromRow};

use super::{Secrets, code_mac};
use crate::fault::Fault;
use crate::secret::Token;
use crate::work::Work;

/// A form to be stored.
pub(super) struct New<'a> {
    pub form_id: &'a Token,
    pub accepted: &'a Accepted,
    pub password_hash: &'a str,
    pub secrets: &'a Secrets,
    /// What was brought from a provider, sealed (MP-19).
    pub brought: Option<&'a [u8]>,
    pub expires_at: i64,
}

/// A provisional registration that waits.
#[derive(FromRow)]
pub(super) struct Pending {
    pub id: String,
    pub email: String,
    pub expires_at: i64,
}

/// A provisional registration as stored.
#[derive(FromRow)]
pub(super) struct Row {
    pub id: String,
    pub form_hash: String,
    pub email: String,
    pub family_name: String,
    pub given_name: Option<String>,
    pub family_name_kana: Option<String>,
    pub given_name_kana: Option<String>,
    pub birth_date: String,
    pub locale: String,
    pub password_hash: String,
    pub brought: Option<Vec<u8>>,
}

impl Row {
    /// Whether it was this browser's form.
    pub fn is_of(&self, form_id: Option<&Token>) -> bool {
        form_id.is_some_and(|t| t.digest() == self.form_hash)
    }

    /// What was typed, read back by the rules that let it in.
    pub fn accepted(&self) -> Result<(Accepted, Locale), Fault> {
        let damaged = || Fault::Damaged("registration");
        let name = |n: &str| PersonName::parse(n).map_err(|_| damaged());
        let kana = |n: &Option<String>| n.as_deref().map(Kana::parse).transpose().map_err(|_| damaged());
        let accepted = Accepted {
            email: EmailAddress::parse(&self.email).map_err(|_| damaged())?,
            family_name: name(&self.family_name)?,
            given_name: self.given_name.as_deref().map(name).transpose()?,
            family_name_kana: kana(&self.family_name_kana)?,
            given_name_kana: kana(&self.given_name_kana)?,
            birth_date: self.birth_date.parse().map_err(|_| damaged())?,
        };
        Ok((accepted, Locale::from_tag(&self.locale).ok_or_else(damaged)?))
    }
}

/// Stores a form; false when the same browser sent it for the same address less than `again_after_ms` ago.
/// Later than that the newest values, and a new letter, take the place of the old.
pub(super) async fn put(work: &mut Work, new: &New<'_>, again_after_ms: i64) -> Result<bool, Fault> {
    let (id, now, locale) = (work.id(), work.now(), work.caller().locale);
    let form = new.accepted;
    // The code is hashed with the id, so a row that takes the place of another takes its id as well.
    let stored: Option<String> = sqlx::query_scalar(
        "INSERT INTO registration (id, form_hash, email, email_key, family_name, given_name, family_name_kana, \
         given_name_kana, birth_date, locale, password_hash, link_hash, code_hash, code_tries, sent_at, letters, \
         expires_at, brought) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 1, $15, $17) \
         ON CONFLICT (form_hash, email_key) DO UPDATE SET id = excluded.id, email = excluded.email, \
         family_name = excluded.family_name, given_name = excluded.given_name, \
         family_name_kana = excluded.family_name_kana, given_name_kana = excluded.given_name_kana, \
         birth_date = excluded.birth_date, locale = excluded.locale, password_hash = excluded.password_hash, \
         link_hash = excluded.link_hash, code_hash = excluded.code_hash, code_tries = 0, \
         sent_at = excluded.sent_at, letters = registration.letters + 1, expires_at = excluded.expires_at, \
         brought = COALESCE(excluded.brought, registration.brought), used_at = NULL \
         WHERE registration.sent_at <= $16 RETURNING id",
    )
    .bind(&id)
    .bind(new.form_id.digest())
    .bind(form.email.as_str())
    .bind(form.email.key())
    .bind(form.family_name.as_str())
    .bind(form.given_name.as_ref().map(PersonName::as_str))
    .bind(form.family_name_kana.as_ref().map(Kana::as_str))
    .bind(form.given_name_kana.as_ref().map(Kana::as_str))
    .bind(form.birth_date.to_string())
    .bind(locale.tag())
    .bind(new.password_hash)
    .bind(new.secrets.link.digest())
    .bind(code_mac(work.desk(), &id, &new.secrets.code))
    .bind(now)
    .bind(new.expires_at)
    .bind(now - again_after_ms)
    .bind(new.brought)
    .fetch_optional(work.conn())
    .await?;
    Ok(stored.is_some())
}

/// The newest waiting registration of a browser's form.
pub(super) async fn pending<'e>(
    db: impl Executor<'e, Database = Any>,
    form_id: &Token,
    now: i64,
) -> Result<Option<Pending>, Fault> {
    Ok(sqlx::query_as(
        "SELECT id, email, expires_at FROM registration \
         WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY sent_at DESC LIMIT 1",
    )
    .bind(form_id.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Gives the newest waiting registration a new link and code.
pub(super) async fn renew(
    work: &mut Work,
    form_id: &Token,
    secrets: &Secrets,
    expires_at: i64,
) -> Result<Option<Row>, Fault> {
    let now = work.now();
    let Some(Pending { id, .. }) = pending(&mut *work.conn(), form_id, now).await? else { return Ok(None) };
    Ok(sqlx::query_as(
        "UPDATE registration SET link_hash = $2, code_hash = $3, code_tries = 0, sent_at = $4, \
         letters = letters + 1, expires_at = $5 \
         WHERE id = $1 AND used_at IS NULL \
         RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, \
         locale, password_hash, brought",
    )
    .bind(&id)
    .bind(secrets.link.digest())
    .bind(code_mac(work.desk(), &id, &secrets.code))
    .bind(now)
    .bind(expires_at)
    .fetch_optional(work.conn())
    .await?)
}

/// What a link leads to, unless it is used or expired.
pub(super) async fn by_link<'e>(
    db: impl Executor<'e, Database = Any>,
    link: &Token,
    now: i64,
) -> Result<Option<Row>, Fault> {
    Ok(sqlx::query_as(
        "SELECT id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, \
         locale, password_hash, brought FROM registration WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(link.digest())
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Single use, in one statement (MP-08).
pub(super) async fn use_link(work: &mut Work, link: &Token) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(
        "UPDATE registration SET used_at = $2 WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, \
         locale, password_hash, brought",
    )
    .bind(link.digest())
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Single use, in one statement.
pub(super) async fn use_code(work: &mut Work, id: &str, code_hash: &str) -> Result<Option<Row>, Fault> {
    let now = work.now();
    Ok(sqlx::query_as(
        "UPDATE registration SET used_at = $3 \
         WHERE id = $1 AND code_hash = $2 AND used_at IS NULL AND expires_at > $3 \
         RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, \
         locale, password_hash, brought",
    )
    .bind(id)
    .bind(code_hash)
    .bind(now)
    .fetch_optional(work.conn())
    .await?)
}

/// Counts a guess; false when there were `most` already.
pub(super) async fn count_try(work: &mut Work, id: &str, most: i64) -> Result<bool, Fault> {
    let done =
        sqlx::query("UPDATE registration SET code_tries = code_tries + 1 WHERE id = $1 AND code_tries < $2")
            .bind(id)
            .bind(most)
            .execute(work.conn())
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes what is over, oldest first.
pub(super) async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM registration WHERE id IN \
         (SELECT id FROM registration WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// Removes whatever was typed for an address, waiting or used.
pub(crate) async fn forget(work: &mut Work, address: &EmailAddress) -> Result<(), Fault> {
    sqlx::query("DELETE FROM registration WHERE email_key = $1")
        .bind(address.key())
        .execute(work.conn())
        .await?;
    Ok(())
}
