//! The forms that show a passkey. Where the browser has none, there is no form, and the other ways stay.

use leptos::prelude::*;
use words::passkeys as t;

use super::{ConfirmByPasskey, SecondStepByPasskey, SignInByPasskey};
use crate::action::sending;
use crate::boot::use_lang;
use crate::ui::passkey::PasskeyForm;

/// On ログイン: a button, and the passkeys among the suggestions for the user ID.
#[component]
pub fn PasskeySignIn(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let to = sending::<SignInByPasskey>();
    view! {
        <PasskeyForm
            to
            of="sign-in"
            text=t::sign_in(use_lang())
            class="button button--secondary button--wide"
            copies="remember"
            autofill=true
        >
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}

/// In the second step.
#[component]
pub fn PasskeyStep(
    /// Where to go afterwards.
    next: String,
    /// The box `trust`.
    children: Children,
) -> impl IntoView {
    let to = sending::<SecondStepByPasskey>();
    view! {
        <PasskeyForm
            to
            of="second-step"
            text=t::confirm(use_lang())
            class="button button--primary button--wide"
            explained=true
        >
            {children()}
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}

/// As a fresh proof.
#[component]
pub fn PasskeyConfirm(
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let to = sending::<ConfirmByPasskey>();
    view! {
        <PasskeyForm to of="confirm" text=t::confirm(use_lang()) class="button button--secondary">
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
    .into_any()
}
