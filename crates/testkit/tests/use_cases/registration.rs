//! 新規登録 (MP-01 to MP-17).

use account::mailed::DOUBLE_CLICK_MS;
use domain::name::{Kana, PersonName};
use domain::registration::{CompleteRefused, Refused};
use identity::profile;
use identity::registration::{
    LinkState, complete_by_code, complete_by_link, preview, send_again, submit, waiting,
};
use platform::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use platform::secret::Token;
use rstest::rstest;
use testkit::{Database, PASSWORD, Refusals, TestApp, code_in, form, link_in, visitor_of};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";

/// Submits a valid form; returns its id.
async fn submitted(site: &TestApp, email: &str) -> Token {
    let form_id = site.app.rng.token();
    submit(&site.visitor(), &form(email), &form_id, None).await.unwrap();
    form_id
}

#[rstest]
#[tokio::test]
async fn mp_07_email_then_link_then_signed_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.name", "道の駅")]).await;
    let form_id = submitted(&site, ADDRESS).await;
    let visitor = site.visitor();
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 0, "MP-11: not an account yet");
    assert_eq!(waiting(&visitor, &form_id).await.unwrap().unwrap().email, ADDRESS);

    let emails = site.emails().await;
    assert_eq!(emails.len(), 1);
    assert_eq!(emails[0].to, ADDRESS);
    assert!(emails[0].subject.contains("道の駅"));
    assert!(emails[0].text.contains("http://localhost:3000/register/complete?t="));

    let link = link_in(&emails[0]);
    assert_eq!(preview(&visitor, &link, Some(&form_id)).await.unwrap(), LinkState::Button);
    let registered = complete_by_link(&visitor, &link, Some(&form_id), None).await.unwrap();
    let ctx = site.ctx(&registered.signed_in.session.token).await;
    assert_eq!(ctx.session().unwrap().email.as_deref(), Some(ADDRESS));
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'registered'").await, 1);
}

