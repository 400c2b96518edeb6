//! Desk, work, outbox, limits: what all slices stand on.

use domain::locale::Locale;
use identity::db::Db;
use identity::desk::Desk;
use identity::fault::Fault;
use identity::limits::{self, Of};
use identity::mail::outbox;
use identity::mail::transport::Transport;
use identity::registration::submit;
use identity::testing::{Base, Bed, form, places_file};
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn migrations_run_once_and_again_without_harm(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let again = Db::open(&bed.database_url).await.unwrap();
    assert_eq!(again.pending_migrations().await.unwrap(), 0);
    again.migrate().await.unwrap();
    again.ping().await.unwrap();
    again.close().await;
}

#[rstest]
#[tokio::test]
async fn work_that_is_not_finished_leaves_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    {
        let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
        assert!(limits::take(&mut work, "a", Of::Network, 1, 1_000).await.unwrap());
    }
    assert_eq!(bed.count("SELECT COUNT(*) FROM counter").await, 0);
}

#[rstest]
#[tokio::test]
async fn limits_hold_and_open_again(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    for (wait, allowed) in [(0, true), (0, true), (0, false), (999, false), (1, true)] {
        bed.wait(wait);
        let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
        assert_eq!(limits::take(&mut work, "a", Of::Network, 2, 1_000).await.unwrap(), allowed);
        work.finish().await.unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn a_letter_leaves_once_and_its_contents_are_erased(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[]).await;
    submit(&bed.desk, &bed.visitor(), &form("a@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    let folder = Transport::from_settings(&bed.desk.settings).unwrap();
    let (one, two) = tokio::join!(outbox::send_due(&bed.desk, &folder), outbox::send_due(&bed.desk, &folder));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NULL AND sent_at IS NOT NULL").await,
        1
    );
    let files: Vec<_> = std::fs::read_dir(bed.folder.join("mail")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let letter = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    for header in [
        "Content-Language: ja",
        "Auto-Submitted: auto-generated",
        "To: a@example.jp",
        "multipart/alternative",
    ] {
        assert!(letter.contains(header), "{header} in {letter}");
    }
    assert_eq!(letter.matches("\nSubject:").count(), 1);
}

/// A letter that nobody is to get costs the same, and the sender throws it away.
#[rstest]
#[tokio::test]
async fn mp_10_a_decoy_never_leaves(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    bed.member("a@example.jp").await;
    let before = bed.letters().await.len();
    let folder = Transport::from_settings(&bed.desk.settings).unwrap();
    outbox::send_due(&bed.desk, &folder).await.unwrap();
    let sent = || std::fs::read_dir(bed.folder.join("mail")).unwrap().count();
    assert_eq!(sent(), before);

    submit(&bed.desk, &bed.visitor(), &form("a@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    let waiting = "SELECT COUNT(*) FROM outbox WHERE kind = 'decoy' AND sealed IS NOT NULL";
    assert_eq!(bed.count(waiting).await, 1);
    assert_eq!(outbox::send_due(&bed.desk, &folder).await.unwrap(), 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM outbox WHERE kind = 'decoy'").await, 0);
    assert_eq!(sent(), before);
}

/// The mail server is down: the letter waits, is tried again, and goes out when it is back.
#[rstest]
#[tokio::test]
async fn an_outage_of_the_mail_server_loses_nothing(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("smtp://{closed}");
    let bed = Bed::new(base, &[("mail.transport", "smtp"), ("mail.smtp_url", &url)]).await;
    submit(&bed.desk, &bed.visitor(), &form("a@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    let down = Transport::from_settings(&bed.desk.settings).unwrap();
    assert_eq!(outbox::send_due(&bed.desk, &down).await.unwrap(), 0);
    assert_eq!(outbox::waiting(&bed.desk).await.unwrap().0, 1);
    let up = Transport::File(bed.folder.join("mail"));
    assert_eq!(outbox::send_due(&bed.desk, &up).await.unwrap(), 0, "not due yet");
    bed.wait(5_000);
    assert_eq!(outbox::send_due(&bed.desk, &up).await.unwrap(), 1);
}

/// A letter whose link is over is not sent any more.
#[rstest]
#[tokio::test]
async fn a_letter_of_no_use_is_given_up(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    submit(&bed.desk, &bed.visitor(), &form("a@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    bed.wait(identity::clock::DAY_MS);
    let folder = Transport::from_settings(&bed.desk.settings).unwrap();
    assert_eq!(outbox::send_due(&bed.desk, &folder).await.unwrap(), 0);
    assert_eq!(
        bed.count("SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND sealed IS NULL").await,
        1
    );
}

#[tokio::test]
async fn mp_89_a_desk_has_the_places_of_the_file_it_is_given() {
    let none = Bed::new(Base::Sqlite, &[]).await;
    assert_eq!(none.desk.places.of(&none.visitor().network), None);
    let bed = Bed::new(Base::Sqlite, &[("geoip.mmdb", places_file().to_str().unwrap())]).await;
    let place = bed.desk.places.of(&bed.visitor().network).unwrap();
    assert_eq!(place.shown(Locale::Ja), "東京（日本）");

    let mut settings = (*bed.desk.settings).clone();
    settings.keys.site_key_file = bed.folder.join("site.key");
    settings.geoip.mmdb = Some(bed.folder.join("none.mmdb"));
    let fault = Desk::open(settings.clone()).await.err().unwrap().to_string();
    assert!(fault.contains("(geoip.mmdb): "), "{fault}");
    assert!(!settings.keys.site_key_file.exists(), "nothing is made before the start is refused");
}

/// Another process holds the writer: the deed says "not now" and works again afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_passes() {
    let bed = Bed::new(Base::Sqlite, &[]).await;
    let other = Db::open(&bed.database_url).await.unwrap();
    let mut lock = other_writer(&bed).await;
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut lock).await.unwrap();
    let visitor = bed.visitor();
    let fault = bed.desk.work(&visitor).await.err().unwrap();
    assert!(matches!(fault, Fault::Unavailable(_)) && fault.passes(), "{fault:?}");
    sqlx::raw_sql("COMMIT").execute(&mut lock).await.unwrap();
    bed.desk.work(&visitor).await.unwrap().finish().await.unwrap();
    other.close().await;
}

async fn other_writer(bed: &Bed) -> sqlx::AnyConnection {
    use sqlx::Connection;
    sqlx::AnyConnection::connect(&bed.database_url).await.unwrap()
}
