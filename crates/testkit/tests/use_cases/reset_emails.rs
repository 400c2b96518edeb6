//! パスワードの再設定: anybody who knows an address can request it, and only the reader of its e-mails can use it (MP-35 to
//! MP-37).

use domain::address::AddressRefused;
use domain::password_change::{Form as NewForm, Refused as NewRefused};
use domain::password_reset::{CodeRefused, Form, Refused};
use identity::password_reset::{by_code, preview, request, send_again, set_new, waiting};
use identity::sign_in::SignInStep;
use platform::clock::{DAY_MS, MINUTE_MS};
use platform::error::{Denied, Error};
use platform::secret::Token;
use rstest::rstest;
use testkit::{Database, Denials, Refusals, TestApp, link_in, recovery_code_in, visitor_of};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const NOBODYS: &str = "nobody@example.jp";
const NEW: &str = "another-good-secret";

fn form(email: &str) -> Form {
    Form { email: email.into(), ..Form::default() }
}

/// Requests an e-mail in a new browser; returns the secret of its form.
async fn ask(site: &TestApp, email: &str) -> Token {
    let form_id = site.app.rng.token();
    request(&site.visitor(), &form(email), &form_id).await.unwrap();
    form_id
}

/// The newest e-mail's link.
async fn link(site: &TestApp) -> Token {
    link_in(&site.newest_email().await)
}

async fn set(site: &TestApp, link: &Token) -> Result<Option<String>, Error<NewRefused>> {
    let form = NewForm { new_password: NEW.into(), new_password_confirm: NEW.into(), ..NewForm::default() };
    set_new(&site.visitor(), link, &form).await
}

#[rstest]
#[tokio::test]
async fn mp_35_mp_36_the_emails_link_sets_a_new_password_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    ask(&site, " ＨＡＮＡＫＯ@example.jp ").await;
    let email = site.newest_email().await;
    assert_eq!(email.to, ADDRESS, "to the registered address (MP-37)");
    let link = link_in(&email);
    for _ in 0..5 {
        assert!(preview(&site.visitor(), &link).await.unwrap().is_some(), "opening the link changes nothing");
    }
    set(&site, &link).await.unwrap();
    assert!(!site.is_open(&opened.token).await, "all sessions end");
    assert_eq!(set(&site, &link).await.refusals(), [NewRefused::LinkInvalid], "once");
    assert!(site.sign_in_with(ADDRESS, NEW).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn mp_36_a_link_lives_for_its_time_and_a_newer_one_voids_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    site.member(ADDRESS).await;
    ask(&site, ADDRESS).await;
    let first = link(&site).await;
    site.wait(MINUTE_MS);
    ask(&site, ADDRESS).await;
    let second = link(&site).await;
    assert!(preview(&visitor, &first).await.unwrap().is_none(), "superseded");
    site.wait(site.app.policy.reset.link_valid_ms() - 1);
    assert!(preview(&visitor, &second).await.unwrap().is_some());
    site.wait(1);
    assert_eq!(set(&site, &second).await.refusals(), [NewRefused::LinkInvalid], "too late");
}

#[rstest]
#[tokio::test]
async fn mp_35_the_code_opens_the_page_in_the_browser_that_asked_and_nowhere_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    site.member(ADDRESS).await;
    let form_id = ask(&site, ADDRESS).await;
    assert_eq!(waiting(&visitor, &form_id).await.unwrap().unwrap().email, ADDRESS);
    let code = recovery_code_in(&site.newest_email().await);
    let elsewhere = by_code(&visitor, &site.app.rng.token(), &code).await;
    assert_eq!(elsewhere.refusals(), [CodeRefused::NothingWaits]);
    let emails_link = link(&site).await;
    let link = by_code(&visitor, &form_id, &code.to_uppercase().replace('-', "")).await.unwrap();
    assert_eq!(by_code(&visitor, &form_id, &code).await.refusals(), [CodeRefused::NothingWaits]);
    assert!(preview(&visitor, &emails_link).await.unwrap().is_none(), "one link, not two");
    set(&site, &link).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn security_2_7_the_code_is_guessed_five_times_at_most(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    site.member(ADDRESS).await;
    for email in [ADDRESS, NOBODYS] {
        let form_id = ask(&site, email).await;
        for n in 0..7 {
            let refused = if n < 5 { CodeRefused::CodeWrong } else { CodeRefused::CodeTries };
            assert_eq!(by_code(&visitor, &form_id, "0000-0000").await.refusals(), [refused], "{email}");
        }
    }
    let form_id = ask(&site, ADDRESS).await;
    let code = recovery_code_in(&site.newest_email().await);
    let guessed = successes(&site, |app, _| {
        let (visitor, form_id) = (visitor_of(&app), form_id.clone());
        async move { by_code(&visitor, &form_id, "zzzz-zzzz").await }
    })
    .await;
    assert_eq!(guessed, 0);
    let late = by_code(&visitor, &form_id, &code).await;
    assert_eq!(late.refusals(), [CodeRefused::CodeTries], "void, though it is the right one");
}

