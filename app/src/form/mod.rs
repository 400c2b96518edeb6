//! How a form is answered. Its server function returns a [`Reply`], which says where to go, or an [`ActionError`],
//! which says what is wrong in the reader's language. In the browser the form is sent in place and the reply followed
//! ([`FormState`]). Without script the server turns the same reply into a redirect (303), or into the same page again
//! with the problems and what was typed ([`RejectedForm`]). docs/decisions/0003 says why this differs from Leptos.

mod state;

use domain::field::Field;
use domain::route::Route;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

pub use state::{FormState, use_form};

/// What follows a form that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The page to go to.
    Navigate(String),
    /// The same, loaded from the server: the session or the language changed, and nothing from before may stay in
    /// memory.
    Reload(String),
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

/// Why a server function did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionError {
    /// For reasons that the person can correct in the form.
    Refused(Vec<Problem>),
    /// Nobody is signed in (any more).
    SignIn,
    /// The member has to authenticate again.
    StepUp,
    /// This site does not have it, or not for the caller.
    NotOffered,
    /// The site is overloaded, or the database is away: in a moment it works again.
    Busy,
    /// Something unexpected, with the number under which it was logged.
    Failed(String),
    /// The answer did not arrive, or could not be read.
    Unreachable,
}

impl ActionError {
    /// The page that has to come first; the present one is its `next`.
    pub fn redirect(&self) -> Option<Route> {
        match self {
            Self::SignIn => Some(Route::SignIn),
            Self::StepUp => Some(Route::Reauthenticate),
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
            Self::Refused(_) => "the form was refused",
            Self::SignIn => "nobody is signed in",
            Self::StepUp => "the member has to authenticate again",
            Self::NotOffered => "not offered",
            Self::Busy => "too much to do",
            Self::Failed(reference) => reference,
            Self::Unreachable => "no answer",
        })
    }
}

impl std::error::Error for ActionError {}

/// A form that was refused without script, to be rendered again on its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedForm {
    /// The address that the form was posted to.
    pub action: String,
    /// What was typed, without passwords.
    pub values: Vec<(String, String)>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}
