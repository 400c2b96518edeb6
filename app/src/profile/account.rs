//! 会員情報参照: the data, and links to all other screens of the account (MP-73).

use domain::locale::Locale;
use domain::route::Route;
use leptos::prelude::*;
use words::{account as t, data_export as d, menu as m, profile_fields as f};

use super::actions::{Profile, ProfileView};
use crate::fetch::fetch_view;
use crate::page_context::{use_locale, use_page};
use crate::page_data::render_result;
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Profile {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Facts view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Facts(view: ProfileView) -> impl IntoView {
    let locale = use_locale();
    let japanese = use_page().locale == Locale::Ja;
    let fact = |label: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any())
    };
    let person = view.person;
    let family = fact(f::family_name(locale), person.family_name);
    let given = fact(f::given_name(locale), person.given_name);
    let mut facts = vec![fact(f::email(locale), view.email)];
    facts.extend(if japanese { [family, given] } else { [given, family] });
    if japanese {
        facts.push(fact(f::family_name_kana(locale), person.family_name_kana));
        facts.push(fact(f::given_name_kana(locale), person.given_name_kana));
    }
    facts.push(fact(f::birth_date(locale), view.birthday));
    facts.push(fact(f::phone(locale), person.phone));
    facts.push(fact(t::since(locale), view.since));
    // The other screens, without this one.
    let hub = crate::menu::items()
        .into_iter()
        .filter(|(route, _)| *route != Route::Account)
        .chain([(Route::DataExport, d::title as fn(domain::locale::Locale) -> &'static str)])
        .map(|(route, words)| {
            view! {
                <li>
                    <a class="row" href=route.path()>
                        <span class="row__label">{words(locale)}</span> " " <span class="row__more"></span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Page title=m::account(locale)>
            <Done known=vec![("profile", t::done_profile(locale)), ("password", t::done_password(locale)), ("email", t::done_email(locale))]/>
            <dl class="facts">{facts}</dl>
            <div class="actions">
                <a class="button button--primary" href=Route::Profile.path()>{t::change(locale)}</a>
            </div>
            <section aria-labelledby="more">
                <h2 id="more">{t::more(locale)}</h2>
                <ul class="rows">{hub}</ul>
            </section>
        </Page>
    }
    .into_any()
}
