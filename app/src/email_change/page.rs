//! メールアドレスの変更: the address of now, a field for another one, and the change that waits.

use domain::email_change::Refused;
use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::{email_change as t, profile_fields as f, register as r};

use super::actions::{Email, EmailView, Pending};
use super::{AskForEmail, CancelEmail, ConfirmEmailByCode, MailFactor, SendEmailAgain, ToSecondStep};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::{drawn, follow};
use crate::ui::field::{CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;
use crate::ui::password::PasswordField;

/// The page.
#[component]
pub fn EmailPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| ask(Email {}, &[]));
    follow(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <Change view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Change(view: EmailView) -> impl IntoView {
    let lang = use_lang();
    let known = vec![
        ("asked", t::done_asked(lang)),
        ("sent-again", t::done_sent_again(lang)),
        ("cancelled", t::done_cancelled(lang)),
    ];
    let waits = view.pending.is_some();
    let refused = view.refused;
    let contents = match view.pending {
        Some(pending) => view! { <Waiting pending refused by_password=view.by_password/> }.into_any(),
        None if refused => view! { <MailFactor/> }.into_any(),
        None => view! { <Ask by_password=view.by_password/> }.into_any(),
    };
    view! {
        <Page title=t::title(lang) lead=if waits { t::waiting_lead(lang) } else { t::lead(lang) }>
            <Done known/>
            <dl class="facts">
                <div><dt>{t::now(lang)}</dt><dd>{view.email}</dd></div>
            </dl>
            {contents}
        </Page>
    }
    .into_any()
}

#[component]
fn Ask(by_password: bool) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<AskForEmail>();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    view! {
        <Form to>
            <TextField
                field=Field::Email
                label=t::new(lang)
                hint=t::new_hint(lang)
                problems=to.problems.into()
                kind="email"
                autocomplete="off"
                value=to.value("email", "")
                fold=domain::fold::ascii_fold
            />
            <p class="hint">{t::what_happens(lang)}</p>
            {by_password.then(|| view! { <Notice tone=Tone::Info text=t::clears(lang)/> })}
            <div class="actions"><Submit to text=t::submit(lang)/></div>
        </Form>
        {move || by_factor.get().then(|| view! { <ToSecondStep/> })}
    }
    .into_any()
}

/// The change that waits: its code, sending the letter again, cancelling.
#[component]
fn Waiting(pending: Pending, refused: bool, by_password: bool) -> impl IntoView {
    let lang = use_lang();
    let (again, cancel) = (sending::<SendEmailAgain>(), sending::<CancelEmail>());
    let Pending { email, until, here } = pending;
    let code = match (refused, here) {
        (true, _) => view! { <MailFactor/> }.into_any(),
        (_, true) => view! { <TypeCode to={sending::<ConfirmEmailByCode>()} by_password/> }.into_any(),
        _ => view! { <p>{t::elsewhere(lang)}</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="waiting">
            <h2 id="waiting">{t::waiting(lang)}</h2>
            <p class="big">{email}</p>
            <p>{t::waiting_until(lang, &until)}</p>
            {code}
            <HelpLink to=Route::HelpLetter/>
            {(!refused).then(|| view! { <Act to=again text=r::again_button(lang)/> })}
            <Act to=cancel text=t::cancel(lang)/>
        </section>
    }
    .into_any()
}

#[component]
fn TypeCode(to: Sending, by_password: bool) -> impl IntoView {
    let lang = use_lang();
    let by_factor = Memo::new(move |_| to.refused_for(Refused::MailFactor));
    view! {
        <Form to>
            <CodeField label=r::code_name(lang) hint=t::code_hint(lang) problems=to.problems.into()/>
            {by_password.then(|| view! {
                <PasswordField
                    field=Field::CurrentPassword
                    label=f::password(lang)
                    problems=to.problems.into()
                    autocomplete="current-password"
                />
            })}
            {by_password.then(|| view! { <Notice tone=Tone::Info text=t::clears(lang)/> })}
            <div class="actions"><Submit to text=t::code_submit(lang)/></div>
        </Form>
        {move || by_factor.get().then(|| view! { <ToSecondStep/> })}
    }
    .into_any()
}

#[component]
fn Act(to: Sending, text: &'static str) -> impl IntoView {
    view! {
        <Form to><div class="actions"><Submit to text class="button button--secondary"/></div></Form>
    }
    .into_any()
}
