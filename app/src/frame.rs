//! The frame around every page: skip link, progress bar, header with language switch and account, the member's
//! menu (rail on the desktop, drawer on the phone), footer. Without script the menu button leads to ホーム, which
//! is the menu.

use domain::locale::Locale;
use domain::route::Route;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use words::{common as t, menu as m};

use crate::fetch::CurrentAddress;
use crate::form::use_form;
use crate::language::ChooseLanguage;
use crate::page_context::{PageSignal, use_locale};
use crate::sign_in::SignOut;
use crate::ui::form::{Form, Submit};

/// Everything but the page itself.
#[component]
pub fn Frame(
    /// Set while the next page is loading.
    routing: Signal<bool>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let page = expect_context::<PageSignal>();
    let member = Memo::new(move |_| page.with(|b| b.member.clone()));
    // For a visitor ホーム leads to ログイン: the server redirects.
    let outside = move || member.with(Option::is_none).then_some("external");
    let drawer = NodeRef::<Dialog>::new();
    let location = use_location();
    provide_context(CurrentAddress::of_router());
    // Following a link closes the drawer.
    Effect::new(move || {
        location.pathname.track();
        if let Some(drawer) = drawer.get_untracked() {
            drawer.close();
        }
    });
    let open = move |event: leptos::ev::MouseEvent| {
        if let Some(drawer) = drawer.get_untracked() {
            event.prevent_default();
            let _ = drawer.show_modal();
        }
    };
    view! {
        <a class="skip" href="#main">{t::skip(locale)}</a>
        <Progress routing/>
        <header class="site-header">
            <div class="site-header__in">
                <a class="site-header__name" href=Route::Home.path() rel=outside>{page.with_untracked(|b| b.site.clone())}</a>
                <a class="site-header__help" href=Route::Help.path()>{t::help(locale)}</a>
                <LanguageSwitch/>
                {move || member.get().map(|name| view! {
                    <div class="account">
                        <span class="account__name">{m::name(locale, &name)}</span>
                        <SignOutForm class="button button--text"/>
                    </div>
                    <a class="menu-button" href=Route::Home.path() aria-haspopup="dialog" on:click=open>{t::menu(locale)}</a>
                })}
            </div>
        </header>
        <div class="layout">
            {move || member.with(Option::is_some).then(|| view! {
                <nav class="rail" aria-label=t::navigation_main(locale)><Menu drawer=false/></nav>
            })}
            <main class="content" id="main">{children()}</main>
        </div>
        <footer class="site-footer">
            <ul>
                <li><a href=Route::Help.path()>{t::footer_help(locale)}</a></li>
                <li><a href=Route::Terms.path()>{t::footer_terms(locale)}</a></li>
                <li><a href=Route::Privacy.path()>{t::footer_privacy(locale)}</a></li>
            </ul>
            <p>{page.with_untracked(|b| b.site.clone())}</p>
        </footer>
        {move || member.get().map(|name| view! {
            <dialog class="drawer" aria-labelledby="drawer-title" node_ref=drawer>
                <div class="drawer__head">
                    <h2 id="drawer-title">{t::menu(locale)}</h2>
                    <form method="dialog"><button class="button button--text">{t::close(locale)}</button></form>
                </div>
                <p class="account__name">{m::name(locale, &name)}</p>
                <nav aria-label=t::navigation_main(locale)><Menu drawer=true/></nav>
            </dialog>
        })}
    }
    .into_any()
}

/// A thin bar at the top, when the answer takes longer than 300 ms (the delay is in the style).
#[component]
fn Progress(routing: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="progress" role="progressbar" aria-label=t::loading_started(locale) hidden=move || !routing.get()></div>
    }
}

/// The member's menu: MP-100's items in their order, under ホーム.
#[component]
fn Menu(drawer: bool) -> impl IntoView {
    let locale = use_locale();
    let location = use_location();
    let item = move |route: Route, text: &'static str| {
        let current = move || location.pathname.with(|p| p == route.path()).then_some("page");
        view! { <li><a href=route.path() aria-current=current>{text}</a></li> }.into_any()
    };
    let items = crate::menu::items().map(|(route, text)| item(route, text(locale)));
    view! {
        <ul class="menu">
            {item(Route::Home, t::home(locale))}
            {items.into_iter().collect_view()}
            {drawer.then(|| view! {
                {item(Route::Help, t::help(locale))}
                <li><SignOutForm class=""/></li>
            })}
        </ul>
    }
    .into_any()
}

/// The form of ログアウト.
#[component]
pub fn SignOutForm(
    /// Look of the button.
    class: &'static str,
) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<SignOut>();
    view! { <Form to><Submit to text=t::sign_out(locale) class/></Form> }.into_any()
}

/// The button that shows the present language, and opens the choice of both (MP-95, C-17).
#[component]
fn LanguageSwitch() -> impl IntoView {
    let locale = use_locale();
    let now = expect_context::<PageSignal>().with_untracked(|b| b.locale);
    let to = use_form::<ChooseLanguage>();
    let location = use_location();
    let back = move || {
        format!(
            "{}{}",
            location.pathname.get(),
            location.search.with(|s| if s.is_empty() {
                String::new()
            } else {
                format!("?{}", s.trim_start_matches('?'))
            })
        )
    };
    let choice = move |locale: Locale, text: &'static str| {
        view! {
            <button type="submit" name="lang" value=locale.tag() lang=locale.tag() aria-current=(locale == now).then_some("true")>{text}</button>
        }
        .into_any()
    };
    view! {
        <details class="lang">
            <summary><span class="vh">{t::language_label(locale)}": "</span>{match now {
                Locale::Ja => t::language_ja(locale),
                Locale::En => t::language_en(locale),
            }}</summary>
            <Form to>
                <input type="hidden" name="back" value=back/>
                {choice(Locale::Ja, t::language_choose_ja(locale))}
                {choice(Locale::En, t::language_choose_en(locale))}
            </Form>
        </details>
    }
    .into_any()
}
