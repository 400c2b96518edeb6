//! A form on a page: what was typed, what is wrong with it, and what a submit does in the browser.

use domain::field::Field;
use domain::locale::Locale;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent, UrlSearchParams};
use words::errors as t;

use super::{ActionError, Problem, RejectedForm, Reply};
use crate::fetch::{CurrentAddress, fetch_view, load, post};
use crate::page_context::{CurrentPage, PageSignal, use_locale};

/// A form: where it is posted, what was typed into it, what is wrong with it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// The address of its server function.
    pub action: &'static str,
    /// What is wrong; empty before the first try and after a success.
    pub problems: RwSignal<Vec<Problem>>,
    /// Whether it is being sent.
    pub pending: RwSignal<bool>,
    values: StoredValue<Vec<(String, String)>>,
}

/// The form of a server function.
pub fn use_form<S: ServerFn>() -> FormState {
    form_at(S::PATH)
}

fn form_at(action: &'static str) -> FormState {
    let rejected = use_context::<RejectedForm>().filter(|form| form.action == action).unwrap_or_default();
    FormState {
        action,
        problems: RwSignal::new(rejected.problems),
        pending: RwSignal::new(false),
        values: StoredValue::new(rejected.values),
    }
}

impl FormState {
    /// Whether it was refused for this reason.
    pub fn refused_for(&self, reason: impl Refusal) -> bool {
        self.problems.with(|all| all.iter().any(|problem| problem.code == reason.code()))
    }

    /// What a field holds at first: what was typed before the form was refused, else `stored`.
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

    /// What a submit does in the browser. A double click counts once.
    pub fn on_submit(self) -> impl Fn(SubmitEvent) + 'static {
        let locale = use_locale();
        let navigate = use_navigate();
        let page = expect_context::<PageSignal>();
        let address = CurrentAddress::of_context();
        move |event| {
            event.prevent_default();
            let Some(typed) = typed(&event).filter(|_| !self.pending.get_untracked()) else { return };
            self.pending.set(true);
            let navigate = navigate.clone();
            spawn_local(async move {
                let reply: Result<Reply, ActionError> = post(self.action, &typed).await;
                self.pending.set(false);
                match reply {
                    Ok(Reply::Navigate(path)) => {
                        self.problems.set(Vec::new());
                        // The member's name in the header may have changed.
                        if let Ok(fresh) = fetch_view(CurrentPage {}, &[]).await {
                            page.set(fresh);
                        }
                        navigate(&path, NavigateOptions::default());
                    }
                    Ok(Reply::Reload(path)) => load(&path),
                    Err(ActionError::Refused(problems)) => self.problems.set(problems),
                    Err(error) => match error.redirect() {
                        Some(first) => load(&address.after(first)),
                        None => self.problems.set(vec![problem(&error, locale)]),
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

fn problem(error: &ActionError, locale: Locale) -> Problem {
    let text = match error {
        ActionError::Failed(reference) => {
            [t::fault_lead(locale), &t::fault_reference(locale, reference)].concat()
        }
        ActionError::NotOffered => t::not_available_lead(locale).to_owned(),
        ActionError::Unreachable => t::offline_lead(locale).to_owned(),
        ActionError::Refused(_) | ActionError::SignIn | ActionError::StepUp | ActionError::Busy => {
            t::busy_lead(locale).to_owned()
        }
    };
    Problem { field: Field::Form, code: String::new(), text }
}
