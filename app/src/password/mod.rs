//! Changing the password: a section of 会員情報の変更 (MP-38).

use domain::field::Field;
use domain::password_change::Form as Typed;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use words::account as t;

use crate::form::{ActionError, Reply, use_form};
use crate::page_context::use_locale;
use crate::ui::form::{Form, Submit};
use crate::ui::password::{NewPasswordFields, OwnContext, PasswordField};

/// Changes it; all other sessions end, this one gets a new token.
#[server(prefix = "", endpoint = "account/profile/password", input = PostUrl, output = Json)]
pub async fn change_password(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::request::{ctx, renew_session};
    use domain::route::Route;

    let ctx = ctx()?;
    let changed = identity::password::change(&ctx, &form).await?;
    renew_session(&ctx, &changed.token);
    Ok(Reply::Navigate(Route::Account.done("password")))
}

/// The section.
#[component]
pub fn PasswordSection(
    /// What the new password must not contain.
    context: OwnContext,
) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<ChangePassword>();
    view! {
        <section aria-labelledby="password-heading">
            <h2 id="password-heading">{t::password_heading(locale)}</h2>
            <p>{t::password_lead(locale)}</p>
            <Form to>
                // Password managers look for the user ID.
                <input type="text" name="username" autocomplete="username" value=context.user_id.clone() hidden readonly/>
                <PasswordField
                    field=Field::CurrentPassword
                    label=t::current_password(locale)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
                <NewPasswordFields problems=to.problems.into() context/>
                <p class="hint">{t::password_forgotten(locale)}</p>
                <div class="actions"><Submit to text=t::password_submit(locale)/></div>
            </Form>
        </section>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::password_change::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use crate::present::refusals::password;
        use domain::password::PasswordRefused;
        use words::refusals as t;

        match self {
            Self::CurrentEmpty => t::password_change_current_empty(l).into(),
            Self::CurrentWrong => t::password_change_current_wrong(l).into(),
            Self::New(PasswordRefused::Empty) => t::password_change_new_empty(l).into(),
            Self::New(why) => password(why, l),
            Self::ConfirmDiffers => t::password_change_confirm_differs(l).into(),
            Self::SameAsBefore => t::password_change_same_as_before(l).into(),
            Self::Busy => t::busy(l).into(),
            Self::Locked => t::reauthentication_locked(l).into(),
            Self::LinkInvalid => t::link_invalid(l).into(),
        }
    }
}
