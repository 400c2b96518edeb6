//! SNSアカウント連携: a row for each provider. On sites with one sign-in method at a time: ログイン方法の設定.
//! It asks for a fresh authentication.

use domain::linked_accounts::Purpose;
use domain::route::Route;
use leptos::prelude::*;
use words::{linked_accounts as t, menu as m};

use super::actions::{ChoosePassword, Linked, LinkedView, Row, Unlink};
use super::{Html, ProviderNotice};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::{use_locale, use_page};
use crate::page_data::{NotAvailablePage, refetch_after_submit, render_result};
use crate::ui::form::{Form, Submit, Summary};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use crate::ui::password::{NewPasswordFields, OwnContext};

/// The page.
#[component]
pub fn LinkedPage() -> impl IntoView {
    let notice = ProviderNotice::of_page();
    let view = Resource::new_blocking(
        || (),
        move |()| {
            let notice = notice.clone();
            async move { fetch_view(Linked { notice: notice.clone() }, &notice.fields()).await }
        },
    );
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                render_result(view.await, |view| if view.rows.is_empty() {
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
    let locale = use_locale();
    let LinkedView { notices, exclusive, password_context, rows, retry } = view;
    let unlink = use_form::<Unlink>();
    let (title, lead) = if exclusive {
        (t::method_title(locale), t::method_lead(locale).to_owned())
    } else {
        (m::linked(locale), t::lead(locale, &use_page().site))
    };
    let linked = if exclusive { t::method_done(locale) } else { t::done_linked(locale) };
    let done = vec![
        ("linked", linked),
        ("unlinked", t::done_unlinked(locale)),
        ("password", t::method_done(locale)),
    ];
    let link = if exclusive { t::method_change(locale) } else { t::link(locale) };
    let list =
        |rows: Vec<Row>| rows.into_iter().map(|row| view! { <Item row link to=unlink/> }).collect_view();
    let contents = if exclusive {
        let (now, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.linked);
        let password = password_context.is_none().then(|| {
            view! {
                <li>
                    <div class="thing__about">
                        <p class="thing__name">{t::method_password(locale)}</p>
                        <p class="hint">{t::method_password_about(locale)}</p>
                    </div>
                </li>
            }
            .into_any()
        });
        view! {
            <section aria-labelledby="now"><h2 id="now">{t::method_now(locale)}</h2><ul class="things">{password}{list(now)}</ul></section>
            <section aria-labelledby="others">
                <h2 id="others">{t::method_others(locale)}</h2>
                <p>{t::method_others_lead(locale)}</p>
                <ul class="things">{list(others)}</ul>
                {password_context.map(|context| view! { <NewPasswordForm context/> })}
            </section>
        }
        .into_any()
    } else {
        view! { <ul class="things">{list(rows)}</ul> }.into_any()
    };
    view! {
        <Page title=title lead=lead back=(Route::Account.path(), t::back(locale).to_owned())>
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
fn Item(row: Row, link: &'static str, to: FormState) -> impl IntoView {
    let locale = use_locale();
    let state = if row.linked { t::in_use(locale) } else { t::not_in_use(locale) };
    let about =
        row.about.into_iter().map(|line| view! { <p class="hint">{line}</p> }.into_any()).collect_view();
    let connect = (!row.link.is_empty()).then(|| {
        // A plain form, also with script: the server answers it with a page that leads to the provider.
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
                <summary>{t::unlink(locale)}<span class="vh">" "{row.name.clone()}</span></summary>
                <form method="post" action=to.action on:submit=to.on_submit()>
                    <input type="hidden" name="id" value=row.id.clone()/>
                    <p>{row.meaning}</p>
                    <div class="actions">
                        <Submit to text=t::unlink_yes(locale) class="button button--secondary" label=row.unlink/>
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

/// 「パスワードに変更する」 (MD-27). `context`: what it must not contain.
#[component]
fn NewPasswordForm(context: OwnContext) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<ChoosePassword>();
    view! {
        <section class="card" aria-labelledby="password">
            <h2 id="password">{t::method_password_new(locale)}</h2>
            <p>{t::method_password_about(locale)}</p>
            <Form to>
                <input type="text" name="username" autocomplete="username" value=context.user_id.clone() hidden readonly/>
                <NewPasswordFields problems=to.problems.into() context/>
                <div class="actions"><Submit to text=t::method_submit(locale)/></div>
            </Form>
        </section>
    }
    .into_any()
}
