//! Fresh databases: of `SQLite` a file, of `PostgreSQL` a copy of one that was migrated once.

use std::path::Path;
use std::process::Command;

use platform::db::MIGRATOR;
use sqlx::{AnyConnection, Connection};

/// The two databases: every test of a use case runs on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on the tests' own server.
    Postgres,
}

/// Makes a database that is up to date; returns its URL.
pub(crate) async fn fresh(database: Database, folder: &Path) -> String {
    match database {
        Database::Sqlite => {
            let url = sqlite(folder);
            migrate(&url).await;
            url
        }
        Database::Postgres => postgres(folder, Some(&template().await)).await,
    }
}

/// Makes a database without tables; returns its URL.
pub(crate) async fn empty(database: Database, folder: &Path) -> String {
    match database {
        Database::Sqlite => sqlite(folder),
        Database::Postgres => postgres(folder, None).await,
    }
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("tegata.db").display())
}

async fn migrate(url: &str) {
    let db = platform::db::Db::open(url).await.expect("database");
    db.migrate().await.expect("migrations");
    db.close().await;
}

/// The server that `tools/test-postgres.sh` starts.
fn server() -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/test-postgres.sh");
    let output = Command::new(script).arg("start").output().expect("tools/test-postgres.sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

async fn admin(server: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&format!("{server}/postgres")).await.expect("test PostgreSQL")
}

async fn run(admin: &mut AnyConnection, statement: String) {
    sqlx::raw_sql(safe(statement)).execute(admin).await.expect("test database");
}

/// The migrated database that the others are copied from; its name says which migrations it has. The first test makes
/// it, the others wait.
async fn template() -> String {
    let newest = MIGRATOR.iter().last().expect("a migration");
    let (checksum, _) = newest.checksum.split_first_chunk::<4>().expect("a checksum");
    let name = format!("template_{}_{:08x}", newest.version, u32::from_be_bytes(*checksum));
    let server = server();
    let mut admin = admin(&server).await;
    run(&mut admin, "SELECT pg_advisory_lock(1)".into()).await;
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("a number");
    if there == 0 {
        let making = format!("{name}_new");
        run(&mut admin, format!("DROP DATABASE IF EXISTS {making}")).await;
        run(&mut admin, format!("CREATE DATABASE {making}")).await;
        migrate(&format!("{server}/{making}")).await;
        run(&mut admin, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    // The lock goes with the connection.
    let _ = admin.close().await;
    name
}

async fn postgres(folder: &Path, template: Option<&str>) -> String {
    let name = folder.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let server = server();
    let mut admin = admin(&server).await;
    run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    let of = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    run(&mut admin, format!("CREATE DATABASE {name}{of}")).await;
    format!("{server}/{name}")
}

/// Removes a test's database, even while connections to it are open.
pub(crate) fn release(url: &str) {
    let Some((server, name)) = url.rsplit_once('/').filter(|_| url.starts_with("postgres")) else { return };
    let (server, name) = (server.to_owned(), name.to_owned());
    // On a thread of its own: the test's runtime is still running.
    let _ = std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let mut admin = admin(&server).await;
            run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        });
    })
    .join();
}

#[expect(clippy::disallowed_types, reason = "the name of a test's database cannot be a parameter")]
fn safe(statement: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(statement)
}
