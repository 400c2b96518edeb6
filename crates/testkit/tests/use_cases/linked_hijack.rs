//! The five attacks of "Pre-hijacked accounts" (security.md 2.9): the victim ends as the sole owner, by "not me" or
//! by the old mailbox (for what else an attacker leaves see `account_takeover.rs`). Also the account that a
//! registration began with (MP-18, MP-19).

use domain::linked_accounts::{Purpose, Refused};
use domain::registration::{CompleteRefused, Form};
use identity::linked_accounts::CallbackOutcome;
use identity::pending_identity;
use identity::registration::Submitted;
use identity::{alerts, email_change, registration, sign_in};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::secret::Token;
use rstest::rstest;
use serde_json::json;
use testkit::provider::TestProvider;
use testkit::{Database, Refusals, TestApp, code_in, form, link_in};

use super::with_provider::{
    ADDRESS, OTHER, Outcome, authorize, call_back, entered, link, linked_member, links, person, site,
    site_with, start, waiting, waiting_at, why,
};

/// Signs in with the stolen account.
async fn with_stolen_account(site: &TestApp, provider: &TestProvider) -> Outcome {
    authorize(provider, &site.visitor(), Purpose::SignIn, person("stolen", ADDRESS)).await
}

/// Presses "not me" in the newest e-mail.
async fn not_me(site: &TestApp) {
    let link = link_in(&site.newest_email().await);
    alerts::not_mine(&site.visitor(), &link).await.unwrap();
}

/// Classic-federated merge: an equal address joins nothing, verified or not.
#[rstest]
#[tokio::test]
async fn an_equal_address_is_no_link(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let (site, provider) = site(database).await;
    site.member(ADDRESS).await;
    for verified in [true, false] {
        let mut claims = person("of an attacker", ADDRESS);
        claims["email_verified"] = json!(verified);
        let outcome = authorize(&provider, &site.visitor(), Purpose::SignIn, claims).await;
        assert!(matches!(outcome, Ok(CallbackOutcome::Waits(..))), "{outcome:?}");
    }
    assert_eq!(links(&site).await, 0);
}

/// Trojan identifier: an attacker begins a registration of the victim's address with their own account.
#[rstest]
#[tokio::test]
async fn an_attackers_account_does_not_stay_on_the_victims_registration(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let claims = person("attacker", "a@example.com");
    let token = waiting(&site, &provider, Purpose::SignUp, claims.clone()).await;
    let attackers = site.app.rng.token();
    let typed = Form { password: "the-Attackers-own-pass-9".into(), ..form(ADDRESS) };
    registration::submit(&site.visitor(), &typed, &attackers, Some(&token)).await.unwrap();
    // The victim gets an e-mail they did not ask for; its link wants the attacker's password in their browser.
    let link = link_in(&site.newest_email().await);
    let opened = registration::complete_by_link(&site.visitor(), &link, None, None).await;
    assert_eq!(opened.refusals(), [CompleteRefused::PasswordNeeded]);
    // Then the victim registers, in their own browser.
    let form_id = site.app.rng.token();
    registration::submit(&site.visitor(), &form(ADDRESS), &form_id, None).await.unwrap();
    let code = code_in(&site.newest_email().await);
    let victim = registration::complete_by_code(&site.visitor(), &form_id, &code).await.unwrap();
    assert!(victim.signed_in.linked.is_none());
    assert_eq!(links(&site).await, 0);
    let outcome = authorize(&provider, &site.visitor(), Purpose::SignIn, claims).await;
    assert!(matches!(outcome, Ok(CallbackOutcome::Waits(..))), "{outcome:?}");
    // And the attacker's form is void.
    let late = registration::complete_by_link(&site.visitor(), &link, Some(&attackers), None).await;
    assert_eq!(late.refusals(), [CompleteRefused::LinkInvalid]);
}

