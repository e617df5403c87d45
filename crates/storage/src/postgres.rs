//! How PostgreSQL is reached, and how long its sessions may wait.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};

use crate::db::{StorageError, StorageResult};
use crate::sql::{Outages, Pool};

/// A session that holds a transaction and says nothing is ended: somewhat longer than a worker's lease of 12 s, so
/// that a paused worker's locks end soon after its claims did.
const IDLE_IN_TRANSACTION: &str = "15s";
/// Nobody waits longer for a row that another holds.
const LOCK_WAIT: &str = "10s";
/// No single statement takes longer.
const STATEMENT: &str = "60s";
/// A client whose machine vanished is found by the server in this time: 5 s of silence, then three questions.
const KEEPALIVES: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "3"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];
/// How long a statement waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Fewer would let a job that writes its results wait for itself.
const CONNECTIONS_MIN: u32 = 2;

/// Where PostgreSQL is and how many connections one process opens to it.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    connect: PgConnectOptions,
    connections: u32,
}

impl PostgresOptions {
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
        Ok(PostgresOptions { connect, connections: 10 })
    }

    /// From its parts, with nothing to escape.
    pub fn from_parts(host: &str, port: u16, database: &str, user: &str, password: Option<&str>) -> PostgresOptions {
        let mut connect =
            PgConnectOptions::new_without_pgpass().host(host).port(port).database(database).username(user);
        if let Some(password) = password {
            connect = connect.password(password);
        }
        PostgresOptions { connect, connections: 10 }
    }

    /// How many connections this process opens at most; ten if not said, two at least.
    #[must_use]
    pub fn connections(mut self, connections: u32) -> PostgresOptions {
        self.connections = connections.max(CONNECTIONS_MIN);
        self
    }

    /// A connection that waits for the migrations of other processes as long as they take.
    pub(crate) async fn connect_for_migrations(&self) -> Result<PgConnection, sqlx::Error> {
        let connect = self.connect.clone().application_name("bidlens migrations");
        let connect = connect.options([("statement_timeout", "0"), ("lock_timeout", "0")]).options(KEEPALIVES);
        tokio::time::timeout(ACQUIRE, sqlx::ConnectOptions::connect(&connect))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
    }

    pub(crate) async fn pool(&self) -> Result<Pool, sqlx::Error> {
        let connect = self
            .connect
            .clone()
            .application_name("bidlens")
            .options([
                ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
                ("lock_timeout", LOCK_WAIT),
                ("statement_timeout", STATEMENT),
            ])
            .options(KEEPALIVES);
        let pool =
            PgPoolOptions::new().max_connections(self.connections).acquire_timeout(ACQUIRE).connect_with(connect);
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
