//! パスキー: what there is, removing, adding. It stands behind a fresh proof.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::passkeys as t;

use super::actions::{Key, Passkeys, PasskeysView};
use super::{AddPasskey, RemovePasskey};
use crate::action::{ActionError, Sending, ask, sending};
use crate::boot::{Live, use_boot, use_lang};
use crate::site::{NotAvailablePage, drawn};
use crate::ui::field::TextField;
use crate::ui::form::{Submit, Summary};
use crate::ui::notice::Done;
use crate::ui::page::Page;
use crate::ui::passkey::PasskeyForm;

/// The page.
#[component]
pub fn PasskeysPage() -> impl IntoView {
    // Each form that was done has the record read again: then the list is, too, whatever the address says.
    let live = expect_context::<Live>();
    let round = StoredValue::new(0_u32);
    let key = move || {
        live.track();
        round.update_value(|round| *round += 1);
        round.get_value()
    };
    let view = Resource::new_blocking(key, |_| ask(Passkeys {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match view.await {
                    Err(ActionError::NotOffered) => view! { <NotAvailablePage/> }.into_any(),
                    view => drawn(view, |view| view! { <All view/> }.into_any()),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn All(view: PasskeysView) -> impl IntoView {
    let lang = use_lang();
    let added = if use_boot().passkeys { t::done_added(lang) } else { t::done_added_step(lang) };
    let add = sending::<AddPasskey>();
    let remove = sending::<RemovePasskey>();
    let none = view.keys.is_empty();
    let rows = view.keys.into_iter().map(|key| view! { <Row key remove/> }).collect_view();
    view! {
        <Page title=t::title(lang) lead=t::lead(lang) back=(Route::Security.path(), t::back(lang).to_owned())>
            <Done known=vec![
                ("added", added),
                ("removed", t::done_removed(lang)),
                ("removed-last", t::done_removed_last(lang)),
            ]/>
            <section aria-labelledby="passkeys">
                <h2 id="passkeys">{t::list(lang)}</h2>
                <Summary problems=remove.problems.into()/>
                {if none {
                    view! { <p>{t::none(lang)}</p> }.into_any()
                } else {
                    view! { <ul class="rows">{rows}</ul><p class="hint">{t::removed_hint(lang)}</p> }.into_any()
                }}
            </section>
            <section aria-labelledby="add">
                <h2 id="add">{t::add(lang)}</h2>
                <p>{t::kept(lang)}</p>
                {if view.room {
                    view! {
                        <PasskeyForm to=add of="new" text=t::add(lang) explained=true>
                            <TextField
                                field=Field::Label
                                label=t::label(lang)
                                hint=t::label_hint(lang)
                                problems=add.problems.into()
                                autocomplete="off"
                                value=add.value("label", "")
                                optional=true
                            />
                        </PasskeyForm>
                    }
                    .into_any()
                } else {
                    view! { <p>{t::full(lang)}</p> }.into_any()
                }}
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(key: Key, remove: Sending) -> impl IntoView {
    let lang = use_lang();
    let used = if key.used.is_empty() { t::never_used(lang).to_owned() } else { t::used(lang, &key.used) };
    let named = t::remove_named(lang, &key.name);
    view! {
        <li class="row">
            <span class="row__label">{key.name}</span>
            " "
            <span class="row__value">{t::created(lang, &key.created)}<br/>{used}</span>
            " "
            <form class="row__more" method="post" action=remove.action on:submit=remove.on_submit()>
                <input type="hidden" name="id" value=key.id/>
                <Submit to=remove text=t::remove(lang) class="button button--text" label=named/>
            </form>
        </li>
    }
    .into_any()
}
