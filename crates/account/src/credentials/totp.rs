//! Codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, one step of skew either way. Each step is
//! accepted once. Seeds are stored sealed. [`crate::authn::factor`] counts wrong codes.

use domain::code::Code;
use policy::SecondFactorMethod;
use qrcode::QrCode;
use qrcode::render::svg;
use sqlx::{Any, Executor, FromRow};
use totp_rs::{Builder, Totp};

use platform::clock::SECOND_MS;
use platform::context::Ctx;
use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::sealed_draft::SealedDraft;
use platform::tx::Tx;

use crate::lock::LockedAccount;

/// Seed length: 160 bits, as RFC 4226 §4 recommends.
const SEED_BYTES: usize = 20;
/// Steps before and after the present one that are accepted.
const SKEW: u16 = 1;
const SEALED_AS: &str = "authenticator seed";
const DRAFT_SEALED_AS: &str = "authenticator draft";

/// A new secret, to be set up in an app. Nothing is stored until its first code is confirmed (C-28).
#[derive(Clone, Debug)]
pub struct Draft {
    /// The secret for the form's hidden field, sealed, valid for one member and half an hour.
    pub sealed: String,
    /// The key to type, in groups of four.
    pub key: String,
    /// `otpauth:` link, for an app on the same device.
    pub link: String,
    /// The link as a QR code: an SVG picture.
    pub qr: String,
}

type Seed = [u8; SEED_BYTES];

/// A secret whose first code was right.
pub struct Confirmed {
    /// The id of the app to be: the database takes it once.
    pub id: String,
    /// The sealed seed.
    pub seed: Vec<u8>,
    /// The time step of the code.
    pub step: i64,
}

/// Makes a new secret for a member. `account` is what the app lists it under.
pub fn draft(ctx: &Ctx, member_id: &str, account: &str) -> Result<Draft, Failure> {
    shown(ctx, &SealedDraft::new(ctx, member_id, ctx.rng().bytes()), account)
}

/// The same secret again, for a form that is shown again; `None` when it is of another member, too old, or not ours.
pub fn redraft(ctx: &Ctx, member_id: &str, account: &str, sealed: &str) -> Result<Option<Draft>, Failure> {
    opened(ctx, member_id, sealed).map(|unstored| shown(ctx, &unstored, account)).transpose()
}

/// Verifies the first code of a secret that was shown; `None` when the secret is of another member, too old, or not
/// ours.
pub fn confirm(
    ctx: &Ctx,
    member_id: &str,
    sealed: &str,
    code: &Code,
) -> Result<Option<Result<Confirmed, WrongCode>>, Failure> {
    let Some(unstored) = opened(ctx, member_id, sealed) else { return Ok(None) };
    let Some(step) = matched(&unstored.secret, code, ctx.now())? else { return Ok(Some(Err(WrongCode))) };
    let seed = ctx.site_key().seal(SEALED_AS, &unstored.secret, ctx.rng())?;
    Ok(Some(Ok(Confirmed { id: unstored.id, seed, step })))
}

/// The code is not of this secret, or its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongCode;

#[derive(FromRow)]
struct Row {
    id: String,
    seed: Vec<u8>,
}

/// Whether an app of the member shows this code now, and it was not accepted before. Uses it up.
pub async fn accept(tx: &mut Tx, account: &LockedAccount, code: &Code) -> Result<bool, Failure> {
    let now = tx.now();
    let apps: Vec<Row> =
        sqlx::query_as("SELECT id, seed FROM authenticator_app WHERE member_id = $1 ORDER BY id")
            .bind(account.id())
            .fetch_all(tx.conn())
            .await?;
    for app in apps {
        let seed = tx.site_key().open_sealed(SEALED_AS, &app.seed)?;
        let Some(step) = matched(&seed, code, now)? else { continue };
        // One statement judges: of parallel requests with the same code, one moves the step on.
        let used: Option<String> = sqlx::query_scalar(
            "UPDATE authenticator_app SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2 RETURNING id",
        )
        .bind(&app.id)
        .bind(step)
        .bind(now)
        .fetch_optional(tx.conn())
        .await?;
        if used.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What became of a new app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is saved.
    Yes,
    /// It was saved before: the form was sent twice.
    Already,
    /// The member has as many as one may have.
    TooMany,
}

/// Saves an app under the name that the member gave it.
pub async fn add(
    tx: &mut Tx,
    account: &LockedAccount,
    confirmed: &Confirmed,
    name: &str,
    session_id: &str,
) -> Result<Added, Failure> {
    let apps = list(&mut *tx.conn(), account.id()).await?;
    if apps.iter().any(|app| app.id == confirmed.id) {
        return Ok(Added::Already);
    }
    if i64::try_from(apps.len()).unwrap_or(i64::MAX) >= domain::second_factor::set_up::APPS_MOST {
        return Ok(Added::TooMany);
    }
    let now = tx.now();
    sqlx::query(
        "INSERT INTO authenticator_app (id, member_id, name, seed, last_step, created_at, created_in) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&confirmed.id)
    .bind(account.id())
    .bind(name)
    .bind(&confirmed.seed)
    .bind(confirmed.step)
    .bind(now)
    .bind(session_id)
    .execute(tx.conn())
    .await?;
    Ok(Added::Yes)
}

/// An authenticator app as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct App {
    /// Its id.
    pub id: String,
    /// The name that the member gave it.
    pub name: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms; `None`: not since it was set up.
    pub last_used_at: Option<i64>,
}

/// The apps of a member, oldest first.
pub async fn list<'e>(db: impl Executor<'e, Database = Any>, member_id: &str) -> Result<Vec<App>, Failure> {
    Ok(sqlx::query_as(
        "SELECT id, name, created_at, last_used_at FROM authenticator_app WHERE member_id = $1 ORDER BY id",
    )
    .bind(member_id)
    .fetch_all(db)
    .await?)
}

