//! A form: posted by the browser without script, sent in place with script. One submit at a time. The problems are
//! summed up above, and the summary takes the focus.

use domain::field::Field;
use leptos::ev::MouseEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use words::common as t;

use super::field::Problems;
use crate::form::FormState;
use crate::page_context::use_locale;

/// The form of a server function.
#[component]
pub fn Form(
    /// What it sends to.
    to: FormState,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=to.action novalidate on:submit=to.on_submit()>
            <Summary problems=to.problems.into()/>
            {children()}
        </form>
    }
    .into_any()
}

/// All problems, above the form, each a link to its field.
#[component]
pub fn Summary(
    /// What is wrong with the form.
    problems: Problems,
) -> impl IntoView {
    let locale = use_locale();
    let summary = NodeRef::<Div>::new();
    Effect::new(move || {
        if problems.with(|p| !p.is_empty())
            && let Some(summary) = summary.get()
        {
            let _ = summary.focus();
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
                        field => view! {
                            <li><a href=format!("#{}", field.name()) on:click=move |e| focus(&e, field)>{p.text}</a></li>
                        }
                        .into_any(),
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
                        <h2 id="error-summary-title">{t::error_summary_heading(locale, &count)}</h2>
                        <ul>{items}</ul>
                    </div>
                }
            })
        }}
    }
    .into_any()
}

/// Moves the focus to a field, where the browser would only scroll.
fn focus(event: &MouseEvent, field: Field) {
    let found =
        document().get_element_by_id(field.name()).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(input) = found {
        event.prevent_default();
        let _ = input.focus();
    }
}

/// The button that sends the form; busy while it is being sent.
#[component]
pub fn Submit(
    /// The form.
    to: FormState,
    /// Its text.
    #[prop(into)]
    text: String,
    /// Its look.
    #[prop(default = "button button--primary")]
    class: &'static str,
    /// Its accessible name, where its text alone does not say what it is about: in a list.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let busy = move || to.pending.get().then_some("true");
    view! { <button type="submit" class=class aria-busy=busy aria-label=label>{text}</button> }.into_any()
}
