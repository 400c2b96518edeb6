//! 認証ポリシー管理 (MP-43, MP-82 to MP-84, C-03): the switch 「2段階認証サービス」, 「連携サービス」 and 「セッション管理」.
//! Setting up what the second step asks for is on a page of its own, 2段階認証の設定.

mod actions;

use domain::route::Route;
use leptos::prelude::*;
use words::{menu as m, security as t};

pub use actions::{LockAccount, SecurityView, SwitchSecondStep};

use crate::action::{ask, sending};
use crate::boot::use_lang;
use crate::sessions::Sessions;
use crate::site::{drawn, follow};
use crate::ui::form::{Form, Submit};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use actions::Security;

/// The page.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Security {}, &[]));
    follow(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Areas view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Areas(view: SecurityView) -> impl IntoView {
    let lang = use_lang();
    let lock = sending::<LockAccount>();
    let known = vec![
        ("on", t::second_step_done_on(lang)),
        ("off", t::second_step_done_off(lang)),
        ("session", t::sessions_done_ended(lang)),
        ("others", t::sessions_done_others(lang)),
    ];
    view! {
        <Page title=m::security(lang) lead=t::lead(lang)>
            <Done known/>
            <section aria-labelledby="second-step">
                <h2 id="second-step">{t::second_step_heading(lang)}</h2>
                <p>{t::second_step_lead(lang)}</p>
                {(view.on && !view.set_up).then(|| view! {
                    <div class="notice notice--warning"><p>{t::second_step_nothing_set_up(lang)}</p></div>
                })}
                {if view.fresh {
                    view! { <Switch on=view.on/> }.into_any()
                } else {
                    view! { <State on=view.on/> }.into_any()
                }}
                <ul class="rows">
                    <li>
                        <a class="row" href=Route::SecondStep.path()>
                            <span class="row__label">{t::second_step_settings(lang)}</span>
                            " "
                            <span class="row__more"></span>
                        </a>
                    </li>
                </ul>
            </section>
            <section aria-labelledby="services">
                <h2 id="services">{t::services_heading(lang)}</h2>
                <p>{t::services_lead(lang)}</p>
            </section>
            <Sessions list=view.sessions/>
            <section aria-labelledby="lock">
                <h2 id="lock">{t::lock_heading(lang)}</h2>
                <p>{t::lock_lead(lang)}</p>
                <Form to=lock>
                    <div class="actions"><Submit to=lock text=t::lock_button(lang) class="button button--secondary"/></div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}

/// The switch, for somebody who proved a short while ago to be themself.
#[component]
fn Switch(on: bool) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<SwitchSecondStep>();
    let choice = |value: &'static str, label: &'static str, checked: bool| {
        view! {
            <label class="check">
                <input type="radio" name="switch" value=value checked=checked/>
                <span>{label}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <Form to>
            <fieldset class="field field--group" aria-labelledby="second-step">
                {choice("on", t::second_step_on(lang), on)}
                {choice("off", t::second_step_off(lang), !on)}
            </fieldset>
            <div class="actions"><Submit to text=t::second_step_submit(lang)/></div>
        </Form>
    }
    .into_any()
}

/// Where it stands, and the way to changing it: a press that needs a proof first would be lost on the way.
#[component]
fn State(on: bool) -> impl IntoView {
    let lang = use_lang();
    let state = if on { t::second_step_on(lang) } else { t::second_step_off(lang) };
    view! {
        <dl class="facts"><div><dt>{t::second_step_now(lang)}</dt><dd>{state}</dd></div></dl>
        <p class="hint">{t::second_step_confirm_lead(lang)}</p>
        <div class="actions">
            <a class="button" href=Route::Confirm.with_next(Route::Security.path())>{t::second_step_confirm(lang)}</a>
        </div>
    }
    .into_any()
}
