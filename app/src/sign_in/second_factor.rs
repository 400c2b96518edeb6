//! ワンタイムパスワードの認証 and 再送信: the second factor of a sign-in (MP-46 to MP-50, MP-57, MP-103).

use domain::field::Field;
use domain::locale::Locale;
use domain::route::{Route, next_or_home, with_param};
use domain::second_factor::Method;
use domain::second_factor::challenge::Form as Typed;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use words::second_factor_challenge as t;

use crate::fetch::fetch_view;
use crate::form::{ActionError, Reply, use_form};
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::passkeys::PasskeyChallenge;
use crate::ui::field::{Check, CodeField, TextField};
use crate::ui::form::{Form, Submit};
use crate::ui::help_link::HelpLink;
use crate::ui::notice::{Done, Notice, Tone};
use crate::ui::page::Page;
use crate::ui::time::Until;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeView {
    /// The methods that can be used, the first choice in front.
    pub methods: Vec<Method>,
    /// The address that an e-mail goes to, masked.
    pub email: String,
    /// For an e-mail that was sent: when its code expires, as a text, and how many ms are left.
    pub mail: Option<(String, i64)>,
    /// Until when no code is judged, as a text; empty: it is not locked out.
    pub locked_until: String,
    /// For how many days a browser can be trusted; 0: it is not offered.
    pub trust_days: u32,
}

/// Reads it; `None`: no sign-in is pending in this browser.
#[server(prefix = "/api", endpoint = "second-factor/challenge", input = PostUrl, output = Json)]
pub async fn challenge() -> Result<Option<ChallengeView>, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, token_of};
    use identity::format;

    let ctx = ctx()?;
    let Some(token) = token_of(&ctx, Cookie::SignInAttempt) else { return Ok(None) };
    let challenge = identity::sign_in::challenge(&ctx, &token).await?;
    let (trusted, locale) = (&ctx.policy().trusted_browsers, ctx.locale());
    let until = |ms| format::date_time_seconds(ms, locale);
    Ok(challenge.map(|challenge| ChallengeView {
        methods: challenge.methods,
        email: challenge.email,
        mail: challenge.mail.map(|sent| (until(sent.expires_at), sent.expires_at - challenge.now)),
        locked_until: challenge.locked_until.map(|ms| format::date_time(ms, locale)).unwrap_or_default(),
        trust_days: if trusted.offered { trusted.valid_days } else { 0 },
    }))
}

/// Judges a code.
#[server(prefix = "", endpoint = "sign-in/second-step", input = PostUrl, output = Json)]
pub async fn prove_second_factor(#[server(flatten)] form: Typed) -> Result<Reply, ActionError> {
    use crate::request::complete_second_factor;
    use identity::sign_in::Shown;

    let shown = Shown::Code(form.method, &form.code);
    complete_second_factor(shown, form.trust.is_some(), form.next.as_deref()).await
}

/// Sends a new code by e-mail (MP-49).
#[server(prefix = "", endpoint = "sign-in/second-step/resend", input = PostUrl, output = Json)]
pub async fn resend_code(next: Option<String>) -> Result<Reply, ActionError> {
    use crate::cookies::Cookie;
    use crate::request::{ctx, refused, token_of};
    use domain::route::next_or_home;
    use domain::second_factor::challenge::Refused;

    let ctx = ctx()?;
    let token = token_of(&ctx, Cookie::SignInAttempt).ok_or_else(|| refused(Refused::StartAgain))?;
    identity::sign_in::send_code(&ctx, &token).await?;
    let page = with_method(next_or_home(next.as_deref()), Method::Mail);
    Ok(Reply::Navigate(with_param(&page, "done", "sent")))
}

/// The page.
#[component]
pub fn ChallengePage() -> impl IntoView {
    let query = use_query_map();
    // The data are read again when the method or `done` changes, as after a new e-mail.
    let key = move || query.with(|q| (q.get("by"), q.get("done")));
    let view = Resource::new_blocking(key, |_| fetch_view(Challenge {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                render_result(view.await, |view| match view {
                    Some(view) => view! { <Prove view/> }.into_any(),
                    None => view! { <Over/> }.into_any(),
                })
            })}
        </Suspense>
    }
    .into_any()
}

/// The text of a method.
fn name_of(method: Method, l: Locale) -> &'static str {
    match method {
        Method::App => t::by_app(l),
        Method::Mail => t::by_mail(l),
        Method::BackupCode => t::by_backup_code(l),
        Method::Passkey => t::by_passkey(l),
    }
}

fn with_method(next: &str, method: Method) -> String {
    with_param(&Route::SignInSecondFactor.with_next(next), "by", method.name())
}

