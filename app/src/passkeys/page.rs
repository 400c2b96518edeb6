//! パスキー: the list, removing, adding. It needs a fresh authentication.

use domain::field::Field;
use domain::route::Route;
use leptos::prelude::*;
use words::passkeys as t;

use super::actions::{Key, Passkeys, PasskeysView};
use super::{AddPasskey, PasskeyForm, RemovePasskey};
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::{use_locale, use_page};
use crate::page_data::{refetch_after_submit, render_result};
use crate::ui::field::TextField;
use crate::ui::form::{Submit, Summary};
use crate::ui::notice::Done;
use crate::ui::page::Page;

/// The page.
#[component]
pub fn PasskeysPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| fetch_view(Passkeys {}, &[]));
    refetch_after_submit(view);
    view! {
        <Transition>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <All view/> }.into_any()) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn All(view: PasskeysView) -> impl IntoView {
    let locale = use_locale();
    let added = if use_page().passkeys { t::done_added(locale) } else { t::done_added_step(locale) };
    let add = use_form::<AddPasskey>();
    let remove = use_form::<RemovePasskey>();
    let none = view.keys.is_empty();
    let rows = view.keys.into_iter().map(|key| view! { <Row key remove/> }).collect_view();
    view! {
        <Page title=t::title(locale) lead=t::lead(locale) back=(Route::Security.path(), t::back(locale).to_owned())>
            <Done known=vec![
                ("added", added),
                ("removed", t::done_removed(locale)),
                ("removed-last", t::done_removed_last(locale)),
            ]/>
            <section aria-labelledby="passkeys">
                <h2 id="passkeys">{t::list(locale)}</h2>
                <Summary problems=remove.problems.into()/>
                {if none {
                    view! { <p>{t::none(locale)}</p> }.into_any()
                } else {
                    view! { <ul class="rows">{rows}</ul><p class="hint">{t::removed_hint(locale)}</p> }.into_any()
                }}
            </section>
            <section aria-labelledby="add">
                <h2 id="add">{t::add(locale)}</h2>
                <p>{t::kept(locale)}</p>
                {if view.room {
                    view! {
                        <PasskeyForm to=add of="new" text=t::add(locale) explained=true>
                            <TextField
                                field=Field::Label
                                label=t::label(locale)
                                hint=t::label_hint(locale)
                                problems=add.problems.into()
                                autocomplete="off"
                                value=add.value("label", "")
                                optional=true
                            />
                        </PasskeyForm>
                    }
                    .into_any()
                } else {
                    view! { <p>{t::full(locale)}</p> }.into_any()
                }}
            </section>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(key: Key, remove: FormState) -> impl IntoView {
    let locale = use_locale();
    let used =
        if key.used.is_empty() { t::never_used(locale).to_owned() } else { t::used(locale, &key.used) };
    let named = t::remove_named(locale, &key.name);
    view! {
        <li class="row">
            <span class="row__label">{key.name}</span>
            " "
            <span class="row__value">{t::created(locale, &key.created)}<br/>{used}</span>
            " "
            <form class="row__more" method="post" action=remove.action on:submit=remove.on_submit()>
                <input type="hidden" name="id" value=key.id/>
                <Submit to=remove text=t::remove(locale) class="button button--text" label=named/>
            </form>
        </li>
    }
    .into_any()
}
