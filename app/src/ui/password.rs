//! Password inputs: show and hide, and the rules, checked while typing by the same code as on the server.

use domain::field::Field;
use domain::locale::Locale;
use domain::password::{PasswordContext, PasswordRefused, PasswordRules, check};
use leptos::html::Input;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use words::{account as a, common as t, password_rules as r};

use super::field::{Badge, ErrorText, Problems};
use crate::form::Problem;
use crate::page_context::{use_locale, use_page};

/// What the rules look at besides the password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnContext {
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// ユーザID
    pub user_id: String,
}

/// A new password and the same once more, with the rules.
#[component]
pub fn NewPasswordFields(
    /// What is wrong with the form.
    problems: Problems,
    /// What the rules look at besides the password.
    context: OwnContext,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <PasswordField
            field=Field::NewPassword
            label=a::new_password(locale)
            problems
            autocomplete="new-password"
            rules=(use_page().rules, Signal::stored(context))
        />
        <PasswordField
            field=Field::NewPasswordConfirm
            label=a::new_password_confirm(locale)
            problems
            autocomplete="new-password"
        />
    }
    .into_any()
}

/// A password input.
#[component]
pub fn PasswordField(
    /// Which field.
    field: Field,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is wrong with the form.
    problems: Problems,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// For a new password: the rules, and what they look at.
    #[prop(optional)]
    rules: Option<(PasswordRules, Signal<OwnContext>)>,
) -> impl IntoView {
    let (locale, name) = (use_locale(), field.name());
    let wrong = {
        Memo::new(move |_| {
            let of_field = |p: &&Problem| p.field == field;
            problems.with(|all| all.iter().find(of_field).map(|p| p.text.clone()))
        })
    };
    let input = NodeRef::<Input>::new();
    let shown = RwSignal::new(false);
    let draft = RwSignal::new(String::new());
    let has_rules = rules.is_some();
    let described = move || {
        let error = wrong.with(Option::is_some).then(|| format!("{name}-error"));
        let list = has_rules.then(|| format!("{name}-rules"));
        let ids: Vec<_> = error.into_iter().chain(list).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    // For password managers that generate one; the browser's own validation is off.
    let least = rules.as_ref().map(|(rules, _)| rules.min_length.to_string());
    view! {
        <div class="field">
            <label for=name>{label} " " <Badge required=true locale/></label>
            <div class="pw">
                <input
                    id=name
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    required
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    minlength=least
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    node_ref=input
                    on:input=move |event| draft.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="pw__toggle"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label=t::password_show(locale)
                    on:click=move |_| shown.update(|s| *s = !*s)
                >
                    {move || if shown.get() { r::hide(locale) } else { r::show(locale) }}
                </button>
            </div>
            {rules.map(|(rules, context)| view! { <Rules name rules context draft/> })}
            <ErrorText name wrong/>
        </div>
    }
    .into_any()
}

/// One rule of the list: its text, and which refusals mean that it is not met.
struct Rule {
    words: String,
    broken: fn(&PasswordRefused) -> bool,
}

/// The list under the field. Without script it only states the rules.
#[component]
fn Rules(
    name: &'static str,
    rules: PasswordRules,
    context: Signal<OwnContext>,
    draft: RwSignal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let refused = {
        let rules = rules.clone();
        Memo::new(move |_| {
            let draft = draft.get();
            let context = context.get();
            let context = PasswordContext {
                family_name: &context.family_name,
                given_name: &context.given_name,
                user_id: &context.user_id,
            };
            (!draft.is_empty()).then(|| check(&draft, &rules, &context))
        })
    };
    let items = list(&rules, locale)
        .into_iter()
        .map(|Rule { words, broken }| {
            let state = move || match refused.with(|r| r.as_ref().map(|r| r.iter().any(broken))) {
                None => ("open", r::state_open(locale)),
                Some(false) => ("met", r::state_met(locale)),
                Some(true) => ("unmet", r::state_unmet(locale)),
            };
            view! { <li data-state=move || state().0>{words}<span class="vh">{move || state().1}</span></li> }
                .into_any()
        })
        .collect_view();
    view! { <ul class="rules" id=format!("{name}-rules")>{items}</ul> }.into_any()
}

fn list(rules: &PasswordRules, locale: Locale) -> Vec<Rule> {
    let mut list = vec![Rule {
        words: r::length(locale, &rules.min_length.to_string()),
        broken: |r| matches!(r, PasswordRefused::TooShort { .. } | PasswordRefused::TooLong { .. }),
    }];
    if rules.classes_required > 0 {
        list.push(Rule {
            words: r::classes(locale, &rules.classes_required.to_string()),
            broken: |r| matches!(r, PasswordRefused::TooFewClasses { .. }),
        });
    }
    if rules.refuse_names {
        list.push(Rule {
            words: r::names(locale).into(),
            broken: |r| matches!(r, PasswordRefused::ContainsFamilyName | PasswordRefused::ContainsGivenName),
        });
    }
    if rules.refuse_user_id {
        list.push(Rule {
            words: r::user_id(locale).into(),
            broken: |r| matches!(r, PasswordRefused::ContainsUserId),
        });
    }
    list
}