#[rstest]
#[tokio::test]
async fn mp_08_mp_09_a_link_works_once_and_for_24_hours(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    let form_id = submitted(&site, ADDRESS).await;
    let link = link_in(&site.newest_email().await);

    site.wait(DAY_MS - 1);
    assert_eq!(preview(&visitor, &link, Some(&form_id)).await.unwrap(), LinkState::Button);
    // Opening it any number of times, as mail scanners do, changes nothing.
    for _ in 0..5 {
        preview(&visitor, &link, None).await.unwrap();
    }
    complete_by_link(&visitor, &link, Some(&form_id), None).await.unwrap();
    let again = complete_by_link(&visitor, &link, Some(&form_id), None).await;
    assert_eq!(again.refusals(), [CompleteRefused::LinkInvalid]);
    assert_eq!(preview(&visitor, &link, Some(&form_id)).await.unwrap(), LinkState::Dead);

    let other = submitted(&site, "taro@example.jp").await;
    let link = link_in(&site.newest_email().await);
    site.wait(DAY_MS);
    let late = complete_by_link(&visitor, &link, Some(&other), None).await;
    assert_eq!(late.refusals(), [CompleteRefused::LinkInvalid]);
    assert!(waiting(&visitor, &other).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn mp_10_a_known_address_gets_the_same_answers_and_no_email(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let visitor = site.visitor();
    let emails = site.emails().await.len();
    let form_id = submitted(&site, "HANAKO@Example.JP").await;
    assert_eq!(site.emails().await.len(), emails, "no e-mail");
    assert!(waiting(&visitor, &form_id).await.unwrap().is_some(), "the page after it is the same");
    let wrong = complete_by_code(&visitor, &form_id, "123456").await;
    assert_eq!(wrong.refusals(), [CompleteRefused::CodeWrong]);
    send_again(&visitor, &form_id).await.unwrap();
    assert_eq!(site.emails().await.len(), emails);
}

#[rstest]
#[tokio::test]
async fn mp_10_in_modern_the_owner_gets_an_email_that_registers_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    site.member(ADDRESS).await;
    submitted(&site, ADDRESS).await;
    let email = site.newest_email().await;
    assert_eq!(email.to, ADDRESS);
    assert!(email.text.contains("ご登録済み") || email.subject.contains("ご登録済み"), "{}", email.subject);
    assert!(!email.text.contains("?t="));
}

/// Two identical submits: one registration, one e-mail. A minute later it is a new request.
#[rstest]
#[tokio::test]
async fn a_double_click_is_one_registration(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let form_id = site.app.rng.token();
    let (visitor, form) = (site.visitor(), form(ADDRESS));
    let (a, b, c) = tokio::join!(
        submit(&visitor, &form, &form_id, None),
        submit(&visitor, &form, &form_id, None),
        submit(&visitor, &form, &form_id, None),
    );
    for each in [a, b, c] {
        each.unwrap();
    }
    assert_eq!(site.emails().await.len(), 1);
    site.wait(DOUBLE_CLICK_MS);
    submit(&visitor, &form, &form_id, None).await.unwrap();
    let emails = site.emails().await;
    assert_eq!(emails.len(), 2);
    let old = complete_by_link(&visitor, &link_in(&emails[0]), Some(&form_id), None).await;
    assert_eq!(old.refusals(), [CompleteRefused::LinkInvalid], "the newest e-mail counts");
    let code = code_in(&emails[1]);
    complete_by_code(&visitor, &form_id, &code).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn the_code_is_guessed_five_times_at_most(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    let form_id = submitted(&site, ADDRESS).await;
    let right = code_in(&site.newest_email().await);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let no = complete_by_code(&visitor, &form_id, wrong).await;
        assert_eq!(no.refusals(), [CompleteRefused::CodeWrong]);
    }
    let late = complete_by_code(&visitor, &form_id, &right).await;
    assert_eq!(late.refusals(), [CompleteRefused::CodeTries]);
    // A new e-mail brings a new code.
    send_again(&visitor, &form_id).await.unwrap();
    let fresh = code_in(&site.emails().await[1]);
    let full_width: String = fresh.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
    complete_by_code(&visitor, &form_id, &full_width).await.unwrap();
}

/// Pre-hijacking: an e-mail that another person's form caused cannot give them an account by a mere click.
#[rstest]
#[tokio::test]
async fn another_browser_needs_the_password_of_the_form(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let visitor = site.visitor();
    submitted(&site, ADDRESS).await;
    let link = link_in(&site.newest_email().await);
    assert_eq!(preview(&visitor, &link, None).await.unwrap(), LinkState::Password);
    let none = complete_by_link(&visitor, &link, None, None).await;
    assert_eq!(none.refusals(), [CompleteRefused::PasswordNeeded]);
    let wrong = complete_by_link(&visitor, &link, None, Some("my own password")).await;
    assert_eq!(wrong.refusals(), [CompleteRefused::PasswordWrong]);
    complete_by_link(&visitor, &link, None, Some(PASSWORD)).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn two_registrations_of_one_address_the_first_to_complete_wins(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = submitted(&site, ADDRESS).await;
    let second = submitted(&site, ADDRESS).await;
    let emails = site.emails().await;
    let visitor = site.visitor();
    let (a, b) = (link_in(&emails[0]), link_in(&emails[1]));
    let (a, b) = tokio::join!(
        complete_by_link(&visitor, &a, Some(&first), None),
        complete_by_link(&visitor, &b, Some(&second), None),
    );
    let late = if a.is_ok() { b } else { a };
    assert_eq!(late.refusals(), [CompleteRefused::LinkInvalid]);
    assert_eq!(site.count("SELECT COUNT(*) FROM member").await, 1);
}

/// 50 parallel uses of one link: exactly one success.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_link_used_fifty_times_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let form_id = submitted(&site, ADDRESS).await;
    let link = link_in(&site.newest_email().await);
    let done = successes(&site, |app, _| {
        let (visitor, link, form_id) = (visitor_of(&app), link.clone(), form_id.clone());
        async move { complete_by_link(&visitor, &link, Some(&form_id), None).await }
    })
    .await;
    assert_eq!(done, 1);
}

#[rstest]
#[tokio::test]
async fn an_address_gets_ten_emails_a_day(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    for _ in 0..10 {
        submitted(&site, ADDRESS).await;
    }
    let refused = submit(&site.visitor(), &form(ADDRESS), &site.app.rng.token(), None).await;
    assert_eq!(refused.refusals(), [Refused::TooManyTries]);
    assert_eq!(site.emails().await.len(), 10);
    site.wait(DAY_MS);
    submitted(&site, ADDRESS).await;
}

#[rstest]
#[tokio::test]
async fn mp_11_what_expired_is_purged(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    for n in 0..3 {
        submitted(&site, &format!("a{n}@example.jp")).await;
    }
    site.wait(23 * HOUR_MS);
    submitted(&site, "late@example.jp").await;
    site.wait(HOUR_MS + MINUTE_MS);
    site.purge().await;
    assert_eq!(site.count("SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'registration'").await, 1);
}

/// Names are stored as they are, kana folded (ux.md 2.1).
#[rstest]
#[case("髙橋", "\u{FA19}")]
#[case("𠮷田", "葛\u{E0100}")]
#[case("</script><b>", "😀")]
#[tokio::test]
async fn names_are_stored_exactly(
    #[case] family: &str,
    #[case] given: &str,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let mut form = form(ADDRESS);
    (form.person.family_name, form.person.given_name) = (family.into(), given.into());
    (form.person.family_name_kana, form.person.given_name_kana) = ("たかはし".into(), "ｼﾞﾛｳ".into());
    let form_id = site.app.rng.token();
    submit(&site.visitor(), &form, &form_id, None).await.unwrap();
    let code = code_in(&site.newest_email().await);
    let registered = complete_by_code(&site.visitor(), &form_id, &code).await.unwrap();
    let ctx = site.ctx(&registered.signed_in.session.token).await;
    let person = profile::view(&ctx).await.unwrap().person;
    assert_eq!(person.family_name.as_str(), family);
    assert_eq!(person.given_name.as_ref().map(PersonName::as_str), Some(given));
    assert_eq!(person.family_name_kana.as_ref().map(Kana::as_str), Some("タカハシ"));
    assert_eq!(person.given_name_kana.as_ref().map(Kana::as_str), Some("ジロウ"));
}

#[rstest]
#[tokio::test]
async fn sp_800_63b_in_modern_common_passwords_are_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let mut form = form(ADDRESS);
    form.password = "passwordpassword".into();
    let refused = submit(&site.visitor(), &form, &site.app.rng.token(), None).await;
    assert_eq!(refused.refusals(), [Refused::Password(domain::password::PasswordRefused::TooCommon)]);
}
