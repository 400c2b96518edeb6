//! What stands under every page of the help: where to ask, and 退会 (MP-91, C-11).

use domain::contact::contact;
use domain::route::Route;
use leptos::prelude::*;
use words::{help as t, menu as m};

use crate::boot::{use_boot, use_lang};

/// Nothing for a visitor of a site without an address for questions.
#[component]
pub fn Foot() -> impl IntoView {
    let lang = use_lang();
    let boot = use_boot();
    let support = boot.support;
    let member = boot.member.is_some();
    if support.is_empty() && !member {
        return ().into_any();
    }
    let contact = (!support.is_empty()).then(|| {
        let way = match contact(&support) {
            Some(link) => view! { <a href=link rel="external">{support}</a> }.into_any(),
            None => support.into_any(),
        };
        view! { <p>{t::more_contact(lang)} " " {way}</p> }.into_any()
    });
    let withdraw = member.then(|| {
        let words = m::withdraw_site(lang, &boot.site);
        view! { <p>{t::more_withdraw(lang)} " " <a href=Route::Withdraw.path()>{words}</a></p> }.into_any()
    });
    view! {
        <section class="card" aria-labelledby="more">
            <h2 id="more">{t::more_heading(lang)}</h2>
            {contact}
            {withdraw}
        </section>
    }
    .into_any()
}
