//! A form that a passkey fills in. Pressing its button puts a question to the browser's authenticator and sends the
//! answer in hidden fields, like any other form. Without script, or in a browser without passkeys, there is no form
//! but a sentence that says so, where one is wanted.

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

use super::form::{Submit, Summary};
use crate::action::{Problem, Sending, ask};
use crate::boot::use_lang;
use crate::passkeys::{PasskeyQuestion, Question};

/// What the browser's class for all of this is called.
const CLASS: &str = "PublicKeyCredential";
/// A question for autofill is put anew before its five minutes are over.
const RENEWED: Duration = Duration::from_secs(270);
/// How many times, at most: an hour.
const RENEWALS: u8 = 14;

/// The form.
#[component]
pub fn PasskeyForm(
    /// What it sends to.
    to: Sending,
    /// Which question it answers: `new`, `sign-in`, `second-step` or `confirm`.
    of: &'static str,
    /// The words on its button.
    #[prop(into)]
    text: String,
    /// The button's look.
    #[prop(default = "button button--primary")]
    class: &'static str,
    /// A box on the page, outside this form, whose tick is sent too.
    #[prop(optional)]
    copies: Option<&'static str>,
    /// Whether passkeys are offered where the user ID is typed, too.
    #[prop(optional)]
    autofill: bool,
    /// Whether a sentence stands for the form where it cannot be.
    #[prop(optional)]
    explained: bool,
    /// Further fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = use_lang();
    // Not known before the scripts run.
    let supported = RwSignal::new(None);
    let form = NodeRef::<FormElement>::new();
    let challenge = NodeRef::<Input>::new();
    let credential = NodeRef::<Input>::new();
    let copy = NodeRef::<Input>::new();
    let waiting = StoredValue::new(None::<SendWrapper<AbortController>>);

    let fill_in = move |question: &Question, answer: &str| {
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
        // It is read at once; the next press begins anew.
        let _ = form.request_submit();
        credential.set_value("");
    };
    let offer = move || async move {
        for _ in 0..RENEWALS {
            let Ok(controller) = AbortController::new() else { return };
            let Ok(question) = ask(PasskeyQuestion { of: of.into() }, &[("of", of)]).await else { return };
            let stop = SendWrapper::new(controller.clone());
            if waiting.try_set_value(Some(stop)).is_some() {
                return; // the page is gone
            }
            let late = controller.clone();
            set_timeout(move || late.abort(), RENEWED);
            match answer(&question.options, false, Some(&controller)).await {
                Ok(answer) => return fill_in(&question, &answer),
                // Only one that is still wanted is put again.
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
            let asked = ask(PasskeyQuestion { of: of.into() }, &[("of", of)]).await;
            let answered = match &asked {
                Ok(question) if question.problems.is_empty() => {
                    answer(&question.options, of == "new", None).await
                }
                _ => Err(JsValue::NULL),
            };
            to.pending.set(false);
            match (asked, answered) {
                (Ok(question), Ok(answer)) => fill_in(&question, &answer),
                (Ok(question), _) if !question.problems.is_empty() => to.problems.set(question.problems),
                (_, answered) => {
                    let known = answered.is_err_and(|error| name_of(&error) == "InvalidStateError");
                    let text = if known { t::known(lang) } else { t::cancelled(lang) };
                    to.problems.set(vec![Problem {
                        field: Field::Form,
                        code: String::new(),
                        text: text.into(),
                    }]);
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
            <p class="unscripted">{t::no_script(lang)}</p>
            <p hidden=move || supported.get() != Some(false)>{t::not_supported(lang)}</p>
        })}
    }
    .into_any()
}

fn is_supported() -> bool {
    get(&window(), CLASS)
        .and_then(|class| get(&class, "parseCreationOptionsFromJSON"))
        .is_ok_and(|parse| parse.is_function())
}

/// Whether the browser offers passkeys where the user ID is typed.
async fn can_fill_in() -> bool {
    let asked = get(&window(), CLASS).and_then(|class| call(&class, "isConditionalMediationAvailable", None));
    match asked {
        Ok(promise) => JsFuture::from(Promise::from(promise)).await.is_ok_and(|yes| yes.is_truthy()),
        Err(_) => false,
    }
}

/// The authenticator's answer as JSON. With a controller it waits among the suggestions for the user ID.
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
