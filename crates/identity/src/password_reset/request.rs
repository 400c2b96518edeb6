//! Asking for the letter (MP-35, MP-37). An address that nobody has goes through the same motions, and no letter leaves.
//! The letter's link opens the page for the new password anywhere; its code, in the browser that asked. The code alone
//! opens an account, so it is longer than the six digits that only add to a password.

use domain::address::EmailAddress;
use domain::password_reset::{CodeRefused, Form, Refused, check};
use domain::policy::ResetMode;

use super::letters::{self, To};
use super::store::{self, Asked};
use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::limits::{self, Of};
use crate::member;
use crate::proof::written_code;
use crate::secret::Token;
use crate::work::Work;

/// The same wish again within this time is a double click.
const AGAIN_AFTER_MS: i64 = 60 * SECOND_MS;
/// Wishes from one network within [`THROTTLE_MS`].
const PER_NETWORK: i64 = 60;
const THROTTLE_MS: i64 = 10 * MINUTE_MS;
/// Wrong codes for one letter.
const CODE_TRIES: i64 = 5;
/// Characters of a code: 40 bits.
const CODE_LENGTH: u16 = 8;
const SEALED_AS: &str = "password reset address";

/// What the page after the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The address as typed, to be read again by its owner.
    pub email: String,
    /// Unix ms: until then link and code are good.
    pub expires_at: i64,
}

/// Whether members of this site set a new password by themselves.
pub fn is_offered(desk: &Desk) -> bool {
    desk.settings.policy.reset.mode == ResetMode::MailLink
}

/// Takes the form. `form_id` is the secret of the browser's form.
pub async fn request(
    desk: &Desk,
    caller: &Caller,
    form: &Form,
    form_id: &Token,
) -> Outcome<(), Vec<Refused>> {
    if !is_offered(desk) {
        return Err(Fault::NotOffered);
    }
    let address = match check(form) {
        Ok(address) => address,
        Err(refused) => return Ok(Err(refused)),
    };
    ask(desk.work(caller).await?, &address, form_id, AGAIN_AFTER_MS).await
}

/// The wish of this browser that still waits.
pub async fn waiting(desk: &Desk, form_id: &Token) -> Result<Option<Sent>, Fault> {
    let Some(row) = store::waiting(desk.db.readers(), form_id, desk.now()).await? else { return Ok(None) };
    Ok(Some(Sent { email: opened(desk, &row.sealed)?.as_str().to_owned(), expires_at: row.expires_at }))
}

/// Sends the letter once more, with a new link and a new code; the old ones are void. Nothing waits: nothing happens.
pub async fn send_again(desk: &Desk, caller: &Caller, form_id: &Token) -> Outcome<(), Vec<Refused>> {
    let Some(row) = store::waiting(desk.db.readers(), form_id, desk.now()).await? else { return Ok(Ok(())) };
    ask(desk.work(caller).await?, &opened(desk, &row.sealed)?, form_id, 0).await
}

/// The letter's code, typed in the browser that asked: a link to the page for the new password, as the letter has one.
pub async fn by_code(
    desk: &Desk,
    caller: &Caller,
    form_id: &Token,
    typed: &str,
) -> Outcome<Token, CodeRefused> {
    let mut work = desk.work(caller).await?;
    // The try is counted before the code is looked at: parallel guesses cannot slip past.
    let Some((id, tries)) = store::count_try(&mut work, form_id).await? else {
        return Ok(Err(CodeRefused::NothingWaits));
    };
    let refused = if tries > CODE_TRIES {
        CodeRefused::CodeTries
    } else {
        let code = code_mac(desk, &id, &written_code::folded(typed));
        if let Some(link) = store::use_code(&mut work, &id, &code).await? {
            work.finish().await?;
            return Ok(Ok(link));
        }
        CodeRefused::CodeWrong
    };
    work.finish().await?;
    Ok(Err(refused))
}

async fn ask(
    mut work: Work,
    address: &EmailAddress,
    form_id: &Token,
    again_after_ms: i64,
) -> Outcome<(), Vec<Refused>> {
    let desk = work.desk().clone();
    let (id, link) = (work.id(), work.token());
    let code = written_code::random(&desk.random, CODE_LENGTH);
    let expires_at = work.now() + desk.settings.policy.reset.link_valid_ms();
    let owner = member::by_address(&mut *work.conn(), address).await?;
    let owner_id = owner.as_ref().map(|owner| owner.id.as_str());
    let asked = Asked {
        id: &id,
        form_id,
        email_mac: desk.site_key.mac(SEALED_AS, &[&address.key()]),
        sealed: desk.site_key.seal(SEALED_AS, address.as_str().as_bytes(), &desk.random)?,
        code_hash: code_mac(&desk, &id, &code),
        expires_at,
    };
    if !store::ask(&mut work, &asked, again_after_ms).await? {
        return Ok(Ok(()));
    }
    if !may_write_to(&mut work, address).await? {
        return Ok(Err(vec![Refused::TooMany]));
    }
    // Nobody's link is voided and made anew, too, where nobody has the address.
    store::void(&mut work, owner_id.unwrap_or_default()).await?;
    let reset = store::put(&mut work, owner_id.unwrap_or_default(), &link, expires_at).await?;
    store::answer_with(&mut work, &id, reset.as_deref()).await?;
    audit::write(&mut work, Line { member_id: owner_id, ..Line::of("", Event::ResetAsked) }).await?;
    let to = match &owner {
        Some(owner) => To::member(owner)?,
        None => To::nobody(address, work.caller().locale),
    };
    let letter =
        letters::reset(&desk.settings, &to, &link, Some(&written_code::grouped(&code, 4)), expires_at)?;
    work.post_if(letter, owner.is_some()).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Counts letters to an address, known or not: nobody's mailbox is to be flooded from here.
async fn may_write_to(work: &mut Work, address: &EmailAddress) -> Result<bool, Fault> {
    let most = i64::from(work.desk().settings.policy.reset.letters_per_address_per_day);
    Ok(limits::take(work, "reset-network", Of::Network, PER_NETWORK, THROTTLE_MS).await?
        && limits::take(work, "reset-letter", Of::Address(address), most, DAY_MS).await?)
}

/// What is stored of a code: worth nothing without the site key.
fn code_mac(desk: &Desk, id: &str, code: &str) -> String {
    desk.site_key.mac("password reset code", &[id, code])
}

fn opened(desk: &Desk, sealed: &[u8]) -> Result<EmailAddress, Fault> {
    let damaged = || Fault::Damaged("password_reset_request.sealed");
    let plain = desk.site_key.open_sealed(SEALED_AS, sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| damaged())?;
    EmailAddress::parse(text).map_err(|_| damaged())
}
