//! A form that a passkey fills in. Its button fetches a challenge for the browser's authenticator and sends the
//! answer in hidden fields, like any other form. Without script, or in a browser without passkeys, a sentence may
//! stand in its place.

use domain::field::Field;
use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::ev::SubmitEvent;
use leptos::html::{Form as FormElement, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, HtmlInputElement};
use words::passkeys as t;

use super::{PasskeyChallenge, PasskeyQuestion};
use crate::fetch::fetch_view;
use crate::form::{ActionError, FormState, Problem};
use crate::page_context::use_locale;
use crate::ui::form::{Submit, Summary};

/// The browser's class for passkeys.
const CLASS: &str = "PublicKeyCredential";
/// A challenge for autofill is replaced before its five minutes are over.
const RENEWED: Duration = Duration::from_secs(270);
/// How many times, at most: an hour.
const RENEWALS: u8 = 14;

/// The form.
#[component]
pub fn PasskeyForm(
    /// What it sends to.
    to: FormState,
    /// Which challenge it answers: `new`, `sign-in`, `second-factor` or `step-up`.
    of: &'static str,
    /// The text of its button.
    #[prop(into)]
    text: String,
    /// The button's look.
    #[prop(default = "button button--primary")]
    class: &'static str,
    /// A box on the page, outside this form, whose tick is sent too.
    #[prop(optional)]
    copies: Option<&'static str>,
    /// Whether passkeys are also offered by autofill in the field of the user ID.
    #[prop(optional)]
    autofill: bool,
    /// Whether a sentence is shown where the form cannot be used.
    #[prop(optional)]
    explained: bool,
    /// Further fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let locale = use_locale();
    // Not known before the scripts run.
    let supported = RwSignal::new(None);
    let form = NodeRef::<FormElement>::new();
    let challenge = NodeRef::<Input>::new();
    let credential = NodeRef::<Input>::new();
    let copy = NodeRef::<Input>::new();
    let waiting = StoredValue::new(None::<SendWrapper<AbortController>>);

    let fill_in = move |question: &PasskeyChallenge, answer: &str| {
        let fields = (challenge.get_untracked(), credential.get_untracked(), form.get_untracked());
        let (Some(challenge), Some(credential), Some(form)) = fields else { return };
        if let (Some(copy), Some(name)) = (copy.get_untracked(), copies) {
            let ticked = document()
                .get_element_by_id(name)
                .and_then(|e| e.dyn_into::<HtmlInputElement>().ok())
                .is_some_and(|b| b.checked());
            copy.set_disabled(!ticked);
        }
        challenge.set_value(&question.challenge);
        credential.set_value(answer);
        // It is read at once; the next press fetches another challenge.
        let _ = form.request_submit();
        credential.set_value("");
    };
    let offer = move || async move {
        for _ in 0..RENEWALS {
            let Ok(controller) = AbortController::new() else { return };
            let Ok(question) = fetch_view(PasskeyQuestion { of: of.into() }, &[("of", of)]).await else {
                return;
            };
            let stop = SendWrapper::new(controller.clone());
            if waiting.try_set_value(Some(stop)).is_some() {
                return; // the page is gone
            }
            let late = controller.clone();
            set_timeout(move || late.abort(), RENEWED);
            match answer(&question.options, false, Some(&controller)).await {
                Ok(answer) => return fill_in(&question, &answer),
                // It is replaced only while the page still offers autofill.
                Err(_) if waiting.try_with_value(Option::is_some) == Some(true) => {}
                Err(_) => return,
            }
        }
    };
    let stop = move || {
        if let Some(Some(controller)) = waiting.try_update_value(Option::take) {
            controller.abort();
        }
    };
    Effect::new(move || {
        let here = is_supported();
        supported.set(Some(here));
        if here && autofill {
            spawn_local(async move {
                if can_fill_in().await {
                    offer().await;
                }
            });
        }
    });
    on_cleanup(stop);

    let send = to.on_submit();
    let on_submit = move |event: SubmitEvent| {
        if credential.get_untracked().is_some_and(|field| !field.value().is_empty()) {
            return send(event);
        }
        event.prevent_default();
        if to.pending.get_untracked() {
            return;
        }
        to.pending.set(true);
        stop();
        spawn_local(async move {
            let answered = match fetch_view(PasskeyQuestion { of: of.into() }, &[("of", of)]).await {
                Ok(question) => {
                    let answered = answer(&question.options, of == "new", None).await;
                    answered.map(|answer| (question, answer)).map_err(|error| name_of(&error))
                }
                Err(ActionError::Refused(problems)) => {
                    to.pending.set(false);
                    return to.problems.set(problems);
                }
                Err(_) => Err(String::new()),
            };
            to.pending.set(false);
            match answered {
                Ok((question, answer)) => fill_in(&question, &answer),
                Err(error) => {
                    let known = error == "InvalidStateError";
                    let text = if known { t::known(locale) } else { t::cancelled(locale) };
                    let problem = Problem { field: Field::Form, code: String::new(), text: text.into() };
                    to.problems.set(vec![problem]);
                }
            }
        });
    };
    view! {
        <form
            method="post"
            action=to.action
            novalidate
            hidden=move || supported.get() != Some(true)
            on:submit=on_submit
            node_ref=form
        >
            <Summary problems=to.problems.into()/>
            {children.map(|children| children())}
            <input type="hidden" name="challenge" node_ref=challenge/>
            <input type="hidden" name="credential" node_ref=credential/>
            {copies.map(|name| view! { <input type="hidden" name=name value="on" disabled node_ref=copy/> })}
            <div class="actions"><Submit to text class/></div>
        </form>
        {explained.then(|| view! {
            <p class="unscripted">{t::no_script(locale)}</p>
            <p hidden=move || supported.get() != Some(false)>{t::not_supported(locale)}</p>
        })}
    }
    .into_any()
}

