//! The two databases behind one driver. The portable dialect is described in ARCHITECTURE.md; migrations are in
//! `migrations/`. Nothing here knows a table.

use std::path::Path;
use std::time::Duration;

use crate::error::Failure;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};

/// The migrations of this program.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// How long a statement waits for a connection or a lock before the answer is 503.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database: one writer and some readers on `SQLite`, one pool on `PostgreSQL`.
#[derive(Clone, Debug)]
pub struct Db {
    writer: AnyPool,
    readers: AnyPool,
    begin: &'static str,
}

impl Db {
    /// Connects to `database.url`. On `SQLite` the file and its folder are made when missing.
    pub async fn open(url: &str) -> Result<Self, Failure> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") { Self::open_sqlite(url).await } else { Self::open_postgres(url).await }
    }

    async fn open_sqlite(url: &str) -> Result<Self, Failure> {
        let path =
            url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(path).parent().filter(|f| !f.as_os_str().is_empty()) {
            tokio::fs::create_dir_all(folder).await.map_err(|source| Failure::File {
                what: format!("database.url, folder {}", folder.display()),
                source,
            })?;
        }
        let url = format!("sqlite://{path}?mode=rwc");
        // What a member erased must not stay in free pages of the file (MP-92).
        // One writer, whose transactions begin IMMEDIATE: readers never block it and nothing fails half way.
        let writer =
            sqlite_pool(1, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;")
                .connect(&url)
                .await?;
        let readers = sqlite_pool(4, "PRAGMA query_only=ON;").connect_lazy(&url)?;
        Ok(Self { writer, readers, begin: "BEGIN IMMEDIATE" })
    }

    async fn open_postgres(url: &str) -> Result<Self, Failure> {
        let pool = AnyPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect(url).await?;
        Ok(Self { writer: pool.clone(), readers: pool, begin: "BEGIN" })
    }

    /// Brings the schema up to date. A schema newer than this program is refused.
    pub async fn migrate(&self) -> Result<(), Failure> {
        Ok(MIGRATOR.run(&self.writer).await?)
    }

    /// Migrations of this program that the database has not seen.
    pub async fn pending_migrations(&self) -> Result<usize, Failure> {
        let mut conn = self.writer.acquire().await?;
        let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *conn)
            .await
            .unwrap_or_default();
        Ok(MIGRATOR.iter().filter(|m| !applied.contains(&m.version)).count())
    }

    /// For pages that only read.
    pub fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// Opens a transaction. Only `Tx` calls this.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, Failure> {
        Ok(self.writer.begin_with(self.begin).await?)
    }

    /// A connection for single statements that commit by themselves (jobs).
    pub async fn writing(&self) -> Result<PoolConnection<Any>, Failure> {
        Ok(self.writer.acquire().await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Waits for statements in progress and closes.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn sqlite_pool(connections: u32, pragmas: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |conn: &mut AnyConnection, _| {
            Box::pin(async move {
                conn.execute("PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;").await?;
                conn.execute(pragmas).await?;
                Ok(())
            })
        })
}

/// Whether the database refused a row because `column` (of `table`) must be unique: `PostgreSQL` names the
/// constraint (`table_column` in our migrations), `SQLite` the columns.
pub fn is_taken(error: &sqlx::Error, table: &str, column: &str) -> bool {
    let Some(e) = error.as_database_error() else { return false };
    e.constraint() == Some(&format!("{table}_{column}"))
        || e.message().contains(&format!("UNIQUE constraint failed: {table}.{column}"))
}
