//! What pages say and offer of outside accounts, in the reader's words and drawn as HTML. On the server only.

use domain::linked_accounts::{Purpose, Refused};
use domain::policy::{Links, RegistrationMode};
use domain::route::Route;
use identity::caller::Caller;
use identity::desk::Desk;
use identity::fault::Fault;
use identity::linked_accounts::{Offer, Waiting, is_offered, offered};
use identity::moment;
use leptos::prelude::*;
use words::{Lang, linked_lines as t, refusals as r};

use super::actions::Row;
use super::{Here, Visit};
use crate::boot::lang_of;
use crate::ui::notice::Tone;

/// What a page says and offers. Somebody who registers with one provider stays with it until that is done (MP-19).
pub fn here(
    desk: &Desk,
    caller: &Caller,
    purpose: Purpose,
    visit: &Visit,
    waiting: Option<&Waiting>,
) -> Here {
    let notices = [
        trouble(desk, caller, purpose, visit),
        waiting.and_then(|waiting| waits(desk, caller, purpose, visit, waiting)),
    ];
    // Where there is one way to sign in at a time, a registration begins with the password.
    let exclusive = desk.settings.policy.linked_accounts.login_method_exclusive;
    let chosen = purpose == Purpose::SignUp && (exclusive || waiting.is_some());
    Here {
        notices: notices.into_iter().flatten().collect(),
        providers: if chosen { String::new() } else { buttons(desk, caller, purpose, &visit.next, |_| true) },
    }
}

/// The same on 本人確認: somebody without a password shows an account that is linked.
pub async fn confirm(desk: &Desk, caller: &Caller, visit: &Visit, password: bool) -> Result<Here, Fault> {
    let notices = trouble(desk, caller, Purpose::Confirm, visit).unwrap_or_default();
    let linked: Vec<String> = if password || !is_offered(&desk.settings) {
        Vec::new()
    } else {
        let rows = identity::linked_accounts::view(desk, caller).await?.rows;
        rows.into_iter().filter(|row| row.link.is_some()).map(|row| row.id).collect()
    };
    let providers = buttons(desk, caller, Purpose::Confirm, &visit.next, |offer| linked.contains(&offer.id));
    Ok(Here { notices, providers })
}

/// A button for each provider that `which` lets through; without any, nothing.
pub fn buttons(
    desk: &Desk,
    caller: &Caller,
    purpose: Purpose,
    next: &str,
    which: impl Fn(&Offer) -> bool,
) -> String {
    let lang = lang_of(caller.locale);
    let (heading, words): (_, fn(Lang, &str) -> String) = match purpose {
        Purpose::SignUp => (t::sign_up_heading(lang), t::sign_up_button),
        Purpose::Confirm => (t::confirm_heading(lang), t::confirm_button),
        Purpose::SignIn | Purpose::Link => (t::sign_in_heading(lang), t::sign_in_button),
    };
    let button = |offer: Offer| {
        if !offer.reachable {
            return view! { <li class="hint">{t::unreachable(lang, &offer.label)}</li> }.into_any();
        }
        let next =
            (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next.to_owned()/> });
        view! {
            <li>
                <form method="post" action=["/linked/", &offer.id].concat()>
                    <input type="hidden" name="for" value=purpose.name()/>
                    {next}
                    <button type="submit" class="button button--wide">{words(lang, &account(&offer.label, lang))}</button>
                </form>
            </li>
        }
        .into_any()
    };
    let buttons: Vec<_> =
        offered(desk, caller.locale).into_iter().filter(|offer| which(offer)).map(button).collect();
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

