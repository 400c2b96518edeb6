//! The page behind the old address's link: stop a change that waits, take back one that took effect. Opening it changes
//! nothing.

use domain::email_change::Refused;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{alerts as a, email_change as t};

use super::actions::{LookAtUndo, UndoView};
use super::{Invalid, UndoEmail};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::dead_link::unless_used;
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn EmailUndoPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    if query.get_str("done") == Some("undone") {
        return view! { <Undone/> }.into_any();
    }
    let link = query.get("t").unwrap_or_default();
    let to = sending::<UndoEmail>();
    let token = link.clone();
    let look = Resource::new_blocking(
        || (),
        move |()| {
            let t = token.clone();
            async move { ask(LookAtUndo { t: t.clone() }, &[("t", &t)]).await }
        },
    );
    view! {
        <Suspense>
            {move || {
                let link = link.clone();
                Suspend::new(async move {
                    drawn(look.await, |seen| {
                        let behind = move || match seen.clone() {
                            Some(seen) => view! { <Ready to link=link.clone() seen/> }.into_any(),
                            None => view! { <Invalid/> }.into_any(),
                        };
                        let dead = || view! { <Invalid/> }.into_any();
                        unless_used(move || to.refused_for(Refused::LinkInvalid), behind, dead)
                    })
                })
            }}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Ready(to: Sending, link: String, seen: UndoView) -> impl IntoView {
    let lang = use_lang();
    let UndoView { done, old_email, new_email } = seen;
    let (title, lead, first, button) = if done {
        (
            t::undo_title(lang),
            t::undo_lead(lang, &new_email),
            t::undo_back(lang, &old_email),
            t::undo_button(lang),
        )
    } else {
        (
            t::stop_title(lang),
            t::stop_lead(lang, &new_email),
            t::stop_stays(lang, &old_email),
            t::stop_button(lang),
        )
    };
    view! {
        <Page title=title lead=lead>
            <p>{t::undo_if(lang)}</p>
            <ul>
                <li>{first}</li>
                <li>{a::not_mine_sessions(lang)}</li>
                <li>{a::not_mine_password(lang)}</li>
                <li>{a::not_mine_undo(lang)}</li>
                <li>{t::undo_letter(lang)}</li>
            </ul>
            <Form to>
                <input type="hidden" name="t" value=link/>
                <div class="actions"><Submit to text=button/></div>
            </Form>
            <p class="hint">{t::undo_mine(lang)}</p>
        </Page>
    }
    .into_any()
}

#[component]
fn Undone() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=a::protected_title(lang)>
            <Notice tone=Tone::Success text=t::undone_lead(lang)/>
            <section aria-labelledby="next">
                <h2 id="next">{a::protected_next(lang)}</h2>
                <ol>
                    <li>{t::undone_letter(lang)}</li>
                    <li>{a::protected_tips(lang)}</li>
                    <li>{a::protected_check(lang)}</li>
                </ol>
            </section>
        </Page>
    }
    .into_any()
}
