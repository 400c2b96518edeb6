//! A 退会 that fails at any statement leaves no trace. (That a killed process leaves it whole or not begun is shown in
//! `server/tests/http/withdrawal_killed.rs`.)

use std::collections::BTreeSet;

use identity::withdrawal::withdraw;
use platform::tx::Tx;
use rstest::rstest;
use testkit::{Database, TestApp};

use super::withdrawal::{SETTINGS, agreed, dump, full_member, is_sqlite, safe, tables};

const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// What a trigger does, in the SQL of both databases.
struct Action {
    sqlite: String,
    postgres: &'static str,
}

/// Changes the schema without any use case.
async fn run(site: &TestApp, statements: Vec<String>) {
    let mut tx = Tx::begin(&site.visitor()).await.unwrap();
    for statement in statements {
        sqlx::query(safe(statement)).execute(tx.conn()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Adds triggers that do something at every write to a table.
async fn at_writes(site: &TestApp, table: &str, action: Action) {
    let mut statements = Vec::new();
    if !is_sqlite(site) {
        let postgres = action.postgres;
        statements.push(format!(
            "CREATE OR REPLACE FUNCTION at_write() RETURNS trigger AS $$ BEGIN {postgres} END $$ LANGUAGE plpgsql"
        ));
    }
    for what in WRITES {
        let does = if is_sqlite(site) {
            format!("BEGIN {} END", action.sqlite)
        } else {
            "FOR EACH ROW EXECUTE FUNCTION at_write()".to_owned()
        };
        statements.push(format!("CREATE TRIGGER at_{what}_{table} AFTER {what} ON \"{table}\" {does}"));
    }
    run(site, statements).await;
}

/// Removes the triggers.
async fn no_more_at_writes(site: &TestApp, table: &str) {
    let on = if is_sqlite(site) { String::new() } else { format!(" ON \"{table}\"") };
    run(site, WRITES.iter().map(|what| format!("DROP TRIGGER at_{what}_{table}{on}")).collect()).await;
}

/// The tables that a withdrawal writes to.
async fn written(database: Database) -> BTreeSet<String> {
    let site = TestApp::new(database, &SETTINGS).await;
    let (member, _) = full_member(&site).await;
    let tables = tables(&site).await;
    run(&site, vec!["CREATE TABLE written (name TEXT NOT NULL)".to_owned()]).await;
    for table in tables.into_keys() {
        let action = Action {
            sqlite: format!("INSERT INTO written (name) VALUES ('{table}');"),
            postgres: "INSERT INTO written (name) VALUES (TG_TABLE_NAME); RETURN NULL;",
        };
        at_writes(&site, &table, action).await;
    }
    withdraw(&member, &agreed()).await.unwrap();
    let written: Vec<String> = sqlx::query_scalar("SELECT DISTINCT name FROM written")
        .fetch_all(site.app.db.readers())
        .await
        .unwrap();
    written.into_iter().collect()
}

#[rstest]
#[tokio::test]
async fn a_withdrawal_that_is_cut_at_any_table_has_not_begun(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let written = written(database).await;
    for table in [
        "member",
        "identifier",
        "audit",
        "session",
        "session_proof",
        "passkey",
        "mailed_proof",
        "rate_limit",
        "withdrawal",
        "withdrawn_member",
        "outbox",
    ] {
        assert!(written.contains(table), "{table} is not among {written:?}");
    }
    let site = TestApp::new(database, &SETTINGS).await;
    let (member, _) = full_member(&site).await;
    let before = dump(&site).await;
    for table in written {
        let cut = Action { sqlite: "SELECT RAISE(ABORT, 'cut');".into(), postgres: "RAISE EXCEPTION 'cut';" };
        at_writes(&site, &table, cut).await;
        let done = withdraw(&member, &agreed()).await;
        no_more_at_writes(&site, &table).await;
        assert!(done.is_err(), "it writes to {table}");
        assert!(dump(&site).await == before, "half done when cut at {table}");
    }
    withdraw(&member, &agreed()).await.unwrap();
}
