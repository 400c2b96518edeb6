//! お心当たりはありますか: the question, and what is told after the answer. Opening it changes nothing.

use domain::alerts::Refused;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::alerts as t;

use super::actions::{AlertView, LookAtAlert};
use super::{AlertLock, AlertMine, AlertNotMine};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::dead_link::{DeadLink, unless_used};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AlertPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    match query.get_str("done") {
        Some("mine") => return view! { <Thanks/> }.into_any(),
        Some("not-mine") => return view! { <Protected locked=false/> }.into_any(),
        Some("locked") => return view! { <Protected locked=true/> }.into_any(),
        _ => {}
    }
    let link = query.get("t").unwrap_or_default();
    let token = link.clone();
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let t = token.clone();
            async move { ask(LookAtAlert { t: t.clone() }, &[("t", &t)]).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let link = link.clone();
                Suspend::new(async move {
                    drawn(look.await, |alert| match alert {
                        Some(alert) => view! { <Question alert link/> }.into_any(),
                        None => view! { <Invalid/> }.into_any(),
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Question(alert: AlertView, link: String) -> impl IntoView {
    let (mine, not_mine, lock) = (sending::<AlertMine>(), sending::<AlertNotMine>(), sending::<AlertLock>());
    let is_used = move || [mine, not_mine, lock].iter().any(|to| to.refused_for(Refused::LinkInvalid));
    let ask = move || view! { <Ask alert=alert.clone() link=link.clone() mine not_mine lock/> }.into_any();
    unless_used(is_used, ask, || view! { <Invalid/> }.into_any())
}

#[component]
fn Ask(alert: AlertView, link: String, mine: Sending, not_mine: Sending, lock: Sending) -> impl IntoView {
    let lang = use_lang();
    let (link_not_mine, link_lock) = (link.clone(), link.clone());
    let AlertView { what, at, browser, place, network } = alert;
    let known = |value: String| if value.is_empty() { t::unknown(lang).to_owned() } else { value };
    let facts = [
        (t::at(lang), at),
        (t::browser(lang), known(browser)),
        (t::place(lang), place),
        (t::network(lang), known(network)),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
        .collect_view();
    view! {
        <Page title=t::title(lang) lead=what>
            <dl class="facts">{facts}</dl>
            <p>{t::ask(lang)}</p>
            <section aria-labelledby="not-mine">
                <h2 id="not-mine">{t::not_mine_heading(lang)}</h2>
                <p>{t::not_mine_lead(lang)}</p>
                <ul>
                    <li>{t::not_mine_sessions(lang)}</li>
                    <li>{t::not_mine_password(lang)}</li>
                    <li>{t::not_mine_undo(lang)}</li>
                    <li>{t::not_mine_letter(lang)}</li>
                </ul>
                <Form to=not_mine>
                    <input type="hidden" name="t" value=link_not_mine/>
                    <div class="actions"><Submit to=not_mine text=t::not_mine_button(lang)/></div>
                </Form>
            </section>
            <section aria-labelledby="mine">
                <h2 id="mine">{t::mine_heading(lang)}</h2>
                <p>{t::mine_lead(lang)}</p>
                <Form to=mine>
                    <input type="hidden" name="t" value=link/>
                    <div class="actions">
                        <Submit to=mine text=t::mine_button(lang) class="button button--secondary"/>
                    </div>
                </Form>
            </section>
            <section aria-labelledby="lock">
                <h2 id="lock">{t::lock_heading(lang)}</h2>
                <p>{t::lock_lead(lang)}</p>
                <Form to=lock>
                    <input type="hidden" name="t" value=link_lock/>
                    <div class="actions">
                        <Submit to=lock text=t::lock_button(lang) class="button button--secondary"/>
                    </div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Thanks() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=t::thanks_title(lang)>
            <Notice tone=Tone::Success text=t::thanks_lead(lang)/>
        </Page>
    }
    .into_any()
}

/// What was done, and what to do next (MP-40, MP-87).
#[component]
fn Protected(locked: bool) -> impl IntoView {
    let lang = use_lang();
    let (title, lead) = if locked {
        (t::locked_title(lang), t::locked_lead(lang))
    } else {
        (t::protected_title(lang), t::protected_lead(lang))
    };
    view! {
        <Page title=title>
            <Notice tone=Tone::Success text=lead/>
            <section aria-labelledby="next">
                <h2 id="next">{t::protected_next(lang)}</h2>
                <ol>
                    <li>{t::protected_letter(lang)}</li>
                    <li>{t::protected_tips(lang)}</li>
                    <li>{t::protected_check(lang)}</li>
                </ol>
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Invalid() -> impl IntoView {
    let lang = use_lang();
    let causes = [t::invalid_done(lang), t::invalid_late(lang), t::invalid_cut(lang)].map(str::to_owned);
    view! {
        <DeadLink title=t::invalid_title(lang) lead=t::invalid_lead(lang) causes>
            <p>{t::invalid_worried(lang)}</p>
            <div class="actions">
                <a class="button button--primary" href=Route::SignIn.path() rel="external">{t::invalid_to_sign_in(lang)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
