//! パスワードの再設定: which account.

use domain::field::Field;
use domain::route::{Route, next_or_home};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use words::password_reset as t;

use super::RequestReset;
use super::actions::NewReset;
use crate::fetch::fetch_view;
use crate::form::use_form;
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::sign_in::fold_address;
use crate::ui::field::TextField;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn RequestPage() -> impl IntoView {
    let form_id = Resource::new_blocking(|| (), |()| fetch_view(NewReset {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(form_id.await, |form_id| view! { <Request form_id/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Request(form_id: String) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<RequestReset>();
    let next =
        to.value("next", &use_query_map().with_untracked(|query| query.get("next").unwrap_or_default()));
    let to_sign_in = Route::SignIn.with_next(next_or_home(Some(&next)));
    view! {
        <Page title=t::ask_title(locale) lead=t::ask_lead(locale)>
            <Form to>
                <input type="hidden" name="form_id" value=to.value("form_id", &form_id)/>
                <input type="hidden" name="next" value=next/>
                <TextField
                    field=Field::Email
                    label=t::ask_user_id(locale)
                    problems=to.problems.into()
                    kind="email"
                    autocomplete="username"
                    value=to.value("email", "")
                    fold=fold_address
                />
                <div class="actions"><Submit to text=t::ask_submit(locale)/></div>
            </Form>
            <p class="hint">{t::ask_dead_mailbox(locale)}</p>
            <ul class="links">
                <li><a href=to_sign_in>{t::ask_to_sign_in(locale)}</a></li>
            </ul>
        </Page>
    }
    .into_any()
}
