//! The notices and buttons of pages about outside accounts, in the reader's language and as HTML. On the server only.

use domain::linked_accounts::{Purpose, Refused};
use domain::locale::Locale;
use domain::route::Route;
use identity::context::Ctx;
use identity::error::Fault;
use identity::format;
use identity::linked_accounts::{Offer, is_offered, offered};
use identity::pending_identity::PendingIdentity;
use leptos::prelude::*;
use policy::{Links, RegistrationMode};
use words::{provider_notices as t, refusals as r};

use crate::linked_accounts::{ProviderNotice, ProvidersView, Row};
use crate::ui::notice::Tone;

/// The notices and buttons of a page. A registration with one provider offers no other until it is complete (MP-19).
pub fn of_page(
    ctx: &Ctx,
    purpose: Purpose,
    notice: &ProviderNotice,
    waiting: Option<&PendingIdentity>,
) -> ProvidersView {
    let notices =
        [error(ctx, purpose, notice), waiting.and_then(|waiting| waits(ctx, purpose, notice, waiting))];
    // Where there is one sign-in method at a time, a registration begins with the password.
    let exclusive = ctx.policy().linked_accounts.login_method_exclusive;
    let chosen = purpose == Purpose::SignUp && (exclusive || waiting.is_some());
    ProvidersView {
        notices: notices.into_iter().flatten().collect(),
        buttons: if chosen { String::new() } else { buttons(ctx, purpose, &notice.next, |_| true) },
    }
}

/// The same on 本人確認: a member without a password uses a linked account.
pub async fn of_reauthentication(
    ctx: &Ctx,
    notice: &ProviderNotice,
    has_password: bool,
) -> Result<ProvidersView, Fault> {
    let notices = error(ctx, Purpose::Reauthenticate, notice).unwrap_or_default();
    let linked: Vec<String> = if has_password || !is_offered(ctx) {
        Vec::new()
    } else {
        let rows = identity::linked_accounts::view(ctx).await?.rows;
        rows.into_iter().filter(|row| row.link.is_some()).map(|row| row.id).collect()
    };
    let buttons = buttons(ctx, Purpose::Reauthenticate, &notice.next, |offer| linked.contains(&offer.id));
    Ok(ProvidersView { notices, buttons })
}

/// A button for each provider that `which` lets through; without any, nothing.
fn buttons(ctx: &Ctx, purpose: Purpose, next: &str, which: impl Fn(&Offer) -> bool) -> String {
    let locale = ctx.locale();
    let (heading, words): (_, fn(Locale, &str) -> String) = match purpose {
        Purpose::SignUp => (t::sign_up_heading(locale), t::sign_up_button),
        Purpose::Reauthenticate => (t::reauthentication_heading(locale), t::reauthentication_button),
        Purpose::SignIn | Purpose::Link => (t::sign_in_heading(locale), t::sign_in_button),
    };
    let button = |offer: Offer| {
        if !offer.reachable {
            return view! { <li class="hint">{t::unreachable(locale, &offer.label)}</li> }.into_any();
        }
        let next =
            (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next.to_owned()/> });
        view! {
            <li>
                <form method="post" action=["/linked/", &offer.id].concat()>
                    <input type="hidden" name="for" value=purpose.name()/>
                    {next}
                    <button type="submit" class="button button--wide">{words(locale, &account(&offer.label, locale))}</button>
                </form>
            </li>
        }
        .into_any()
    };
    let buttons: Vec<_> = offered(ctx, locale).into_iter().filter(|offer| which(offer)).map(button).collect();
    if buttons.is_empty() {
        return String::new();
    }
    view! {
        <section class="providers" aria-labelledby="providers">
            <h2 id="providers">{heading}</h2>
            <ul>{buttons}</ul>
        </section>
    }
    .to_html()
}

