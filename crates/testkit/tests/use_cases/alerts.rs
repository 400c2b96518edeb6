//! ログインアラート and the answers to its e-mails (MP-87 to MP-90, C-05).

use account::audit::Event;
use account::lock;
use account::session::browser;
use domain::alerts::Refused;
use domain::person::PersonForm;
use domain::second_factor::Method;
use domain::sign_in::{Form, Refused as SignInRefused};
use identity::OpenedSession;
use identity::alerts::{AlertView, mine, not_mine, preview};
use identity::sign_in::{resume, sign_in};
use platform::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use platform::context::Ctx;
use platform::secret::Token;
use platform::tx::Tx;
use rstest::rstest;
use testkit::{
    Database, PASSWORD, Refusals, Step, TestApp, changed, code_in, form, link_in, places_file, visitor_of,
};

use super::races::successes;

const ADDRESS: &str = "hanako@example.jp";
const TOKYO: &str = "192.0.2.7";
const OSAKA: &str = "198.51.100.7";
const NEW_YORK: &str = "203.0.113.7";

fn typed() -> Form {
    Form { email: ADDRESS.into(), password: PASSWORD.into(), ..Default::default() }
}

fn typed_and_remembered() -> Form {
    Form { remember: Some("on".into()), ..typed() }
}

/// A visitor with a known browser, on a network.
fn with(site: &TestApp, browser: &Token, network: &str) -> Ctx {
    changed(&site.visitor(), |request| {
        (request.browser, request.network) = (Some(browser.clone()), network.into());
    })
}

async fn enter(ctx: &Ctx) -> OpenedSession {
    sign_in(ctx, &typed(), None).await.unwrap().in_session()
}

/// What the security e-mails so far were about, oldest first.
async fn alerts(site: &TestApp) -> Vec<String> {
    sqlx::query_scalar("SELECT detail FROM mailed_proof WHERE purpose = 'alert' ORDER BY id")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap()
}

/// The link of the newest e-mail that can be answered.
async fn newest_link(site: &TestApp) -> Token {
    let emails = site.emails().await;
    link_in(emails.iter().rfind(|email| email.text.contains("/alert?t=")).unwrap())
}

/// 2段階認証 by e-mail, as if it had been set up.
async fn second_factor_by_mail(site: &TestApp) {
    site.change(
        "INSERT INTO member_second_step (member_id, switched_on_at, mail_since) SELECT id, 1, 1 FROM member",
    )
    .await;
}

#[rstest]
#[tokio::test]
async fn mp_88_a_new_browser_is_notified_and_a_known_one_is_not(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    assert!(alerts(&site).await.is_empty(), "the browser of the registration is known");
    enter(&with(&site, &first.browser, TOKYO)).await;
    assert!(alerts(&site).await.is_empty());

    let emails = site.emails().await.len();
    site.wait(MINUTE_MS);
    let second = enter(&site.visitor()).await;
    assert_eq!(alerts(&site).await, ["new_browser"]);
    let email = site.newest_email().await;
    assert_eq!(site.emails().await.len(), emails + 1);
    assert_eq!(email.to, ADDRESS);
    for said in ["はじめて使われるブラウザ", "2026年11月21日 12:01", TOKYO, "/alert?t="] {
        assert!(email.text.contains(said), "{said}\n{}", email.text);
    }
    enter(&with(&site, &second.browser, OSAKA)).await;
    assert_eq!(alerts(&site).await.len(), 1, "it is known now, wherever it is");
}

/// A remembered browser that lost the cookie by which it is known is a new one.
#[rstest]
#[tokio::test]
async fn mp_88_an_auto_sign_in_counts_as_a_sign_in_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let first = site.member(ADDRESS).await;
    let here = with(&site, &first.browser, TOKYO);
    let opened = sign_in(&here, &typed_and_remembered(), None).await.unwrap().in_session();
    let (token, _) = opened.remember.unwrap();
    site.wait(DAY_MS);
    resume(&here, &token).await.unwrap().unwrap();
    assert!(alerts(&site).await.is_empty());
    resume(&site.visitor(), &token).await.unwrap().unwrap();
    assert_eq!(alerts(&site).await, ["new_browser"]);
}

#[rstest]
#[tokio::test]
async fn mp_90_c_05_a_code_by_email_excuses_the_new_browser_but_not_the_distance(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    site.member(ADDRESS).await;
    second_factor_by_mail(&site).await;
    for (network, sent) in [(OSAKA, 0), (NEW_YORK, 1)] {
        site.wait(MINUTE_MS);
        let ctx = site.visitor_from(network);
        let token = site.half_signed_in(&ctx, ADDRESS).await;
        let code = code_in(&site.newest_email().await);
        assert!(site.prove(&ctx, &token, Method::Mail, &code).await.unwrap().new_browser);
        assert_eq!(alerts(&site).await.len(), sent, "{network}");
    }
    assert_eq!(alerts(&site).await, ["far_places"]);
}

