//! ワンタイムパスワードの認証 and 再送信: the second step of a sign-in (MP-46 to MP-50, MP-57, MP-103).

use domain::field::Field;
use domain::route::Route;
use domain::second_step::{Form as Typed, Method};
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use words::Lang;
use words::second_step as t;

use crate::action::{ActionError, Reply, ask, sending};
use crate::boot::use_lang;
use crate::passkeys::PasskeyStep;
use crate::site::drawn;
use crate::ui::field::{Check, CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;
use crate::ui::time::Until;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// What can be asked for, the first choice in front.
    pub methods: Vec<Method>,
    /// The address that a letter goes to, masked.
    pub email: String,
    /// Where a letter was sent: its end in words, and how many ms are left.
    pub mail: Option<(String, i64)>,
    /// Until when no code is looked at, in words; empty: it is open.
    pub locked_until: String,
    /// For how many days a browser can be trusted; 0: it is not offered.
    pub trust_days: u32,
}

/// Reads it; `None`: no sign-in waits in this browser.
#[server(prefix = "/api", endpoint = "second-step", input = PostUrl, output = Json)]
pub async fn waiting_step() -> Result<Option<StepView>, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, token_of, told};
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let Some(token) = token_of(&desk, Cookie::SecondStep) else { return Ok(None) };
    let step = identity::sign_in::look(&desk, &token).await.map_err(told)?;
    let trusted = &desk.settings.policy.trusted_browsers;
    let shown = |ms| moment::to_the_second(ms, caller.locale);
    Ok(step.map(|step| StepView {
        methods: step.methods,
        email: step.email,
        mail: step.mail.map(|sent| (shown(sent.expires_at), sent.expires_at - step.now)),
        locked_until: step.locked_until.map(|ms| moment::shown(ms, caller.locale)).unwrap_or_default(),
        trust_days: if trusted.offered { trusted.valid_days } else { 0 },
    }))
}

/// Judges a code.
#[server(prefix = "", endpoint = "sign-in/second-step", input = PostUrl, output = Json)]
pub async fn pass_second_step(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, enter, set_cookie, token_of, told};
    use crate::say;
    use domain::route::next_or_home;
    use domain::second_step::Refused;

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let Some(token) = token_of(&desk, Cookie::SecondStep) else {
        return Ok(say::refused([Refused::StartAgain], say::second_step, lang));
    };
    let next = next_or_home(form.next.as_deref()).to_owned();
    Ok(match identity::sign_in::pass(&desk, &caller, &token, &form).await.map_err(told)? {
        Ok(opened) => {
            set_cookie(&Cookie::SecondStep.clear(&desk.settings));
            enter(&desk, &opened, &next)
        }
        Err(refused) => say::refused(refused, say::second_step, lang),
    })
}

/// Sends a new code by letter (MP-49).
#[server(prefix = "", endpoint = "sign-in/second-step/resend", input = PostUrl, output = Json)]
pub async fn resend_code(next: Option<String>) -> Result<Reply, ActionError> {
    use crate::boot::lang_of;
    use crate::cookies::Cookie;
    use crate::request::{caller, desk, token_of, told};
    use crate::say;
    use domain::route::next_or_home;
    use domain::second_step::Refused;

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let Some(token) = token_of(&desk, Cookie::SecondStep) else {
        return Ok(say::refused([Refused::StartAgain], say::second_step, lang));
    };
    Ok(match identity::sign_in::send_code(&desk, &caller, &token).await.map_err(told)? {
        Ok(()) => {
            let next = next_or_home(next.as_deref());
            Reply::Go(format!("{}&by=mail&done=sent", Route::SignInSecondStep.with_next(next)))
        }
        Err(refused) => say::refused(refused, say::second_step, lang),
    })
}

/// The page.
#[component]
pub fn SecondStepPage() -> impl IntoView {
    let query = use_query_map();
    // A new letter is a new state of the page: its address says so.
    let key = move || query.with(|q| (q.get("by"), q.get("done")));
    let view = Resource::new_blocking(key, |_| ask(WaitingStep {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                drawn(view.await, |view| match view {
                    Some(view) => view! { <Step view/> }.into_any(),
                    None => view! { <Over/> }.into_any(),
                })
            })}
        </Suspense>
    }
    .into_any()
}

/// What a method is called.
fn name_of(method: Method, l: Lang) -> &'static str {
    match method {
        Method::App => t::by_app(l),
        Method::Mail => t::by_mail(l),
        Method::BackupCode => t::by_backup_code(l),
        Method::Passkey => t::by_passkey(l),
    }
}

fn with_method(next: &str, method: Method) -> String {
    [&Route::SignInSecondStep.with_next(next), "&by=", method.name()].concat()
}

