//! Proofs by e-mail: a link, a code, or both. A purpose declares how long its e-mail is valid, what its code looks
//! like, how often it may be tried and how many e-mails may be sent. A use case decides what the proof means.
//!
//! Opening a link changes nothing, since mail scanners open links; using it is one statement. A code is accepted
//! where it was asked for: in the browser, session or sign-in attempt that it is bound to. Of link and code only
//! digests are stored, and the recipient's address only as a MAC.

use domain::address::EmailAddress;
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::dataset::{self, Category, DataSet, Purge as PurgeRows, Retention};
use platform::error::Failure;
use platform::keys::SiteKey;
use platform::secret::Token;
use platform::tx::Tx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::FromRow;

macro_rules! columns {
    () => {
        "id, member_id, bound_to, detail, sent_at, expires_at, sealed"
    };
}

/// The condition of a proof that can be used.
macro_rules! live {
    ($now:literal) => {
        concat!("used_at IS NULL AND voided_at IS NULL AND expires_at > ", $now)
    };
}

mod find;
mod purpose;
mod redeem;
mod void;

pub use find::{awaiting_code, by_link, latest, latest_to, of_member};
pub use purpose::{ANSWERABLE_MS, Purpose};
pub use redeem::{
    CodeOutcome, count_other_try, exchange_code, issue_password, use_code, use_link, use_password,
};
pub use void::{extend, forget, void, void_detail, void_email_change};

/// The same request again within this time is a double click.
pub const DOUBLE_CLICK_MS: i64 = MINUTE_MS;
/// How long rows of one-time codes are stored after they expired.
const KEPT_MS: i64 = DAY_MS;

/// A request for a proof by e-mail.
pub struct Request<'a> {
    /// What it proves.
    pub purpose: Purpose,
    /// The member it is about; `None`: there is none (yet).
    pub member_id: Option<&'a str>,
    /// Where the e-mail goes.
    pub to: &'a EmailAddress,
    /// The browser, session or attempt that accepts the code. A newer e-mail with the same binding to the same
    /// address takes the place of the one before.
    pub bound_to: Option<&'a str>,
    /// Which e-mail of its purpose.
    pub detail: Option<&'a str>,
    /// Whether link and code prove anything. If not, digests of a random secret are stored in their place.
    pub provable: bool,
    /// The same request again within this time (ms) is a double click; 0: it is a new request.
    pub again_after_ms: i64,
}

impl<'a> Request<'a> {
    /// Without binding, detail or double-click protection.
    pub const fn new(purpose: Purpose, member_id: Option<&'a str>, to: &'a EmailAddress) -> Self {
        Self { purpose, member_id, to, bound_to: None, detail: None, provable: true, again_after_ms: 0 }
    }

    /// With a code that is bound to this.
    #[must_use]
    pub const fn bound_to(mut self, bound_to: &'a str) -> Self {
        self.bound_to = Some(bound_to);
        self
    }
}

/// What an e-mail contains.
#[derive(Debug)]
pub struct Issued {
    /// The row's id.
    pub id: String,
    /// The link's token, where the purpose has one.
    pub link: Option<Token>,
    /// The code as it is typed, where the purpose has one.
    pub code: Option<String>,
    /// Unix ms: both are valid until then.
    pub expires_at: i64,
}

impl Issued {
    /// The link's token, of a purpose that has one.
    pub fn link(&self) -> Result<&Token, Failure> {
        self.link.as_ref().ok_or(Failure::Damaged("mailed_proof.purpose"))
    }

    /// The code, of a purpose that has one.
    pub fn code(&self) -> Result<&str, Failure> {
        self.code.as_deref().ok_or(Failure::Damaged("mailed_proof.purpose"))
    }
}

/// What became of a request.
#[derive(Debug)]
pub enum Issue {
    /// The e-mail can be sent.
    Ready(Issued),
    /// It was sent a moment ago: a double click.
    JustSent,
    /// Too many were sent already. Nothing of this transaction may be committed.
    TooMany,
}

/// A proof as stored.
#[derive(Clone, Debug, FromRow)]
pub struct MailedProof {
    /// `UUIDv7`.
    pub id: String,
    /// Whose account it is about.
    pub member_id: Option<String>,
    /// What its code is bound to.
    pub bound_to: Option<String>,
    /// Which e-mail of its purpose.
    pub detail: Option<String>,
    /// Unix ms.
    pub sent_at: i64,
    /// Unix ms.
    pub expires_at: i64,
    sealed: Option<Vec<u8>>,
}

impl MailedProof {
    /// The payload that was sealed with it.
    pub fn payload<T: DeserializeOwned>(&self, ctx: &Ctx, purpose: Purpose) -> Result<T, Failure> {
        let sealed = self.sealed.as_deref().ok_or(Failure::Damaged("mailed_proof.sealed"))?;
        ctx.site_key().open_json(purpose.name(), sealed)
    }
}

/// How an address is stored.
pub fn recipient(key: &SiteKey, address: &EmailAddress) -> String {
    key.mac("mailed to", &[&address.key()])
}

