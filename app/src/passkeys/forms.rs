//! The forms that use a passkey. In a browser without passkeys there is no form; the other methods stay.

use leptos::prelude::*;
use words::passkeys as t;

use super::form::PasskeyForm;
use super::{ReauthenticateWithPasskey, SecondFactorPasskey, SignInWithPasskey};
use crate::form::use_form;
use crate::page_context::use_locale;

/// On ログイン: a button, and the passkeys among the autofill suggestions for the user ID.
#[component]
pub fn PasskeySignIn(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let to = use_form::<SignInWithPasskey>();
    view! {
        <PasskeyForm
            to
            of="sign-in"
            text=t::sign_in(use_locale())
            class="button button--secondary button--wide"
            copies="remember"
            autofill=true
        >
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}

/// As the second factor.
#[component]
pub fn PasskeyChallenge(
    /// Where to go afterwards.
    next: String,
    /// The box `trust`.
    children: Children,
) -> impl IntoView {
    let to = use_form::<SecondFactorPasskey>();
    view! {
        <PasskeyForm
            to
            of="second-factor"
            text=t::confirm(use_locale())
            class="button button--primary button--wide"
            explained=true
        >
            {children()}
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}

/// To authenticate again.
#[component]
pub fn PasskeyStepUp(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let to = use_form::<ReauthenticateWithPasskey>();
    view! {
        <PasskeyForm to of="step-up" text=t::confirm(use_locale()) class="button button--secondary">
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}
