//! 「当サイトが保管する情報」: the list is complete, its times are those of the purge, and the page says when the last purge was.

use std::collections::BTreeSet;

use identity::jobs::{BETWEEN_PURGES_MS, last_purge, purge_due};
use identity::registration::submit;
use identity::{Retention, data_sets, stored};
use platform::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use policy::usable_presets;
use rstest::rstest;
use testkit::{Database, TestApp, form};

/// How long a site stores a kind of data; `None`: it has none of it.
fn retention(site: &TestApp, category: &str) -> Option<Retention> {
    let stored = stored(&site.visitor());
    stored.into_iter().find(|one| one.category == category).map(|one| one.retention)
}

/// Every table of the database belongs to a kind of data that the page lists.
#[rstest]
#[tokio::test]
async fn every_table_is_declared(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = TestApp::new(database, &[]).await;
    let tables: Vec<String> = sqlx::query_scalar(match database {
        Database::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Database::Postgres => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'",
    })
    .fetch_all(site.app.db.readers())
    .await
    .unwrap();
    let there: BTreeSet<&str> =
        tables.iter().map(String::as_str).filter(|name| *name != "_sqlx_migrations").collect();
    let declared: Vec<&str> = data_sets().map(|data_set| data_set.table).collect();
    assert!(there.len() > 15, "{there:?}");
    assert_eq!(there.len(), declared.len(), "each once: {declared:?}");
    assert_eq!(there, declared.into_iter().collect(), "declare a new table (platform::dataset)");
    assert!(data_sets().all(|data_set| !data_set.categories.is_empty()));
}

#[tokio::test]
async fn times_are_those_of_the_policy() {
    for preset in usable_presets() {
        let site = TestApp::new(Database::Sqlite, &[("site.policy", preset)]).await;
        let policy = &site.app.policy;
        let change = &policy.email_change;
        let whole = change.link_valid_ms() + i64::from(change.undo_days) * DAY_MS;
        for (category, expected) in [
            ("registrations", Retention::For(policy.registration.link_valid_ms())),
            ("resets", Retention::For(policy.reset.link_valid_ms())),
            ("email_changes", Retention::For(whole)),
            ("downloads", Retention::For(24 * HOUR_MS)),
            ("receipts", Retention::Always),
            // MP-85
            ("history", Retention::WhileAccount),
        ] {
            assert_eq!(retention(&site, category), Some(expected), "{preset}: {category}");
        }
    }
    let standard = TestApp::new(Database::Sqlite, &[]).await;
    assert_eq!(retention(&standard, "passkeys"), None);
    assert_eq!(retention(&standard, "backup_codes"), None);
    assert_eq!(retention(&standard, "resets"), Some(Retention::For(30 * MINUTE_MS)));
    assert_eq!(retention(&standard, "trust"), Some(Retention::For(30 * DAY_MS)));
}

#[rstest]
#[tokio::test]
async fn the_last_purge_is_shown_once_it_was_completed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let (app, visitor) = (&site.app, site.visitor());
    assert_eq!(last_purge(&visitor).await.unwrap(), None);
    submit(&visitor, &form("a@example.jp"), &site.app.rng.token(), None).await.unwrap();
    site.wait(DAY_MS);
    purge_due(app, || true).await.unwrap();
    assert_eq!(last_purge(&visitor).await.unwrap(), None, "it was stopped");
    // Another process does it when the lease is over.
    site.wait(MINUTE_MS);
    purge_due(app, || false).await.unwrap();
    assert_eq!(site.count("SELECT COUNT(*) FROM mailed_proof").await, 0);
    let first = site.now();
    assert_eq!(last_purge(&visitor).await.unwrap(), Some(first));

    site.wait(BETWEEN_PURGES_MS - 1);
    purge_due(app, || false).await.unwrap();
    assert_eq!(last_purge(&visitor).await.unwrap(), Some(first), "it is not due yet");
    site.wait(1);
    let other = site.another_process(2).await;
    let (one, other) = tokio::join!(purge_due(app, || false), purge_due(&other, || false));
    one.unwrap();
    other.unwrap();
    assert_eq!(last_purge(&visitor).await.unwrap(), Some(site.now()));
    assert_eq!(site.count("SELECT COUNT(*) FROM job WHERE kind = 'purge'").await, 1);
}
