//! What an attacker leaves in an account with providers, and how the member removes it (security.md 2.9).

use domain::linked_accounts::{Purpose, Refused};
use domain::{password_change, reauthentication};
use identity::linked_accounts::{self, CallbackOutcome};
use identity::pending_identity;
use identity::{OpenedSession, alerts, password_reset};
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::error::Denied;
use platform::secret::Token;
use rstest::rstest;
use serde_json::json;
use testkit::provider::TestProvider;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp, link_in};

use super::with_provider::{
    ADDRESS, authorize_at, authorize_beside, call_back, call_back_with, code_of, entered, linked_member,
    links, person, reset, site, start, waiting_at, why,
};

const NEW: &str = "quiet-Heron-folds-9-maps";

/// Links an account of the attacker's at a provider.
async fn plant(provider: &TestProvider, id: &'static str, attacker: &Ctx) {
    let claims = person("attacker", "a@example.com");
    let outcome = authorize_at(provider, id, attacker, Purpose::Link, claims).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Linked)), "{outcome:?}");
}

/// Whether the attacker's account at a provider signs in now.
async fn comes_in(site: &TestApp, provider: &TestProvider, id: &'static str) -> bool {
    let claims = person("attacker", "a@example.com");
    let outcome = authorize_at(provider, id, &site.visitor(), Purpose::SignIn, claims).await;
    matches!(outcome, Ok(CallbackOutcome::SignedIn(..)))
}

async fn set_new(site: &TestApp, link: &Token) {
    let form = password_change::Form {
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
        ..Default::default()
    };
    password_reset::set_new(&site.visitor(), link, &form).await.unwrap();
}

/// The link of the newest e-mail whose subject says this.
async fn link_of(site: &TestApp, subject: &str) -> Token {
    let emails = site.emails().await;
    emails.iter().rev().find(|email| email.subject.contains(subject)).map(link_in).unwrap()
}

/// "Suspend" in the e-mail about a link that the member did not make: the link is gone when the new password opens the
/// account again.
#[rstest]
#[tokio::test]
async fn a_suspension_takes_the_attackers_link_as_well(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let owner = linked_member(&site, &provider, ADDRESS, "of the owner").await;
    site.wait(MINUTE_MS);
    let attacker = site.ctx(&site.signed_in(ADDRESS).await.token).await;
    plant(&provider, "yahoo", &attacker).await;
    let link = link_of(&site, "SNSアカウントが連携されました").await;
    alerts::suspend(&site.visitor(), &link).await.unwrap();
    assert!(!site.is_open(&owner.token).await);
    set_new(&site, &link_in(&site.newest_email().await)).await;
    assert!(!comes_in(&site, &provider, "yahoo").await);
    let owners = person("of the owner", ADDRESS);
    entered(authorize_at(&provider, "google", &site.visitor(), Purpose::SignIn, owners).await);
}

/// The attacker's browser signs in again before it links, and signs in with what it linked to link more: "not me"
/// removes all of it. What the member linked in another browser meanwhile stays.
#[rstest]
#[tokio::test]
async fn not_me_takes_links_of_the_sessions_that_followed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let owner = site.member(ADDRESS).await;
    site.wait(MINUTE_MS);
    let first = site.signed_in(ADDRESS).await;
    let link = link_of(&site, "新しいブラウザ").await;
    let again = in_again(&site, &site.browser_of(&first)).await;
    plant(&provider, "yahoo", &site.ctx(&again.token).await).await;
    // From yet another browser, by the planted account; no second factor is asked for.
    let claims = person("attacker", "a@example.com");
    let through = authorize_at(&provider, "yahoo", &site.visitor(), Purpose::SignIn, claims).await;
    let through = site.ctx(&entered(through).token).await;
    let started = linked_accounts::start(&through, "google", Purpose::Link, None, None, None).await;
    assert_eq!(started.denied(), Denied::StepUp, "MD-08");
    plant(&provider, "google", &reauthenticated(&site, &through).await).await;
    provider.say(|says| says.profile = json!({ "id": "of the owner" }));
    let own = site.ctx(&owner.token).await;
    let request = start(&provider, &own, "facebook", Purpose::Link).await;
    assert!(matches!(call_back(&own, &request).await, Ok(CallbackOutcome::Linked)));
    assert_eq!(links(&site).await, 3);

    alerts::not_mine(&site.visitor(), &link).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar("SELECT subject FROM linked_account")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap();
    assert_eq!(left, ["of the owner"]);
    assert!(!comes_in(&site, &provider, "yahoo").await && !comes_in(&site, &provider, "google").await);
}

/// Signs in once more in a browser that is known already.
async fn in_again(site: &TestApp, browser: &Ctx) -> OpenedSession {
    site.first_factor(browser, ADDRESS).await.in_session()
}

/// 本人確認 with the password.
async fn reauthenticated(site: &TestApp, ctx: &Ctx) -> Ctx {
    let form = reauthentication::Form { password: PASSWORD.into(), ..Default::default() };
    site.ctx(&identity::reauthentication::reauthenticate(ctx, &form).await.unwrap()).await
}

/// A new password removes no other sign-in method; its e-mail names them all, so that what an attacker left is found.
#[rstest]
#[tokio::test]
async fn the_email_about_a_new_password_names_what_else_opens_the_account(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let own = site.ctx(&site.member(ADDRESS).await.token).await;
    let change = password_change::Form {
        current_password: PASSWORD.into(),
        new_password: NEW.into(),
        new_password_confirm: NEW.into(),
    };
    let changed = identity::password::change(&own, &change).await.unwrap();
    let email = site.newest_email().await;
    assert!(
        email.subject.contains("パスワードが変更されました") && !email.text.contains("でもログインできます")
    );
    let attacker = site.ctx(&changed.token).await;
    plant(&provider, "yahoo", &attacker).await;
    plant(&provider, "google", &attacker).await;
    reset(&site, ADDRESS, PASSWORD).await;
    let email = site.newest_email().await;
    assert!(email.subject.contains("パスワードが変更されました"), "{}", email.subject);
    assert!(email.text.contains("Google、Yahoo! JAPAN"), "{}", email.text);
}

/// MP-19: the first choice stays, whether the second one begins afterwards or was at its provider already.
#[rstest]
#[tokio::test]
async fn mp_19_no_second_choice_before_the_registration_is_complete(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let visitor = site.visitor();
    let stale = start(&provider, &visitor, "yahoo", Purpose::SignUp).await;
    let chosen = waiting_at(&site, &provider, "google", Purpose::SignUp, person("1", "g@example.com")).await;
    let second = person("2", "y@example.com");
    provider.say(|says| says.claims = second.clone());
    let late = call_back_with(&visitor, &stale, code_of(&stale), Some(&chosen)).await;
    assert_eq!(why(late), Refused::Chosen);
    let started = linked_accounts::start(&visitor, "yahoo", Purpose::SignUp, None, None, Some(&chosen)).await;
    assert_eq!(started.refusals(), [Refused::Chosen]);
    let by_sign_in =
        authorize_beside(&provider, "yahoo", &visitor, Purpose::SignIn, second, Some(&chosen)).await;
    assert_eq!(why(by_sign_in), Refused::Chosen);
    let waiting = pending_identity::waiting(&visitor, &chosen).await.unwrap().unwrap();
    assert_eq!(waiting.label, "Google");
}
