//! お心当たりはありますか: the question, and what is said after the answer.

use domain::alerts::Refused;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::alerts as t;

use super::actions::{AlertView, PreviewAlert};
use super::{AlertMine, AlertNotMine, AlertSuspend};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::ui::form::{Form, Submit};
use crate::ui::link_page::{DeadLink, link_page};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AlertPage() -> impl IntoView {
    match use_query_map().get_untracked().get_str("done") {
        Some("mine") => return view! { <Thanks/> }.into_any(),
        Some("not-mine") => return view! { <Protected locked=false/> }.into_any(),
        Some("locked") => return view! { <Protected locked=true/> }.into_any(),
        _ => {}
    }
    let (mine, not_mine, lock) =
        (use_form::<AlertMine>(), use_form::<AlertNotMine>(), use_form::<AlertSuspend>());
    link_page(
        |t| async move { fetch_view(PreviewAlert { t: t.clone() }, &[("t", &t)]).await },
        move |alert, link| view! { <Question alert link mine not_mine lock/> }.into_any(),
        move || [mine, not_mine, lock].iter().any(|to| to.refused_for(Refused::LinkInvalid)),
        || view! { <Dead/> }.into_any(),
    )
}

#[component]
fn Question(
    alert: AlertView,
    link: String,
    mine: FormState,
    not_mine: FormState,
    lock: FormState,
) -> impl IntoView {
    let locale = use_locale();
    let (link_not_mine, link_lock) = (link.clone(), link.clone());
    let AlertView { what, at, browser, place, network } = alert;
    let known = |value: String| if value.is_empty() { t::unknown(locale).to_owned() } else { value };
    let facts = [
        (t::at(locale), at),
        (t::browser(locale), known(browser)),
        (t::place(locale), place),
        (t::network(locale), known(network)),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
        .collect_view();
    view! {
        <Page title=t::title(locale) lead=what>
            <dl class="facts">{facts}</dl>
            <p>{t::ask(locale)}</p>
            <section aria-labelledby="not-mine">
                <h2 id="not-mine">{t::not_mine_heading(locale)}</h2>
                <p>{t::not_mine_lead(locale)}</p>
                <ul>
                    <li>{t::not_mine_sessions(locale)}</li>
                    <li>{t::not_mine_password(locale)}</li>
                    <li>{t::not_mine_undo(locale)}</li>
                    <li>{t::not_mine_email(locale)}</li>
                </ul>
                <Form to=not_mine>
                    <input type="hidden" name="t" value=link_not_mine/>
                    <div class="actions"><Submit to=not_mine text=t::not_mine_button(locale)/></div>
                </Form>
            </section>
            <section aria-labelledby="mine">
                <h2 id="mine">{t::mine_heading(locale)}</h2>
                <p>{t::mine_lead(locale)}</p>
                <Form to=mine>
                    <input type="hidden" name="t" value=link/>
                    <div class="actions">
                        <Submit to=mine text=t::mine_button(locale) class="button button--secondary"/>
                    </div>
                </Form>
            </section>
            <section aria-labelledby="lock">
                <h2 id="lock">{t::lock_heading(locale)}</h2>
                <p>{t::lock_lead(locale)}</p>
                <Form to=lock>
                    <input type="hidden" name="t" value=link_lock/>
                    <div class="actions">
                        <Submit to=lock text=t::lock_button(locale) class="button button--secondary"/>
                    </div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Thanks() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=t::thanks_title(locale)>
            <Notice tone=Tone::Success text=t::thanks_lead(locale)/>
        </Page>
    }
    .into_any()
}

/// What was done, and what to do next (MP-40, MP-87).
#[component]
fn Protected(locked: bool) -> impl IntoView {
    let locale = use_locale();
    let (title, lead) = if locked {
        (t::locked_title(locale), t::locked_lead(locale))
    } else {
        (t::protected_title(locale), t::protected_lead(locale))
    };
    view! {
        <Page title=title>
            <Notice tone=Tone::Success text=lead/>
            <section aria-labelledby="next">
                <h2 id="next">{t::protected_next(locale)}</h2>
                <ol>
                    <li>{t::protected_email(locale)}</li>
                    <li>{t::protected_tips(locale)}</li>
                    <li>{t::protected_check(locale)}</li>
                </ol>
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Dead() -> impl IntoView {
    let locale = use_locale();
    let causes =
        [t::invalid_done(locale), t::invalid_late(locale), t::invalid_cut(locale)].map(str::to_owned);
    view! {
        <DeadLink title=t::invalid_title(locale) lead=t::invalid_lead(locale) causes>
            <p>{t::invalid_worried(locale)}</p>
            <div class="actions">
                <a class="button button--primary" href=Route::SignIn.path() rel="external">{t::invalid_to_sign_in(locale)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
