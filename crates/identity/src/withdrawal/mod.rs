//! 退会 (MP-91 to MP-94, C-13): a member withdraws for good. One transaction erases everything of theirs, anonymises
//! their history, frees the address and sends a farewell e-mail; what is left is a receipt number. Nobody else can do
//! it, and nobody can undo it (docs/designs/leaving.md).

pub(crate) mod email;
mod store;

use account::audit::{self, Event, Line};
use account::{lock, mailed, member};
use domain::withdrawal::{Form, Receipt, Refused, check};
use platform::context::Ctx;
use platform::error::{Error, Fault};
use platform::rate_limit;
use platform::secret::Token;

use crate::rolling_update;

pub(crate) use store::{LEFT, RECEIPTS};

/// Erases the account of the signed-in member; returns the receipt number. After a double click the second request
/// finds no session, and [`receipt_of`] finds the number of the first.
pub async fn withdraw(ctx: &Ctx, form: &Form) -> Result<Receipt, Error<Refused>> {
    ctx.member_fresh()?;
    check(form)?;
    let receipt = number(ctx, &page_token(form).unwrap_or_else(|| ctx.rng().token()));
    // Of parallel requests one finds the member's row.
    let (mut tx, account) = lock::begin(ctx).await?;
    let addresses = member::addresses(&mut tx, &account).await?;
    let gone = member::erase(&mut tx, &account).await?;
    // Rows that do not refer to the member's row: by address, and by id without a foreign key.
    for address in &addresses {
        mailed::forget(&mut tx, address).await?;
        rolling_update::forget(&mut tx, address).await?;
    }
    if let Some(address) = &gone.email {
        let email = email::farewell(&tx, &gone, address, &receipt)?;
        tx.enqueue(email).await?;
    }
    rate_limit::forget(&mut tx, &gone.id).await?;
    audit::write(&mut tx, Line::of(&gone.id, Event::Withdrawn)).await?;
    audit::anonymise(&mut tx, &gone.id).await?;
    store::note(&mut tx, &gone.id, &receipt).await?;
    tx.commit().await?;
    Ok(receipt)
}

/// The receipt number of an earlier request from the same page.
pub async fn receipt_of(ctx: &Ctx, form: &Form) -> Result<Option<Receipt>, Fault> {
    let Some(token) = page_token(form) else { return Ok(None) };
    let receipt = number(ctx, &token);
    Ok(store::exists(ctx.readers(), &receipt).await?.then_some(receipt))
}

/// The receipt number that was typed, if it exists. It refers to nothing else.
pub async fn receipt(ctx: &Ctx, typed: &str) -> Result<Option<Receipt>, Fault> {
    let Some(receipt) = Receipt::parse(typed) else { return Ok(None) };
    Ok(store::exists(ctx.readers(), &receipt).await?.then_some(receipt))
}

/// Derived from the page's secret under the site key: a double click gets one number, and nobody can choose theirs.
fn number(ctx: &Ctx, token: &Token) -> Receipt {
    Receipt::from_bytes(ctx.site_key().derive("withdrawal receipt", &[token.expose()]))
}

fn page_token(form: &Form) -> Option<Token> {
    form.t.as_deref().and_then(Token::parse)
}
