//! The way to the help from where the trouble is (MP-102, MP-103).

use domain::route::Route;
use leptos::prelude::*;
use words::common as t;

use crate::boot::use_lang;

/// Leads to [`Route::HelpLetter`] where somebody waits for a letter, to [`Route::HelpCode`] where a code is asked for.
#[component]
pub fn HelpLink(
    /// Which of the two.
    to: Route,
) -> impl IntoView {
    let lang = use_lang();
    let words = if to == Route::HelpLetter { t::help_letter(lang) } else { t::help_code(lang) };
    view! { <p><a href=to.path()>{words}</a></p> }.into_any()
}
