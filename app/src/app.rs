//! The app: one line a page. The guard that sends visitors to ログイン stands before the renderer, in `server`.

use leptos::prelude::*;
use leptos::tachys::view::iterators::StaticVec;
use leptos_meta::provide_meta_context;
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute};
use leptos_router::components::{FlatRoutes, Router};
use leptos_router::{ChooseView, MatchInterface, NestedRoute, PossibleRouteMatch, RouteDefs, path};

use crate::action::Returned;
use crate::alerts::AlertPage;
use crate::auth_policy::SecurityPage;
use crate::boot::{Boot, Live};
use crate::confirm::ConfirmPage;
use crate::documents::{PrivacyPage, TermsPage};
use crate::email_change::{EmailConfirmPage, EmailPage, EmailUndoPage};
use crate::help::{HelpPage, KeptPage, TopicPage};
use crate::home::HomePage;
use crate::linked_accounts::LinkedPage;
use crate::my_data::MyDataPage;
use crate::part::later;
use crate::passkeys::PasskeysPage;
use crate::password_reset::{AskPage, NewPasswordPage, SentPage as ResetSentPage};
use crate::profile::{AccountPage, ProfilePage};
use crate::registration::{CompletePage, RegisterPage, SentPage};
use crate::second_factor::{AppPage, BackupCodesPage, MailPage, SecondFactorPage};
use crate::sign_in::{ResendPage, SecondStepPage, SignInPage};
use crate::sign_in_history::HistoryPage;
use crate::site::OtherPage;
use crate::ui::frame::Frame;
use crate::ui::page::Arrived;
use crate::withdrawal::{WithdrawPage, WithdrawnPage};

/// What the server hands to the first drawing, once for both sides.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct First {
    /// What every page needs.
    pub boot: Boot,
    /// A form on its way back.
    pub returned: Option<Returned>,
}

/// The table of pages. The code of a `later!` page is fetched when the page is opened.
fn routes() -> StaticVec<AnyNestedRoute> {
    let sent = later!(visitors: SentPage);
    let alert = later!(visitors: AlertPage);
    let reset_sent = later!(visitors: ResetSentPage);
    let email = later!(account: EmailPage);
    let profile = later!(account: ProfilePage);
    let mail = later!(protection: MailPage);
    let step = later!(visitors: SecondStepPage);
    let confirm = later!(protection: ConfirmPage);
    let passkeys = later!(protection: PasskeysPage);
    let linked = later!(protection: LinkedPage);
    // One page for every chapter of the help; one that is not there is a 404.
    let topic = later!(reading: TopicPage);
    // A form without script comes back at its own address; the browser must find its page there.
    vec![
        // Before signing in.
        at(path!("/"), HomePage),
        at(path!("/sign-in"), SignInPage),
        at(path!("/sign-in/second-step"), step),
        at(path!("/sign-in/second-step/resend"), later!(visitors: ResendPage)),
        at(path!("/sign-in/passkey"), SignInPage),
        at(path!("/sign-in/second-step/passkey"), step),
        at(path!("/sign-in/linked/cancel"), SignInPage),
        at(path!("/register"), later!(visitors: RegisterPage)),
        at(path!("/register/sent"), sent),
        at(path!("/register/complete"), later!(visitors: CompletePage)),
        at(path!("/register/code"), sent),
        at(path!("/register/resend"), sent),
        at(path!("/password/reset/new"), later!(visitors: NewPasswordPage)),
        at(path!("/password/reset"), later!(visitors: AskPage)),
        at(path!("/password/reset/sent"), reset_sent),
        at(path!("/password/reset/code"), reset_sent),
        at(path!("/password/reset/again"), reset_sent),
        at(path!("/alert"), alert),
        at(path!("/alert/mine"), alert),
        at(path!("/alert/not-mine"), alert),
        at(path!("/alert/lock"), alert),
        at(path!("/email-change/undo"), later!(account: EmailUndoPage)),
        at(path!("/withdrawn"), later!(account: WithdrawnPage)),
        // The account.
        at(path!("/account"), AccountPage),
        at(path!("/account/profile"), profile),
        at(path!("/account/profile/password"), profile),
        at(path!("/account/email"), email),
        at(path!("/account/email/code"), email),
        at(path!("/account/email/resend"), email),
        at(path!("/account/email/cancel"), email),
        at(path!("/account/email/confirm"), later!(account: EmailConfirmPage)),
        at(path!("/account/data"), later!(account: MyDataPage)),
        at(path!("/account/withdraw"), later!(account: WithdrawPage)),
        // What protects it.
        at(path!("/account/confirm/passkey"), confirm),
        at(path!("/account/confirm"), confirm),
        at(path!("/account/linked"), linked),
        at(path!("/account/linked/unlink"), linked),
        at(path!("/account/linked/password"), linked),
        at(path!("/account/security"), later!(protection: SecurityPage)),
        at(path!("/account/history"), later!(protection: HistoryPage)),
        at(path!("/account/second-step"), later!(protection: SecondFactorPage)),
        at(path!("/account/second-step/app"), later!(protection: AppPage)),
        at(path!("/account/second-step/mail"), mail),
        at(path!("/account/second-step/mail/send"), mail),
        at(path!("/account/second-step/backup-codes"), later!(protection: BackupCodesPage)),
        at(path!("/account/passkeys"), passkeys),
        at(path!("/account/passkeys/remove"), passkeys),
        // To be read.
        at(path!("/help"), later!(reading: HelpPage)),
        at(path!("/help/registration"), topic),
        at(path!("/help/sign-in"), topic),
        at(path!("/help/sign-out"), topic),
        at(path!("/help/profile"), topic),
        at(path!("/help/user-id"), topic),
        at(path!("/help/linked"), topic),
        at(path!("/help/security"), topic),
        at(path!("/help/services"), topic),
        at(path!("/help/use"), topic),
        at(path!("/help/withdraw"), topic),
        at(path!("/help/letter"), topic),
        at(path!("/help/code"), topic),
        at(path!("/help/data"), later!(reading: KeptPage)),
        at(path!("/terms"), later!(reading: TermsPage)),
        at(path!("/privacy"), later!(reading: PrivacyPage)),
    ]
    .into()
}

fn at<P, V>(path: P, page: V) -> AnyNestedRoute
where
    P: PossibleRouteMatch + Clone + Send + 'static,
    V: ChooseView,
{
    NestedRoute::new(path, page).into_any_nested_route()
}

/// Fetches what the page at an address needs beyond the common code, before it is woken up.
pub async fn fetch(path: &str) {
    if let Some(found) = RouteDefs::new(routes()).match_route(path) {
        found.into_view_and_child().0.preload().await;
    }
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
                <FlatRoutes fallback=OtherPage children=ToChildren::to_children(routes)/>
            </Frame>
        </Router>
    }
}