fn is_supported() -> bool {
    get(&window(), CLASS)
        .and_then(|class| get(&class, "parseCreationOptionsFromJSON"))
        .is_ok_and(|parse| parse.is_function())
}

/// Whether the browser offers passkeys by autofill (conditional mediation).
async fn can_fill_in() -> bool {
    let asked = get(&window(), CLASS).and_then(|class| call(&class, "isConditionalMediationAvailable", None));
    match asked {
        Ok(promise) => JsFuture::from(Promise::from(promise)).await.is_ok_and(|yes| yes.is_truthy()),
        Err(_) => false,
    }
}

/// The authenticator's answer as JSON. With a controller it waits for a choice among the autofill suggestions.
async fn answer(options: &str, make: bool, waits: Option<&AbortController>) -> Result<String, JsValue> {
    let (parse, act) = if make {
        ("parseCreationOptionsFromJSON", "create")
    } else {
        ("parseRequestOptionsFromJSON", "get")
    };
    let wish = Object::new();
    let options = call(&get(&window(), CLASS)?, parse, Some(&JSON::parse(options)?))?;
    set(&wish, "publicKey", &options)?;
    if let Some(controller) = waits {
        set(&wish, "mediation", &"conditional".into())?;
        set(&wish, "signal", &controller.signal())?;
    }
    let credentials = get(&get(&window(), "navigator")?, "credentials")?;
    let credential = JsFuture::from(Promise::from(call(&credentials, act, Some(&wish))?)).await?;
    JSON::stringify(&credential)?.as_string().ok_or(JsValue::NULL)
}

fn name_of(error: &JsValue) -> String {
    get(error, "name").ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

fn set(of: &Object, name: &str, value: &JsValue) -> Result<bool, JsValue> {
    Reflect::set(of, &name.into(), value)
}

fn call(of: &JsValue, name: &str, with: Option<&JsValue>) -> Result<JsValue, JsValue> {
    let function: Function = get(of, name)?.dyn_into()?;
    match with {
        Some(argument) => function.call1(of, argument),
        None => function.call0(of),
    }
}