#[rstest]
#[tokio::test]
async fn mp_89_two_places_too_far_apart_for_the_time_between(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    let browser = site.member(ADDRESS).await.browser;
    site.wait(HOUR_MS);
    enter(&with(&site, &browser, OSAKA)).await;
    assert!(alerts(&site).await.is_empty(), "near enough");
    site.wait(HOUR_MS);
    enter(&with(&site, &browser, NEW_YORK)).await;
    assert_eq!(alerts(&site).await, ["far_places"], "a known browser, but too far away");
    let email = site.newest_email().await;
    assert!(email.text.contains("遠く離れた場所") && email.text.contains("ニューヨーク"), "{}", email.text);

    site.wait(13 * HOUR_MS);
    enter(&with(&site, &browser, TOKYO)).await;
    assert_eq!(alerts(&site).await.len(), 1, "time enough for the flight");
    site.wait(HOUR_MS);
    enter(&with(&site, &browser, "10.0.0.1")).await;
    enter(&with(&site, &browser, NEW_YORK)).await;
    assert_eq!(alerts(&site).await.len(), 1, "no place, no alert");
    site.wait(HOUR_MS);
    enter(&site.visitor_from(TOKYO)).await;
    assert_eq!(alerts(&site).await, ["far_places", "far_places"], "far and new is one e-mail");
}

/// An attacker who has a session's cookie and the password signs in again in that session, which keeps its id.
#[rstest]
#[tokio::test]
async fn mp_89_signing_in_again_in_an_open_session_is_measured_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    let opened = site.member(ADDRESS).await;
    site.wait(20 * MINUTE_MS);
    let here = changed(&site.ctx(&opened.token).await, |request| {
        (request.browser, request.network) = (Some(opened.browser.clone()), NEW_YORK.into());
    });
    assert_eq!(enter(&here).await.session_id, opened.session_id);
    assert_eq!(alerts(&site).await, ["far_places"]);
}

#[rstest]
#[tokio::test]
async fn mp_88_an_attacker_with_the_password_cannot_flood_the_mailbox(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    for _ in 0..25 {
        enter(&site.visitor()).await;
    }
    assert_eq!(alerts(&site).await.len(), 20);
    site.wait(DAY_MS);
    enter(&site.visitor()).await;
    assert_eq!(alerts(&site).await.len(), 21);
}

#[rstest]
#[tokio::test]
async fn it_was_me_changes_nothing_and_counts_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let visitor = site.visitor();
    let opened = enter(&visitor).await;
    let link = newest_link(&site).await;
    let at = site.now();
    for _ in 0..5 {
        let seen = preview(&visitor, &link).await.unwrap().unwrap();
        let user_agent = visitor.request().user_agent.clone();
        assert_eq!(seen, AlertView { event: Event::NewBrowser, at, network: TOKYO.into(), user_agent });
    }
    let emails = site.emails().await.len();
    mine(&visitor, &link).await.unwrap();
    assert!(site.is_open(&opened.token).await);
    assert_eq!(site.emails().await.len(), emails);
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE event = 'alert_mine'").await, 1);
    enter(&with(&site, &opened.browser, TOKYO)).await;
    assert_eq!(alerts(&site).await.len(), 1);

    assert_eq!(preview(&visitor, &link).await.unwrap(), None);
    assert_eq!(mine(&visitor, &link).await.refusals(), [Refused::LinkInvalid]);
    assert_eq!(not_mine(&visitor, &link).await.refusals(), [Refused::LinkInvalid]);
    assert!(site.is_open(&opened.token).await);
}