/// Non-verifying provider: its claim about an address registers nobody, even where the policy trusts verified
/// addresses.
#[rstest]
#[tokio::test]
async fn an_address_that_the_provider_does_not_verify_is_proven_by_email(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site_with(database, &[("policy.linked_accounts.vouched_addresses", "true")]).await;
    let submit = async |waiting: &Token, email: &str| {
        let form_id = site.app.rng.token();
        registration::submit(&site.visitor(), &form(email), &form_id, Some(waiting)).await.unwrap()
    };
    let (hanako, taro) = ("hanako@yahoo.co.jp", "taro@yahoo.co.jp");
    let mut claims = person("1", hanako);
    claims["email_verified"] = json!(false);
    let waiting =
        async |id: &'static str, claims| waiting_at(&site, &provider, id, Purpose::SignUp, claims).await;
    let token = waiting("yahoo", claims).await;
    assert!(matches!(submit(&token, hanako).await, Submitted::Sent));
    // Each provider is trusted for its own domains only.
    for (id, address) in [("google", hanako), ("yahoo", ADDRESS)] {
        let token = waiting(id, person("1", address)).await;
        assert!(matches!(submit(&token, address).await, Submitted::Sent), "{id}");
    }
    // Verified, but another address was typed; or the address has an account.
    let token = waiting("yahoo", person("1", taro)).await;
    assert!(matches!(submit(&token, hanako).await, Submitted::Sent));
    site.wait(MINUTE_MS * 2);
    site.member(hanako).await;
    let token = waiting("yahoo", person("1", hanako)).await;
    assert!(matches!(submit(&token, hanako).await, Submitted::Sent));
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 1);
    let token = waiting("google", person("1", "taro@gmail.com")).await;
    let registered = submit(&token, "taro@gmail.com").await;
    assert!(matches!(registered, Submitted::Registered(_)), "{registered:?}");
    let token = waiting("yahoo", person("2", taro)).await;
    let registered = submit(&token, taro).await;
    assert!(matches!(registered, Submitted::Registered(_)), "{registered:?}");
    assert_eq!(links(&site).await, 2);
}

/// Unexpired session: "not me" ends the session of a stolen account of a provider, and unlinks the account.
#[rstest]
#[tokio::test]
async fn not_me_removes_the_link_that_an_attacker_signed_in_with(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    linked_member(&site, &provider, ADDRESS, "stolen").await;
    site.wait(MINUTE_MS);
    let attacker = entered(with_stolen_account(&site, &provider).await);
    let email = site.newest_email().await;
    assert!(email.subject.contains("新しいブラウザ"), "{}", email.subject);
    not_me(&site).await;
    assert!(!site.is_open(&attacker.token).await);
    let outcome = with_stolen_account(&site, &provider).await;
    assert!(
        matches!(outcome, Ok(CallbackOutcome::Waits(..))),
        "it is linked to no member any more: {outcome:?}"
    );
}

/// The same for a session of a remembered browser that the member does not recognise.
#[rstest]
#[tokio::test]
async fn not_me_removes_the_link_behind_a_remembered_browser(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site_with(database, &[("policy.auto_sign_in.mode", "always")]).await;
    linked_member(&site, &provider, ADDRESS, "stolen").await;
    site.wait(MINUTE_MS);
    let (remembered, _) = entered(with_stolen_account(&site, &provider).await).remember.unwrap();
    site.wait(DAY_MS);
    let before = site.emails().await.len();
    let attacker = sign_in::resume(&site.visitor(), &remembered).await.unwrap().unwrap().session;
    assert!(site.emails().await.len() > before, "of the session that was resumed");
    not_me(&site).await;
    assert!(!site.is_open(&attacker.token).await);
    let outcome = with_stolen_account(&site, &provider).await;
    assert!(
        matches!(outcome, Ok(CallbackOutcome::Waits(..))),
        "it is linked to no member any more: {outcome:?}"
    );
}

/// The member answers "not me" while an attacker's browser is at the provider: nothing is linked when it comes back.
#[rstest]
#[tokio::test]
async fn a_session_that_ended_meanwhile_links_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    site.member(ADDRESS).await;
    let attacker = site.signed_in(ADDRESS).await;
    // The context is of a moment before: the session ends while the provider is asked.
    let ctx = site.ctx(&attacker.token).await;
    let request = start(&provider, &ctx, "google", Purpose::Link).await;
    not_me(&site).await;
    assert_eq!(why(call_back(&ctx, &request).await), Refused::Over);
    assert_eq!(links(&site).await, 0);
}

