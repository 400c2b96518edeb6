//! バックアップコード: a list is shown, kept by the member, and only then in force.

use domain::route::Route;
use domain::second_factor::Refused;
use leptos::prelude::*;
use words::second_factor as t;

use super::actions::{BackupDraft, CodesView, KeepBackupCodes};
use crate::action::{Sending, ask, sending};
use crate::boot::use_lang;
use crate::site::drawn;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn BackupCodesPage() -> impl IntoView {
    let to = sending::<KeepBackupCodes>();
    let stale = Memo::new(move |_| to.refused_for(Refused::Stale));
    let view = Resource::new_blocking(move || stale.get(), |_| ask(BackupDraft {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { drawn(view.await, |view| view! { <List to view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn List(to: Sending, view: CodesView) -> impl IntoView {
    let lang = use_lang();
    let codes =
        view.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }.into_any()).collect_view();
    view! {
        <Page title=t::codes(lang) lead=t::codes_lead(lang) back=(Route::SecondStep.path(), t::back_to_list(lang).to_owned())>
            <ol class="codes">{codes}</ol>
            <p class="no-print">
                <a class="button button--secondary" href=view.file download="backup-codes.txt" rel="external">{t::codes_download(lang)}</a>
            </p>
            <p class="hint no-print">{t::codes_print(lang)}</p>
            <Form to>
                <input type="hidden" name="draft" value=view.sealed/>
                <div class="actions no-print"><Submit to text=t::codes_keep(lang)/></div>
            </Form>
            <p class="hint no-print">{t::codes_note(lang)}</p>
        </Page>
    }
    .into_any()
}
