//! What a page of ログイン履歴 costs in a large database: fills one with lines as they are really written, asks the real
//! use case for pages, and prints how long they take. `history_bench sqlite|postgres [lines]`, run by `make bench`;
//! every twentieth line is of the member whose pages are read.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made ends the program"
)]

use std::time::{Duration, Instant};

use identity::sign_in_history::{Kind, PAGE_LINES, page};
use platform::context::Ctx;
use platform::tx::Tx;
use testkit::{Database, NOON, TestApp};

/// Lines in the database.
const LINES: i64 = 10_000_000;
/// One line in so many is the member's.
const MEMBERS_SHARE: i64 = 20;
/// Lines of one statement.
const BATCH: i64 = 100_000;
/// A page far back in the history.
const DEEP_PAGE: i64 = 10_000;
/// How many pages are read for each figure.
const READS: i64 = 200;

#[tokio::main]
async fn main() {
    let mut said = std::env::args().skip(1);
    let database = match said.next().as_deref() {
        Some("postgres") => Database::Postgres,
        _ => Database::Sqlite,
    };
    let lines = said.next().and_then(|n| n.parse().ok()).unwrap_or(LINES);
    let site = TestApp::new(database, &[]).await;
    let opened = site.member("hanako@example.jp").await;
    let ctx = site.ctx(&opened.token).await;
    let member_id = ctx.member().expect("a session").member_id.clone();

    let began = now();
    let mut from = 0;
    while from < lines {
        let to = lines.min(from + BATCH);
        fill(&site, database, &member_id, from, to).await;
        from = to;
    }
    settle(&site, database).await;
    let (filled, megabytes) = (began.elapsed().as_secs(), size(&site, database).await);
    let own = lines / MEMBERS_SHARE;
    println!(
        "history, {database:?}: {lines} lines, {own} of the member, {megabytes} MB, filled in {filled} s"
    );

    let per_page = i64::try_from(PAGE_LINES).expect("a small number");
    // Each deep read is one page further, and after the last one there must be lines of every kind.
    let deep = DEEP_PAGE.min((own / per_page - READS) * 3 / 4);
    for (what, kind, first) in [
        ("page 1".to_owned(), None, None),
        (format!("page {deep}"), None, Some(deep)),
        ("sign-ins, page 1".to_owned(), Some(Kind::SignIn), None),
        ("refusals, as deep".to_owned(), Some(Kind::Refused), Some(deep)),
    ] {
        // Each deep read is another page, which was not read in a long time: the first time it comes from the disk.
        // Page 1 is in memory. The second time both are, and the difference is the query's own.
        for time in ["", ", again"] {
            let mut times = Vec::new();
            for read in 0..READS {
                let cursor = first.map(|page| id_of((own - (page - 1 + read) * per_page) * MEMBERS_SHARE));
                times.push(timed(&ctx, kind, cursor.as_deref()).await);
            }
            times.sort();
            let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
            println!("{:28}median {:6.2} ms   95 % {:6.2} ms", [&what, time].concat(), at(50), at(95));
        }
    }
}

async fn timed(ctx: &Ctx, kind: Option<Kind>, before: Option<&str>) -> Duration {
    let began = now();
    let read = page(ctx, kind, before).await.expect("a page");
    let took = began.elapsed();
    assert_eq!(read.lines.len(), PAGE_LINES);
    took
}

#[expect(clippy::disallowed_methods, reason = "it is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// The beginning of the id of a line, as a cursor before it: ids are decimal here, which is hexadecimal too.
fn id_of(line: i64) -> String {
    let digits = format!("0{}", 10_000_000_000 + line);
    format!("{}-{}-7000-8000-000000000000", &digits[..8], &digits[8..])
}

/// Lines in the order of time. Most are of other members, in turn, so that a page of the member's lines is spread as
/// widely over the table as it would be.
async fn fill(site: &TestApp, database: Database, member_id: &str, from: i64, to: i64) {
    let mut tx = Tx::begin(&site.visitor()).await.expect("a transaction");
    if database == Database::Sqlite {
        // For filling alone: pages are read with what the server has.
        sqlx::query("PRAGMA cache_size = -1000000").execute(tx.conn()).await.expect("a cache");
    }
    sqlx::query(
        "INSERT INTO audit \
         (id, member_id, at, event, refusal, session_id, network, browser, kind, method, browser_id, \
          actor_kind, actor_id, request_id) \
         WITH RECURSIVE line (i) AS ( \
           SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM line WHERE i + 1 < CAST($2 AS BIGINT) \
         ), made AS ( \
           SELECT i, CAST(10000000000 + i AS TEXT) AS time, i / 20 % 10 AS turn, \
             CAST(100000000000 + i * 48271 % 899999999999 AS TEXT) AS chance FROM line \
         ) \
         SELECT '0' || substr(time, 1, 7) || '-' || substr(time, 8, 4) || '-7000-8000-' || chance, \
           CASE WHEN i % 20 = 0 THEN CAST($3 AS TEXT) \
             ELSE '01999999-0000-7000-8000-0000000' || CAST(10000 + i * 7919 % 20000 AS TEXT) END, \
           CAST($4 AS BIGINT) + i * 1000, \
           CASE WHEN turn = 9 THEN 'password_changed' WHEN turn = 8 THEN 'sign_out' ELSE 'sign_in' END, \
           CASE WHEN turn IN (6, 7) THEN 'SI02' ELSE NULL END, \
           CASE WHEN turn IN (6, 7) THEN NULL ELSE '01999999-1111-7000-8000-' || chance END, \
           '198.51.100.' || CAST(i % 250 AS TEXT), \
           'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', \
           CASE WHEN turn = 9 THEN 'security' WHEN turn = 8 THEN 'session' \
             WHEN turn IN (6, 7) THEN 'refused' ELSE 'sign_in' END, \
           CASE WHEN turn < 8 THEN 'password' ELSE NULL END, \
           '01999999-2222-7000-8000-000000000001', \
           CASE WHEN turn < 8 THEN 'visitor' ELSE 'member' END, \
           CASE WHEN turn < 8 THEN NULL ELSE '01999999-0000-7000-8000-000000000001' END, chance \
         FROM made",
    )
    .bind(from)
    .bind(to)
    .bind(member_id)
    .bind(NOON - LINES * 1_000)
    .execute(tx.conn())
    .await
    .expect("lines");
    tx.commit().await.expect("lines stored");
}

/// What `PostgreSQL` does by itself a while after so many new lines.
async fn settle(site: &TestApp, database: Database) {
    if database == Database::Postgres {
        sqlx::query("ANALYZE audit").execute(site.app.db.readers()).await.expect("statistics");
    }
}

/// Megabytes.
async fn size(site: &TestApp, database: Database) -> i64 {
    let statement = match database {
        Database::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Database::Postgres => "SELECT pg_database_size(current_database())",
    };
    let bytes: i64 = sqlx::query_scalar(statement).fetch_one(site.app.db.readers()).await.expect("a size");
    bytes / 1_000_000
}
