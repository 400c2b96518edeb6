//! The page behind the old address's link: stop a pending change, or revert one that took effect.

use domain::email_change::Refused;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{alerts as a, email_change as t};

use super::actions::{PreviewEmailRevert, RevertView};
use super::{Dead, RevertEmail};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::ui::form::{Form, Submit};
use crate::ui::link_page::link_page;
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn EmailRevertPage() -> impl IntoView {
    if use_query_map().with_untracked(|query| query.get_str("done") == Some("undone")) {
        return view! { <Reverted/> }.into_any();
    }
    let to = use_form::<RevertEmail>();
    link_page(
        |t| async move { fetch_view(PreviewEmailRevert { t: t.clone() }, &[("t", &t)]).await },
        move |change, link| view! { <Ready to link change/> }.into_any(),
        move || to.refused_for(Refused::LinkInvalid),
        || view! { <Dead/> }.into_any(),
    )
}

#[component]
fn Ready(to: FormState, link: String, change: RevertView) -> impl IntoView {
    let locale = use_locale();
    let RevertView { done, old_email, new_email } = change;
    let (title, lead, first, button) = if done {
        (
            t::undo_title(locale),
            t::undo_lead(locale, &new_email),
            t::undo_back(locale, &old_email),
            t::undo_button(locale),
        )
    } else {
        (
            t::stop_title(locale),
            t::stop_lead(locale, &new_email),
            t::stop_stays(locale, &old_email),
            t::stop_button(locale),
        )
    };
    view! {
        <Page title=title lead=lead>
            <p>{t::undo_if(locale)}</p>
            <ul>
                <li>{first}</li>
                <li>{a::not_mine_sessions(locale)}</li>
                <li>{a::not_mine_password(locale)}</li>
                <li>{a::not_mine_undo(locale)}</li>
                <li>{t::undo_email(locale)}</li>
            </ul>
            <Form to>
                <input type="hidden" name="t" value=link/>
                <div class="actions"><Submit to text=button/></div>
            </Form>
            <p class="hint">{t::undo_mine(locale)}</p>
        </Page>
    }
    .into_any()
}

#[component]
fn Reverted() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=a::protected_title(locale)>
            <Notice tone=Tone::Success text=t::undone_lead(locale)/>
            <section aria-labelledby="next">
                <h2 id="next">{a::protected_next(locale)}</h2>
                <ol>
                    <li>{t::undone_email(locale)}</li>
                    <li>{a::protected_tips(locale)}</li>
                    <li>{a::protected_check(locale)}</li>
                </ol>
            </section>
        </Page>
    }
    .into_any()
}
