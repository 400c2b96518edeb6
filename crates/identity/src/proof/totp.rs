//! Codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, one step of skew either way. Each step is
//! accepted once. Seeds are sealed; whether there were too many wrong codes is judged by who asks.

use domain::code::Code;
use qrcode::QrCode;
use qrcode::render::svg;
use sqlx::FromRow;
use totp_rs::{Builder, Totp};

use crate::clock::SECOND_MS;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::proof::unstored::Unstored;
use crate::work::Work;

/// Seed length: 160 bits, as RFC 4226 §4 recommends.
const SEED_BYTES: usize = 20;
/// Steps before and after the present one that are accepted.
const SKEW: u16 = 1;
const SEALED_AS: &str = "authenticator seed";
const DRAFT_SEALED_AS: &str = "authenticator draft";

/// A new secret on its way into an app. Nothing is stored until its first code is confirmed (C-28).
#[derive(Clone, Debug)]
pub struct Draft {
    /// The secret for the form's hidden field, sealed, good for one member and half an hour.
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
    /// The step of the code.
    pub step: i64,
}

/// Makes a new secret for a member. `account` is what the app lists it under.
pub fn draft(desk: &Desk, member_id: &str, account: &str) -> Result<Draft, Fault> {
    shown(desk, &Unstored::new(desk, member_id, desk.random.bytes()), account)
}

/// The same secret again, for a form that came back; `None` when it is of somebody else, too old, or not ours.
pub fn redraft(desk: &Desk, member_id: &str, account: &str, sealed: &str) -> Result<Option<Draft>, Fault> {
    opened(desk, member_id, sealed).map(|unstored| shown(desk, &unstored, account)).transpose()
}

/// Judges the first code of a secret that was shown; `None` when the secret is of no use any more.
pub fn confirm(
    desk: &Desk,
    member_id: &str,
    sealed: &str,
    code: &Code,
) -> Result<Option<Result<Confirmed, WrongCode>>, Fault> {
    let Some(unstored) = opened(desk, member_id, sealed) else { return Ok(None) };
    let Some(step) = matched(&unstored.secret, code, desk.now())? else { return Ok(Some(Err(WrongCode))) };
    let seed = desk.site_key.seal(SEALED_AS, &unstored.secret, &desk.random)?;
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

/// Whether the code is one that an app of the member shows now, and was not accepted before. Uses it.
pub async fn accept(work: &mut Work, member_id: &str, code: &Code) -> Result<bool, Fault> {
    let now = work.now();
    let apps: Vec<Row> =
        sqlx::query_as("SELECT id, seed FROM authenticator_app WHERE member_id = $1 ORDER BY id")
            .bind(member_id)
            .fetch_all(work.conn())
            .await?;
    for app in apps {
        let seed = work.desk().site_key.open_sealed(SEALED_AS, &app.seed)?;
        let Some(step) = matched(&seed, code, now)? else { continue };
        // One statement judges: of fifty at once, one moves the step on.
        let used: Option<String> = sqlx::query_scalar(
            "UPDATE authenticator_app SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2 RETURNING id",
        )
        .bind(&app.id)
        .bind(step)
        .bind(now)
        .fetch_optional(work.conn())
        .await?;
        if used.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn opened(desk: &Desk, member_id: &str, sealed: &str) -> Option<Unstored<Seed>> {
    Unstored::open(desk, member_id, DRAFT_SEALED_AS, sealed)
}

fn shown(desk: &Desk, unstored: &Unstored<Seed>, account: &str) -> Result<Draft, Fault> {
    let wrong = |_| Fault::Crypto("making an authenticator secret");
    let sealed = unstored.seal(desk, DRAFT_SEALED_AS)?;
    // A colon separates issuer and account in the link; neither may hold one.
    let plain_name = |text: &str| text.replace(':', " ").trim().to_owned();
    let totp = builder(&unstored.secret)
        .with_account_name(plain_name(account))
        .with_issuer(Some(plain_name(&desk.settings.site.name)))
        .build()
        .map_err(wrong)?;
    let link = totp.to_url().map_err(wrong)?;
    let key = totp_rs::Secret::from(unstored.secret.to_vec()).to_base32();
    let groups: Vec<&str> =
        (0..key.len()).step_by(4).filter_map(|i| key.get(i..(i + 4).min(key.len()))).collect();
    let qr = QrCode::new(link.as_bytes()).map_err(|_| Fault::Crypto("drawing a QR code"))?;
    let qr = qr.render::<svg::Color<'_>>().min_dimensions(208, 208).quiet_zone(true).build();
    // What stands before the picture itself is of no use inside a page.
    let qr = qr.find("<svg").map_or(qr.clone(), |at| qr[at..].to_owned());
    Ok(Draft { sealed, key: groups.join(" "), link, qr })
}

fn builder(seed: &[u8]) -> Builder {
    Builder::new().with_secret(seed.to_vec()).with_skew(SKEW)
}

/// The step of the code, if it is one of the three that are accepted now.
fn matched(seed: &[u8], code: &Code, now: i64) -> Result<Option<i64>, Fault> {
    let totp: Totp = builder(seed).build_noncompliant();
    let seconds = u64::try_from(now / SECOND_MS).map_err(|_| Fault::Damaged("the clock"))?;
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
