//! ホーム: the nine items of the menu in MP-100's order, each with its present state, and the last sign-in.

use domain::protection::Advice;
use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};
use words::{Lang, home as t, menu as m};

use crate::action::{ActionError, ask};
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::frame::SignOutForm;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// An item of the menu: where it leads, and its words.
pub type Item = (Route, fn(Lang) -> &'static str);

/// The menu but ログアウト, which is a button (MP-100).
pub fn items() -> [Item; 8] {
    [
        (Route::Account, m::account),
        (Route::EmailChange, m::email),
        (Route::Profile, m::profile),
        (Route::Services, m::services),
        (Route::Linked, if use_boot().one_way { words::linked_accounts::method_title } else { m::linked }),
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
    /// The user ID, masked: somebody may look over the shoulder.
    pub email: String,
    /// When the password was chosen; empty: there is none.
    pub password_set: String,
    /// Whether 「2段階認証サービス」 stands at 「利用する」.
    pub second_step: bool,
    /// What is linked, by name.
    pub linked: String,
    /// The next best thing to do for the account's safety.
    pub advice: Advice,
    /// The sign-in before this one.
    pub last: Option<Last>,
}

/// An earlier sign-in, in words.
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
    use crate::request::{caller, desk, full_name, told};
    use domain::address::EmailAddress;
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let me = caller.signed_in().map_err(told)?;
    let password_set = identity::password::set_at(&desk, &caller).await.map_err(told)?;
    let factors = identity::second_factor::mine(&desk, &caller).await.map_err(told)?;
    let last = identity::sign_in::last(&desk, &caller).await.map_err(told)?;
    Ok(HomeView {
        name: full_name(&me.family_name, me.given_name.as_deref(), &caller),
        email: EmailAddress::parse(&me.email).map(|e| e.masked()).unwrap_or_default(),
        password_set: password_set.map(|ms| moment::shown(ms, caller.locale)).unwrap_or_default(),
        second_step: factors.switched_on,
        linked: crate::linked_accounts::said::linked(&desk, &caller).await.map_err(told)?,
        advice: domain::protection::advice(&factors, &desk.settings.policy),
        last: last.map(|l| Last {
            at: moment::shown(l.at, caller.locale),
            browser: moment::browser(&l.browser, caller.locale),
            network: l.network,
        }),
    })
}

/// The page.
#[component]
pub fn HomePage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Home {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Menu view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Menu(view: HomeView) -> impl IntoView {
    let lang = use_lang();
    let site = use_boot().site;
    let state = |route: Route| match route {
        Route::Account => view.name.clone(),
        Route::EmailChange => view.email.clone(),
        Route::Profile if view.password_set.is_empty() => String::new(),
        Route::Profile => t::password_set(lang, &view.password_set),
        Route::Security if view.second_step => t::second_step_on(lang).to_owned(),
        Route::Security => t::second_step_off(lang).to_owned(),
        Route::History => t::history(lang).to_owned(),
        Route::Withdraw => String::new(),
        Route::Linked if !view.linked.is_empty() => view.linked.clone(),
        _ => t::not_yet(lang).to_owned(),
    };
    let rows = items()
        .into_iter()
        .map(|(route, words)| {
            let label =
                if route == Route::Withdraw { m::withdraw_site(lang, &site) } else { words(lang).to_owned() };
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
        <Page title=t::title(lang)>
            <Done known=vec![
                ("registered", t::registered(lang)),
                ("linked", words::linked_accounts::done_linked(lang)),
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
    let lang = use_lang();
    let text = match last {
        None => t::first_time(lang).to_owned(),
        Some(last) => {
            let with = [last.browser, last.network].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>();
            t::last_sign_in(lang, &last.at, &with.join(t::separator(lang)))
        }
    };
    view! { <p class="hint">{text}</p> }.into_any()
}

/// The state of the account's safety in a sentence, and where to go for better.
#[component]
fn Safety(advice: Advice) -> impl IntoView {
    let lang = use_lang();
    let (text, act) = match advice {
        Advice::TurnOn => (t::safety_turn_on(lang), Some((Route::Security, t::safety_turn_on_act(lang)))),
        Advice::SetUp => (t::safety_set_up(lang), Some((Route::SecondStep, t::safety_set_up_act(lang)))),
        Advice::AnotherWay => {
            (t::safety_another_way(lang), Some((Route::SecondStep, t::safety_another_way_act(lang))))
        }
        Advice::BackupCodes => {
            (t::safety_backup_codes(lang), Some((Route::BackupCodes, t::safety_backup_codes_act(lang))))
        }
        Advice::FewCodes => {
            (t::safety_few_codes(lang), Some((Route::BackupCodes, t::safety_backup_codes_act(lang))))
        }
        Advice::Nothing => (t::safety_good(lang), None),
    };
    view! {
        <section class="card safety" aria-labelledby="safety">
            <h2 id="safety">{t::safety(lang)}</h2>
            <p>{text}</p>
            {act.map(|(route, words)| view! { <p><a href=route.path()>{words}</a></p> })}
            <p><a href=Route::History.path()>{t::safety_unfamiliar(lang)}</a></p>
        </section>
    }
    .into_any()
}