/// Why a visit to a provider led to nothing, and what to do next.
pub fn trouble(desk: &Desk, caller: &Caller, purpose: Purpose, visit: &Visit) -> Option<String> {
    let refused = Refused::from_name(&visit.sns).filter(|_| is_offered(&desk.settings))?;
    let lang = lang_of(caller.locale);
    let provider = desk.settings.providers.get(&visit.with);
    let provider = provider.map_or(t::some_provider(lang), |provider| provider.label(caller.locale));
    let linked = &desk.settings.policy.linked_accounts;
    let first = match refused {
        Refused::OtherLinked if linked.login_method_exclusive => {
            t::trouble_other_linked_method(lang).to_owned()
        }
        Refused::OtherLinked if linked.links == Links::One => t::trouble_other_linked_one(lang).to_owned(),
        refused => in_words(refused, provider, lang),
    };
    let next = match refused {
        Refused::UsedElsewhere if linked.login_method_exclusive => {
            Some(t::trouble_used_elsewhere_method(lang))
        }
        Refused::UsedElsewhere => Some(t::trouble_used_elsewhere_next(lang)),
        // Where there is one way to sign in, it may be this one.
        Refused::Unreachable if purpose == Purpose::SignIn && !linked.login_method_exclusive => {
            Some(t::trouble_unreachable_sign_in(lang))
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
            | Refused::LastWayIn
            | Refused::Chosen
    );
    let help = helps.then(|| {
        let address = [Route::Help.path(), "/linked#trouble"].concat();
        view! { <p><a href=address>{t::trouble_help(lang)}</a></p> }
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

/// What members call an account of a provider.
fn account(provider: &str, lang: Lang) -> String {
    match lang {
        // 「dアカウント」 is one already.
        Lang::Ja if !provider.ends_with("アカウント") => [provider, "アカウント"].concat(),
        Lang::Ja | Lang::En => provider.to_owned(),
    }
}

/// A refusal in words.
pub fn in_words(refused: Refused, provider: &str, lang: Lang) -> String {
    let account = account(provider, lang);
    match refused {
        Refused::Cancelled => t::trouble_cancelled(lang, provider),
        Refused::Unreachable => t::trouble_unreachable(lang, provider),
        Refused::NotAccepted => t::trouble_not_accepted(lang, provider),
        Refused::Over => t::trouble_over(lang).to_owned(),
        Refused::UsedElsewhere => t::trouble_used_elsewhere(lang).to_owned(),
        Refused::OtherLinked => t::trouble_other_linked(lang, &account),
        Refused::NotLinked => t::trouble_not_linked(lang, &account),
        Refused::Locked => r::sign_in_blocked(lang).to_owned(),
        Refused::TooMany => r::too_many_tries(lang).to_owned(),
        Refused::OtherAccount => t::trouble_other_account(lang, &account),
        Refused::LastWayIn => t::row_last_way(lang).to_owned(),
        Refused::Chosen => t::trouble_chosen(lang).to_owned(),
    }
}

/// An account that waits for its owner to sign in (MP-65) or to register (MP-18).
fn waits(desk: &Desk, caller: &Caller, purpose: Purpose, visit: &Visit, waiting: &Waiting) -> Option<String> {
    let lang = lang_of(caller.locale);
    let (provider, site) = (waiting.label.as_str(), desk.settings.site.name.as_str());
    let open = desk.settings.policy.registration.mode == RegistrationMode::Member;
    let text = match purpose {
        Purpose::SignUp => t::sign_up_waiting(lang, provider),
        Purpose::SignIn if open => t::sign_in_waiting(lang, provider, site),
        Purpose::SignIn => t::sign_in_waiting_closed(lang, provider, site),
        Purpose::Link | Purpose::Confirm => return None,
    };
    let account = waiting.shown.clone().map(|shown| view! { <p class="row__label">{shown}</p> });
    let told =
        [&waiting.family_name, &waiting.given_name, &waiting.email].iter().any(|part| !part.is_empty());
    let more = if purpose == Purpose::SignUp {
        told.then(|| view! { <p>{t::sign_up_prefilled(lang, provider)}</p> }).into_any()
    } else {
        view! {
            <form method="post" action="/sign-in/linked/cancel">
                <input type="hidden" name="next" value=visit.next.clone()/>
                <button type="submit" class="button button--text">{t::sign_in_cancel(lang)}</button>
            </form>
        }
        .into_any()
    };
    Some(view! { <div class=Tone::Info.class() role="status"><p>{text}</p>{account}{more}</div> }.to_html())
}

/// What to try when linking does not work (MP-67).
pub fn retry(desk: &Desk, caller: &Caller) -> String {
    let lang = lang_of(caller.locale);
    let site = &desk.settings.site.name;
    let steps = [
        t::retry_sign_out(lang, site),
        t::retry_sign_out_there(lang).to_owned(),
        t::retry_sign_in(lang, site),
        t::retry_sign_in_there(lang).to_owned(),
    ];
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <details class="help">
            <summary>{t::retry_heading(lang)}</summary>
            <div><p>{t::retry_lead(lang)}</p><ol>{steps}</ol></div>
        </details>
    }
    .to_html()
}

/// What ホーム says of the links; empty: this site has no providers.
pub async fn linked(desk: &Desk, caller: &Caller) -> Result<String, Fault> {
    if !is_offered(&desk.settings) {
        return Ok(String::new());
    }
    let lang = lang_of(caller.locale);
    let names = identity::linked_accounts::linked(desk, caller).await?;
    Ok(match names.as_slice() {
        [] if desk.settings.policy.linked_accounts.login_method_exclusive => {
            t::home_password(lang).to_owned()
        }
        [] => t::home_none(lang).to_owned(),
        names => names.join(t::home_separator(lang)),
    })
}

/// A line of the list.
pub fn row(desk: &Desk, caller: &Caller, exclusive: bool, row: identity::linked_accounts::Row) -> Row {
    let lang = lang_of(caller.locale);
    let at = |ms| moment::shown(ms, caller.locale);
    let (provider, site) = (row.label.as_str(), desk.settings.site.name.as_str());
    let account = account(provider, lang);
    let mut about = Vec::new();
    if let Some(link) = &row.link {
        about.extend(link.shown.as_deref().map(|shown| t::row_account(lang, shown)));
        about.push(t::row_linked_at(lang, &at(link.linked_at)));
        about.push(
            link.last_used_at
                .map_or(t::row_never_used(lang).to_owned(), |ms| t::row_last_used(lang, &at(ms))),
        );
        if !row.can_unlink {
            about.push(if exclusive {
                t::row_switch_first(lang, &account)
            } else {
                t::row_last_way(lang).to_owned()
            });
        }
    } else if !row.reachable {
        about.push(t::unreachable(lang, provider));
    } else if !row.can_link {
        about.push(t::row_one_only(lang).to_owned());
    }
    let linkable = row.can_link && row.reachable;
    Row {
        link: match linkable {
            true if exclusive => t::row_change_named(lang, &account),
            true => t::row_link_named(lang, provider),
            false => String::new(),
        },
        unlink: if row.can_unlink { t::row_unlink_named(lang, provider) } else { String::new() },
        meaning: if row.can_unlink { t::row_ask(lang, &account, site) } else { String::new() },
        linked: row.link.is_some(),
        about,
        id: row.id,
        name: row.label,
    }
}
