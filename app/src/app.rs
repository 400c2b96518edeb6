//! The app: one line a page. `domain::route` has the addresses, also those at which refused forms are rendered without
//! script. The guard that sends visitors to ログイン runs before the renderer, in `server`.

use domain::route::Route;
use leptos::prelude::*;
use leptos::tachys::view::iterators::StaticVec;
use leptos_meta::provide_meta_context;
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute};
use leptos_router::components::{FlatRoutes, Router};
use leptos_router::{
    ChooseView, MatchInterface, NestedRoute, PartialPathMatch, PathSegment, PossibleRouteMatch, RouteDefs,
};

use crate::alerts::AlertPage;
use crate::data_export::DataExportPage;
use crate::documents::{PrivacyPage, TermsPage};
use crate::email_change::{EmailConfirmPage, EmailPage, EmailRevertPage};
use crate::form::RejectedForm;
use crate::frame::Frame;
use crate::help::{HelpPage, StoredPage, TopicPage};
use crate::lazy::lazy;
use crate::linked_accounts::LinkedPage;
use crate::menu::HomePage;
use crate::page_context::{PageContext, PageSignal};
use crate::page_data::{NotAvailablePage, NotFoundPage};
use crate::passkeys::PasskeysPage;
use crate::password_reset::{NewPasswordPage, RequestPage, SentPage as ResetSentPage};
use crate::profile::{AccountPage, ProfilePage};
use crate::reauthentication::ReauthenticationPage;
use crate::registration::{CompletePage, RegisterPage, SentPage};
use crate::second_factor::{AppPage, BackupCodesPage, MailPage, SecondFactorPage};
use crate::security_settings::SecurityPage;
use crate::sign_in::{ChallengePage, ResendPage, SignInPage};
use crate::sign_in_history::HistoryPage;
use crate::ui::page::Arrived;
use crate::withdrawal::{WithdrawPage, WithdrawnPage};

/// What the server hands to the first rendering, the same for server and browser.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct InitialState {
    /// What every page needs.
    pub page: PageContext,
    /// A form that was refused without script.
    pub rejected: Option<RejectedForm>,
}

/// The table of pages. The code of a `lazy!` page is fetched when the page is opened.
fn routes() -> StaticVec<AnyNestedRoute> {
    // One page for every chapter of the help.
    let topic = lazy!(reading: TopicPage);
    let mut all = vec![
        // Before signing in.
        at(Route::Home, HomePage),
        at(Route::SignIn, SignInPage),
        at(Route::SignInSecondFactor, lazy!(visitors: ChallengePage)),
        at(Route::SignInResend, lazy!(visitors: ResendPage)),
        at(Route::Register, lazy!(visitors: RegisterPage)),
        at(Route::RegisterSent, lazy!(visitors: SentPage)),
        at(Route::RegisterComplete, lazy!(visitors: CompletePage)),
        at(Route::PasswordReset, lazy!(visitors: RequestPage)),
        at(Route::PasswordResetSent, lazy!(visitors: ResetSentPage)),
        at(Route::PasswordResetNew, lazy!(visitors: NewPasswordPage)),
        at(Route::Alert, lazy!(visitors: AlertPage)),
        at(Route::EmailUndo, lazy!(account: EmailRevertPage)),
        at(Route::Withdrawn, lazy!(account: WithdrawnPage)),
        // The account.
        at(Route::Account, AccountPage),
        at(Route::Profile, lazy!(account: ProfilePage)),
        at(Route::EmailChange, lazy!(account: EmailPage)),
        at(Route::EmailConfirm, lazy!(account: EmailConfirmPage)),
        at(Route::DataExport, lazy!(account: DataExportPage)),
        at(Route::Withdraw, lazy!(account: WithdrawPage)),
        at(Route::Services, NotAvailablePage),
        at(Route::NotAvailable, NotAvailablePage),
        // What protects it.
        at(Route::Reauthenticate, lazy!(protection: ReauthenticationPage)),
        at(Route::Linked, lazy!(protection: LinkedPage)),
        at(Route::Security, lazy!(protection: SecurityPage)),
        at(Route::History, lazy!(protection: HistoryPage)),
        at(Route::SecondFactor, lazy!(protection: SecondFactorPage)),
        at(Route::SecondFactorApp, lazy!(protection: AppPage)),
        at(Route::SecondFactorMail, lazy!(protection: MailPage)),
        at(Route::BackupCodes, lazy!(protection: BackupCodesPage)),
        at(Route::Passkeys, lazy!(protection: PasskeysPage)),
        // Pages to read.
        at(Route::Help, lazy!(reading: HelpPage)),
        at(Route::HelpData, lazy!(reading: StoredPage)),
        at(Route::Terms, lazy!(reading: TermsPage)),
        at(Route::Privacy, lazy!(reading: PrivacyPage)),
    ];
    all.extend(Route::HELP_TOPICS.iter().map(|route| at(*route, topic)));
    all.into_iter().flatten().collect::<Vec<_>>().into()
}

/// A page at its own address, and at those of its forms.
fn at<V>(route: Route, page: V) -> Vec<AnyNestedRoute>
where
    V: ChooseView + Clone,
{
    let forms = route.forms().iter().copied().filter(|form| *form != route.path());
    let at = move |path| NestedRoute::new(Address(path), page.clone()).into_any_nested_route();
    std::iter::once(route.path()).chain(forms).map(at).collect()
}

/// A route segment that matches one whole path.
#[derive(Clone, Copy, Debug)]
struct Address(&'static str);

impl PossibleRouteMatch for Address {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let known = |path: &str| path.trim_end_matches('/') == self.0.trim_end_matches('/');
        known(path).then(|| PartialPathMatch::new("", Vec::new(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static(self.0.into()));
    }
}

/// Fetches what the page at an address needs beyond the common code, before it is hydrated.
pub async fn fetch(path: &str) {
    if let Some(found) = RouteDefs::new(routes()).match_route(path) {
        found.into_view_and_child().0.preload().await;
    }
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The server provides it; the browser reads what the server wrote into the page.
    let initial = SharedValue::new(expect_context::<InitialState>).into_inner();
    let page: PageSignal = RwSignal::new(initial.page);
    provide_context(page);
    provide_context(Arrived(StoredValue::new(false)));
    if let Some(rejected) = initial.rejected {
        provide_context(rejected);
    }
    let (routing, set_routing) = signal(false);
    view! {
        <Router set_is_routing=set_routing>
            <Frame routing=routing.into()>
                <FlatRoutes fallback=NotFoundPage children=ToChildren::to_children(routes)/>
            </Frame>
        </Router>
    }
}
