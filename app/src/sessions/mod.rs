//! セッション管理: the area of 認証ポリシー管理 that lists where the member is signed in and ends it (MP-83).

mod actions;

use leptos::prelude::*;
use words::security_settings as t;

pub use actions::{EndOtherSessions, EndSession, SessionView};

use crate::form::use_form;
use crate::page_context::use_locale;
use crate::ui::form::{Form, Submit};

/// The area.
#[component]
pub fn Sessions(
    /// The sessions, this one first.
    list: Vec<SessionView>,
) -> impl IntoView {
    let locale = use_locale();
    let alone = list.iter().all(|session| session.here);
    let rows = list.into_iter().map(|session| view! { <Row session/> }.into_any()).collect_view();
    view! {
        <section aria-labelledby="sessions">
            <h2 id="sessions">{t::sessions_heading(locale)}</h2>
            <p>{t::sessions_lead(locale)}</p>
            <ul class="rows">{rows}</ul>
            {if alone {
                view! { <p class="hint">{t::sessions_only_here(locale)}</p> }.into_any()
            } else {
                view! { <EndOthers/> }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Row(session: SessionView) -> impl IntoView {
    let locale = use_locale();
    let SessionView { id, browser, here, remembered, facts } = session;
    let facts =
        facts.into_iter().map(|fact| view! { <p class="row__value">{fact}</p> }.into_any()).collect_view();
    view! {
        <li class="row row--acts">
            // The button beside it refers to this.
            <div id=id.clone()>
                <span class="row__label">{browser}</span>
                {here.then(|| view! { " " <span class="chip chip--here">{t::sessions_here(locale)}</span> })}
                {remembered.then(|| view! { " " <span class="chip">{t::sessions_remembered(locale)}</span> })}
                {facts}
            </div>
            {(!here).then(|| view! { <End id/> })}
        </li>
    }
    .into_any()
}

/// Ends the session of a row.
#[component]
fn End(id: String) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<EndSession>();
    let busy = move || to.pending.get().then_some("true");
    view! {
        <Form to>
            <input type="hidden" name="id" value=id.clone()/>
            <button type="submit" class="button" aria-describedby=id aria-busy=busy>{t::sessions_end(locale)}</button>
        </Form>
    }
    .into_any()
}

/// Ends all but this one.
#[component]
fn EndOthers() -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<EndOtherSessions>();
    view! {
        <Form to>
            <p class="hint">{t::sessions_end_others_hint(locale)}</p>
            <div class="actions"><Submit to text=t::sessions_end_others(locale) class="button"/></div>
        </Form>
    }
    .into_any()
}
