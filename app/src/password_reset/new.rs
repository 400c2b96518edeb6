//! 新しいパスワードの設定: the page behind the e-mail's link.

use domain::password_change::Refused;
use domain::route::Route;
use leptos::prelude::*;
use words::password_reset as t;

use super::SetNewPassword;
use super::actions::PreviewReset;
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::{use_locale, use_page};
use crate::ui::form::{Form, Submit};
use crate::ui::link_page::{DeadLink, link_page};
use crate::ui::page::Page;
use crate::ui::password::{NewPasswordFields, OwnContext};

/// The page.
#[component]
pub fn NewPasswordPage() -> impl IntoView {
    let to = use_form::<SetNewPassword>();
    link_page(
        |t| async move { fetch_view(PreviewReset { t: t.clone() }, &[("t", &t)]).await },
        move |context, link| view! { <NewPassword to link context/> }.into_any(),
        move || to.refused_for(Refused::LinkInvalid),
        || view! { <Dead/> }.into_any(),
    )
}

#[component]
fn NewPassword(to: FormState, link: String, context: OwnContext) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Page title=t::title(locale) lead=t::lead(locale)>
            <Form to>
                <input type="hidden" name="t" value=link/>
                <input type="text" name="username" autocomplete="username" value=context.user_id.clone() hidden readonly/>
                <NewPasswordFields problems=to.problems.into() context/>
                <p class="hint">{t::tips(locale)}</p>
                <div class="actions"><Submit to text=t::submit(locale)/></div>
            </Form>
        </Page>
    }
    .into_any()
}

/// Names the three causes and offers to request another e-mail (MP-36).
#[component]
fn Dead() -> impl IntoView {
    let locale = use_locale();
    let late = t::invalid_late(locale, &use_page().reset_valid);
    let causes = [t::invalid_done(locale).to_owned(), late, t::invalid_cut(locale).to_owned()];
    view! {
        <DeadLink title=t::invalid_title(locale) lead=t::invalid_lead(locale) causes>
            <div class="actions">
                <a class="button button--primary" href=Route::PasswordReset.path()>{t::invalid_again(locale)}</a>
                <a class="button button--secondary" href=Route::SignIn.path() rel="external">{t::invalid_to_sign_in(locale)}</a>
            </div>
        </DeadLink>
    }
    .into_any()
}