#[component]
fn Step(view: StepView) -> impl IntoView {
    let lang = use_lang();
    let to = sending::<PassSecondStep>();
    let query = use_query_map();
    let asked = |key: &str| query.with_untracked(|q| q.get(key).unwrap_or_default());
    let next = to.value("next", &asked("next"));
    let wished = Method::from_name(&to.value("method", &asked("by"))).filter(|m| view.methods.contains(m));
    let method = wished.or(view.methods.first().copied()).unwrap_or_default();
    let others = view
        .methods
        .iter()
        .filter(|other| **other != method)
        .map(|other| {
            // A link that is followed as a page of its own: the form begins anew.
            view! { <li><a href=with_method(&next, *other) rel="external">{name_of(*other, lang)}</a></li> }
                .into_any()
        })
        .collect_view();
    let lead = match method {
        Method::App => t::lead_app(lang).to_owned(),
        Method::Mail if view.mail.is_some() => t::lead_mail(lang, &view.email),
        Method::Mail => t::lead_mail_unsent(lang, &view.email),
        Method::BackupCode => t::lead_backup_code(lang).to_owned(),
        Method::Passkey => t::lead_passkey(lang).to_owned(),
    };
    let unsent = method == Method::Mail && view.mail.is_none();
    let trust_days = view.trust_days.to_string();
    let trust = (view.trust_days > 0).then(|| {
        view! {
            <Check name="trust" ticked=to.ticked("trust", false)>
                {t::trust(lang)} <span class="hint">{t::trust_hint(lang, &trust_days)}</span>
            </Check>
        }
        .into_any()
    });
    let fields = match method {
        Method::BackupCode => view! {
            <TextField
                field=Field::Code
                label=t::backup_code(lang)
                problems=to.problems.into()
                autocomplete="off"
            />
        }
        .into_any(),
        _ => view! {
            <CodeField label=t::code(lang) hint=t::code_hint(lang) problems=to.problems.into()/>
        }
        .into_any(),
    };
    let resend = Route::SignInResend.with_next(&next);
    view! {
        <Page title=t::title(lang) lead=lead>
            <Done known=vec![("sent", t::sent(lang))]/>
            {(!view.locked_until.is_empty()).then(|| view! {
                <Notice tone=Tone::Warning text=t::locked(lang, &view.locked_until)/>
            })}
            {if unsent {
                view! { <SendForm next=next.clone() text=t::send(lang)/> }.into_any()
            } else if method == Method::Passkey {
                view! { <PasskeyStep next=next.clone()>{trust}</PasskeyStep> }.into_any()
            } else {
                view! {
                    <Form to>
                        {fields}
                        {view.mail.filter(|_| method == Method::Mail).map(|(until, left_ms)| view! {
                            <Until text=t::until(lang, &until) left_ms/>
                        })}
                        {trust}
                        <input type="hidden" name="method" value=method.name()/>
                        <input type="hidden" name="next" value=next.clone()/>
                        <div class="actions">
                            <Submit to text=t::submit(lang) class="button button--primary button--wide"/>
                        </div>
                    </Form>
                }
                .into_any()
            }}
            <ul class="links">
                {(method == Method::Mail && !unsent).then(|| view! { <li><a href=resend>{t::resend(lang)}</a></li> })}
                {others}
                <li><a href=Route::SignIn.path()>{t::start_again(lang)}</a></li>
            </ul>
            <HelpLink to=Route::HelpCode/>
            {(method == Method::Mail).then(|| view! { <HelpLink to=Route::HelpLetter/> })}
        </Page>
    }
    .into_any()
}

#[component]
fn SendForm(next: String, text: &'static str) -> impl IntoView {
    let to = sending::<ResendCode>();
    view! {
        <Form to>
            <input type="hidden" name="next" value=next/>
            <div class="actions"><Submit to text class="button button--primary button--wide"/></div>
        </Form>
    }
    .into_any()
}

/// 再送信
#[component]
pub fn ResendPage() -> impl IntoView {
    let lang = use_lang();
    let next = use_query_map().with_untracked(|q| q.get("next").unwrap_or_default());
    view! {
        <Page
            title=t::resend_title(lang)
            lead=t::resend_lead(lang)
            back=(Route::SignInSecondStep.path(), t::back(lang).to_owned())
        >
            <SendForm next text=t::resend_submit(lang)/>
            <HelpLink to=Route::HelpLetter/>
        </Page>
    }
    .into_any()
}

/// No sign-in waits: it is done, or its time is over.
#[component]
fn Over() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Page title=t::over_title(lang) lead=t::over_lead(lang)>
            <div class="actions">
                <a class="button button--primary" href=Route::SignIn.path() rel="external">{t::start_again(lang)}</a>
            </div>
        </Page>
    }
    .into_any()
}
