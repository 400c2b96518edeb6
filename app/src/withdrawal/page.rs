//! 退会: the list of what is erased, and the button.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::{menu as m, withdrawal as t};

use super::actions::{NewWithdrawal, Withdraw};
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::field::Check;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn WithdrawPage() -> impl IntoView {
    let form = Resource::new_blocking(|| (), |()| fetch_view(NewWithdrawal {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(form.await, |secret| view! { <Leave secret/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Leave(secret: String) -> impl IntoView {
    let locale = use_locale();
    let site = use_page().site;
    let to = use_form::<Withdraw>();
    let gone = [
        t::gone_profile(locale),
        t::gone_protection(locale),
        t::gone_sessions(locale),
        t::gone_history(locale),
        t::gone_data(locale),
    ];
    let gone = gone.map(|what| view! { <li>{what}</li> }.into_any()).into_iter().collect_view();
    view! {
        <Page title=m::withdraw_site(locale, &site) lead=t::lead(locale) back=(Route::Home.path(), t::back(locale).to_owned())>
            <section aria-labelledby="gone">
                <h2 id="gone">{t::gone_heading(locale)}</h2>
                <ul>{gone}</ul>
            </section>
            <section aria-labelledby="services">
                <h2 id="services">{t::services_heading(locale)}</h2>
                <p>{t::services_lead(locale)}</p>
                <p><a href=Route::Services.path()>{t::services_list(locale)}</a></p>
            </section>
            <section aria-labelledby="after">
                <h2 id="after">{t::after_heading(locale)}</h2>
                <ul><li>{t::after_again(locale)}</li><li>{t::after_email(locale)}</li></ul>
            </section>
            <section class="card" aria-labelledby="data">
                <h2 id="data">{t::data_heading(locale)}</h2>
                <p>{t::data_lead(locale)}</p>
                <p><a class="button button--secondary" href=Route::DataExport.path()>{t::data_link(locale)}</a></p>
            </section>
            <section aria-labelledby="leave">
                <h2 id="leave">{t::form_heading(locale)}</h2>
                <Form to>
                    <input type="hidden" name="t" value=to.value("t", &secret)/>
                    <Check name="agree" field=(Field::Agree, to.problems.into())>{t::form_agree(locale)}</Check>
                    <div class="actions">
                        <Submit to text=t::form_submit(locale, &site) class="button button--danger"/>
                        <a class="button button--text" href=Route::Home.path()>{t::form_cancel(locale)}</a>
                    </div>
                </Form>
            </section>
        </Page>
    }
    .into_any()
}