/// Why an authorization request to a provider led to nothing, and what to do next.
pub fn error(ctx: &Ctx, purpose: Purpose, notice: &ProviderNotice) -> Option<String> {
    let refused = Refused::from_name(&notice.provider_error).filter(|_| is_offered(ctx))?;
    let locale = ctx.locale();
    let provider = ctx.settings().providers.get(&notice.with);
    let provider = provider.map_or(t::some_provider(locale), |provider| provider.label(locale));
    let linked = &ctx.policy().linked_accounts;
    let first = match refused {
        Refused::OtherLinked if linked.login_method_exclusive => {
            t::trouble_other_linked_method(locale).to_owned()
        }
        Refused::OtherLinked if linked.links == Links::One => t::trouble_other_linked_one(locale).to_owned(),
        refused => explain(refused, provider, locale),
    };
    let next = match refused {
        Refused::UsedElsewhere if linked.login_method_exclusive => {
            Some(t::trouble_used_elsewhere_method(locale))
        }
        Refused::UsedElsewhere => Some(t::trouble_used_elsewhere_next(locale)),
        // Where members have one sign-in method, it may be this one.
        Refused::Unreachable if purpose == Purpose::SignIn && !linked.login_method_exclusive => {
            Some(t::trouble_unreachable_sign_in(locale))
        }
        _ => None,
    };
    let tone = if matches!(refused, Refused::Cancelled | Refused::Over | Refused::Chosen) {
        Tone::Warning
    } else {
        Tone::Error
    };
    let helps = !matches!(
        refused,
        Refused::Cancelled
            | Refused::Unreachable
            | Refused::Locked
            | Refused::TooMany
            | Refused::LastSignInMethod
            | Refused::Chosen
    );
    let help = helps.then(|| {
        let address = [Route::Help.path(), "/linked#trouble"].concat();
        view! { <p><a href=address>{t::trouble_help(locale)}</a></p> }
    });
    Some(
        view! {
            <div class=tone.class() role="alert">
                <p>{first}</p>
                {next.map(|next| view! { <p>{next}</p> })}
                {help}
            </div>
        }
        .to_html(),
    )
}

/// The name of a provider's account.
fn account(provider: &str, locale: Locale) -> String {
    match locale {
        // 「dアカウント」 ends with the word already.
        Locale::Ja if !provider.ends_with("アカウント") => [provider, "アカウント"].concat(),
        Locale::Ja | Locale::En => provider.to_owned(),
    }
}

/// The sentence of a refusal.
pub fn explain(refused: Refused, provider: &str, locale: Locale) -> String {
    let account = account(provider, locale);
    match refused {
        Refused::Cancelled => t::trouble_cancelled(locale, provider),
        Refused::Unreachable => t::trouble_unreachable(locale, provider),
        Refused::NotAccepted => t::trouble_not_accepted(locale, provider),
        Refused::Over => t::trouble_over(locale).to_owned(),
        Refused::UsedElsewhere => t::trouble_used_elsewhere(locale).to_owned(),
        Refused::OtherLinked => t::trouble_other_linked(locale, &account),
        Refused::NotLinked => t::trouble_not_linked(locale, &account),
        Refused::Locked => r::sign_in_blocked(locale).to_owned(),
        Refused::TooMany => r::too_many_tries(locale).to_owned(),
        Refused::OtherAccount => t::trouble_other_account(locale, &account),
        Refused::LastSignInMethod => t::row_last_way(locale).to_owned(),
        Refused::Chosen => t::trouble_chosen(locale).to_owned(),
    }
}

