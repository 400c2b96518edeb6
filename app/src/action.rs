//! How a form is answered. Its server function returns a [`Reply`]: where to go, or what is wrong, in the
//! reader's words. In the browser the form is sent in place and the reply followed here. Without script the
//! server turns the same reply into a redirect (303) or into the same page again, with the problems and what was
//! typed ([`Returned`]). docs/decisions/0003 says why this is not Leptos' own way.

use domain::field::Field;
use domain::refusal::Refusal;
use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, HtmlFormElement, RequestInit, Response, SubmitEvent, UrlSearchParams};
use words::Lang;
use words::errors as t;

use crate::boot::{CurrentBoot, Live, use_lang};

/// The answer to a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Done; the page that says so.
    Go(String),
    /// Done, and somebody else is signed in now, or nobody, or in another language: that page is loaded anew,
    /// so that nothing of before stays in memory.
    Enter(String),
    /// Not done, and all the reasons.
    Refused(Vec<Problem>),
}

/// One reason, beside its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where it belongs.
    pub field: Field,
    /// Its stable code (`domain::refusal`); empty when the form did not even arrive.
    pub code: String,
    /// The sentence.
    pub text: String,
}

/// What went wrong beyond the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionError {
    /// Nobody is signed in (any more).
    SignInFirst,
    /// The member has to prove again to be themself.
    ProveFirst,
    /// Too much to do, or the database is away: in a moment it works again.
    Busy,
    /// A fault, with the reference under which it was logged.
    Fault(String),
    /// This site does not have it.
    NotOffered,
    /// The answer did not arrive, or could not be read.
    Unreachable,
}

impl ActionError {
    /// The page that has to be passed first, with the way on as `next`.
    pub fn door(&self) -> Option<Route> {
        match self {
            Self::SignInFirst => Some(Route::SignIn),
            Self::ProveFirst => Some(Route::Confirm),
            _ => None,
        }
    }
}

impl FromServerFnError for ActionError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}

impl std::fmt::Display for ActionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SignInFirst => "nobody is signed in",
            Self::ProveFirst => "a fresh proof is needed",
            Self::Busy => "too much to do",
            Self::Fault(reference) => reference,
            Self::NotOffered => "not offered",
            Self::Unreachable => "no answer",
        })
    }
}

impl std::error::Error for ActionError {}

/// A form that was refused without script, on its way back to its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The address that the form was posted to.
    pub action: String,
    /// What was typed, without passwords.
    pub values: Vec<(String, String)>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// A form on a page: where it is posted, what was typed into it, what is wrong with it.
#[derive(Clone, Copy)]
pub struct Sending {
    /// The address of its server function.
    pub action: &'static str,
    /// What is wrong; empty before the first try and after a success.
    pub problems: RwSignal<Vec<Problem>>,
    /// Whether it is on its way.
    pub pending: RwSignal<bool>,
    values: StoredValue<Vec<(String, String)>>,
}

/// Makes a form of a server function.
pub fn sending<S: ServerFn>() -> Sending {
    sending_to(S::PATH)
}

fn sending_to(action: &'static str) -> Sending {
    let returned = use_context::<Returned>().filter(|r| r.action == action).unwrap_or_default();
    Sending {
        action,
        problems: RwSignal::new(returned.problems),
        pending: RwSignal::new(false),
        values: StoredValue::new(returned.values),
    }
}

impl Sending {
    /// Whether it came back for this reason.
    pub fn refused_for(&self, reason: impl Refusal) -> bool {
        self.problems.with(|all| all.iter().any(|problem| problem.code == reason.code()))
    }

    /// What a field holds at first: what was typed before the form came back, else `stored`.
    pub fn value(&self, field: &str, stored: &str) -> String {
        self.values.with_value(|values| {
            if values.is_empty() {
                stored.to_owned()
            } else {
                values.iter().find(|(name, _)| name == field).map(|(_, v)| v.clone()).unwrap_or_default()
            }
        })
    }

    /// Whether a box is ticked at first.
    pub fn ticked(&self, field: &str, stored: bool) -> bool {
        self.values.with_value(|values| {
            if values.is_empty() { stored } else { values.iter().any(|(name, _)| name == field) }
        })
    }

    /// What a submit does in the browser. A double click is one click.
    pub fn on_submit(self) -> impl Fn(SubmitEvent) + 'static {
        let lang = use_lang();
        let navigate = use_navigate();
        let live = expect_context::<Live>();
        let here = use_location().pathname;
        move |event| {
            event.prevent_default();
            let Some(typed) = typed(&event).filter(|_| !self.pending.get_untracked()) else { return };
            self.pending.set(true);
            let navigate = navigate.clone();
            spawn_local(async move {
                let reply: Result<Reply, ActionError> = post(self.action, &typed).await;
                self.pending.set(false);
                match reply {
                    Ok(Reply::Go(path)) => {
                        self.problems.set(Vec::new());
                        // The name in the header may have changed.
                        if let Ok(fresh) = ask(CurrentBoot {}, &[]).await {
                            live.set(fresh);
                        }
                        navigate(&path, NavigateOptions::default());
                    }
                    Ok(Reply::Enter(path)) => load(&path),
                    Ok(Reply::Refused(problems)) => self.problems.set(problems),
                    Err(error) => match error.door() {
                        Some(door) => load(&door.with_next(page_of(&here.get_untracked()))),
                        None => self.problems.set(vec![in_words(&error, lang)]),
                    },
                }
            });
        }
    }
}