#[rstest]
#[tokio::test]
async fn security_2_1_an_unknown_address_gets_the_same_answers_and_no_email(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    site.member(ADDRESS).await;
    let before = site.emails().await.len();
    let form_id = ask(&site, NOBODYS).await;
    assert_eq!(site.emails().await.len(), before);
    let shown = waiting(&visitor, &form_id).await.unwrap().unwrap();
    assert_eq!(shown.email, NOBODYS);
    assert_eq!(by_code(&visitor, &form_id, "x").await.refusals(), [CodeRefused::CodeWrong]);
    send_again(&visitor, &form_id).await.unwrap();
    assert_eq!(site.emails().await.len(), before);
    for (email, why) in [("", AddressRefused::Empty), ("ｘ", AddressRefused::NotAnAddress)] {
        let refused = request(&visitor, &form(email), &form_id).await;
        assert_eq!(refused.refusals(), [Refused::Address(why)]);
    }
}

#[rstest]
#[tokio::test]
async fn a_double_click_is_one_email_and_an_address_gets_ten_a_day(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    for email in [ADDRESS, NOBODYS] {
        let before = site.emails().await.len();
        let form_id = ask(&site, email).await;
        let (visitor, form) = (site.visitor(), form(email));
        let again = || request(&visitor, &form, &form_id);
        let (one, two) = tokio::join!(again(), again());
        assert!(one.is_ok() && two.is_ok());
        let sent = usize::from(email == ADDRESS);
        assert_eq!(site.emails().await.len(), before + sent, "one request");
        for _ in 1..10 {
            ask(&site, email).await;
        }
        assert_eq!(site.emails().await.len(), before + sent * 10);
        let refused = send_again(&visitor, &form_id).await.refusals();
        assert_eq!(refused, [Refused::TooMany], "the same for everybody");
        site.wait(DAY_MS);
        ask(&site, email).await;
    }
}

/// ASVS 6.4.3: a reset never bypasses the second factor.
#[rstest]
#[tokio::test]
async fn security_2_8_the_second_factor_is_asked_for_after_a_reset(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    site.with_mail(&opened).await;
    ask(&site, ADDRESS).await;
    set(&site, &link(&site).await).await.unwrap();
    assert!(matches!(site.sign_in_with(ADDRESS, NEW).await, Ok(SignInStep::SecondFactor(..))));
}

#[rstest]
#[tokio::test]
async fn md_43_a_reset_clears_the_second_factor_where_the_policy_says_so(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("policy.reset.clears_second_factor", "true")]).await;
    let opened = site.member(ADDRESS).await;
    site.with_mail(&opened).await;
    site.with_app(&opened).await;
    ask(&site, ADDRESS).await;
    set(&site, &link(&site).await).await.unwrap();
    assert!(matches!(site.sign_in_with(ADDRESS, NEW).await, Ok(SignInStep::SetUp(_))));
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'factors_cleared'").await, 1);
}

#[rstest]
#[tokio::test]
async fn kb_39_where_the_policy_has_no_reset_nobody_resets_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("policy.reset.mode", "none")]).await;
    site.member(ADDRESS).await;
    let done = request(&site.visitor(), &form(ADDRESS), &site.app.rng.token()).await;
    assert_eq!(done.denied(), Denied::NotOffered);
}

#[rstest]
#[tokio::test]
async fn what_expired_is_purged(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    const RESETS: &str = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'password_reset'";
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    ask(&site, ADDRESS).await;
    ask(&site, NOBODYS).await;
    assert_eq!(site.count(RESETS).await, 2);
    site.wait(site.app.policy.reset.link_valid_ms());
    site.purge().await;
    assert_eq!(site.count(RESETS).await, 0);
}
