//! How a form is answered. A deed's server function returns a [`Reply`]: where to go, or why not. In the browser
//! the form is sent in place and the reply handled here. Without script the server turns the same reply into a
//! redirect (303) or into the same page again, with the reasons and what was typed ([`Returned`]).
//! docs/decisions/0003 says why this is not Leptos' own way.

use std::marker::PhantomData;

use domain::field::Field;
use domain::refusal::Refusal;
use domain::route::Route;
use leptos::prelude::*;
use leptos::server_fn::codec::{JsonEncoding, PostUrl};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Http, ServerFn};
use leptos::task::spawn_local;
use leptos_router::hooks::{use_location, use_navigate};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use words::Lang;
use words::errors as t;

use crate::boot::{Live, current_boot};

/// The answer to a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply<R> {
    /// Done; the page that says so.
    Go(String),
    /// Done, and somebody else is signed in now, or nobody, or in another language: that page is loaded anew,
    /// so that nothing of before stays in memory.
    Enter(String),
    /// Not done, and all the reasons.
    Refused(Vec<R>),
}

/// A deed that cannot be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Never {}

impl Refusal for Never {
    fn code(self) -> &'static str {
        match self {}
    }

    fn field(self) -> Field {
        match self {}
    }
}

/// What went wrong beyond the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionError {
    /// Nobody is signed in (any more).
    SignInFirst,
    /// Too much to do, or the database is away: in a moment it works again.
    Busy,
    /// A fault, with the reference under which it was logged.
    Fault(String),
    /// The answer did not arrive, or could not be read.
    Unreachable,
}

impl FromServerFnError for ActionError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}

impl std::fmt::Display for ActionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
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
    /// The reasons, as the reply carried them.
    pub refused: String,
}

/// One reason, in words, beside its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it belongs.
    pub field: Field,
    /// The sentence.
    pub text: String,
}

/// A form on a page: what it sends to, what was typed into it, what is wrong with it.
pub struct Sending<S: ServerFn + 'static, R: 'static> {
    /// The server function.
    pub action: ServerAction<S>,
    /// What is wrong, in words; empty before the first try and after a success.
    pub problems: Signal<Vec<Problem>>,
    values: StoredValue<Vec<(String, String)>>,
    reason: PhantomData<fn() -> R>,
}

impl<S: ServerFn + 'static, R: 'static> Clone for Sending<S, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn + 'static, R: 'static> Copy for Sending<S, R> {}

impl<S: ServerFn + 'static, R: 'static> Sending<S, R> {
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
}

/// Makes a form of a server function. `say` finds the words for a reason.
pub fn sending<S, R>(lang: Lang, say: fn(R, Lang) -> String) -> Sending<S, R>
where
    S: ServerFn<Output = Reply<R>, Error = ActionError, Protocol = Http<PostUrl, leptos::server_fn::codec::Json>>
        + Clone
        + Send
        + Sync
        + 'static,
    R: Refusal + DeserializeOwned + Send + Sync + 'static,
{
    let action = ServerAction::<S>::new();
    let returned = use_context::<Returned>().filter(|r| r.action == S::url());
    let values = returned.as_ref().map(|r| r.values.clone()).unwrap_or_default();
    let first: Vec<R> =
        returned.and_then(|r| serde_json::from_str(&r.refused).ok()).unwrap_or_default();
    let problems = Signal::derive(move || match action.value().get() {
        None => first.iter().map(|r| worded(*r, lang, say)).collect(),
        Some(Ok(Reply::Refused(reasons))) => reasons.into_iter().map(|r| worded(r, lang, say)).collect(),
        Some(Ok(_)) => Vec::new(),
        Some(Err(error)) => error_in_words(&error, lang).into_iter().collect(),
    });
    follow(action);
    Sending { action, problems, values: StoredValue::new(values), reason: PhantomData }
}

fn worded<R: Refusal>(reason: R, lang: Lang, say: fn(R, Lang) -> String) -> Problem {
    Problem { field: reason.field(), text: say(reason, lang) }
}

fn error_in_words(error: &ActionError, lang: Lang) -> Option<Problem> {
    let text = match error {
        ActionError::SignInFirst => return None,
        ActionError::Busy => t::busy_lead(lang).to_owned(),
        ActionError::Fault(reference) => {
            [t::fault_lead(lang), &t::fault_reference(lang, reference)].concat()
        }
        ActionError::Unreachable => t::offline_lead(lang).to_owned(),
    };
    Some(Problem { field: Field::Form, text })
}

/// In the browser: goes where the reply says.
fn follow<S, R>(action: ServerAction<S>)
where
    S: ServerFn<Output = Reply<R>, Error = ActionError> + Send + Sync + Clone + 'static,
    R: Clone + Send + Sync + 'static,
{
    let navigate = use_navigate();
    let live = expect_context::<Live>();
    let location = use_location();
    Effect::new(move || match action.value().get() {
        Some(Ok(Reply::Go(path))) => {
            // The name in the header may have changed.
            spawn_local(async move {
                if let Ok(fresh) = current_boot().await {
                    live.set(fresh);
                }
            });
            navigate(&path, leptos_router::NavigateOptions::default());
        }
        Some(Ok(Reply::Enter(path))) => load(&path),
        Some(Err(ActionError::SignInFirst)) => {
            load(&Route::SignIn.with_next(&location.pathname.get_untracked()));
        }
        _ => {}
    });
}

/// Loads a page anew.
pub fn load(path: &str) {
    let _ = window().location().assign(path);
}

/// The page that a form stands on, by the address that it is posted to.
pub fn page_of(action: &str) -> &str {
    match action {
        "/register/code" | "/register/resend" => Route::RegisterSent.path(),
        "/account/profile/password" => Route::Profile.path(),
        page => page,
    }
}