/// Removes an app of the member; false when there is none of that id.
pub async fn remove(tx: &mut Tx, account: &LockedAccount, id: &str) -> Result<bool, Failure> {
    let gone = sqlx::query("DELETE FROM authenticator_app WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(account.id())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// Authenticator apps.
pub const DATA: DataSet = DataSet {
    table: "authenticator_app",
    categories: &[Category {
        name: "apps",
        retention: |ctx| {
            ctx.policy().second_factor.offers(SecondFactorMethod::App).then_some(Retention::UntilRemoved)
        },
    }],
    export: Some(
        "SELECT id AS key, name, created_at, last_used_at FROM authenticator_app \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};

fn opened(ctx: &Ctx, member_id: &str, sealed: &str) -> Option<SealedDraft<Seed>> {
    SealedDraft::open(ctx, member_id, DRAFT_SEALED_AS, sealed)
}

fn shown(ctx: &Ctx, unstored: &SealedDraft<Seed>, account: &str) -> Result<Draft, Failure> {
    let wrong = |_| Failure::Crypto("making an authenticator secret");
    let sealed = unstored.seal(ctx, DRAFT_SEALED_AS)?;
    // A colon separates issuer and account in the link; neither may hold one.
    let plain_name = |text: &str| text.replace(':', " ").trim().to_owned();
    let totp = builder(&unstored.secret)
        .with_account_name(plain_name(account))
        .with_issuer(Some(plain_name(&ctx.settings().site.name)))
        .build()
        .map_err(wrong)?;
    let link = totp.to_url().map_err(wrong)?;
    let key = totp_rs::Secret::from(unstored.secret.to_vec()).to_base32();
    let groups: Vec<&str> =
        (0..key.len()).step_by(4).filter_map(|i| key.get(i..(i + 4).min(key.len()))).collect();
    let qr = QrCode::new(link.as_bytes()).map_err(|_| Failure::Crypto("drawing a QR code"))?;
    let qr = qr.render::<svg::Color<'_>>().min_dimensions(208, 208).quiet_zone(true).build();
    // An XML declaration must not stand inside an HTML page.
    let qr = qr.find("<svg").map_or(qr.clone(), |at| qr[at..].to_owned());
    Ok(Draft { sealed, key: groups.join(" "), link, qr })
}

fn builder(seed: &[u8]) -> Builder {
    Builder::new().with_secret(seed.to_vec()).with_skew(SKEW)
}

/// The step of the code, if it is one of the three that are accepted now.
fn matched(seed: &[u8], code: &Code, now: i64) -> Result<Option<i64>, Failure> {
    let totp: Totp = builder(seed).build_noncompliant();
    let seconds = u64::try_from(now / SECOND_MS).map_err(|_| Failure::Damaged("the clock"))?;
    Ok(totp.check(code.as_str(), seconds).and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six digits of the SHA-1 vectors.
    #[test]
    fn rfc_6238_vectors_and_one_step_either_way() {
        let seed = b"12345678901234567890";
        let vectors = [
            (59, "287082", 1),
            (1_111_111_109, "081804", 37_037_036),
            (1_111_111_111, "050471", 37_037_037),
            (1_234_567_890, "005924", 41_152_263),
            (2_000_000_000, "279037", 66_666_666),
            (20_000_000_000, "353130", 666_666_666),
        ];
        for (seconds, code, step) in vectors {
            let code = Code::parse(code).unwrap();
            for near in [-30, 0, 30] {
                assert_eq!(matched(seed, &code, (seconds + near) * 1000).unwrap(), Some(step), "{near}");
            }
            for far in [-61, 61, 90].into_iter().filter(|far| seconds + far >= 0) {
                assert_eq!(matched(seed, &code, (seconds + far) * 1000).unwrap(), None, "{far}");
            }
        }
    }
}
