//! 2段階認証の設定: the list.

use domain::route::Route;
use leptos::prelude::*;
use words::second_factor as t;

use super::actions::{
    ForgetBrowser, ForgetBrowsers, RemoveApp, RemoveMail, Row, SecondFactor, SecondFactorView,
};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::{drawn, follow};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(SecondFactor {}, &[]));
    follow(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Overview view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Overview(view: SecondFactorView) -> impl IntoView {
    let lang = use_lang();
    let done = vec![
        ("on", t::done_on(lang)),
        ("app-added", t::done_app_added(lang)),
        ("app-removed", t::done_app_removed(lang)),
        ("mail-added", t::done_mail_added(lang)),
        ("mail-removed", t::done_mail_removed(lang)),
        ("codes-kept", t::done_codes_kept(lang)),
        ("trust-forgotten", t::done_trust_forgotten(lang)),
    ];
    let trusted = (!view.trusted.is_empty())
        .then(|| view! { <Trusted rows=view.trusted.clone() releasable=view.releasable/> }.into_any());
    view! {
        <Page title=t::title(lang) lead=t::lead(lang) back=(Route::Security.path(), t::back(lang).to_owned())>
            <Done known=done/>
            {if view.on {
                view! { <Methods view/> }.into_any()
            } else {
                view! {
                    <Notice tone=Tone::Info text=t::off(lang)/>
                    <div class="actions">
                        <a class="button button--primary" href=Route::Security.path()>{t::to_switch(lang)}</a>
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
    let lang = use_lang();
    let state = |used: bool| if used { t::in_use(lang) } else { t::not_in_use(lang) };
    let mail = view.mail.map(|since| {
        let used = !since.is_empty();
        let about = if used { t::mail_since(lang, &view.email, &since) } else { t::mail_about(lang, &view.email) };
        let act = if used {
            view! { <Act to={sending::<RemoveMail>()} text=t::mail_remove(lang)/> }.into_any()
        } else {
            view! { <a class="button button--secondary" href=Route::SecondStepMail.path()>{t::mail_add(lang)}</a> }
                .into_any()
        };
        view! { <Item name=t::mail(lang).to_owned() state=state(used) about act/> }.into_any()
    });
    let apps = view.apps.map(|apps| {
        let used = !apps.is_empty();
        let add = if used { t::app_add_more(lang) } else { t::app_add(lang) };
        let rows = apps.into_iter().map(|app| view! { <Thing to={sending::<RemoveApp>()} row=app text=t::remove(lang)/> }.into_any());
        let rows = rows.collect_view();
        view! {
            <Item
                name=t::app(lang).to_owned()
                state=state(used)
                about=t::app_about(lang).to_owned()
                act=view! { <a class="button button--secondary" href=Route::SecondStepApp.path()>{add}</a> }.into_any()
            />
            {rows}
        }
        .into_any()
    });
    let codes = view.backup_codes.map(|left| {
        let about = if left > 0 { t::codes_left(lang, &left.to_string()) } else { t::codes_none(lang).to_owned() };
        let make = if left > 0 { t::codes_make_new(lang) } else { t::codes_make(lang) };
        view! {
            <Item
                name=t::codes(lang).to_owned()
                state=state(left > 0)
                about
                act=view! { <a class="button button--secondary" href=Route::BackupCodes.path()>{make}</a> }.into_any()
            />
        }
        .into_any()
    });
    let passkeys = view.passkeys.then(|| {
        view! {
            <li>
                <a class="row" href=Route::Passkeys.path()>
                    <span class="row__label">{t::passkeys(lang)}</span> " " <span class="row__more"></span>
                </a>
            </li>
        }
        .into_any()
    });
    view! {
        {view.nothing.then(|| view! { <Notice tone=Tone::Warning text=t::nothing(lang)/> })}
        <section aria-labelledby="methods">
            <h2 id="methods">{t::methods(lang)}</h2>
            <ul class="things">{apps}{mail}{codes}{passkeys}</ul>
        </section>
    }
    .into_any()
}

/// A method: what it is called, its state, what to know, what can be done.
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

/// One of several, with the button that removes it.
#[component]
fn Thing(to: Sending, row: Row, text: &'static str) -> impl IntoView {
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
fn Act(to: Sending, text: &'static str) -> impl IntoView {
    view! { <Form to><Submit to text class="button button--secondary"/></Form> }.into_any()
}

/// 信頼済み端末 (MP-57; releasing is our addition, C-10).
#[component]
fn Trusted(rows: Vec<Row>, releasable: bool) -> impl IntoView {
    let lang = use_lang();
    let items = rows
        .into_iter()
        .map(|row| {
            if releasable {
                view! { <Thing to={sending::<ForgetBrowser>()} row text=t::trusted_forget(lang)/> }.into_any()
            } else {
                view! { <Item name=row.name state="" about=row.about act=().into_any()/> }.into_any()
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="trusted">
            <h2 id="trusted">{t::trusted(lang)}</h2>
            <p>{t::trusted_lead(lang)}</p>
            <ul class="things">{items}</ul>
            {releasable.then(|| view! { <Act to={sending::<ForgetBrowsers>()} text=t::trusted_forget_all(lang)/> })}
        </section>
    }
    .into_any()
}