/// The fields of a form as a browser would send them, with the pressed button's.
fn typed(event: &SubmitEvent) -> Option<UrlSearchParams> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = event.submitter()
        && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
    {
        data.append_with_str(&name, &value).ok()?;
    }
    // `new URLSearchParams(formData)`: it takes any list of pairs.
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// The path that one is at, or on the way to.
#[derive(Clone, Copy)]
pub struct Here(pub Memo<String>);

/// A page's question for its data: on the server the function itself, in the browser a request to it. (The
/// client that Leptos makes for each server function would cost some 6 kB apiece.) `fields` are its arguments.
pub async fn ask<S>(function: S, fields: &[(&str, &str)]) -> Result<S::Output, ActionError>
where
    S: ServerFn<Error = ActionError>,
    S::Output: DeserializeOwned,
{
    if cfg!(feature = "ssr") {
        return function.run_body().await;
    }
    // A page asks before it is there: the address bar still shows the one before.
    let here = use_context::<Here>().map(|here| here.0.get_untracked());
    // The browser has one thread; what it waits with never leaves it.
    SendWrapper::new(async move {
        let sent = UrlSearchParams::new().map_err(|_| ActionError::Unreachable)?;
        for (name, value) in fields {
            sent.append(name, value);
        }
        let answer = post(S::PATH, &sent).await;
        // The session ended meanwhile, or the last proof is too long ago.
        if let Some(door) = answer.as_ref().err().and_then(ActionError::door) {
            let here = here.or_else(|| window().location().pathname().ok()).unwrap_or_default();
            load(&door.with_next(page_of(&here)));
        }
        answer
    })
    .await
}

async fn post<T: DeserializeOwned>(action: &str, typed: &UrlSearchParams) -> Result<T, ActionError> {
    let text = fetch(action, typed).await?;
    serde_json::from_str(&text).map_err(|_| ActionError::Unreachable)
}

async fn fetch(action: &str, typed: &UrlSearchParams) -> Result<String, ActionError> {
    let sent = RequestInit::new();
    sent.set_method("POST");
    sent.set_body(typed);
    let text = async {
        let answer: Response =
            JsFuture::from(window().fetch_with_str_and_init(action, &sent)).await?.dyn_into()?;
        let text = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
        Ok::<_, JsValue>((answer.ok(), text))
    };
    let (ok, text) = text.await.map_err(|_| ActionError::Unreachable)?;
    if ok { Ok(text) } else { Err(serde_json::from_str(&text).unwrap_or(ActionError::Unreachable)) }
}

fn in_words(error: &ActionError, lang: Lang) -> Problem {
    let text = match error {
        ActionError::SignInFirst | ActionError::ProveFirst | ActionError::Busy => {
            t::busy_lead(lang).to_owned()
        }
        ActionError::Fault(reference) => [t::fault_lead(lang), &t::fault_reference(lang, reference)].concat(),
        ActionError::NotOffered => t::not_available_lead(lang).to_owned(),
        ActionError::Unreachable => t::offline_lead(lang).to_owned(),
    };
    Problem { field: Field::Form, code: String::new(), text }
}

/// Loads a page anew.
pub fn load(path: &str) {
    let _ = window().location().assign(path);
}

/// The page that a form stands on, by the address that it is posted to.
pub fn page_of(action: &str) -> &str {
    match action {
        "/register/code" | "/register/resend" => Route::RegisterSent.path(),
        "/password/reset/code" | "/password/reset/again" => Route::PasswordResetSent.path(),
        "/account/second-step/mail/send" => Route::SecondStepMail.path(),
        "/account/second-step/remove-app"
        | "/account/second-step/remove-mail"
        | "/account/second-step/forget-browser"
        | "/account/second-step/forget-browsers" => Route::SecondStep.path(),
        "/account/email/code" | "/account/email/resend" | "/account/email/cancel" => {
            Route::EmailChange.path()
        }
        "/account/profile/password" => Route::Profile.path(),
        "/account/security/second-step"
        | "/account/security/end-session"
        | "/account/security/end-others"
        | "/account/security/lock" => Route::Security.path(),
        "/alert/mine" | "/alert/not-mine" | "/alert/lock" => Route::Alert.path(),
        "/account/passkeys/remove" => Route::Passkeys.path(),
        "/account/confirm/passkey" => Route::Confirm.path(),
        "/sign-in/passkey" | "/sign-in/linked/cancel" => Route::SignIn.path(),
        "/account/linked/unlink" | "/account/linked/password" => Route::Linked.path(),
        "/sign-in/second-step/passkey" => Route::SignInSecondStep.path(),
        page => page,
    }
}
