//! ホーム: the nine items of the menu in MP-100's order, each with its present state, and the last sign-in.

use domain::locale::Locale;
use domain::route::Route;
use domain::second_factor::Advice;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::{home as t, menu as m};

use crate::fetch::fetch_view;
use crate::form::ActionError;
use crate::frame::SignOutForm;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// An item of the menu: where it leads, and its text.
pub type Item = (Route, fn(Locale) -> &'static str);

/// The menu without ログアウト, which is a button (MP-100).
pub fn items() -> [Item; 8] {
    [
        (Route::Account, m::account),
        (Route::EmailChange, m::email),
        (Route::Profile, m::profile),
        (Route::Services, m::services),
        (Route::Linked, if use_page().one_method { words::linked_accounts::method_title } else { m::linked }),
        (Route::Security, m::security),
        (Route::History, m::history),
        (Route::Withdraw, m::withdraw),
    ]
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Full name.
    pub name: String,
    /// The user ID, masked against shoulder surfing.
    pub email: String,
    /// When the password was chosen; empty: there is none.
    pub password_set: String,
    /// Whether 「2段階認証サービス」 is set to 「利用する」.
    pub second_factor: bool,
    /// What is linked, by name.
    pub linked: String,
    /// What to do next for the account's security.
    pub advice: Advice,
    /// The sign-in before this one.
    pub last: Option<Last>,
}

/// An earlier sign-in, as members read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// When.
    pub at: String,
    /// With which browser; may be empty.
    pub browser: String,
    /// From which network.
    pub network: String,
}

/// Reads it.
#[server(prefix = "/api", endpoint = "home", input = PostUrl, output = Json)]
pub async fn home() -> Result<HomeView, ActionError> {
    use crate::present::providers;
    use crate::request::{ctx, full_name};
    use domain::address::EmailAddress;
    use domain::second_factor::advice;
    use identity::format;

    let ctx = ctx()?;
    let (me, locale) = (ctx.member()?, ctx.locale());
    let password_set = identity::password::set_at(&ctx).await?;
    let factors = identity::second_factor::mine(&ctx).await?;
    let last = identity::sign_in::last(&ctx).await?;
    let email = me.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    Ok(HomeView {
        name: full_name(&me.family_name, me.given_name.as_deref(), locale),
        email: email.map(|email| email.masked()).unwrap_or_default(),
        password_set: password_set.map(|ms| format::date_time(ms, locale)).unwrap_or_default(),
        second_factor: factors.switched_on,
        linked: providers::linked(&ctx).await?,
        advice: advice(&factors, ctx.policy().second_factors_offered()),
        last: last.map(|last| Last {
            at: format::date_time(last.at, locale),
            browser: format::browser(&last.browser, locale),
            network: last.network,
        }),
    })
}

/// The page.
#[component]
pub fn HomePage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Home {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Menu view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Menu(view: HomeView) -> impl IntoView {
    let locale = use_locale();
    let site = use_page().site;
    let state = |route: Route| match route {
        Route::Account => view.name.clone(),
        Route::EmailChange => view.email.clone(),
        Route::Profile if view.password_set.is_empty() => String::new(),
        Route::Profile => t::password_set(locale, &view.password_set),
        Route::Security if view.second_factor => t::second_factor_on(locale).to_owned(),
        Route::Security => t::second_factor_off(locale).to_owned(),
        Route::History => t::history(locale).to_owned(),
        Route::Withdraw => String::new(),
        Route::Linked if !view.linked.is_empty() => view.linked.clone(),
        _ => t::not_yet(locale).to_owned(),
    };
    let rows = items()
        .into_iter()
        .map(|(route, words)| {
            let label = if route == Route::Withdraw {
                m::withdraw_site(locale, &site)
            } else {
                words(locale).to_owned()
            };
            view! {
                <li>
                    <a class="row" href=route.path()>
                        <span class="row__label">{label}</span>
                        " "
                        <span class="row__value">{state(route)}</span>
                        " "
                        <span class="row__more"></span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Page title=t::title(locale)>
            <Done known=vec![
                ("registered", t::registered(locale)),
                ("linked", words::linked_accounts::done_linked(locale)),
            ]/>
            <LastSignIn last=view.last.clone()/>
            <Safety advice=view.advice/>
            <ul class="rows">
                {rows}
                <li><SignOutForm class="row"/></li>
            </ul>
        </Page>
    }
    .into_any()
}

#[component]
fn LastSignIn(last: Option<Last>) -> impl IntoView {
    let locale = use_locale();
    let text = match last {
        None => t::first_time(locale).to_owned(),
        Some(last) => {
            let with = [last.browser, last.network].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>();
            t::last_sign_in(locale, &last.at, &with.join(t::separator(locale)))
        }
    };
    view! { <p class="hint">{text}</p> }.into_any()
}

/// The state of the account's security in a sentence, and a link to improve it.
#[component]
fn Safety(advice: Advice) -> impl IntoView {
    let locale = use_locale();
    let (text, act) = match advice {
        Advice::TurnOn => (t::safety_turn_on(locale), Some((Route::Security, t::safety_turn_on_act(locale)))),
        Advice::SetUp => {
            (t::safety_set_up(locale), Some((Route::SecondFactor, t::safety_set_up_act(locale))))
        }
        Advice::AnotherWay => {
            (t::safety_another_way(locale), Some((Route::SecondFactor, t::safety_another_way_act(locale))))
        }
        Advice::BackupCodes => {
            (t::safety_backup_codes(locale), Some((Route::BackupCodes, t::safety_backup_codes_act(locale))))
        }
        Advice::FewCodes => {
            (t::safety_few_codes(locale), Some((Route::BackupCodes, t::safety_backup_codes_act(locale))))
        }
        Advice::Nothing => (t::safety_good(locale), None),
    };
    view! {
        <section class="card safety" aria-labelledby="safety">
            <h2 id="safety">{t::safety(locale)}</h2>
            <p>{text}</p>
            {act.map(|(route, words)| view! { <p><a href=route.path()>{words}</a></p> })}
            <p><a href=Route::History.path()>{t::safety_unfamiliar(locale)}</a></p>
        </section>
    }
    .into_any()
}
