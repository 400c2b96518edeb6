//! 認証ポリシー管理 (MP-43, MP-82 to MP-84, C-03): the switch 「2段階認証サービス」, 「連携サービス」 and 「セッション管理」.
//! Setting up the second factor is on a page of its own, 2段階認証の設定.

mod actions;

use domain::route::Route;
use leptos::prelude::*;
use words::{menu as m, security_settings as t};

pub use actions::{SecurityView, SuspendAccount, SwitchSecondFactor};

use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::use_locale;
use crate::page_data::{refetch_after_submit, render_result};
use crate::sessions::Sessions;
use crate::ui::form::{Form, Submit};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use actions::Security;

/// The page.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Security {}, &[]));
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Areas view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Areas(view: SecurityView) -> impl IntoView {
    let locale = use_locale();
    let lock = use_form::<SuspendAccount>();
    let known = vec![
        ("on", t::second_factor_done_on(locale)),
        ("off", t::second_factor_done_off(locale)),
        ("session", t::sessions_done_ended(locale)),
        ("others", t::sessions_done_others(locale)),
    ];
    view! {
        <Page title=m::security(locale) lead=t::lead(locale)>
            <Done known/>
            <section aria-labelledby="second-step">
                <h2 id="second-step">{t::second_factor_heading(locale)}</h2>
                <p>{t::second_factor_lead(locale)}</p>
                {(view.on && !view.set_up).then(|| view! {
                    <div class="notice notice--warning"><p>{t::second_factor_nothing_set_up(locale)}</p></div>
                })}
                {if view.fresh {
                    view! { <Switch on=view.on/> }.into_any()
                } else {
                    view! { <State on=view.on/> }.into_any()
                }}
                <ul class="rows">
                    <li>
                        <a class="row" href=Route::SecondFactor.path()>
                            <span class="row__label">{t::second_factor_settings(locale)}</span>
                            " "
                            <span class="row__more"></span>
                        </a>
                    </li>
                </ul>
            </section>
            <section aria-labelledby="services">
                <h2 id="services">{t::services_heading(locale)}</h2>
                <p>{t::services_lead(locale)}</p>
            </section>
            <Sessions list=view.sessions/>
            <section aria-labelledby="lock">
                <h2 id="lock">{t::lock_heading(locale)}</h2>
                <p>{t::lock_lead(locale)}</p>
                <Form to=lock>
                    <div class="actions"><Submit to=lock text=t::lock_button(locale) class="button button--secondary"/></div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}

/// The switch, for a member with a fresh authentication.
#[component]
fn Switch(on: bool) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<SwitchSecondFactor>();
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
                {choice("on", t::second_factor_on(locale), on)}
                {choice("off", t::second_factor_off(locale), !on)}
            </fieldset>
            <div class="actions"><Submit to text=t::second_factor_submit(locale)/></div>
        </Form>
    }
    .into_any()
}

/// The state of the switch, and a link to 本人確認: a press that needs an authentication first would be lost.
#[component]
fn State(on: bool) -> impl IntoView {
    let locale = use_locale();
    let state = if on { t::second_factor_on(locale) } else { t::second_factor_off(locale) };
    view! {
        <dl class="facts"><div><dt>{t::second_factor_now(locale)}</dt><dd>{state}</dd></div></dl>
        <p class="hint">{t::second_factor_confirm_lead(locale)}</p>
        <div class="actions">
            <a class="button" href=Route::Reauthenticate.with_next(Route::Security.path())>{t::second_factor_confirm(locale)}</a>
        </div>
    }
    .into_any()
}