/// The notice of a pending account, which waits for a sign-in (MP-65) or a registration (MP-18).
fn waits(ctx: &Ctx, purpose: Purpose, notice: &ProviderNotice, waiting: &PendingIdentity) -> Option<String> {
    let locale = ctx.locale();
    let (provider, site) = (waiting.label.as_str(), ctx.settings().site.name.as_str());
    let open = ctx.policy().registration.mode == RegistrationMode::Member;
    let text = match purpose {
        Purpose::SignUp => t::sign_up_waiting(locale, provider),
        Purpose::SignIn if open => t::sign_in_waiting(locale, provider, site),
        Purpose::SignIn => t::sign_in_waiting_closed(locale, provider, site),
        Purpose::Link | Purpose::Reauthenticate => return None,
    };
    let account = waiting.shown.clone().map(|shown| view! { <p class="row__label">{shown}</p> });
    let told =
        [&waiting.family_name, &waiting.given_name, &waiting.email].iter().any(|part| !part.is_empty());
    let more = if purpose == Purpose::SignUp {
        told.then(|| view! { <p>{t::sign_up_prefilled(locale, provider)}</p> }).into_any()
    } else {
        view! {
            <form method="post" action="/sign-in/linked/cancel">
                <input type="hidden" name="next" value=notice.next.clone()/>
                <button type="submit" class="button button--text">{t::sign_in_cancel(locale)}</button>
            </form>
        }
        .into_any()
    };
    Some(view! { <div class=Tone::Info.class() role="status"><p>{text}</p>{account}{more}</div> }.to_html())
}

/// What to try when linking does not work (MP-67).
pub fn retry(ctx: &Ctx) -> String {
    let locale = ctx.locale();
    let site = &ctx.settings().site.name;
    let steps = [
        t::retry_sign_out(locale, site),
        t::retry_sign_out_there(locale).to_owned(),
        t::retry_sign_in(locale, site),
        t::retry_sign_in_there(locale).to_owned(),
    ];
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <details class="help">
            <summary>{t::retry_heading(locale)}</summary>
            <div><p>{t::retry_lead(locale)}</p><ol>{steps}</ol></div>
        </details>
    }
    .to_html()
}

/// The state of the links on ホーム; empty: this site has no providers.
pub async fn linked(ctx: &Ctx) -> Result<String, Fault> {
    if !is_offered(ctx) {
        return Ok(String::new());
    }
    let locale = ctx.locale();
    let names = identity::linked_accounts::linked_labels(ctx).await?;
    Ok(match names.as_slice() {
        [] if ctx.policy().linked_accounts.login_method_exclusive => t::home_password(locale).to_owned(),
        [] => t::home_none(locale).to_owned(),
        names => names.join(t::home_separator(locale)),
    })
}

/// A line of the list.
pub fn row(ctx: &Ctx, exclusive: bool, row: identity::linked_accounts::Row) -> Row {
    let locale = ctx.locale();
    let at = |ms| format::date_time(ms, locale);
    let (provider, site) = (row.label.as_str(), ctx.settings().site.name.as_str());
    let account = account(provider, locale);
    let mut about = Vec::new();
    if let Some(link) = &row.link {
        about.extend(link.shown.as_deref().map(|shown| t::row_account(locale, shown)));
        about.push(t::row_linked_at(locale, &at(link.linked_at)));
        about.push(
            link.last_used_at
                .map_or(t::row_never_used(locale).to_owned(), |ms| t::row_last_used(locale, &at(ms))),
        );
        if !row.can_unlink {
            about.push(if exclusive {
                t::row_switch_first(locale, &account)
            } else {
                t::row_last_way(locale).to_owned()
            });
        }
    } else if !row.reachable {
        about.push(t::unreachable(locale, provider));
    } else if !row.can_link {
        about.push(t::row_one_only(locale).to_owned());
    }
    let linkable = row.can_link && row.reachable;
    Row {
        link: match linkable {
            true if exclusive => t::row_change_named(locale, &account),
            true => t::row_link_named(locale, provider),
            false => String::new(),
        },
        unlink: if row.can_unlink { t::row_unlink_named(locale, provider) } else { String::new() },
        meaning: if row.can_unlink { t::row_ask(locale, &account, site) } else { String::new() },
        linked: row.link.is_some(),
        about,
        id: row.id,
        name: row.label,
    }
}
