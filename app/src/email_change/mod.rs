//! メールアドレスの変更 (MP-68 to MP-72): the member's page, and the pages behind the links of the letters to the new and to
//! the old address, which are for whoever holds the letter.

mod actions;
mod confirm;
mod page;
mod undo;

use domain::route::Route;
use leptos::prelude::*;
use words::email_change as t;

pub use actions::{AskForEmail, CancelEmail, ConfirmEmail, ConfirmEmailByCode, SendEmailAgain, UndoEmail};
pub use confirm::EmailConfirmPage;
pub use page::EmailPage;
pub use undo::EmailUndoPage;

use crate::boot::use_lang;
use crate::ui::dead_link::DeadLink;
use crate::ui::notice::{Notice, Tone};

/// MP-70, in its words, and the way to where it can be mended.
#[component]
fn MailFactor() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Notice tone=Tone::Warning text=t::refused(lang)/>
        <ToSecondStep/>
    }
    .into_any()
}

#[component]
fn ToSecondStep() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="actions">
            <a class="button button--secondary" href=Route::SecondStep.path()>{t::to_second_step(lang)}</a>
        </div>
    }
    .into_any()
}

/// A letter's link that is of no use: one page for both addresses.
#[component]
fn Invalid() -> impl IntoView {
    let lang = use_lang();
    let causes = [t::invalid_done(lang), t::invalid_late(lang), t::invalid_cut(lang)].map(str::to_owned);
    view! {
        <DeadLink title=t::invalid_title(lang) lead=t::invalid_lead(lang) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::SignIn.path() rel="external">{t::to_sign_in(lang)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
