//! 退会: the list before the button.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::{menu as m, withdrawal as t};

use super::actions::{LookBeforeLeaving, Withdraw, WithdrawView};
use crate::action::{ask, sending};
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::field::Check;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn WithdrawPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(LookBeforeLeaving {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                drawn(view.await, |view| {
                    if view.offered { view! { <Leave view/> }.into_any() } else { view! { <NotByMember/> }.into_any() }
                })
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Leave(view: WithdrawView) -> impl IntoView {
    let lang = use_lang();
    let site = use_boot().site;
    let to = sending::<Withdraw>();
    let gone = [
        t::gone_profile(lang),
        t::gone_protection(lang),
        t::gone_sessions(lang),
        t::gone_history(lang),
        t::gone_data(lang),
    ];
    let gone = gone.map(|what| view! { <li>{what}</li> }.into_any()).into_iter().collect_view();
    view! {
        <Page title=m::withdraw_site(lang, &site) lead=t::lead(lang) back=(Route::Home.path(), t::back(lang).to_owned())>
            <section aria-labelledby="gone">
                <h2 id="gone">{t::gone_heading(lang)}</h2>
                <ul>{gone}</ul>
            </section>
            <section aria-labelledby="services">
                <h2 id="services">{t::services_heading(lang)}</h2>
                <p>{t::services_lead(lang)}</p>
                <p><a href=Route::Services.path()>{t::services_list(lang)}</a></p>
            </section>
            <section aria-labelledby="after">
                <h2 id="after">{t::after_heading(lang)}</h2>
                <ul><li>{t::after_again(lang)}</li><li>{t::after_letter(lang)}</li></ul>
            </section>
            <section class="card" aria-labelledby="data">
                <h2 id="data">{t::data_heading(lang)}</h2>
                <p>{t::data_lead(lang)}</p>
                <p><a class="button button--secondary" href=Route::MyData.path()>{t::data_link(lang)}</a></p>
            </section>
            <section aria-labelledby="leave">
                <h2 id="leave">{t::form_heading(lang)}</h2>
                <Form to>
                    <input type="hidden" name="t" value=to.value("t", &view.t)/>
                    <Check name="agree" field=(Field::Agree, to.problems.into())>{t::form_agree(lang)}</Check>
                    <div class="actions">
                        <Submit to text=t::form_submit(lang, &site) class="button button--danger"/>
                        <a class="button button--text" href=Route::Home.path()>{t::form_cancel(lang)}</a>
                    </div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}

/// The policy gives it to somebody else.
#[component]
fn NotByMember() -> impl IntoView {
    let lang = use_lang();
    let boot = use_boot();
    let support = (!boot.support.is_empty()).then(|| t::not_by_member_support(lang, &boot.support));
    view! {
        <Page title=m::withdraw_site(lang, &boot.site) lead=t::not_by_member_lead(lang) back=(Route::Home.path(), t::back(lang).to_owned())>
            {support.map(|text| view! { <p>{text}</p> })}
        </Page>
    }
    .into_any()
}
