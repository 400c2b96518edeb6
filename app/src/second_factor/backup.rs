//! バックアップコード: a list is shown; it is stored when the member confirms that they kept it.

use domain::route::Route;
use domain::second_factor::set_up::Refused;
use leptos::prelude::*;
use words::second_factor as t;

use super::actions::{BackupDraft, CodesView, StoreBackupCodes};
use super::use_next;
use crate::fetch::fetch_view;
use crate::form::{FormState, use_form};
use crate::page_context::use_locale;
use crate::page_data::render_result;
use crate::ui::form::{Form, Submit};
use crate::ui::page::Page;

/// The page.
#[component]
pub fn BackupCodesPage() -> impl IntoView {
    let to = use_form::<StoreBackupCodes>();
    let stale = Memo::new(move |_| to.refused_for(Refused::Stale));
    let view = Resource::new_blocking(move || stale.get(), |_| fetch_view(BackupDraft {}, &[]));
    view! {
        <Suspense>
            {move || Suspend::new(async move { render_result(view.await, |view| view! { <List to view/> }.into_any()) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn List(to: FormState, view: CodesView) -> impl IntoView {
    let locale = use_locale();
    let codes =
        view.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }.into_any()).collect_view();
    view! {
        <Page title=t::codes(locale) lead=t::codes_lead(locale) back=(Route::SecondFactor.with_next(&use_next()), t::back_to_list(locale).to_owned())>
            <ol class="codes">{codes}</ol>
            <p class="no-print">
                <a class="button button--secondary" href=view.file download="backup-codes.txt" rel="external">{t::codes_download(locale)}</a>
            </p>
            <p class="hint no-print">{t::codes_print(locale)}</p>
            <Form to>
                <input type="hidden" name="draft" value=view.sealed/>
                <input type="hidden" name="next" value=use_next()/>
                <div class="actions no-print"><Submit to text=t::codes_keep(locale)/></div>
            </Form>
            <p class="hint no-print">{t::codes_note(locale)}</p>
        </Page>
    }
    .into_any()
}
