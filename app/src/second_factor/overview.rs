//! 2段階認証の設定: the list.

use domain::route::Route;
use leptos::prelude::*;
use words::second_factor as t;

use super::actions::{
    EndAllTrust, EndTrust, RemoveApp, RemoveMailCodes, Row, SecondFactor, SecondFactorView,
};
use super::use_next;
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::page_data::{refetch_after_submit, render_result};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(SecondFactor {}, &[]));
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Overview view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Overview(view: SecondFactorView) -> impl IntoView {
    let locale = use_locale();
    let next = use_next();
    // A sign-in asked for the set-up: when something is set up, a button leads on.
    let on_the_way = (!view.nothing && next != Route::Home.path()).then(|| {
        view! {
            <div class="actions">
                <a class="button button--primary" href=next rel="external">{t::go_on(locale)}</a>
            </div>
        }
        .into_any()
    });
    let done = vec![
        ("on", t::done_on(locale)),
        ("app-added", t::done_app_added(locale)),
        ("app-removed", t::done_app_removed(locale)),
        ("mail-added", t::done_mail_added(locale)),
        ("mail-removed", t::done_mail_removed(locale)),
        ("codes-kept", t::done_codes_kept(locale)),
        ("trust-forgotten", t::done_trust_forgotten(locale)),
    ];
    let trusted = (!view.trusted.is_empty())
        .then(|| view! { <Trusted rows=view.trusted.clone() releasable=view.releasable/> }.into_any());
    view! {
        <Page title=t::title(locale) lead=t::lead(locale) back=(Route::Security.path(), t::back(locale).to_owned())>
            <Done known=done/>
            {on_the_way}
            {if view.on {
                view! { <Methods view/> }.into_any()
            } else {
                view! {
                    <Notice tone=Tone::Info text=t::off(locale)/>
                    <div class="actions">
                        <a class="button button--primary" href=Route::Security.path()>{t::to_switch(locale)}</a>
                    </div>
                }
                .into_any()
            }}
            {trusted}
        </Page>
    }
    .into_any()
}

/// 「ワンタイムパスワードの設定」: shown while the switch is on (MP-43).
#[component]
fn Methods(view: SecondFactorView) -> impl IntoView {
    let locale = use_locale();
    let next = use_next();
    let state = |used: bool| if used { t::in_use(locale) } else { t::not_in_use(locale) };
    let mail = view.mail.map(|since| {
        let used = !since.is_empty();
        let about = if used { t::mail_since(locale, &view.email, &since) } else { t::mail_about(locale, &view.email) };
        let act = if used {
            view! { <Act to={use_form::<RemoveMailCodes>()} text=t::mail_remove(locale)/> }.into_any()
        } else {
            view! { <a class="button button--secondary" href=Route::SecondFactorMail.with_next(&next)>{t::mail_add(locale)}</a> }
                .into_any()
        };
        view! { <Item name=t::mail(locale).to_owned() state=state(used) about act/> }.into_any()
    });
    let apps = view.apps.map(|apps| {
        let used = !apps.is_empty();
        let add = if used { t::app_add_more(locale) } else { t::app_add(locale) };
        let rows = apps.into_iter().map(|app| view! { <Thing to={use_form::<RemoveApp>()} row=app text=t::remove(locale)/> }.into_any());
        let rows = rows.collect_view();
        view! {
            <Item
                name=t::app(locale).to_owned()
                state=state(used)
                about=t::app_about(locale).to_owned()
                act=view! { <a class="button button--secondary" href=Route::SecondFactorApp.with_next(&next)>{add}</a> }.into_any()
            />
            {rows}
        }
        .into_any()
    });
    let codes = view.backup_codes.map(|left| {
        let about = if left > 0 { t::codes_left(locale, &left.to_string()) } else { t::codes_none(locale).to_owned() };
        let make = if left > 0 { t::codes_make_new(locale) } else { t::codes_make(locale) };
        view! {
            <Item
                name=t::codes(locale).to_owned()
                state=state(left > 0)
                about
                act=view! { <a class="button button--secondary" href=Route::BackupCodes.with_next(&next)>{make}</a> }.into_any()
            />
        }
        .into_any()
    });
    let passkeys = view.passkeys.then(|| {
        view! {
            <li>
                <a class="row" href=Route::Passkeys.with_next(&next)>
                    <span class="row__label">{t::passkeys(locale)}</span> " " <span class="row__more"></span>
                </a>
            </li>
        }
        .into_any()
    });
    view! {
        {view.nothing.then(|| view! { <Notice tone=Tone::Warning text=t::nothing(locale)/> })}
        <section aria-labelledby="methods">
            <h2 id="methods">{t::methods(locale)}</h2>
            <ul class="things">{apps}{mail}{codes}{passkeys}</ul>
        </section>
    }
    .into_any()
}

/// A method: its name, its state, a line about it, and an action.
#[component]
fn Item(name: String, state: &'static str, about: String, act: AnyView) -> impl IntoView {
    view! {
        <li class="thing">
            <div class="thing__about">
                <p class="thing__name">{name} " " <span class="chip">{state}</span></p>
                <p class="hint">{about}</p>
            </div>
            {act}
        </li>
    }
    .into_any()
}

/// One of several, with a button that removes it.
#[component]
fn Thing(to: FormState, row: Row, text: &'static str) -> impl IntoView {
    view! {
        <li class="thing thing--part">
            <div class="thing__about">
                <p class="thing__name">{row.name.clone()}</p>
                <p class="hint">{row.about}</p>
            </div>
            <Form to>
                <input type="hidden" name="id" value=row.id/>
                <button type="submit" class="button button--text">{text}<span class="vh">{row.name}</span></button>
            </Form>
        </li>
    }
    .into_any()
}

/// A button by itself.
#[component]
fn Act(to: FormState, text: &'static str) -> impl IntoView {
    view! { <Form to><Submit to text class="button button--secondary"/></Form> }.into_any()
}

/// 信頼済み端末 (MP-57; releasing is our addition, C-10).
#[component]
fn Trusted(rows: Vec<Row>, releasable: bool) -> impl IntoView {
    let locale = use_locale();
    let items = rows
        .into_iter()
        .map(|row| {
            if releasable {
                view! { <Thing to={use_form::<EndTrust>()} row text=t::trusted_forget(locale)/> }.into_any()
            } else {
                view! { <Item name=row.name state="" about=row.about act=().into_any()/> }.into_any()
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="trusted">
            <h2 id="trusted">{t::trusted(locale)}</h2>
            <p>{t::trusted_lead(locale)}</p>
            <ul class="things">{items}</ul>
            {releasable.then(|| view! { <Act to={use_form::<EndAllTrust>()} text=t::trusted_forget_all(locale)/> })}
        </section>
    }
    .into_any()
}