/// Unexpired address change: an attacker changes the address and links their own account; the old mailbox reverts both.
#[rstest]
#[tokio::test]
async fn reverting_an_address_removes_links_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    site.member(ADDRESS).await;
    site.wait(MINUTE_MS);
    let ctx = site.ctx(&site.signed_in(ADDRESS).await.token).await;
    email_change::start(&ctx, OTHER).await.unwrap();
    let emails = site.emails().await;
    let code = emails.iter().rev().find(|email| email.to.contains(OTHER)).map(code_in).unwrap();
    email_change::confirm_by_code(&ctx, &code, "").await.unwrap();
    let revert = super::email_change::revert_link(&site, ADDRESS).await;
    link(&provider, &ctx, person("attacker", OTHER)).await;
    email_change::revert(&site.visitor(), &revert).await.unwrap();
    assert_eq!(links(&site).await, 0);
}

/// Unexpired session: "not me" ends every earlier session, and removes what one of them linked.
#[rstest]
#[tokio::test]
async fn what_an_attackers_session_linked_is_removed_with_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let owner = linked_member(&site, &provider, ADDRESS, "of the owner").await;
    site.wait(MINUTE_MS);
    let attacker = site.signed_in(ADDRESS).await;
    let ctx = site.ctx(&attacker.token).await;
    let request = start(&provider, &ctx, "yahoo", Purpose::Link).await;
    provider.say(|says| says.claims = person("of the attacker", "t@example.com"));
    assert!(matches!(call_back(&ctx, &request).await, Ok(CallbackOutcome::Linked)));
    not_me(&site).await;
    assert!(!site.is_open(&attacker.token).await && !site.is_open(&owner.token).await);
    let left: Vec<String> = sqlx::query_scalar("SELECT subject FROM linked_account")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap();
    assert_eq!(left, ["of the owner"]);
}

#[rstest]
#[tokio::test]
async fn mp_18_mp_19_a_registration_keeps_the_account_that_it_began_with(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let ctx = site.visitor();
    let claims = person("1", "g@example.com");
    let token = waiting(&site, &provider, Purpose::SignUp, claims.clone()).await;
    let waits = pending_identity::waiting(&ctx, &token).await.unwrap().unwrap();
    assert_eq!(waits.purpose, Purpose::SignUp);
    assert_eq!((waits.family_name.as_str(), waits.given_name.as_str()), ("連携", "花子"));
    assert_eq!(waits.email, "g@example.com");
    let form_id = site.app.rng.token();
    registration::submit(&ctx, &form(ADDRESS), &form_id, Some(&token)).await.unwrap();
    // Longer than a pending account lives; and the e-mail is sent again meanwhile.
    site.wait(60 * MINUTE_MS);
    registration::send_again(&ctx, &form_id).await.unwrap();
    let code = code_in(&site.newest_email().await);
    let opened = registration::complete_by_code(&ctx, &form_id, &code).await.unwrap();
    assert_eq!(opened.signed_in.linked.unwrap().linked, Ok(()));
    assert_eq!(links(&site).await, 1);
    assert!(site.newest_email().await.subject.contains("連携されました"));
    entered(authorize(&provider, &ctx, Purpose::SignIn, claims).await);
}

#[rstest]
#[tokio::test]
async fn mp_18_an_account_that_was_linked_elsewhere_meanwhile_does_not_stop_the_registration(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (site, provider) = site(database).await;
    let ctx = site.visitor();
    let token = waiting(&site, &provider, Purpose::SignUp, person("1", "g@example.com")).await;
    let form_id = site.app.rng.token();
    registration::submit(&ctx, &form(ADDRESS), &form_id, Some(&token)).await.unwrap();
    let code = code_in(&site.newest_email().await);
    linked_member(&site, &provider, OTHER, "1").await;
    let opened = registration::complete_by_code(&ctx, &form_id, &code).await.unwrap();
    assert_eq!(opened.signed_in.linked.unwrap().linked, Err(Refused::UsedElsewhere));
    assert_eq!(links(&site).await, 1);
}
