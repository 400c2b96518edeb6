//! The app: one line a page. The guard that sends visitors to ログイン stands before the renderer, in `server`.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::action::Returned;
use crate::auth_policy::SecurityPage;
use crate::boot::{Boot, Live};
use crate::confirm::ConfirmPage;
use crate::documents::{PrivacyPage, TermsPage};
use crate::home::HomePage;
use crate::profile::{AccountPage, ProfilePage};
use crate::registration::{CompletePage, RegisterPage, SentPage};
use crate::second_factor::{AppPage, BackupCodesPage, MailPage, SecondFactorPage};
use crate::sign_in::{ResendPage, SecondStepPage, SignInPage};
use crate::sign_in_history::HistoryPage;
use crate::site::OtherPage;
use crate::ui::frame::Frame;
use crate::ui::page::Arrived;

/// What the server hands to the first drawing, once for both sides.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct First {
    /// What every page needs.
    pub boot: Boot,
    /// A form on its way back.
    pub returned: Option<Returned>,
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The server provides `First`; the browser reads what the server wrote into the page.
    let first = SharedValue::new(expect_context::<First>).into_inner();
    let live: Live = RwSignal::new(first.boot);
    provide_context(live);
    provide_context(Arrived(StoredValue::new(false)));
    if let Some(returned) = first.returned {
        provide_context(returned);
    }
    let (routing, set_routing) = signal(false);
    view! {
        <Router set_is_routing=set_routing>
            <Frame routing=routing.into()>
                <FlatRoutes fallback=OtherPage>
                    <Route path=path!("/") view=HomePage/>
                    <Route path=path!("/sign-in") view=SignInPage/>
                    <Route path=path!("/sign-in/second-step") view=SecondStepPage/>
                    <Route path=path!("/sign-in/second-step/resend") view=ResendPage/>
                    <Route path=path!("/register") view=RegisterPage/>
                    <Route path=path!("/register/sent") view=SentPage/>
                    <Route path=path!("/register/complete") view=CompletePage/>
                    <Route path=path!("/account") view=AccountPage/>
                    <Route path=path!("/account/profile") view=ProfilePage/>
                    <Route path=path!("/account/confirm") view=ConfirmPage/>
                    <Route path=path!("/account/second-step") view=SecondFactorPage/>
                    <Route path=path!("/account/second-step/app") view=AppPage/>
                    <Route path=path!("/account/second-step/mail") view=MailPage/>
                    <Route path=path!("/account/second-step/mail/send") view=MailPage/>
                    <Route path=path!("/account/second-step/backup-codes") view=BackupCodesPage/>
                    <Route path=path!("/account/security") view=SecurityPage/>
                    <Route path=path!("/account/history") view=HistoryPage/>
                    // A form without script comes back at its own address; the browser must find its page there.
                    <Route path=path!("/register/code") view=SentPage/>
                    <Route path=path!("/register/resend") view=SentPage/>
                    <Route path=path!("/account/profile/password") view=ProfilePage/>
                    <Route path=path!("/terms") view=TermsPage/>
                    <Route path=path!("/privacy") view=PrivacyPage/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}