/// MP-40, MP-87: all sessions end, and no sign-in works until the member has set a new password.
#[rstest]
#[tokio::test]
async fn it_was_not_me_ends_all_sessions_until_the_reset(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let owner = site.member(ADDRESS).await;
    let member_id = site.ctx(&owner.token).await.session().unwrap().member_id.clone();
    let attacker = sign_in(&site.visitor(), &typed_and_remembered(), None).await.unwrap().in_session();
    let mut tx = Tx::begin(&with(&site, &attacker.browser, TOKYO)).await.unwrap();
    let account = lock::lock_existing(&mut tx, &member_id).await.unwrap();
    browser::trust(&mut tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    // And one sign-in is pending.
    second_factor_by_mail(&site).await;
    let half = site.half_signed_in(&site.visitor(), ADDRESS).await;
    let code = code_in(&site.newest_email().await);

    let link = newest_link(&site).await;
    site.wait(MINUTE_MS / 2);
    not_mine(&site.visitor(), &link).await.unwrap();

    assert!(!site.is_open(&owner.token).await && !site.is_open(&attacker.token).await);
    assert!(resume(&site.visitor(), &attacker.remember.unwrap().0).await.unwrap().is_none());
    assert!(site.prove(&site.visitor(), &half, Method::Mail, &code).await.is_err());
    let refused = sign_in(&with(&site, &owner.browser, TOKYO), &typed(), None).await.refusals();
    assert_eq!(refused, [SignInRefused::Blocked]);
    assert_eq!(site.count("SELECT COUNT(*) FROM member_browser WHERE trusted_until IS NOT NULL").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM member_browser").await, 1, "only the owner's is known");
    for event in ["alert_not_mine", "other_sessions_ended", "trust_forgotten"] {
        assert_eq!(site.count_of("SELECT COUNT(*) FROM audit WHERE event = $1", event).await, 1, "{event}");
    }
    let email = site.newest_email().await;
    assert!(email.to == ADDRESS && email.text.contains("/password/reset/new?t="), "{}", email.text);
}

/// The answer and sign-ins with the right password at the same time: none of them gets through (security.md 2.3).
#[rstest]
#[tokio::test]
async fn no_sign_in_gets_through_beside_the_answer(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    enter(&site.visitor()).await;
    let link = newest_link(&site).await;
    let sign_ins: Vec<_> = (0..20)
        .map(|_| {
            let visitor = site.visitor();
            tokio::spawn(async move { sign_in(&visitor, &typed(), None).await })
        })
        .collect();
    tokio::task::yield_now().await;
    not_mine(&site.visitor(), &link).await.unwrap();
    for each in sign_ins {
        let _ = each.await.unwrap();
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn fifty_answers_at_once_are_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    enter(&site.visitor()).await;
    let link = newest_link(&site).await;
    let taken = successes(&site, |app, _| {
        let (visitor, link) = (visitor_of(&app), link.clone());
        async move { not_mine(&visitor, &link).await }
    })
    .await;
    assert_eq!(taken, 1);
    let resets = "SELECT COUNT(*) FROM mailed_proof WHERE purpose = 'password_reset'";
    assert_eq!(site.count(resets).await, 1);
}

#[rstest]
#[tokio::test]
async fn a_link_is_answered_within_30_days_and_then_purged(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    enter(&site.visitor()).await;
    let link = newest_link(&site).await;
    site.wait(30 * DAY_MS - 1);
    assert!(preview(&site.visitor(), &link).await.unwrap().is_some());
    site.wait(1);
    assert!(preview(&site.visitor(), &link).await.unwrap().is_none());
    assert_eq!(not_mine(&site.visitor(), &link).await.refusals(), [Refused::LinkInvalid]);
    site.purge().await;
    assert!(alerts(&site).await.is_empty());
}

/// MP-76: a change of the profile is not notified.
#[rstest]
#[tokio::test]
async fn mp_76_no_email_on_a_change_of_the_profile(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let emails = site.emails().await.len();
    let form = PersonForm {
        family_name: "佐藤".into(),
        family_name_kana: "サトウ".into(),
        birth_year: "1991".into(),
        ..form(ADDRESS).person
    };
    identity::profile::change(&site.ctx(&opened.token).await, &form).await.unwrap();
    assert_eq!(site.emails().await.len(), emails);
    assert!(alerts(&site).await.is_empty());
}

/// What the attacker's session set up is removed with it; what the member has stays.
#[rstest]
#[tokio::test]
async fn mp_40_not_mine_takes_back_what_that_session_set_up_and_nothing_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[("site.policy", "modern")]).await;
    let owner = site.member(ADDRESS).await;
    site.with_app(&owner).await;
    let ctx = site.ctx(&owner.token).await;
    identity::second_factor::switch(&ctx, false).await.unwrap();
    site.wait(MINUTE_MS);
    let attacker = enter(&site.visitor()).await;
    let link = newest_link(&site).await;
    site.with_app(&attacker).await;
    site.with_backup_codes(&attacker).await;
    let apps = "SELECT COUNT(*) FROM authenticator_app";
    let codes = "SELECT COUNT(*) FROM backup_code";
    assert_eq!((site.count(apps).await, site.count(codes).await), (2, 10));
    not_mine(&site.visitor(), &link).await.unwrap();
    assert_eq!((site.count(apps).await, site.count(codes).await), (1, 0));
}
