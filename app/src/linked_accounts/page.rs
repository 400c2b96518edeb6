//! SNSアカウント連携: a row for each provider. On sites with one way to sign in at a time: ログイン方法の設定.
//! It stands behind a fresh proof.

use domain::linked_accounts::Purpose;
use domain::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::{linked_accounts as t, menu as m};

use super::actions::{ChoosePassword, Linked, LinkedView, Row, Unlink};
use super::{Html, Visit};
use crate::action::{Sending, ask, sending};
use crate::boot::{Live, use_boot, use_lang};
use crate::site::{NotAvailablePage, drawn};
use crate::ui::form::{Form, Submit, Summary};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use crate::ui::password::{About, NewPasswordFields};

/// The page.
#[component]
pub fn LinkedPage() -> impl IntoView {
    // Each form that was done has the record read again: then the list is, too, whatever the address says.
    let (live, query) = (expect_context::<Live>(), use_query_map());
    let round = StoredValue::new(0_u32);
    let key = move || {
        live.track();
        round.update_value(|round| *round += 1);
        (round.get_value(), query.with(Visit::of))
    };
    let view = Resource::new_blocking(key, |(_, visit)| async move {
        ask(Linked { visit: visit.clone() }, &visit.fields()).await
    });
    view! {
        <Transition>
            {move || Suspend::new(async move {
                drawn(view.await, |view| if view.rows.is_empty() {
                    view! { <NotAvailablePage/> }.into_any()
                } else {
                    view! { <All view/> }.into_any()
                })
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn All(view: LinkedView) -> impl IntoView {
    let lang = use_lang();
    let LinkedView { notices, exclusive, about, rows, retry } = view;
    let unlink = sending::<Unlink>();
    let (title, lead) = if exclusive {
        (t::method_title(lang), t::method_lead(lang).to_owned())
    } else {
        (m::linked(lang), t::lead(lang, &use_boot().site))
    };
    let linked = if exclusive { t::method_done(lang) } else { t::done_linked(lang) };
    let done =
        vec![("linked", linked), ("unlinked", t::done_unlinked(lang)), ("password", t::method_done(lang))];
    let link = if exclusive { t::method_change(lang) } else { t::link(lang) };
    let list =
        |rows: Vec<Row>| rows.into_iter().map(|row| view! { <Item row link to=unlink/> }).collect_view();
    let contents = if exclusive {
        let (now, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.linked);
        let password = about.is_none().then(|| {
            view! {
                <li>
                    <div class="thing__about">
                        <p class="thing__name">{t::method_password(lang)}</p>
                        <p class="hint">{t::method_password_about(lang)}</p>
                    </div>
                </li>
            }
            .into_any()
        });
        view! {
            <section aria-labelledby="now"><h2 id="now">{t::method_now(lang)}</h2><ul class="things">{password}{list(now)}</ul></section>
            <section aria-labelledby="others">
                <h2 id="others">{t::method_others(lang)}</h2>
                <p>{t::method_others_lead(lang)}</p>
                <ul class="things">{list(others)}</ul>
                {about.map(|about| view! { <NewPasswordForm about/> })}
            </section>
        }
        .into_any()
    } else {
        view! { <ul class="things">{list(rows)}</ul> }.into_any()
    };
    view! {
        <Page title=title lead=lead back=(Route::Account.path(), t::back(lang).to_owned())>
            <Html html=notices/>
            <Done known=done/>
            <Summary problems=unlink.problems.into()/>
            {contents}
            <Html html=retry/>
        </Page>
    }
    .into_any()
}

/// A provider: its state, what to know, what can be done.
#[component]
fn Item(row: Row, link: &'static str, to: Sending) -> impl IntoView {
    let lang = use_lang();
    let state = if row.linked { t::in_use(lang) } else { t::not_in_use(lang) };
    let about =
        row.about.into_iter().map(|line| view! { <p class="hint">{line}</p> }.into_any()).collect_view();
    let connect = (!row.link.is_empty()).then(|| {
        // The server answers it with a page of its own, which leads on to the provider: it is no form of the script's.
        view! {
            <form method="post" action=["/linked/", &row.id].concat()>
                <input type="hidden" name="for" value=Purpose::Link.name()/>
                <button type="submit" class="button" aria-label=row.link>{link}</button>
            </form>
        }
        .into_any()
    });
    let unlink = (!row.unlink.is_empty()).then(|| {
        view! {
            <details class="help">
                <summary>{t::unlink(lang)}<span class="vh">" "{row.name.clone()}</span></summary>
                <form method="post" action=to.action on:submit=to.on_submit()>
                    <input type="hidden" name="id" value=row.id.clone()/>
                    <p>{row.meaning}</p>
                    <div class="actions">
                        <Submit to text=t::unlink_yes(lang) class="button button--secondary" label=row.unlink/>
                    </div>
                </form>
            </details>
        }
        .into_any()
    });
    view! {
        <li>
            <div class="thing__about">
                <p class="thing__name">{row.name} " " <span class="chip" class:chip--here=row.linked>{state}</span></p>
                {about}
            </div>
            {connect}
            {unlink}
        </li>
    }
    .into_any()
}

/// 「パスワードに変更する」 (MD-27). `about`: user ID, 姓 and 名, which it must not contain.
#[component]
fn NewPasswordForm(about: [String; 3]) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<ChoosePassword>();
    let [user_id, family_name, given_name] = about;
    let about = About { family_name, given_name, user_id: user_id.clone() };
    view! {
        <section class="card" aria-labelledby="password">
            <h2 id="password">{t::method_password_new(lang)}</h2>
            <p>{t::method_password_about(lang)}</p>
            <Form to>
                <input type="text" name="username" autocomplete="username" value=user_id hidden readonly/>
                <NewPasswordFields problems=to.problems.into() about/>
                <div class="actions"><Submit to text=t::method_submit(lang)/></div>
            </Form>
        </section>
    }
    .into_any()
}