#[component]
fn Prove(view: ChallengeView) -> impl IntoView {
    let locale = use_locale();
    let to = use_form::<ProveSecondFactor>();
    let query = use_query_map();
    let asked = |key: &str| query.with_untracked(|q| q.get(key).unwrap_or_default());
    let next = next_or_home(Some(&to.value("next", &asked("next")))).to_owned();
    let wished = Method::from_name(&to.value("method", &asked("by"))).filter(|m| view.methods.contains(m));
    let method = wished.or(view.methods.first().copied()).unwrap_or_default();
    let others = view
        .methods
        .iter()
        .filter(|other| **other != method)
        .map(|other| {
            // Loaded from the server, so that the form is empty.
            view! { <li><a href=with_method(&next, *other) rel="external">{name_of(*other, locale)}</a></li> }
                .into_any()
        })
        .collect_view();
    let lead = match method {
        Method::App => t::lead_app(locale).to_owned(),
        Method::Mail if view.mail.is_some() => t::lead_mail(locale, &view.email),
        Method::Mail => t::lead_mail_unsent(locale, &view.email),
        Method::BackupCode => t::lead_backup_code(locale).to_owned(),
        Method::Passkey => t::lead_passkey(locale).to_owned(),
    };
    let unsent = method == Method::Mail && view.mail.is_none();
    let trust_days = view.trust_days.to_string();
    let trust = (view.trust_days > 0).then(|| {
        view! {
            <Check name="trust" ticked=to.ticked("trust", false)>
                {t::trust(locale)} <span class="hint">{t::trust_hint(locale, &trust_days)}</span>
            </Check>
        }
        .into_any()
    });
    let fields = match method {
        Method::BackupCode => view! {
            <TextField
                field=Field::Code
                label=t::backup_code(locale)
                problems=to.problems.into()
                autocomplete="off"
            />
        }
        .into_any(),
        _ => view! {
            <CodeField label=t::code(locale) hint=t::code_hint(locale) problems=to.problems.into()/>
        }
        .into_any(),
    };
    let resend = Route::SignInResend.with_next(&next);
    let again = Route::SignIn.with_next(&next);
    view! {
        <Page title=t::title(locale) lead=lead>
            <Done known=vec![("sent", t::sent(locale))]/>
            {(!view.locked_until.is_empty()).then(|| view! {
                <Notice tone=Tone::Warning text=t::locked(locale, &view.locked_until)/>
            })}
            {if unsent {
                view! { <SendForm next=next.clone() text=t::send(locale)/> }.into_any()
            } else if method == Method::Passkey {
                view! { <PasskeyChallenge next=next.clone()>{trust}</PasskeyChallenge> }.into_any()
            } else {
                view! {
                    <Form to>
                        {fields}
                        {view.mail.filter(|_| method == Method::Mail).map(|(until, left_ms)| view! {
                            <Until text=t::until(locale, &until) left_ms/>
                        })}
                        {trust}
                        <input type="hidden" name="method" value=method.name()/>
                        <input type="hidden" name="next" value=next.clone()/>
                        <div class="actions">
                            <Submit to text=t::submit(locale) class="button button--primary button--wide"/>
                        </div>
                    </Form>
                }
                .into_any()
            }}
            <ul class="links">
                {(method == Method::Mail && !unsent).then(|| view! { <li><a href=resend>{t::resend(locale)}</a></li> })}
                {others}
                <li><a href=again>{t::start_again(locale)}</a></li>
            </ul>
            <HelpLink to=Route::HelpCode/>
            {(method == Method::Mail).then(|| view! { <HelpLink to=Route::HelpEmail/> })}
        </Page>
    }
    .into_any()
}

#[component]
fn SendForm(next: String, text: &'static str) -> impl IntoView {
    let to = use_form::<ResendCode>();
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
    let locale = use_locale();
    let next = use_query_map().with_untracked(|q| q.get("next").unwrap_or_default());
    let back = Route::SignInSecondFactor.with_next(next_or_home(Some(&next)));
    view! {
        <Page
            title=t::resend_title(locale)
            lead=t::resend_lead(locale)
            back=(back, t::back(locale).to_owned())
        >
            <SendForm next text=t::resend_submit(locale)/>
            <HelpLink to=Route::HelpEmail/>
        </Page>
    }
    .into_any()
}

/// No sign-in is pending: it is done, or it expired.
#[component]
fn Over() -> impl IntoView {
    let locale = use_locale();
    let next = use_query_map().with_untracked(|q| q.get("next").unwrap_or_default());
    let again = Route::SignIn.with_next(next_or_home(Some(&next)));
    view! {
        <Page title=t::over_title(locale) lead=t::over_lead(locale)>
            <div class="actions">
                <a class="button button--primary" href=again rel="external">{t::start_again(locale)}</a>
            </div>
        </Page>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
impl crate::present::refusals::Explain for domain::second_factor::challenge::Refused {
    fn text(self, l: domain::locale::Locale) -> String {
        use words::refusals as t;

        match self {
            Self::CodeWrong => t::challenge_code_wrong(l),
            Self::Locked => t::challenge_locked(l),
            Self::StartAgain => t::challenge_start_again(l),
            Self::TooManyEmails => t::challenge_too_many_emails(l),
            Self::NotSetUp => t::challenge_not_set_up(l),
            Self::PasskeyWrong => t::challenge_passkey_wrong(l),
        }
        .into()
    }
}
