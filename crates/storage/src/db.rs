//! The database: SQLite for one machine, PostgreSQL for many; transactions, migrations, errors.
//!
//! SQLite serves one writer at a time, so there is one connection for writing and several for reading. PostgreSQL
//! has one pool for both; what its sessions may wait for is in [`crate::postgres`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::disk::{sync_file, sync_folder};
use crate::sql::{Pool, PostgresTx, SqliteTx, query};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// A transaction for writing. Results of a job are written through one that its store opened. Dropped, it undoes
/// what it did.
#[derive(Debug)]
pub enum Tx {
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageFault {
    /// What was asked for, or how the database was named.
    Input,
    /// This program's, or its data's.
    Ours,
    /// The database, or the way to it.
    Outside,
}

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("{doing}: {source}")]
    Database { doing: &'static str, source: sqlx::Error },
    #[error("understand the database URL: {0}")]
    Url(String),
    #[error(
        "the database was brought to schema {found} by a newer program, this one knows {known}; install that version or restore a backup"
    )]
    SchemaIsNewer { found: i64, known: i64 },
    #[error("schema change {0} was applied only in part; restore the database from a backup")]
    SchemaIsHalfDone(i64),
    #[error("schema change {0} was applied in another form; the database was not made by a release of this program")]
    SchemaIsForeign(i64),
    #[error("bring the database schema up to date: {0}")]
    Migrate(#[source] MigrateError),
    #[error("read stored {what}: {source}")]
    Stored { what: &'static str, source: serde_json::Error },
    #[error("the name is taken")]
    Taken,
}

impl StorageError {
    pub fn fault(&self) -> StorageFault {
        match self {
            StorageError::Url(_) | StorageError::Taken | StorageError::SchemaIsNewer { .. } => StorageFault::Input,
            StorageError::Stored { .. } => StorageFault::Ours,
            StorageError::SchemaIsHalfDone(_) | StorageError::SchemaIsForeign(_) | StorageError::Migrate(_) => {
                StorageFault::Outside
            }
            StorageError::Database { source, .. } => {
                if is_ours(source) {
                    StorageFault::Ours
                } else {
                    StorageFault::Outside
                }
            }
        }
    }

    /// What the server says when it lets nobody in by these settings: a wrong password, no such user or database, or a
    /// version that is too old.
    pub fn refusal(&self) -> Option<String> {
        let (StorageError::Database { source, .. } | StorageError::Migrate(MigrateError::Execute(source))) = self
        else {
            return None;
        };
        match source {
            // Class 28: authorization; 3D: no such database.
            sqlx::Error::Database(database) => {
                let refuses = |code: &str| code.len() == 5 && (code.starts_with("28") || code.starts_with("3D"));
                database.code().is_some_and(|code| refuses(&code)).then(|| database.message().to_owned())
            }
            sqlx::Error::Configuration(reason) => Some(reason.to_string()),
            _ => None,
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_retryable(&self) -> bool {
        match self {
            StorageError::Database { source, .. } | StorageError::Migrate(MigrateError::Execute(source)) => {
                is_passing(source)
            }
            StorageError::Url(_)
            | StorageError::SchemaIsNewer { .. }
            | StorageError::SchemaIsHalfDone(_)
            | StorageError::SchemaIsForeign(_)
            | StorageError::Migrate(_)
            | StorageError::Stored { .. }
            | StorageError::Taken => false,
        }
    }
}

/// A statement or a value that this program got wrong.
fn is_ours(error: &sqlx::Error) -> bool {
    match error {
        // Class 22: data, 23: constraints, 42: syntax and names.
        sqlx::Error::Database(database) => {
            database.kind() != sqlx::error::ErrorKind::Other
                || database.code().is_some_and(|c| ["22", "23", "42"].iter().any(|class| c.starts_with(class)))
        }
        sqlx::Error::RowNotFound
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::Encode(_)
        | sqlx::Error::Decode(_) => true,
        _ => false,
    }
}

/// Errors that pass: lost connections, locks, deadlocks, a server that starts or stops.
pub(crate) fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

fn is_passing_code(code: &str) -> bool {
    // SQLite numbers its errors: busy and locked, with their extended forms.
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return matches!(number & 0xff, 5 | 6);
    }
    // PostgreSQL's five characters: connection lost, too many connections, serialisation, deadlock, lock and
    // statement time-outs, idle transaction ended, server stopping or starting.
    code.starts_with("08")
        || matches!(code, "53300" | "40001" | "40P01" | "55P03" | "57014" | "25P03" | "57P01" | "57P02" | "57P03")
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
    pub(crate) write: Pool,
    pub(crate) read: Pool,
    /// Where SQLite writes first.
    log: Option<Arc<Path>>,
}

impl Db {
    /// Opens or creates the SQLite database at `path` and brings its schema up to date.
    pub async fn open(path: &Path) -> StorageResult<Db> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit does not wait for the disk, so that nobody waits with the one connection that writes. What a power
            // cut would undo is the latest commits in their order: see [`Db::sync`].
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            // What is deleted is overwritten, so that a deleted project's text is in no free page.
            .pragma("secure_delete", "ON");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // With the last connection SQLite removes its log, and with the next it makes another.
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .doing("open the database")?;
        let mut migrated = SQLITE_MIGRATIONS.run(&write).await;
        // SQLite has no lock for migrations. Whoever loses the race finds the change made when looking again.
        for _ in 0..5 {
            if !matches!(migrated, Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..))) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            migrated = SQLITE_MIGRATIONS.run(&write).await;
        }
        migrated.map_err(|error| schema_error(error, &SQLITE_MIGRATIONS))?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .doing("open the database for reading")?;
        let log = log_of(path);
        on_disk("sync the folder of the database", &log, |log| log.parent().map_or(Ok(()), sync_folder)).await?;
        Ok(Db { write: Pool::Sqlite(write), read: Pool::Sqlite(read), log: Some(log) })
    }

    /// Connects to PostgreSQL and brings its schema up to date; processes that start at once take turns.
    pub async fn connect_postgres(options: &crate::PostgresOptions) -> StorageResult<Db> {
        let mut connection = options.connect_for_migrations().await.doing("connect to PostgreSQL")?;
        let migrated = POSTGRES_MIGRATIONS.run(&mut connection).await;
        // The lock ends with the connection, also when a migration failed.
        if let Err(error) = sqlx::Connection::close(connection).await {
            tracing::debug!(%error, "the connection for migrations was not closed in order");
        }
        migrated.map_err(|error| schema_error(error, &POSTGRES_MIGRATIONS))?;
        let pool = options.pool().await.doing("connect to PostgreSQL")?;
        Ok(Db { write: pool.clone(), read: pool, log: None })
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> StorageResult<Tx> {
        self.write.begin().await.doing("begin a transaction")
    }

    pub async fn commit(&self, tx: Tx) -> StorageResult<()> {
        tx.commit().await.doing("commit a transaction")
    }

    /// Returns when everything committed so far is on the disk. PostgreSQL's commits are when they return; SQLite's are in
    /// its log, which is synced here, beside the one connection that writes.
    ///
    /// What a client is told, and what is done outside the database for good, comes after this. What workers commit needs
    /// it not: a power cut leaves their jobs as they were before, to be run again.
    pub async fn sync(&self) -> StorageResult<()> {
        match &self.log {
            Some(log) => on_disk("sync the log of the database", log, sync_file).await,
            None => Ok(()),
        }
    }

    /// Moves what SQLite's log holds into the database and empties the log; it may keep what was deleted until then.
    pub(crate) async fn empty_log(&self) {
        if let Pool::Sqlite(write) = &self.write {
            // Readers may be in the way; the log is then emptied by a later checkpoint.
            if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await {
                tracing::debug!(%error, "the write-ahead log was not emptied");
            }
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> StorageResult<()> {
        query("SELECT 1").execute(&self.read).await.doing("ask the database").map(|_| ())
    }

    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}

/// The file beside a SQLite database that holds what was committed and not yet moved into it.
fn log_of(database: &Path) -> Arc<Path> {
    let mut log = std::path::absolute(database).unwrap_or_else(|_| database.to_owned()).into_os_string();
    log.push("-wal");
    PathBuf::from(log).into()
}

/// Does what waits for the disk on a thread that may block.
async fn on_disk(
    doing: &'static str,
    log: &Arc<Path>,
    work: impl FnOnce(&Path) -> std::io::Result<()> + Send + 'static,
) -> StorageResult<()> {
    let log = Arc::clone(log);
    let done = tokio::task::spawn_blocking(move || work(&log)).await;
    done.map_err(std::io::Error::other).and_then(|done| done).map_err(sqlx::Error::Io).doing(doing)
}

fn schema_error(error: MigrateError, known: &Migrator) -> StorageError {
    match error {
        MigrateError::VersionMissing(found) => {
            StorageError::SchemaIsNewer { found, known: known.iter().map(|m| m.version).max().unwrap_or(0) }
        }
        MigrateError::Dirty(version) => StorageError::SchemaIsHalfDone(version),
        MigrateError::VersionMismatch(version) => StorageError::SchemaIsForeign(version),
        other => StorageError::Migrate(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_committed_stands_in_the_log_that_is_synced() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("rows.db");
        let db = Db::open(&path).await.expect("open");
        let log = db.log.clone().expect("a log");
        let before = std::fs::metadata(&log).expect("the log").len();
        db.add_user("u", "wang", "hash", false).await.expect("user");
        assert!(std::fs::metadata(&log).expect("the log").len() > before);
        db.sync().await.expect("sync");
        db.close().await;
        // The last connection has moved everything into the database.
        assert!(!log.exists());
        db.sync().await.expect("sync");
    }

    #[test]
    fn passing_errors_are_told_from_lasting_ones() {
        let passing = ["40001", "40P01", "55P03", "57P01", "57014", "25P03", "08006", "53300", "5", "261", "517", "6"];
        let lasting = ["23505", "42601", "22021", "53100", "XX000", "1", "19", "2067", "13"];
        assert!(passing.into_iter().all(is_passing_code));
        assert!(!lasting.into_iter().any(is_passing_code));
    }
}
