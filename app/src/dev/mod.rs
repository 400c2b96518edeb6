//! `/dev/components`: every component in every state, for review and screenshots. In development only, rendered by the
//! server alone: nothing of it is in the browser's code.

use domain::field::Field;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::app::InitialState;
use crate::form::{Problem, use_form};
use crate::frame::Frame;
use crate::page_context::{PageSignal, use_page};
use crate::profile::ChangeProfile;
use crate::registration::Steps;
use crate::ui::field::{BirthDateField, Check, CodeField, Problems, TextField};
use crate::ui::form::{Form, Submit, Summary};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::{Arrived, Page};
use crate::ui::password::{OwnContext, PasswordField};

/// The page in its frame.
#[component]
pub fn DevApp() -> impl IntoView {
    provide_meta_context();
    let page: PageSignal = RwSignal::new(expect_context::<InitialState>().page);
    provide_context(page);
    provide_context(Arrived(StoredValue::new(false)));
    view! {
        <Router>
            <Frame routing=Signal::stored(false)>
                <FlatRoutes fallback=|| ()>
                    <Route path=path!("/dev/components") view=ComponentsPage/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

#[component]
fn ComponentsPage() -> impl IntoView {
    let fine: Problems = Signal::stored(Vec::new());
    let wrong: Problems = Signal::stored(
        [
            Field::Email,
            Field::FamilyName,
            Field::BirthDate,
            Field::NewPassword,
            Field::Terms,
            Field::Code,
            Field::Form,
        ]
        .map(|field| Problem {
            field,
            code: "XX00".into(),
            text: format!("What is wrong with {}.", field.name()),
        })
        .into(),
    );
    let to = use_form::<ChangeProfile>();
    let about = Signal::stored(OwnContext::default());
    view! {
        <Page title="Components" lead="Every component in every state.">
            <section>
                <h2>"Notices"</h2>
                {[Tone::Info, Tone::Success, Tone::Warning, Tone::Error]
                    .map(|tone| view! { <Notice tone text=format!("{tone:?}: メッセージの見本です。")/> })
                    .into_iter()
                    .collect_view()}
            </section>
            <section><h2>"Steps"</h2><Steps at=0/><Steps at=1/><Steps at=2/></section>
            <Form to>
                <h2>"Fields"</h2>
                <TextField field=Field::Email label="Text" problems=fine hint="Help under the label." autocomplete="off"/>
                <TextField field=Field::GivenName label="Optional" problems=fine autocomplete="off" optional=true/>
                <div class="pair">
                    <TextField field=Field::FamilyName label="Left" problems=fine autocomplete="off" value="山田"/>
                    <TextField field=Field::GivenName label="Right" problems=fine autocomplete="off" value="花子"/>
                </div>
                <BirthDateField label="Date" hint="Three inputs." problems=fine values=["1990", "4", "1"].map(str::to_owned) required=true/>
                <PasswordField field=Field::NewPassword label="Password" problems=fine autocomplete="off" rules=(use_page().rules, about)/>
                <CodeField label="Code" hint="Six digits." problems=fine/>
                <Check name="remember">"A box"</Check>
                <div class="actions">
                    <Submit to text="Primary"/>
                    <button type="button" class="button button--secondary">"Secondary"</button>
                    <button type="button" class="button button--danger">"Danger"</button>
                    <button type="button" class="button button--text">"Text"</button>
                    <button type="button" class="button button--primary" aria-busy="true">"Busy"</button>
                </div>
            </Form>
            <section>
                <h2>"With errors"</h2>
                <Summary problems=wrong/>
                <TextField field=Field::Email label="Text" problems=wrong hint="Help under the label." autocomplete="off"/>
                <BirthDateField label="Date" hint="Three inputs." problems=wrong values=["1990", "2", "30"].map(str::to_owned) required=true/>
                <PasswordField field=Field::NewPassword label="Password" problems=wrong autocomplete="off" rules=(use_page().rules, about)/>
                <CodeField label="Code" hint="Six digits." problems=wrong/>
                <Check name="terms" field=(Field::Terms, wrong)>"A box"</Check>
            </section>
            <section>
                <h2>"Lists"</h2>
                <ul class="rows">
                    <li>
                        <a class="row" href="#">
                            <span class="row__label">"Row"</span> " " <span class="row__value">"its state"</span> " "
                            <span class="row__more"></span>
                        </a>
                    </li>
                    <li><button type="button" class="row"><span class="row__label">"A row that is a button"</span></button></li>
                </ul>
                <dl class="facts"><div><dt>"Term"</dt><dd>"Description"</dd></div></dl>
                <p class="big">"taro@example.jp"</p>
                <p><span class="chip">"Chip"</span> " " <span class="chip chip--here">"Here"</span></p>
                <details class="help"><summary>"Help that opens"</summary><p>"Its text."</p></details>
            </section>
        </Page>
    }
    .into_any()
}
