//! 「当サイトが保管する情報」: the list is whole, its times are those of the purge, and the last purge is told.

use std::collections::BTreeSet;

use domain::policy::PRESETS;
use identity::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use identity::jobs::{last_purge, purge};
use identity::kept::{HowLong, KINDS, Kind, how_long};
use identity::registration::submit;
use identity::testing::{Base, Bed, form};
use rstest::rstest;

/// Every table of the database belongs to a kind that the page shows: nobody adds one without saying so there.
#[rstest]
#[tokio::test]
async fn every_table_is_told_of(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    let tables: Vec<String> = sqlx::query_scalar(match base {
        Base::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Base::Postgres => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'",
    })
    .fetch_all(bed.desk.db.readers())
    .await
    .unwrap();
    let there: BTreeSet<&str> =
        tables.iter().map(String::as_str).filter(|name| *name != "_sqlx_migrations").collect();
    let told: BTreeSet<&str> = KINDS.iter().flat_map(|(_, tables)| *tables).copied().collect();
    assert!(there.len() > 15, "{there:?}");
    assert_eq!(there, told, "name a new table in KINDS of identity/src/kept.rs");
}

#[tokio::test]
async fn times_are_those_of_the_policy() {
    for (policy, _) in PRESETS {
        let bed = Bed::new(Base::Sqlite, &[("site.policy", policy)]).await;
        let kept = |kind| how_long(kind, &bed.desk.settings);
        let rules = &bed.desk.settings.policy;
        assert_eq!(kept(Kind::Registrations), Some(HowLong::For(rules.registration.link_valid_ms())));
        assert_eq!(kept(Kind::Resets), Some(HowLong::For(rules.reset.link_valid_ms())));
        let change = &rules.email_change;
        let whole = change.link_valid_ms() + i64::from(change.undo_days) * DAY_MS;
        assert_eq!(kept(Kind::EmailChanges), Some(HowLong::For(whole)));
        assert_eq!(kept(Kind::Downloads), Some(HowLong::For(24 * HOUR_MS)));
        assert_eq!(kept(Kind::Receipts), Some(HowLong::Always));
        assert_eq!(kept(Kind::History), Some(HowLong::WhileAccount), "MP-85");
    }
    let standard = Bed::new(Base::Sqlite, &[]).await;
    assert_eq!(how_long(Kind::Passkeys, &standard.desk.settings), None);
    assert_eq!(how_long(Kind::BackupCodes, &standard.desk.settings), None);
    assert_eq!(how_long(Kind::Resets, &standard.desk.settings), Some(HowLong::For(30 * MINUTE_MS)));
    assert_eq!(how_long(Kind::Trust, &standard.desk.settings), Some(HowLong::For(30 * DAY_MS)));
}

#[rstest]
#[tokio::test]
async fn the_last_purge_is_told_once_it_came_to_its_end(#[values(Base::Sqlite, Base::Postgres)] base: Base) {
    let bed = Bed::new(base, &[]).await;
    assert_eq!(last_purge(&bed.desk).await.unwrap(), None);
    submit(&bed.desk, &bed.visitor(), &form("a@example.jp"), &bed.desk.random.token())
        .await
        .unwrap()
        .unwrap();
    bed.wait(DAY_MS);
    assert!(purge(&bed.desk).await.unwrap() > 0);
    assert_eq!(bed.count("SELECT COUNT(*) FROM registration").await, 0);
    let first = last_purge(&bed.desk).await.unwrap();
    assert_eq!(first, Some(bed.desk.now()));
    bed.wait(5 * MINUTE_MS);
    assert_eq!(purge(&bed.desk).await.unwrap(), 0);
    let (one, other) = (bed.desk.clone(), bed.another_desk(2).await);
    let (one, other) = tokio::join!(purge(&one), purge(&other));
    assert_eq!((one.unwrap(), other.unwrap()), (0, 0));
    assert_eq!(last_purge(&bed.desk).await.unwrap(), Some(bed.desk.now()));
    assert_eq!(bed.count("SELECT COUNT(*) FROM job_run").await, 1);
}
