//! Database, transaction, outbox, limits, places: what all use cases are built on.

use domain::locale::Locale;
use identity::registration::submit;
use platform::app_context::AppContext;
use platform::clock::DAY_MS;
use platform::db::Db;
use platform::error::Failure;
use platform::mail::outbox::{self, Lane};
use platform::mail::transport::Transport;
use platform::rate_limit::{self, Subject};
use platform::tx::Tx;
use rstest::rstest;
use strum::IntoEnumIterator;
use testkit::{Database, TestApp, form, places_file};

const ADDRESS: &str = "a@example.jp";

async fn registers(site: &TestApp) {
    submit(&site.visitor(), &form(ADDRESS), &site.app.rng.token(), None).await.unwrap();
}

/// Sends what is due in all lanes; returns how many were sent.
async fn send_due(app: &AppContext, transport: &Transport) -> usize {
    let mut sent = 0;
    for lane in Lane::iter() {
        sent += outbox::send_due(app, transport, lane, || false).await.unwrap();
    }
    sent
}

#[rstest]
#[tokio::test]
async fn migrations_run_once_and_again_without_harm(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let again = Db::open(&site.database_url).await.unwrap();
    assert_eq!(again.pending_migrations().await.unwrap(), 0);
    again.migrate().await.unwrap();
    again.ping().await.unwrap();
    again.close().await;
}

#[rstest]
#[tokio::test]
async fn a_transaction_that_is_not_committed_leaves_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    {
        let mut tx = Tx::begin(&site.visitor()).await.unwrap();
        assert!(rate_limit::try_acquire(&mut tx, "a", Subject::Network, 1, 1_000).await.unwrap());
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM rate_limit").await, 0);
}

#[rstest]
#[tokio::test]
async fn limits_hold_and_open_again(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    for (wait, allowed) in [(0, true), (0, true), (0, false), (999, false), (1, true)] {
        site.wait(wait);
        let mut tx = Tx::begin(&site.visitor()).await.unwrap();
        let acquired = rate_limit::try_acquire(&mut tx, "a", Subject::Network, 2, 1_000).await.unwrap();
        assert_eq!(acquired, allowed);
        tx.commit().await.unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn an_email_is_sent_once_and_its_contents_are_erased(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    registers(&site).await;
    let folder = Transport::from_settings(&site.app.settings).unwrap();
    let (one, two) = tokio::join!(send_due(&site.app, &folder), send_due(&site.app, &folder));
    assert_eq!(one + two, 1);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NULL AND sent_at IS NOT NULL").await,
        1
    );
    let files: Vec<_> = std::fs::read_dir(site.folder.join("mail")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let email = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    for header in [
        "Content-Language: ja",
        "Auto-Submitted: auto-generated",
        "To: a@example.jp",
        "multipart/alternative",
    ] {
        assert!(email.contains(header), "{header} in {email}");
    }
    assert_eq!(email.matches("\nSubject:").count(), 1);
}

/// A decoy costs the same as an e-mail, and the sender throws it away.
#[rstest]
#[tokio::test]
async fn mp_10_a_decoy_is_never_sent(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    site.member(ADDRESS).await;
    let before = site.emails().await.len();
    let folder = Transport::from_settings(&site.app.settings).unwrap();
    send_due(&site.app, &folder).await;
    let sent = || std::fs::read_dir(site.folder.join("mail")).unwrap().count();
    assert_eq!(sent(), before);

    registers(&site).await;
    let waiting = "SELECT COUNT(*) FROM outbox WHERE kind = 'decoy' AND sealed IS NOT NULL";
    assert_eq!(site.count(waiting).await, 1);
    assert_eq!(send_due(&site.app, &folder).await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM outbox WHERE kind = 'decoy'").await, 0);
    assert_eq!(sent(), before);
}

/// The mail server is down: the e-mail waits, is tried again, and is sent when the server is back.
#[rstest]
#[tokio::test]
async fn an_outage_of_the_mail_server_loses_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("smtp://{closed}");
    let site = TestApp::new(database, &[("mail.transport", "smtp"), ("mail.smtp_url", &url)]).await;
    registers(&site).await;
    let down = Transport::from_settings(&site.app.settings).unwrap();
    assert_eq!(send_due(&site.app, &down).await, 0);
    assert_eq!(outbox::waiting(&site.app).await.unwrap().0, 1);
    let up = Transport::File(site.folder.join("mail"));
    assert_eq!(send_due(&site.app, &up).await, 0, "not due yet");
    site.wait(5_000);
    assert_eq!(send_due(&site.app, &up).await, 1);
}

/// An e-mail whose link expired is not sent any more.
#[rstest]
#[tokio::test]
async fn an_expired_email_is_given_up(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    registers(&site).await;
    site.wait(DAY_MS);
    let folder = Transport::from_settings(&site.app.settings).unwrap();
    assert_eq!(send_due(&site.app, &folder).await, 0);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND sealed IS NULL").await,
        1
    );
}

#[tokio::test]
async fn mp_89_a_process_has_the_places_of_the_file_it_is_given() {
    let none = TestApp::new(Database::Sqlite, &[]).await;
    let network = none.visitor().request().network.clone();
    assert_eq!(none.app.geoip.lookup(&network), None);
    let site = TestApp::new(Database::Sqlite, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    let place = site.app.geoip.lookup(&network).unwrap();
    assert_eq!(place.shown(Locale::Ja), "東京（日本）");

    let mut settings = (*site.app.settings).clone();
    settings.keys.site_key_file = site.folder.join("another.key");
    settings.geoip.mmdb = Some(site.folder.join("none.mmdb"));
    let failure = AppContext::open(settings.clone()).await.err().unwrap().to_string();
    assert!(failure.contains("(geoip.mmdb): "), "{failure}");
    assert!(!settings.keys.site_key_file.exists(), "nothing is made before the start is refused");
}

/// Another process holds the writer: the use case says "not now" and works again afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_a_transient_failure() {
    let site = TestApp::new(Database::Sqlite, &[]).await;
    let other = Db::open(&site.database_url).await.unwrap();
    let mut lock = other_writer(&site).await;
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut lock).await.unwrap();
    let visitor = site.visitor();
    let failure = Tx::begin(&visitor).await.err().unwrap();
    assert!(matches!(failure, Failure::Unavailable(_)) && failure.is_transient(), "{failure:?}");
    sqlx::raw_sql("COMMIT").execute(&mut lock).await.unwrap();
    Tx::begin(&visitor).await.unwrap().commit().await.unwrap();
    other.close().await;
}

async fn other_writer(site: &TestApp) -> sqlx::AnyConnection {
    use sqlx::Connection;
    sqlx::AnyConnection::connect(&site.database_url).await.unwrap()
}
