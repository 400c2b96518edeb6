//! メールアドレスの変更: the present address, a field for another one, and the pending change.

use domain::email_change::Refused;
use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::{email_change as t, profile_fields as f, registration as r};

use super::actions::{Email, EmailView, Pending};
use super::{
    CancelEmailChange, ConfirmEmailByCode, MailFactor, SendEmailChangeAgain, StartEmailChange, ToSecondFactor,
};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::page_data::{refetch_after_submit, render_result};
use crate::ui::field::{CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn EmailPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Email {}, &[]));
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <Change view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Change(view: EmailView) -> impl IntoView {
    let locale = use_locale();
    let known = vec![
        ("asked", t::done_asked(locale)),
        ("sent-again", t::done_sent_again(locale)),
        ("cancelled", t::done_cancelled(locale)),
    ];
    let waits = view.pending.is_some();
    let refused = view.refused;
    let contents = match view.pending {
        Some(pending) => view! { <Waiting pending refused by_password=view.by_password/> }.into_any(),
        None if refused => view! { <MailFactor/> }.into_any(),
        None => view! { <NewAddress by_password=view.by_password/> }.into_any(),
    };
    view! {
        <Page title=t::title(locale) lead=if waits { t::waiting_lead(locale) } else { t::lead(locale) }>
            <Done known/>
            <dl class="facts">
                <div><dt>{t::now(locale)}</dt><dd>{view.email}</dd></div>
            </dl>
            {contents}
        </Page>
    }
    .into_any()
}

#[component]
fn NewAddress(by_password: bool) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<StartEmailChange>();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    view! {
        <Form to>
            <TextField
                field=Field::Email
                label=t::new(locale)
                hint=t::new_hint(locale)
                problems=to.problems.into()
                kind="email"
                autocomplete="off"
                value=to.value("email", "")
                fold=domain::fold::ascii_fold
            />
            <p class="hint">{t::what_happens(locale)}</p>
            {by_password.then(|| view! { <Notice tone=Tone::Info text=t::clears(locale)/> })}
            <div class="actions"><Submit to text=t::submit(locale)/></div>
        </Form>
        {move || by_factor.get().then(|| view! { <ToSecondFactor/> })}
    }
    .into_any()
}

/// The pending change: its code, sending the e-mail again, cancelling.
#[component]
fn Waiting(pending: Pending, refused: bool, by_password: bool) -> impl IntoView {
    let locale = use_locale();
    let (again, cancel) = (use_form::<SendEmailChangeAgain>(), use_form::<CancelEmailChange>());
    let Pending { email, until, here } = pending;
    let code = match (refused, here) {
        (true, _) => view! { <MailFactor/> }.into_any(),
        (_, true) => view! { <TypeCode to={use_form::<ConfirmEmailByCode>()} by_password/> }.into_any(),
        _ => view! { <p>{t::elsewhere(locale)}</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="waiting">
            <h2 id="waiting">{t::waiting(locale)}</h2>
            <p class="big">{email}</p>
            <p>{t::waiting_until(locale, &until)}</p>
            {code}
            <HelpLink to=Route::HelpEmail/>
            {(!refused).then(|| view! { <Act to=again text=r::again_button(locale)/> })}
            <Act to=cancel text=t::cancel(locale)/>
        </section>
    }
    .into_any()
}

#[component]
fn TypeCode(to: FormState, by_password: bool) -> impl IntoView {
    let locale = use_locale();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    view! {
        <Form to>
            <CodeField label=r::code_name(locale) hint=t::code_hint(locale) problems=to.problems.into()/>
            {by_password.then(|| view! {
                <PasswordField
                    field=Field::CurrentPassword
                    label=f::password(locale)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
            })}
            {by_password.then(|| view! { <Notice tone=Tone::Info text=t::clears(locale)/> })}
            <div class="actions"><Submit to text=t::code_submit(locale)/></div>
        </Form>
        {move || by_factor.get().then(|| view! { <ToSecondFactor/> })}
    }
    .into_any()
}

#[component]
fn Act(to: FormState, text: &'static str) -> impl IntoView {
    view! {
        <Form to><div class="actions"><Submit to text class="button button--secondary"/></div></Form>
    }
    .into_any()
}
