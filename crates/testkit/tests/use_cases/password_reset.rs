//! Setting a new password by the reset e-mail's link (MP-16, MP-36; security.md 2.6, 2.8).

use domain::password::PasswordRefused;
use domain::password_change::{Form, Refused};
use domain::registration::CompleteRefused;
use domain::sign_in::Refused as SignInRefused;
use identity::password_reset::{preview, request, set_new};
use identity::registration::{self, LinkState, complete_by_link, submit};
use identity::sign_in::{SignInStep, resume, sign_in};
use identity::{account_suspension, alerts};
use platform::secret::Token;
use rstest::rstest;
use testkit::{Database, PASSWORD, Refusals, Step, TestApp, form, link_in, visitor_of};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const NEW: &str = "quiet-Heron-folds-9-maps";

fn new(password: &str, confirm: &str) -> Form {
    Form { new_password: password.into(), new_password_confirm: confirm.into(), ..Default::default() }
}

/// Requests an e-mail to the only member, in a new browser; returns its link.
async fn requested(site: &TestApp) -> Token {
    let form = domain::password_reset::Form { email: ADDRESS.into(), ..Default::default() };
    request(&site.visitor(), &form, &site.app.rng.token()).await.unwrap();
    link_in(&site.newest_email().await)
}

/// Invalidates the password, as "it was not me" does.
async fn invalidated(site: &TestApp) {
    site.change("UPDATE member_password SET blocked_at = 1").await;
}

#[rstest]
#[tokio::test]
async fn mp_36_the_link_sets_a_new_password_and_ends_everything_under_the_old_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    let owner = site.member(ADDRESS).await;
    let remember = domain::sign_in::Form {
        email: ADDRESS.into(),
        password: PASSWORD.into(),
        remember: Some("on".into()),
        ..Default::default()
    };
    let tablet = sign_in(&visitor, &remember, None).await.unwrap().in_session();
    invalidated(&site).await;
    let refused = site.sign_in_with(ADDRESS, PASSWORD).await.unwrap_err();
    assert_eq!(refused, [SignInRefused::Blocked]);

    let link = requested(&site).await;
    for _ in 0..5 {
        let member = preview(&visitor, &link).await.unwrap().unwrap();
        assert_eq!(member.email.unwrap().as_str(), ADDRESS);
    }
    let sessions = site.count("SELECT COUNT(*) FROM session").await;
    set_new(&visitor, &link, &new(NEW, NEW)).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM session").await, sessions, "the link opens no session");
    for token in [&owner.token, &tablet.token] {
        assert!(!site.is_open(token).await);
    }
    assert!(resume(&visitor, &tablet.remember.unwrap().0).await.unwrap().is_none());
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'password_reset'").await, 1);
    assert!(site.newest_email().await.subject.contains("パスワードが変更されました"));

    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_err());
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
    assert!(preview(&visitor, &link).await.unwrap().is_none());
    let again = set_new(&visitor, &link, &new(PASSWORD, PASSWORD)).await;
    assert_eq!(again.refusals(), [Refused::LinkInvalid]);
}

#[rstest]
#[tokio::test]
async fn mp_36_a_link_is_valid_for_its_time_and_until_the_next_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    let owner = site.ctx(&site.member(ADDRESS).await.token).await;
    let old = requested(&site).await;
    site.wait(1);
    // An e-mail that was not requested counts as well.
    account_suspension::suspend_mine(&owner).await.unwrap();
    let link = link_in(&site.newest_email().await);
    assert!(preview(&visitor, &old).await.unwrap().is_none(), "only the newest e-mail counts");
    site.wait(site.app.policy.reset.link_valid_ms() - 1);
    assert!(preview(&visitor, &link).await.unwrap().is_some());
    site.wait(1);
    assert!(preview(&visitor, &link).await.unwrap().is_none());
    let late = set_new(&visitor, &link, &new(NEW, NEW)).await;
    assert_eq!(late.refusals(), [Refused::LinkInvalid]);
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'password_reset'").await, 0);
}

