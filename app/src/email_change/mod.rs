//! メールアドレスの変更 (MP-68 to MP-72): the member's page, and the pages behind the links of the e-mails to the new and to
//! the old address, which need no sign-in.

mod actions;
mod confirm;
mod page;
mod revert;

use domain::route::Route;
use leptos::prelude::*;
use words::email_change as t;

pub use actions::{
    CancelEmailChange, ConfirmEmail, ConfirmEmailByCode, RevertEmail, SendEmailChangeAgain, StartEmailChange,
};
pub use confirm::EmailConfirmPage;
pub use page::EmailPage;
pub use revert::EmailRevertPage;

use crate::page_context::use_locale;
use crate::ui::link_page::DeadLink;
use crate::ui::notice::{Notice, Tone};

/// MP-70, in its words, with a link to where it can be corrected.
#[component]
fn MailFactor() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Notice tone=Tone::Warning text=t::refused(locale)/>
        <ToSecondFactor/>
    }
    .into_any()
}

#[component]
fn ToSecondFactor() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="actions">
            <a class="button button--secondary" href=Route::SecondFactor.path()>{t::to_second_factor(locale)}</a>
        </div>
    }
    .into_any()
}

/// A link that is used, expired or unknown: one page for both addresses.
#[component]
fn Dead() -> impl IntoView {
    let locale = use_locale();
    let causes =
        [t::invalid_done(locale), t::invalid_late(locale), t::invalid_cut(locale)].map(str::to_owned);
    view! {
        <DeadLink title=t::invalid_title(locale) lead=t::invalid_lead(locale) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::SignIn.path() rel="external">{t::to_sign_in(locale)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
