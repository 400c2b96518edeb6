//! A form: a real one, posted as it stands without script, sent in place with it. One submit at a time; what
//! was wrong is summed up above and takes the focus.

use domain::field::Field;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use leptos::server_fn::{Http, ServerFn};
use serde::de::DeserializeOwned;
use words::common as t;

use super::field::Problems;
use crate::action::{ActionError, Reply, Sending};
use crate::boot::use_lang;

/// The form of a server function.
#[component]
pub fn Form<S, R>(
    /// What it sends to.
    to: Sending<S, R>,
    /// The fields and the button.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Output = Reply<R>, Error = ActionError, Protocol = Http<PostUrl, Json>>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    R: Clone + Send + Sync + 'static,
{
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // A double click is one click.
        if to.action.pending().get_untracked() {
            return;
        }
        if let Ok(input) = S::from_event(&event) {
            to.action.dispatch(input);
        }
    };
    view! {
        <form method="post" action=S::url() novalidate on:submit=submit aria-busy=move || to.action.pending().get().then_some("true")>
            <Summary problems=to.problems/>
            {children()}
        </form>
    }
    .into_any()
}

/// All that is wrong, above the form, each a link to its field.
#[component]
pub fn Summary(
    /// What is wrong with the form.
    problems: Problems,
) -> impl IntoView {
    let lang = use_lang();
    let summary = NodeRef::<Div>::new();
    Effect::new(move || {
        if problems.with(|p| !p.is_empty()) {
            if let Some(summary) = summary.get() {
                let _ = summary.focus();
            }
        }
    });
    view! {
        {move || {
            let problems = problems.get();
            (!problems.is_empty()).then(|| {
                let count = problems.len().to_string();
                let items = problems
                    .into_iter()
                    .map(|p| match p.field {
                        Field::Form => view! { <li>{p.text}</li> }.into_any(),
                        field => view! { <li><a href=format!("#{}", field.name())>{p.text}</a></li> }.into_any(),
                    })
                    .collect_view();
                view! {
                    <div
                        class="error-summary notice notice--error"
                        role="alert"
                        tabindex="-1"
                        aria-labelledby="error-summary-title"
                        node_ref=summary
                    >
                        <h2 id="error-summary-title">{t::error_summary_heading(lang, &count)}</h2>
                        <ul>{items}</ul>
                    </div>
                }
            })
        }}
    }
    .into_any()
}

/// The button that sends the form; busy while it is on its way.
#[component]
pub fn Submit<S, R>(
    /// The form.
    to: Sending<S, R>,
    /// The words on it.
    #[prop(into)]
    text: String,
    /// Its look.
    #[prop(default = "button button--primary")]
    class: &'static str,
) -> impl IntoView
where
    S: ServerFn<Output = Reply<R>, Error = ActionError> + Clone + Send + Sync + 'static,
    R: Clone + Send + Sync + 'static,
{
    view! { <button class=class aria-busy=move || to.action.pending().get().then_some("true")>{text}</button> }.into_any()
}
