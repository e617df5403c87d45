//! The database: one writer, several readers, migrations.
//!
//! SQLite serves one writer at a time, so there is one connection for writing and every write begins with
//! `BEGIN IMMEDIATE`: a read that turns into a write would fail as busy without waiting.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

/// A transaction for writing. Results of a job are written through one that its store opened.
pub type Tx = Transaction<'static, Sqlite>;

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("{doing}: {source}")]
    Database { doing: &'static str, source: sqlx::Error },
    #[error("bring the database schema up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("read stored {what}: {source}")]
    Stored { what: &'static str, source: serde_json::Error },
    #[error("the name is taken")]
    Taken,
}

pub(crate) type StorageResult<T> = Result<T, StorageError>;

/// Adds what was being done to a database error.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> StorageResult<T>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> StorageResult<T> {
        self.map_err(|source| StorageError::Database { doing, source })
    }
}

/// Milliseconds as stored, as a point in time.
pub(crate) fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// The rows.
#[derive(Debug, Clone)]
pub struct Db {
    pub(crate) write: SqlitePool,
    pub(crate) read: SqlitePool,
}

impl Db {
    /// Opens or creates the database at `path` and brings its schema up to date.
    pub async fn open(path: &Path) -> StorageResult<Db> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            // What is deleted is overwritten, so that a deleted project's text is in no free page.
            .pragma("secure_delete", "ON");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .doing("open the database")?;
        sqlx::migrate!("migrations/sqlite").run(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .doing("open the database for reading")?;
        Ok(Db { write, read })
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> StorageResult<Tx> {
        self.write.begin_with("BEGIN IMMEDIATE").await.doing("begin a transaction")
    }

    pub async fn commit(&self, tx: Tx) -> StorageResult<()> {
        tx.commit().await.doing("commit a transaction")
    }

    /// Moves what the log holds into the database and empties the log; it may keep what was deleted until then.
    pub(crate) async fn empty_log(&self) {
        // Readers may be in the way; the log is then emptied by a later checkpoint.
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.write).await {
            tracing::debug!(%error, "the write-ahead log was not emptied");
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> StorageResult<()> {
        sqlx::query("SELECT 1").execute(&self.read).await.doing("ask the database").map(|_| ())
    }

    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}
