//! Labelled inputs: label, help, control, error text, in that order and tied together for screen readers.
//! The inputs are uncontrolled: nothing overwrites what a person types.

use domain::field::Field;
use domain::locale::Locale;
use leptos::ev::Event;
use leptos::prelude::*;
use words::common as t;

use crate::form::Problem;
use crate::page_context::use_locale;

/// All problems of a form.
pub type Problems = Signal<Vec<Problem>>;

/// What is wrong with one field.
fn problem_of(problems: Problems, field: Field) -> Memo<Option<String>> {
    Memo::new(move |_| problems.with(|all| all.iter().find(|p| p.field == field).map(|p| p.text.clone())))
}

/// `aria-describedby`: the error first, then the help; only what is there.
fn described(
    name: &'static str,
    wrong: Memo<Option<String>>,
    hint: bool,
    more: &'static str,
) -> impl Fn() -> Option<String> {
    move || {
        let mut ids = Vec::new();
        if wrong.with(Option::is_some) {
            ids.push(format!("{name}-error"));
        }
        if hint {
            ids.push(format!("{name}-hint"));
        }
        if !more.is_empty() {
            ids.push(more.to_owned());
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The sentence under a field.
#[component]
pub fn ErrorText(
    /// Name of the field.
    name: &'static str,
    /// What is wrong.
    wrong: Memo<Option<String>>,
) -> impl IntoView {
    view! {
        {move || wrong.get().map(|text| view! { <p class="error" id=format!("{name}-error")><span aria-hidden="true">"＊"</span>{text}</p> })}
    }
    .into_any()
}

/// A one-line input.
#[component]
pub fn TextField(
    /// Which field.
    field: Field,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is wrong with the form.
    problems: Problems,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `type`.
    #[prop(default = "text")]
    kind: &'static str,
    /// `autocomplete` token.
    autocomplete: &'static str,
    /// `inputmode`.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// What it holds at first.
    #[prop(optional, into)]
    value: String,
    /// Folds what was typed when the person leaves the field, as it will be stored (the server folds again).
    #[prop(optional)]
    fold: Option<fn(&str) -> String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let (locale, name) = (use_locale(), field.name());
    let wrong = problem_of(problems, field);
    let tidy = move |event: Event| {
        if let Some(fold) = fold {
            let typed = event_target_value(&event);
            let folded = fold(&typed);
            if folded != typed {
                event_target::<web_sys::HtmlInputElement>(&event).set_value(&folded);
            }
        }
    };
    let described = described(name, wrong, hint.is_some(), "");
    let plain = matches!(kind, "email").then_some("none");
    view! {
        <div class="field">
            <label for=name>{label} " " <Badge required=!optional locale/></label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <input
                id=name
                name=name
                type=kind
                value=value
                required=!optional
                autocomplete=autocomplete
                inputmode=inputmode
                autocapitalize=plain
                spellcheck=plain.map(|_| "false")
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:change=tidy
            />
            <ErrorText name wrong/>
        </div>
    }
    .into_any()
}

/// ※必須 or ※任意.
#[component]
pub fn Badge(
    /// Which of the two.
    required: bool,
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let (class, text) = if required { ("req", t::required(locale)) } else { ("opt", t::optional(locale)) };
    view! { <span class=class>{text}</span> }
}

/// 生年月日 in three inputs: no calendar, no jumping between them.
#[component]
pub fn BirthDateField(
    /// Label of the group.
    #[prop(into)]
    label: String,
    /// Help under it.
    #[prop(into)]
    hint: String,
    /// What is wrong with the form.
    problems: Problems,
    /// Year, month and day at first.
    values: [String; 3],
    /// Whether it has to be given.
    required: bool,
) -> impl IntoView {
    let locale = use_locale();
    let wrong = problem_of(problems, Field::BirthDate);
    let [year, month, day] = values;
    let part = move |name: &'static str, token: &'static str, label: &'static str, value: String| {
        view! {
            <label>
                <span>{label}</span>
                <input
                    id=name
                    name=name
                    value=value
                    required=required
                    // Eras are letters: 昭和60, S60.
                    inputmode=(name != "birth_year").then_some("numeric")
                    autocomplete=token
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                />
            </label>
        }
        .into_any()
    };
    let year = part("birth_year", "bday-year", t::year(locale), year);
    let month = part("birth_month", "bday-month", t::month(locale), month);
    let day = part("birth_day", "bday-day", t::day(locale), day);
    let parts = match locale {
        Locale::Ja => [year, month, day],
        Locale::En => [day, month, year],
    };
    view! {
        <fieldset class="field field--group" aria-describedby=described("birth_date", wrong, true, "")>
            <legend>{label} " " <Badge required locale/></legend>
            <p class="hint" id="birth_date-hint">{hint}</p>
            <div class="date-row">{parts.into_iter().collect_view()}</div>
            <ErrorText name="birth_date" wrong/>
        </fieldset>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub fn Check(
    /// `name` of the input.
    name: &'static str,
    /// Which field, if it can be wrong.
    #[prop(optional)]
    field: Option<(Field, Problems)>,
    /// Ticked at first.
    #[prop(optional)]
    ticked: bool,
    /// The text beside it.
    children: Children,
) -> impl IntoView {
    let wrong = match field {
        Some((field, problems)) => problem_of(problems, field),
        None => Memo::new(|_| None),
    };
    view! {
        <div class="field">
            <label class="check">
                <input
                    id=name
                    name=name
                    type="checkbox"
                    value="on"
                    checked=ticked
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    aria-describedby=described(name, wrong, false, "")
                />
                <span>{children()}</span>
            </label>
            <ErrorText name wrong/>
        </div>
    }
    .into_any()
}

/// The six digits of an e-mail or an app: one field, whatever is pasted into it.
#[component]
pub fn CodeField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Help under it.
    #[prop(into)]
    hint: String,
    /// What is wrong with the form.
    problems: Problems,
) -> impl IntoView {
    view! {
        <TextField
            field=Field::Code
            label=label
            hint=hint
            problems=problems
            autocomplete="one-time-code"
            inputmode="numeric"
            fold=domain::fold::digits
        />
    }
    .into_any()
}
