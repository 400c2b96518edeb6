//! 「今すぐアカウントをロックする」, and the temporary password of the helpdesk (MP-96, C-01).

use domain::address::EmailAddress;
use domain::password_change::Form as NewForm;
use domain::sign_in::{Form as SignInForm, Refused};
use identity::account_suspension::suspend_mine;
use identity::alerts;
use identity::helpdesk::{self, send_temporary_password};
use identity::password_reset::set_new;
use identity::sign_in::{SignInStep, resume, sign_in};
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::error::Denied;
use platform::secret::Token;
use rstest::rstest;
use testkit::{Database, Denials, PASSWORD, Refusals, Step, TestApp, link_in, recovery_code_in, visitor_of};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "another-good-secret";

fn new_form() -> NewForm {
    NewForm { current_password: PASSWORD.into(), new_password: NEW.into(), new_password_confirm: NEW.into() }
}

async fn set(site: &TestApp, link: &Token) {
    let form = NewForm { current_password: String::new(), ..new_form() };
    set_new(&site.visitor(), link, &form).await.unwrap();
}

async fn suspended(site: &TestApp) -> bool {
    site.count("SELECT COUNT(*) FROM member WHERE locked_at IS NOT NULL").await == 1
}

#[rstest]
#[tokio::test]
async fn the_owner_suspends_and_only_the_reset_email_opens_again(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let remember = SignInForm {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        ..SignInForm::default()
    };
    let other = sign_in(&site.visitor(), &remember, None).await.unwrap().in_session();
    site.wait(11 * MINUTE_MS);
    suspend_mine(&site.ctx(&opened.token).await).await.unwrap();

    assert!(suspended(&site).await);
    assert!(!site.is_open(&opened.token).await && !site.is_open(&other.token).await);
    assert!(resume(&site.visitor(), &other.remember.unwrap().0).await.unwrap().is_none());
    assert_eq!(site.sign_in_with(ADDRESS, PASSWORD).await.unwrap_err(), [Refused::Blocked]);
    set(&site, &link_in(&site.newest_email().await)).await;
    assert!(!suspended(&site).await);
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn any_security_email_can_suspend_once_and_without_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    site.sign_in_with(ADDRESS, PASSWORD).await.unwrap();
    let link = link_in(&site.newest_email().await);
    for _ in 0..5 {
        let seen = alerts::preview(&site.visitor(), &link).await.unwrap();
        assert!(seen.is_some(), "opening the link suspends nothing");
    }
    assert!(!suspended(&site).await);
    let pressed = successes(&site, |app, _| {
        let (visitor, link) = (visitor_of(&app), link.clone());
        async move { alerts::suspend(&visitor, &link).await }
    })
    .await;
    assert_eq!(pressed, 1);
    assert!(suspended(&site).await);
    let lines = site.count("SELECT COUNT(*) FROM audit WHERE event = 'account_suspended'").await;
    assert_eq!(lines, 1);
}

/// Sends a temporary password by the operator's command, and returns it.
async fn send(site: &TestApp) -> String {
    let address = EmailAddress::parse(ADDRESS).unwrap();
    send_temporary_password(&operator(site), &address).await.unwrap();
    recovery_code_in(&site.newest_email().await)
}

fn operator(site: &TestApp) -> Ctx {
    Ctx::operator(&site.app, None)
}

#[rstest]
#[tokio::test]
async fn mp_96_c_01_the_temporary_password_leads_to_a_new_one_and_nowhere_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let temporary = send(&site).await;
    assert_eq!(site.newest_email().await.to, ADDRESS, "to the registered address");
    let sessions = site.count("SELECT COUNT(*) FROM session").await;
    let typed = temporary.to_uppercase();
    let SignInStep::SetNewPassword(link) = site.sign_in_with(ADDRESS, &typed).await.unwrap() else {
        panic!("somebody is in")
    };
    assert_eq!(site.count("SELECT COUNT(*) FROM session").await, sessions, "no session");
    assert_eq!(site.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted], "once");
    set(&site, &link).await;
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn mp_96_it_is_short_lived_replaced_by_a_newer_and_does_not_stop_the_owner(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let first = send(&site).await;
    let second = send(&site).await;
    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_ok(), "the member's own password still works");
    assert_eq!(site.sign_in_with(ADDRESS, &first).await.unwrap_err(), [Refused::NotAccepted]);
    site.wait(DAY_MS);
    assert_eq!(site.sign_in_with(ADDRESS, &second).await.unwrap_err(), [Refused::NotAccepted]);
    site.purge().await;
    let stored = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'temporary_password'";
    assert_eq!(site.count(stored).await, 0);
}

#[rstest]
#[tokio::test]
async fn mp_25_guesses_at_a_temporary_password_lock_like_others(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let temporary = send(&site).await;
    for _ in 0..6 {
        let refused = site.sign_in_with(ADDRESS, "zzzz-zzzz-zzzz").await.unwrap_err();
        assert_eq!(refused, [Refused::NotAccepted]);
    }
    assert_eq!(site.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted], "locked");
}

#[rstest]
#[tokio::test]
async fn kb_34_a_site_without_temporary_passwords_sends_none(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let nobody = EmailAddress::parse("nobody@example.jp").unwrap();
    let refused = send_temporary_password(&operator(&site), &nobody).await;
    assert_eq!(refused.refusals(), [helpdesk::Refused::NobodyThere]);
    let site = TestApp::new(database, &[("policy.helpdesk.temporary_credential", "none")]).await;
    site.member(ADDRESS).await;
    let address = EmailAddress::parse(ADDRESS).unwrap();
    let done = send_temporary_password(&operator(&site), &address).await;
    assert_eq!(done.denied(), Denied::NotOffered);
}

/// MP-97: visitors and members cannot send one.
#[rstest]
#[tokio::test]
async fn mp_97_only_staff_send_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let emails = site.emails().await.len();
    let address = EmailAddress::parse(ADDRESS).unwrap();
    let visitor = send_temporary_password(&site.visitor(), &address).await;
    assert_eq!(visitor.denied(), Denied::SignIn);
    let member = send_temporary_password(&site.ctx(&opened.token).await, &address).await;
    assert_eq!(member.denied(), Denied::Forbidden);
    assert_eq!(site.emails().await.len(), emails);
}

/// One that was sent before a suspension, or before a change of the password, is void.
#[rstest]
#[tokio::test]
async fn c_01_a_suspension_and_a_new_password_void_the_temporary_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let temporary = send(&site).await;
    let ctx = site.ctx(&opened.token).await;
    let changed = identity::password::change(&ctx, &new_form()).await.unwrap();
    assert_eq!(site.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted]);

    let temporary = send(&site).await;
    suspend_mine(&site.ctx(&changed.token).await).await.unwrap();
    assert_eq!(site.sign_in_with(ADDRESS, &temporary).await.unwrap_err(), [Refused::NotAccepted]);
    assert!(suspended(&site).await);
}
