//! A 退会 that fails at any statement has not begun. (That a killed process leaves it whole or not begun is shown in
//! `server/tests/http/withdrawal_killed.rs`.)

use identity::testing::{Base, Bed};
use identity::withdrawal::withdraw;
use rstest::rstest;

use super::withdrawal::{agreed, columns, dump, full_member, safe};

/// Lets every statement that would write to a table fail, or no more.
async fn cut_at(bed: &Bed, table: &str, fails: bool) {
    let sqlite = bed.database_url.starts_with("sqlite:");
    let mut statements = Vec::new();
    if !sqlite {
        let says = "CREATE OR REPLACE FUNCTION cut() RETURNS trigger AS \
            $$ BEGIN RAISE EXCEPTION 'cut'; END $$ LANGUAGE plpgsql";
        statements.push(says.to_owned());
    }
    for what in ["INSERT", "UPDATE", "DELETE"] {
        let does = if sqlite {
            "BEGIN SELECT RAISE(ABORT, 'cut'); END"
        } else {
            "FOR EACH ROW EXECUTE FUNCTION cut()"
        };
        statements.push(match (fails, sqlite) {
            (true, _) => format!("CREATE TRIGGER cut_{what} BEFORE {what} ON \"{table}\" {does}"),
            (false, true) => format!("DROP TRIGGER cut_{what}"),
            (false, false) => format!("DROP TRIGGER cut_{what} ON \"{table}\""),
        });
    }
    let mut work = bed.desk.work(&bed.visitor()).await.unwrap();
    for statement in statements {
        sqlx::query(safe(statement)).execute(work.conn()).await.unwrap();
    }
    work.finish().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_withdrawal_that_is_cut_at_any_table_has_not_begun(
    #[values(Base::Sqlite, Base::Postgres)] base: Base,
) {
    let bed = Bed::new(base, &[("site.policy", "modern")]).await;
    let mut member = full_member(&bed).await;
    let mut tables: Vec<String> = columns(&bed).await.into_iter().map(|(table, _)| table).collect();
    tables.dedup();
    let mut cuts = Vec::new();
    for table in tables {
        let before = dump(&bed).await;
        cut_at(&bed, &table, true).await;
        let done = withdraw(&bed.desk, &member.0, &agreed()).await;
        cut_at(&bed, &table, false).await;
        if done.is_err() {
            assert!(dump(&bed).await == before, "half done when cut at {table}");
            cuts.push(table);
        } else {
            // It does not write there.
            done.unwrap().unwrap();
            member = full_member(&bed).await;
        }
    }
    for table in ["member", "audit", "session", "passkey", "registration", "withdrawal", "outbox"] {
        assert!(cuts.iter().any(|cut| cut == table), "{table} is not among {cuts:?}");
    }
}