#[rstest]
#[case(new("", ""), Refused::New(PasswordRefused::Empty))]
#[case(new(NEW, "other"), Refused::ConfirmDiffers)]
#[case(new("short", "short"), Refused::New(PasswordRefused::TooShort { min: 8 }))]
#[case(new("xx山田xxxxx", "xx山田xxxxx"), Refused::New(PasswordRefused::ContainsFamilyName))]
#[case(new("xx花子xxxxx", "xx花子xxxxx"), Refused::New(PasswordRefused::ContainsGivenName))]
#[case(new("1hanako@example.jp", "1hanako@example.jp"), Refused::New(PasswordRefused::ContainsUserId))]
#[case(new(PASSWORD, PASSWORD), Refused::SameAsBefore)]
#[tokio::test]
async fn mp_16_the_rules_hold_here_too_and_a_refusal_leaves_the_link_valid(
    #[case] form: Form,
    #[case] refused: Refused,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    site.member(ADDRESS).await;
    invalidated(&site).await;
    let link = requested(&site).await;
    assert_eq!(set_new(&visitor, &link, &form).await.refusals(), [refused]);
    assert!(preview(&visitor, &link).await.unwrap().is_some());
    assert_eq!(site.count("SELECT COUNT(*) FROM member_password WHERE blocked_at IS NOT NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn fifty_uses_of_a_link_at_once_are_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let link = requested(&site).await;
    let done = successes(&site, |app, _| {
        let (visitor, link) = (visitor_of(&app), link.clone());
        async move { set_new(&visitor, &link, &new(NEW, NEW)).await }
    })
    .await;
    assert_eq!(done, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'password_reset'").await, 1);
}

/// security.md 2.8: a reset does not bypass the second factor (ASVS 6.4.3).
#[rstest]
#[tokio::test]
async fn the_second_factor_is_asked_for_after_a_reset(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    site.change(
        "INSERT INTO member_second_step (member_id, switched_on_at, mail_since) SELECT id, 1, 1 FROM member",
    )
    .await;
    let link = requested(&site).await;
    set_new(&site.visitor(), &link, &new(NEW, NEW)).await.unwrap();
    assert!(matches!(site.sign_in_with(ADDRESS, NEW).await, Ok(SignInStep::SecondFactor(..))));
}

#[rstest]
#[tokio::test]
async fn a_reset_lifts_the_lockout_of_wrong_passwords(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    for _ in 0..6 {
        let refused = site.sign_in_with(ADDRESS, "wrong").await.unwrap_err();
        assert_eq!(refused, [SignInRefused::NotAccepted]);
    }
    assert!(site.sign_in_with(ADDRESS, PASSWORD).await.is_err(), "locked out");
    let link = requested(&site).await;
    set_new(&site.visitor(), &link, &new(NEW, NEW)).await.unwrap();
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

/// security.md 2.6: a token of one purpose is not accepted for another.
#[rstest]
#[tokio::test]
async fn no_token_does_anothers_work(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    let session = site.member(ADDRESS).await.token;
    site.signed_in(ADDRESS).await;
    let alert = link_in(&site.newest_email().await);
    let reset = requested(&site).await;
    submit(&visitor, &form("taro@example.jp"), &site.app.rng.token(), None).await.unwrap();
    let registered = link_in(&site.newest_email().await);

    for link in [&session, &alert, &registered] {
        assert!(preview(&visitor, link).await.unwrap().is_none());
        let set = set_new(&visitor, link, &new(NEW, NEW)).await;
        assert_eq!(set.refusals(), [Refused::LinkInvalid]);
    }
    for link in [&session, &reset, &registered] {
        assert!(alerts::preview(&visitor, link).await.unwrap().is_none());
        let answer = alerts::mine(&visitor, link).await;
        assert_eq!(answer.refusals(), [domain::alerts::Refused::LinkInvalid]);
        let answer = alerts::not_mine(&visitor, link).await;
        assert_eq!(answer.refusals(), [domain::alerts::Refused::LinkInvalid]);
    }
    for link in [&session, &alert, &reset] {
        assert_eq!(registration::preview(&visitor, link, None).await.unwrap(), LinkState::Dead);
        let completed = complete_by_link(&visitor, link, None, Some(PASSWORD)).await;
        assert_eq!(completed.refusals(), [CompleteRefused::LinkInvalid]);
    }
    for link in [&alert, &reset, &registered] {
        assert!(!site.is_open(link).await);
    }
    assert!(preview(&visitor, &reset).await.unwrap().is_some());
    assert!(alerts::preview(&visitor, &alert).await.unwrap().is_some());
}
