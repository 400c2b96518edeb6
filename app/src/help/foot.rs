//! The foot of every page of the help: where to ask, and a link to 退会 (MP-91, C-11).

use domain::contact::contact;
use domain::route::Route;
use leptos::prelude::*;
use words::{help as t, menu as m};

use crate::page_context::{use_locale, use_page};

/// The foot; empty for a visitor of a site without `site.support`.
#[component]
pub fn Foot() -> impl IntoView {
    let locale = use_locale();
    let page = use_page();
    let support = page.support;
    let member = page.member.is_some();
    if support.is_empty() && !member {
        return ().into_any();
    }
    let contact = (!support.is_empty()).then(|| {
        let way = match contact(&support) {
            Some(link) => view! { <a href=link rel="external">{support}</a> }.into_any(),
            None => support.into_any(),
        };
        view! { <p>{t::more_contact(locale)} " " {way}</p> }.into_any()
    });
    let withdraw = member.then(|| {
        let words = m::withdraw_site(locale, &page.site);
        view! { <p>{t::more_withdraw(locale)} " " <a href=Route::Withdraw.path()>{words}</a></p> }.into_any()
    });
    view! {
        <section class="card" aria-labelledby="more">
            <h2 id="more">{t::more_heading(locale)}</h2>
            {contact}
            {withdraw}
        </section>
    }
    .into_any()
}