/// Makes link and code of a requested e-mail, within the limits of its purpose. `payload` is stored sealed; it is
/// what the use case needs when the proof is used.
pub async fn issue(tx: &mut Tx, request: Request<'_>, payload: &impl Serialize) -> Result<Issue, Failure> {
    let (purpose, to, member_id) = (request.purpose, request.to, request.member_id);
    let Some(issued) = put(tx, request, payload).await? else { return Ok(Issue::JustSent) };
    Ok(if purpose.may_send(tx, to, member_id).await? { Issue::Ready(issued) } else { Issue::TooMany })
}

/// The same for an e-mail that was not requested: without limits.
pub async fn issue_unasked(
    tx: &mut Tx,
    request: Request<'_>,
    payload: &impl Serialize,
) -> Result<Issued, Failure> {
    put(tx, request, payload).await?.ok_or(Failure::Damaged("mailed_proof.sent_at"))
}

async fn put(tx: &mut Tx, request: Request<'_>, payload: &impl Serialize) -> Result<Option<Issued>, Failure> {
    let Request { purpose, member_id, to, bound_to, detail, provable, again_after_ms } = request;
    let (id, now) = (tx.id(), tx.now());
    let link = purpose.has_link().then(|| tx.token());
    let code = purpose.new_code(tx);
    let expires_at = now + purpose.valid_ms(tx.ctx());
    // For an e-mail that proves nothing, digests of an unknown secret are stored: no guess can match.
    let unknown = tx.token();
    let stored_link = link.as_ref().map(|link| if provable { link.digest() } else { unknown.digest() });
    let stored_code = code.as_deref().map(|code| {
        let code = if provable { code } else { unknown.expose() };
        purpose.code_mac(tx.site_key(), &id, bound_to.unwrap_or_default(), code)
    });
    let sealed = tx.site_key().seal_json(purpose.name(), payload, tx.rng())?;
    let recipient = recipient(tx.site_key(), to);
    // The code is bound to the id, so a row that takes the place of another takes its id as well.
    let stored: Option<String> = sqlx::query_scalar(
        "INSERT INTO mailed_proof (id, purpose, member_id, recipient, bound_to, link_hash, code_hash, tries, sealed, \
         detail, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11) \
         ON CONFLICT (purpose, bound_to, recipient) DO UPDATE SET id = excluded.id, member_id = excluded.member_id, \
         link_hash = excluded.link_hash, code_hash = excluded.code_hash, tries = 0, sealed = excluded.sealed, \
         detail = excluded.detail, sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = NULL, \
         voided_at = NULL WHERE mailed_proof.sent_at <= $12 RETURNING id",
    )
    .bind(&id)
    .bind(purpose.name())
    .bind(member_id)
    .bind(recipient)
    .bind(bound_to)
    .bind(stored_link)
    .bind(stored_code)
    .bind(sealed)
    .bind(detail)
    .bind(now)
    .bind(expires_at)
    .bind(now - again_after_ms)
    .fetch_optional(tx.conn())
    .await?;
    Ok(stored.map(|_| Issued { id, link, code, expires_at }))
}

/// Links and codes of e-mails.
pub const DATA: DataSet = DataSet {
    table: "mailed_proof",
    categories: &[
        Category {
            name: "registrations",
            retention: |ctx| Some(Retention::For(Purpose::Registration.valid_ms(ctx))),
        },
        Category {
            name: "resets",
            retention: |ctx| Some(Retention::For(Purpose::PasswordReset.valid_ms(ctx))),
        },
        Category {
            name: "temporary_passwords",
            retention: |ctx| {
                (ctx.policy().helpdesk.temporary_credential != policy::TemporaryCredential::None)
                    .then(|| Retention::For(Purpose::TemporaryPassword.valid_ms(ctx)))
            },
        },
        Category {
            name: "mail_codes",
            retention: |ctx| {
                let offered = ctx.policy().second_factor.offers(policy::SecondFactorMethod::Mail);
                offered.then_some(Retention::AfterItsTime(KEPT_MS))
            },
        },
        Category { name: "alerts", retention: |_| Some(Retention::For(ANSWERABLE_MS)) },
    ],
    export: Some(
        "SELECT id AS key, purpose, detail, sent_at, expires_at, used_at, voided_at FROM mailed_proof \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    // The page says for a while when a one-time code was sent and when it expired.
    purge: &[
        PurgeRows::Delete(
            "DELETE FROM mailed_proof WHERE id IN (SELECT id FROM mailed_proof \
             WHERE expires_at <= $1 AND purpose NOT IN ('second_factor', 'mail_codes') ORDER BY expires_at LIMIT $2)",
            dataset::now,
        ),
        PurgeRows::Delete(
            "DELETE FROM mailed_proof WHERE id IN (SELECT id FROM mailed_proof \
             WHERE expires_at <= $1 AND purpose IN ('second_factor', 'mail_codes') ORDER BY expires_at LIMIT $2)",
            |ctx| Some(ctx.now() - KEPT_MS),
        ),
    ],
};
