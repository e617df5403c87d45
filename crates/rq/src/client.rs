//! The handle everything starts from: a reconnecting connection, the key names and the lease.
//!
//! Cloning is cheap; clones share one multiplexed connection. Calls that block on the server use connections
//! of their own.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Script, ScriptInvocation};

use crate::error::Error;
use crate::keys::Keys;
use crate::time::Now;

/// How long a call may take before the connection is given up.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a worker's execution stays alive without a heartbeat, unless set otherwise.
pub const LEASE_DEFAULT: Duration = Duration::from_secs(30);
/// How much later than the lease stock cleaners may act, in seconds: their clocks may differ from ours.
const STOCK_MARGIN_SECONDS: i64 = 60;

/// A handle to the queues of one Redis database.
#[derive(Clone)]
pub struct Rq {
    client: redis::Client,
    connection: ConnectionManager,
    keys: Keys,
    lease: Duration,
}

impl std::fmt::Debug for Rq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client's own form would show the password of its URL.
        f.debug_struct("Rq").field("keys", &self.keys).field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl Rq {
    /// Connects to a `redis://` or `unix://` URL with RQ's own key prefix.
    pub async fn connect(url: &str) -> Result<Rq, Error> {
        Rq::connect_with(url, Keys::default()).await
    }

    /// Connects with other keys. RQ 2 knows no prefix but `rq`.
    pub async fn connect_with(url: &str, keys: Keys) -> Result<Rq, Error> {
        let client = redis::Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(Duration::from_secs(5)))
            .set_number_of_retries(2)
            .set_max_delay(Duration::from_secs(1));
        let connection = client.get_connection_manager_with_config(config).await?;
        Ok(Rq { client, connection, keys, lease: LEASE_DEFAULT })
    }

    /// Sets how long an execution lives without a heartbeat; heartbeats should come several times as often.
    ///
    /// Rounded up to whole seconds, at least one.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Rq {
        self.lease = lease;
        self
    }

    /// The lease.
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// The key names.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The shared connection, for commands this library does not have.
    pub fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// A connection of its own that may block on the server; replies are awaited without limit.
    pub(crate) async fn blocking_connection(&self) -> Result<MultiplexedConnection, Error> {
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_connection_timeout(Some(Duration::from_secs(5)));
        Ok(self.client.get_multiplexed_async_connection_with_config(&config).await?)
    }

    /// Writes a key and takes it back: whether Redis answers, may be written to and has memory left.
    pub async fn probe(&self) -> Result<(), Error> {
        let key = format!("{}:probe", self.keys.prefix());
        let () = redis::pipe()
            .cmd("SET")
            .arg(&key)
            .arg(1)
            .arg("EX")
            .arg(5)
            .ignore()
            .cmd("DEL")
            .arg(&key)
            .ignore()
            .query_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// A connection for subscriptions.
    pub(crate) async fn subscriber(&self) -> Result<redis::aio::PubSub, Error> {
        Ok(self.client.get_async_pubsub().await?)
    }

    /// Starts a call of a script with the arguments all of them share.
    pub(crate) fn script<'a>(&self, script: &'a Script, now: &Now) -> ScriptInvocation<'a> {
        let mut call = script.prepare_invoke();
        call.arg(self.keys.prefix()).arg(&now.text).arg(now.seconds());
        call
    }

    /// Adds the clock and the ends of lease, registry entry, execution and worker to a script's arguments.
    pub(crate) fn lease_args(&self, call: &mut ScriptInvocation<'_>, now: &Now) {
        let lease = self.lease_seconds();
        call.arg(now.float())
            .arg(lease)
            .arg(now.seconds() + lease + STOCK_MARGIN_SECONDS)
            .arg(now.seconds() + lease + 2 * STOCK_MARGIN_SECONDS)
            .arg(self.worker_ttl_seconds());
    }

    fn lease_seconds(&self) -> i64 {
        self.lease.as_millis().div_ceil(1000).max(1) as i64
    }

    /// How long a worker's own keys live without a heartbeat.
    pub(crate) fn worker_ttl_seconds(&self) -> i64 {
        self.lease_seconds() + STOCK_MARGIN_SECONDS
    }
}
