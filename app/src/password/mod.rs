//! Changing the password: a section of 会員情報の変更 (MP-38).

use domain::field::Field;
use domain::password_change::Form as Typed;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use words::account as t;

use crate::action::{ActionError, Reply, sending};
use crate::boot::use_lang;
use crate::ui::form::{Form, Submit};
use crate::ui::password::{About, NewPasswordFields, PasswordField};

/// Changes it; all other sessions end, this one goes on under a new token.
#[server(prefix = "", endpoint = "account/profile/password", input = PostUrl, output = Json)]
pub async fn change_password(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, set_cookie, told};
    use crate::say;
    use domain::route::Route;

    let (desk, caller) = (desk()?, caller()?);
    Ok(match identity::password::change(&desk, &caller, &form).await.map_err(told)? {
        Ok(changed) => {
            set_cookie(&Cookie::Session.set(&desk.settings, changed.token.expose(), None));
            Reply::Go(Route::Account.done("password"))
        }
        Err(refused) => say::refused(refused, say::password_change, lang_of(caller.locale)),
    })
}

/// The section.
#[component]
pub fn PasswordSection(
    /// The user ID, which password managers look for.
    email: String,
    /// 姓
    family: String,
    /// 名
    given: String,
) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<ChangePassword>();
    let about = About { family_name: family, given_name: given, user_id: email.clone() };
    view! {
        <section aria-labelledby="password-heading">
            <h2 id="password-heading">{t::password_heading(lang)}</h2>
            <p>{t::password_lead(lang)}</p>
            <Form to>
                <input type="text" name="username" autocomplete="username" value=email hidden readonly/>
                <PasswordField
                    field=Field::CurrentPassword
                    label=t::current_password(lang)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
                <NewPasswordFields problems=to.problems.into() about/>
                <p class="hint">{t::password_forgotten(lang)}</p>
                <div class="actions"><Submit to text=t::password_submit(lang)/></div>
            </Form>
        </section>
    }
    .into_any()
}
