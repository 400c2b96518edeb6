//! What a supervisor asks, on both databases.

use axum::http::StatusCode;
use rstest::rstest;
use testkit::Database;

use super::ask::site;

#[rstest]
#[tokio::test]
async fn alive_and_ready(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let site = site(database, &[]).await;
    for (path, says) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = site.get(path).await;
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, says));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

/// Zitadel CVE-2024-32967: the error named database, user and host.
#[rstest]
#[tokio::test]
async fn without_its_database_alive_but_not_ready(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let site = site(database, &[]).await;
    site.instance.app.db.close().await;
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
    let answer = site.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.text(), "The database does not answer.\n");
    assert_eq!(answer.header("cache-control"), "no-store");
}
