//! Sessions and remembered browsers (MP-26 to MP-31, C-08).

use domain::sign_in::Form;
use identity::sign_in::{resume, sign_in, sign_out};
use platform::clock::{DAY_MS, MINUTE_MS};
use rstest::rstest;
use testkit::{Database, PASSWORD, Step, TestApp};

const ADDRESS: &str = "hanako@example.jp";

#[rstest]
#[tokio::test]
async fn mp_31_idle_for_30_minutes_ends_it_and_use_keeps_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    for _ in 0..4 {
        site.wait(29 * MINUTE_MS);
        assert!(site.is_open(&opened.token).await);
    }
    // `last_seen_at` is written once a minute, so the end comes between 30 and 31 minutes.
    site.wait(31 * MINUTE_MS);
    assert!(!site.is_open(&opened.token).await);
    site.wait(-2 * DAY_MS);
    assert!(site.is_open(&opened.token).await, "a clock set back ends no session");
}

#[rstest]
#[tokio::test]
async fn last_seen_is_written_once_a_minute_at_most(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let opened = site.member(ADDRESS).await;
    let seen = || site.count("SELECT last_seen_at FROM session");
    let start = seen().await;
    site.wait(59_000);
    site.ctx(&opened.token).await;
    assert_eq!(seen().await, start);
    site.wait(1_000);
    site.ctx(&opened.token).await;
    assert_eq!(seen().await, start + MINUTE_MS);
}

#[rstest]
#[tokio::test]
async fn mp_26_mp_27_c_08_a_remembered_browser_is_signed_in_again_until_it_signs_out(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let form =
        Form { email: ADDRESS.into(), password: PASSWORD.into(), remember: Some("on".into()), next: None };
    let opened = sign_in(&site.visitor(), &form, None).await.unwrap().in_session();
    let (token, until) = opened.remember.unwrap();
    assert_eq!(until, site.now() + 400 * DAY_MS);

    site.wait(300 * DAY_MS);
    assert!(!site.is_open(&opened.token).await);
    let again = resume(&site.visitor(), &token).await.unwrap().unwrap().session;
    assert_ne!(again.token.digest(), opened.token.digest());
    assert_eq!(again.remember.as_ref().unwrap().1, site.now() + 400 * DAY_MS, "its end moves on");
    // Tabs opened together are all signed in.
    assert!(resume(&site.visitor(), &token).await.unwrap().is_some());

    sign_out(&site.ctx(&again.token).await).await.unwrap();
    assert!(resume(&site.visitor(), &token).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn not_ticked_is_not_remembered(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    assert!(site.signed_in(ADDRESS).await.remember.is_none());
    assert!(resume(&site.visitor(), &site.app.rng.token()).await.unwrap().is_none());
}
