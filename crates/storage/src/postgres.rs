//! How PostgreSQL is reached, and how long its sessions may wait.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};

use crate::db::{StorageError, StorageResult};
use crate::sql::{Outages, Pool};

/// A session that holds a transaction and says nothing is ended: somewhat longer than a worker's lease of 12 s, so
/// that a paused worker's locks end soon after its claims did.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(15);
/// Nobody waits longer for a row that another holds.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// No single statement takes longer.
const STATEMENT: Duration = Duration::from_secs(60);
/// A client whose machine vanished is found by the server in this time: 5 s of silence, then three questions.
const KEEPALIVES: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "3"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];
/// A row that is looked up by its key is in memory, or on a disk that need not seek.
const RANDOM_PAGE_COST: &str = "1.1";
/// A connection that answered so short ago is not asked again before it is used: that would be one round trip more
/// for each statement. Should it be broken after all, its statement fails as it would a moment later.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// The oldest major version whose statements are all that migrations and queries use.
const VERSION_MIN: u32 = 15;
/// How long a statement waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Fewer would let a job that writes its results wait for itself.
const CONNECTIONS_MIN: u32 = 2;

/// Where PostgreSQL is and how many connections one process opens to it.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    connect: PgConnectOptions,
    connections: u32,
    idle_in_transaction: Duration,
    lock_wait: Duration,
}

impl PostgresOptions {
    fn new(connect: PgConnectOptions) -> PostgresOptions {
        PostgresOptions { connect, connections: 10, idle_in_transaction: IDLE_IN_TRANSACTION, lock_wait: LOCK_WAIT }
    }

    /// From `postgresql://user:password@host:port/database?sslmode=require`.
    ///
    /// A driver named in the scheme, as Python programs write it (`postgresql+psycopg2://`), is accepted.
    pub fn from_url(url: &str) -> StorageResult<PostgresOptions> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| StorageError::Url("it does not begin with postgresql://".to_owned()))?;
        let plain = scheme.split('+').next().unwrap_or(scheme);
        if !matches!(plain, "postgres" | "postgresql") {
            return Err(StorageError::Url(format!("{scheme} is not postgresql")));
        }
        let connect =
            PgConnectOptions::from_str(&format!("{plain}://{rest}")).map_err(|e| StorageError::Url(e.to_string()))?;
        Ok(PostgresOptions::new(connect))
    }

    /// From its parts, with nothing to escape.
    pub fn from_parts(host: &str, port: u16, database: &str, user: &str, password: Option<&str>) -> PostgresOptions {
        let mut connect =
            PgConnectOptions::new_without_pgpass().host(host).port(port).database(database).username(user);
        if let Some(password) = password {
            connect = connect.password(password);
        }
        PostgresOptions::new(connect)
    }

    /// How many connections this process opens at most; ten if not said, two at least.
    #[must_use]
    pub fn connections(mut self, connections: u32) -> PostgresOptions {
        self.connections = connections.max(CONNECTIONS_MIN);
        self
    }

    /// After which silence in a transaction its session is ended; 15 s if not said. Longer than a worker's lease.
    #[must_use]
    pub fn idle_in_transaction(mut self, longest: Duration) -> PostgresOptions {
        self.idle_in_transaction = longest;
        self
    }

    /// How long a statement waits for a row that another transaction holds; 10 s if not said.
    #[must_use]
    pub fn lock_wait(mut self, longest: Duration) -> PostgresOptions {
        self.lock_wait = longest;
        self
    }

    /// A connection that waits for the migrations of other processes as long as they take.
    pub(crate) async fn connect_for_migrations(&self) -> Result<PgConnection, sqlx::Error> {
        let connect = self.connect.clone().application_name("bidlens migrations");
        let connect = connect.options([("statement_timeout", "0"), ("lock_timeout", "0")]).options(KEEPALIVES);
        let connection = tokio::time::timeout(ACQUIRE, sqlx::ConnectOptions::connect(&connect))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        match connection.server_version_num() {
            Some(version) if version < VERSION_MIN * 10_000 => {
                let major = version / 10_000;
                Err(sqlx::Error::Configuration(
                    format!("the server is PostgreSQL {major}; Bidlens needs {VERSION_MIN} or newer").into(),
                ))
            }
            _ => Ok(connection),
        }
    }

    pub(crate) async fn pool(&self) -> Result<Pool, sqlx::Error> {
        let connect = self
            .connect
            .clone()
            .application_name("bidlens")
            .options([
                ("idle_in_transaction_session_timeout", self.idle_in_transaction.as_millis().to_string()),
                ("lock_timeout", self.lock_wait.as_millis().to_string()),
                ("statement_timeout", STATEMENT.as_millis().to_string()),
                ("random_page_cost", RANDOM_PAGE_COST.to_owned()),
            ])
            .options(KEEPALIVES);
        let pool = PgPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .before_acquire(|connection, state| {
                Box::pin(async move {
                    if state.idle_for > TRUSTED_FOR {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(connect);
        Ok(Pool::Postgres(pool.await?, Arc::new(Outages::default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_python_programs_are_read() {
        let options = PostgresOptions::from_url("postgresql+psycopg2://u:p%40@db:6543/bids").expect("options");
        assert_eq!(options.connect.get_host(), "db");
        assert_eq!((options.connect.get_port(), options.connect.get_database()), (6543, Some("bids")));
        for bad in ["mysql://u@h/d", "db.sqlite", "postgres://[", "sqlite+aiosqlite:///x"] {
            let error = PostgresOptions::from_url(bad).expect_err(bad);
            assert_eq!(error.fault(), crate::StorageFault::Input);
        }
    }
}
