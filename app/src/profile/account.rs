//! 会員情報参照: the data, and the way to all other screens of the account (MP-73).

use domain::locale::Locale;
use domain::route::Route;
use leptos::prelude::*;
use words::{account as t, menu as m, my_data as d, profile_fields as f};

use super::actions::{Profile, ProfileView};
use crate::action::ask;
use crate::boot::{use_boot, use_lang};
use crate::site::drawn;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Profile {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Facts view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Facts(view: ProfileView) -> impl IntoView {
    let lang = use_lang();
    let japanese = use_boot().locale == Locale::Ja;
    let fact = |label: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
    };
    let family = fact(f::family_name(lang), view.family_name);
    let given = fact(f::given_name(lang), view.given_name);
    let mut facts = vec![fact(f::email(lang), view.email)];
    facts.extend(if japanese { [family, given] } else { [given, family] });
    if japanese {
        facts.push(fact(f::family_name_kana(lang), view.family_name_kana));
        facts.push(fact(f::given_name_kana(lang), view.given_name_kana));
    }
    facts.push(fact(f::birth_date(lang), view.birthday));
    facts.push(fact(t::since(lang), view.since));
    // The other screens; this one and leaving are not steps of looking after one's data.
    let hub = crate::home::items()
        .into_iter()
        .filter(|(route, _)| *route != Route::Account)
        .chain([(Route::MyData, d::title as fn(words::Lang) -> &'static str)])
        .map(|(route, words)| {
            view! {
                <li>
                    <a class="row" href=route.path()>
                        <span class="row__label">{words(lang)}</span> " " <span class="row__more"></span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Page title=m::account(lang)>
            <Done known=vec![("profile", t::done_profile(lang)), ("password", t::done_password(lang)), ("email", t::done_email(lang))]/>
            <dl class="facts">{facts}</dl>
            <div class="actions">
                <a class="button button--primary" href=Route::Profile.path()>{t::change(lang)}</a>
            </div>
            <section aria-labelledby="more">
                <h2 id="more">{t::more(lang)}</h2>
                <ul class="rows">{hub}</ul>
            </section>
        </Page>
    }
    .into_any()
}
