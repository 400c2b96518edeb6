//! Password inputs: show and hide, and the rules, judged while typing by the code that judges on the server.

use domain::field::Field;
use domain::password::{Context, PasswordRefused, PasswordRules, check};
use leptos::html::Input;
use leptos::prelude::*;
use words::{Lang, account as a, common as t, password_rules as r};

use super::field::{Badge, ErrorText, Problems};
use crate::action::Problem;
use crate::boot::{use_boot, use_lang};

/// What the rules look at besides the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
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
    about: About,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <PasswordField
            field=Field::NewPassword
            label=a::new_password(lang)
            problems
            autocomplete="new-password"
            rules=(use_boot().rules, Signal::stored(about))
        />
        <PasswordField
            field=Field::NewPasswordConfirm
            label=a::new_password_confirm(lang)
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
    rules: Option<(PasswordRules, Signal<About>)>,
) -> impl IntoView {
    let (lang, name) = (use_lang(), field.name());
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
    // For password managers that make one up; the browser itself judges nothing here.
    let least = rules.as_ref().map(|(rules, _)| rules.min_length.to_string());
    view! {
        <div class="field">
            <label for=name>{label} " " <Badge required=true lang=lang/></label>
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
                    aria-label=t::password_show(lang)
                    on:click=move |_| shown.update(|s| *s = !*s)
                >
                    {move || if shown.get() { r::hide(lang) } else { r::show(lang) }}
                </button>
            </div>
            {rules.map(|(rules, about)| view! { <Rules name rules about draft/> })}
            <ErrorText name wrong/>
        </div>
    }
    .into_any()
}

/// One rule of the list: its words, and which refusals mean that it is not met.
struct Rule {
    words: String,
    broken: fn(&PasswordRefused) -> bool,
}

/// The list under the field. Without script it simply says the rules.
#[component]
fn Rules(
    name: &'static str,
    rules: PasswordRules,
    about: Signal<About>,
    draft: RwSignal<String>,
) -> impl IntoView {
    let lang = use_lang();
    let refused = {
        let rules = rules.clone();
        Memo::new(move |_| {
            let draft = draft.get();
            let about = about.get();
            let about = Context {
                family_name: &about.family_name,
                given_name: &about.given_name,
                user_id: &about.user_id,
            };
            (!draft.is_empty()).then(|| check(&draft, &rules, &about))
        })
    };
    let items = list(&rules, lang)
        .into_iter()
        .map(|Rule { words, broken }| {
            let state = move || match refused.with(|r| r.as_ref().map(|r| r.iter().any(broken))) {
                None => ("open", r::state_open(lang)),
                Some(false) => ("met", r::state_met(lang)),
                Some(true) => ("unmet", r::state_unmet(lang)),
            };
            view! { <li data-state=move || state().0>{words}<span class="vh">{move || state().1}</span></li> }
                .into_any()
        })
        .collect_view();
    view! { <ul class="rules" id=format!("{name}-rules")>{items}</ul> }.into_any()
}

fn list(rules: &PasswordRules, lang: Lang) -> Vec<Rule> {
    let mut list = vec![Rule {
        words: r::length(lang, &rules.min_length.to_string()),
        broken: |r| matches!(r, PasswordRefused::TooShort { .. } | PasswordRefused::TooLong { .. }),
    }];
    if rules.classes_required > 0 {
        list.push(Rule {
            words: r::classes(lang, &rules.classes_required.to_string()),
            broken: |r| matches!(r, PasswordRefused::TooFewClasses { .. }),
        });
    }
    if rules.refuse_names {
        list.push(Rule {
            words: r::names(lang).into(),
            broken: |r| matches!(r, PasswordRefused::ContainsFamilyName | PasswordRefused::ContainsGivenName),
        });
    }
    if rules.refuse_user_id {
        list.push(Rule {
            words: r::user_id(lang).into(),
            broken: |r| matches!(r, PasswordRefused::ContainsUserId),
        });
    }
    list
}
