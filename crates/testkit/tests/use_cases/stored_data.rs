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

/// A member's rows go with the member: the database sees to it (MP-92).
#[rstest]
#[tokio::test]
async fn rows_of_a_member_are_removed_with_the_member(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = TestApp::new(database, &[]).await;
    let rules: Vec<(String, Option<String>)> = sqlx::query_as(match database {
        Database::Sqlite => {
            "SELECT t.name, k.on_delete FROM sqlite_master t, pragma_table_info(t.name) c \
             LEFT JOIN pragma_foreign_key_list(t.name) k ON k.\"from\" = c.name AND k.\"table\" = 'member' \
             WHERE t.type = 'table' AND c.name = 'member_id'"
        }
        Database::Postgres => {
            "SELECT CAST(c.table_name AS TEXT), (SELECT CAST(r.delete_rule AS TEXT) \
             FROM information_schema.key_column_usage u JOIN information_schema.referential_constraints r \
             ON r.constraint_name = u.constraint_name WHERE u.table_schema = 'public' \
             AND u.table_name = c.table_name AND u.column_name = 'member_id') FROM information_schema.columns c \
             WHERE c.table_schema = 'public' AND c.column_name = 'member_id'"
        }
    })
    .fetch_all(site.app.db.readers())
    .await
    .unwrap();
    assert!(rules.len() > 20, "{rules:?}");
    let stay: BTreeSet<&str> = rules
        .iter()
        .filter(|(_, on_delete)| on_delete.as_deref() != Some("CASCADE"))
        .map(|(table, _)| table.as_str())
        .collect();
    // The history is made anonymous, and the id is what says of whom.
    assert_eq!(stay, ["audit", "withdrawn_member"].into());
}

/// What is promised to be gone after a time is removed by somebody. Trust is not a row: it ends, and the browser stays.
#[rstest]
#[tokio::test]
async fn whatever_has_a_time_is_purged(#[values("standard", "modern")] preset: &str) {
    let site = TestApp::new(Database::Sqlite, &[("site.policy", preset)]).await;
    let timed = stored(&site.visitor())
        .into_iter()
        .filter(|one| matches!(one.retention, Retention::For(_) | Retention::AfterItsTime(_)));
    let is_purged = |category: &str| {
        data_sets().any(|set| !set.purge.is_empty() && set.categories.iter().any(|one| one.name == category))
    };
    for one in timed.filter(|one| one.category != "trust") {
        assert!(is_purged(one.category), "{}: nothing removes it", one.category);
    }
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
