//! 退会 (MP-91 to MP-94, C-13): a member leaves for good. In one transaction everything that is theirs is erased, the
//! history is nobody's any more, the address is free, a letter says farewell; what is left is a number. Nobody else can do
//! it, and nobody can undo it (docs/designs/leaving.md).

mod letters;
mod store;

use domain::policy::LeavesBy;
use domain::withdrawal::{Form, Receipt, Refused, check};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::secret::Token;
use crate::settings::Settings;
use crate::work::Work;
use crate::{limits, member, registration, session};

/// Longer than any request may take.
const LAST_REQUESTS_MS: i64 = 2 * MINUTE_MS;

/// Whether members of this site leave by themselves.
pub fn offered(settings: &Settings) -> bool {
    settings.policy.withdrawal.by == LeavesBy::Member
}

/// Erases the caller's account; the number that is left. Pressed twice, the second press finds nobody
/// ([`Fault::SignInFirst`]), and [`receipt_of`] what the first one left.
pub async fn withdraw(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<Receipt, Vec<Refused>> {
    if !offered(&desk.settings) {
        return Err(Fault::NotOffered);
    }
    let me = caller.fresh(desk.now())?;
    if let Err(refused) = check(form) {
        return Ok(Err(refused));
    }
    let receipt = number(desk, &page_token(form).unwrap_or_else(|| desk.random.token()));
    let mut work = session::at_work(desk, caller).await?;
    // The one row that everything hangs on: of parallel requests one finds it.
    let Some(gone) = member::erase(&mut work, &me.member_id).await? else { return Err(Fault::SignInFirst) };
    let address = gone.address()?;
    // What knows the member by another name than the row.
    registration::forget(&mut work, &address).await?;
    limits::forget(&mut work, &gone.id).await?;
    audit::write(&mut work, Line::of(&gone.id, Event::Withdrawn)).await?;
    audit::anonymise(&mut work, &gone.id).await?;
    store::note(&mut work, &gone.id, &receipt).await?;
    let letter = letters::farewell(&desk.settings, &gone, &address, &receipt, work.now())?;
    work.post(letter).await?;
    work.finish().await?;
    Ok(Ok(receipt))
}

/// What an earlier press of the same page's button left.
pub async fn receipt_of(desk: &Desk, form: &Form) -> Result<Option<Receipt>, Fault> {
    let Some(token) = page_token(form) else { return Ok(None) };
    let receipt = number(desk, &token);
    Ok(store::exists(desk.db.readers(), &receipt).await?.then_some(receipt))
}

/// The number, if there is such a one. It leads to nothing.
pub async fn receipt(desk: &Desk, typed: &str) -> Result<Option<Receipt>, Fault> {
    let Some(receipt) = Receipt::parse(typed) else { return Ok(None) };
    Ok(store::exists(desk.db.readers(), &receipt).await?.then_some(receipt))
}

/// Nobody chooses their own: it comes out of the page's secret under the site key.
fn number(desk: &Desk, token: &Token) -> Receipt {
    Receipt::from_bytes(desk.site_key.derive("withdrawal receipt", &[token.expose()]))
}

fn page_token(form: &Form) -> Option<Token> {
    form.t.as_deref().and_then(Token::parse)
}

/// What requests that were under way wrote about members who had just left: made nobody's, too. How many members.
pub async fn sweep(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    let before = work.now() - LAST_REQUESTS_MS;
    let gone = store::take_left(work, before, batch).await?;
    for member_id in &gone {
        audit::anonymise(work, member_id).await?;
        limits::forget(work, member_id).await?;
    }
    Ok(gone.len() as u64)
}
