//! Links to the help about trouble with e-mails and codes (MP-102, MP-103).

use domain::route::Route;
use leptos::prelude::*;
use words::common as t;

use crate::page_context::use_locale;

/// Leads to [`Route::HelpEmail`] where an e-mail is waited for, to [`Route::HelpCode`] where a code is asked for.
#[component]
pub fn HelpLink(
    /// Which of the two.
    to: Route,
) -> impl IntoView {
    let locale = use_locale();
    let words = if to == Route::HelpEmail { t::help_email(locale) } else { t::help_code(locale) };
    view! { <p><a href=to.path()>{words}</a></p> }.into_any()
}
