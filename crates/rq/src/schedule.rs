//! The scheduler: moves jobs whose time has come into their queues, one scheduler per queue.
//!
//! It takes RQ's own lock with RQ's own rules (the holder's name, 61 seconds), so it works beside the
//! schedulers of stock workers. Each move is atomic, so even two schedulers enqueue nothing twice.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::client::Rq;
use crate::error::Error;
use crate::script;
use crate::time::Now;

/// How often due jobs are looked for; scores are whole seconds.
pub const INTERVAL: Duration = Duration::from_secs(1);
/// How many jobs one call moves.
const BATCH_MAX: usize = 1000;
/// The life of the lock and of the scheduler's hash, in seconds.
const TTL_SECONDS: u64 = 61;

/// Moves due jobs of some queues.
#[derive(Debug)]
pub struct JobScheduler {
    rq: Rq,
    name: String,
    queues: Vec<String>,
    held: BTreeSet<String>,
    created_at: String,
}

impl JobScheduler {
    /// A scheduler for some queues. Its name must be unique, as a worker's.
    pub fn new(rq: Rq, name: impl Into<String>, queues: impl IntoIterator<Item = impl Into<String>>) -> JobScheduler {
        JobScheduler {
            rq,
            name: name.into(),
            queues: queues.into_iter().map(Into::into).collect(),
            held: BTreeSet::new(),
            created_at: Now::read().text,
        }
    }

    /// The queues whose lock it holds.
    pub fn held(&self) -> impl Iterator<Item = &str> {
        self.held.iter().map(String::as_str)
    }

    /// Takes or renews the locks and moves what is due; replies how many entries were due.
    pub async fn tick(&mut self) -> Result<u64, Error> {
        for queue in &self.queues {
            if self.lock(queue, false).await? {
                self.held.insert(queue.clone());
            } else {
                self.held.remove(queue);
            }
        }
        if self.held.is_empty() {
            return Ok(0);
        }
        self.report().await?;
        let mut moved = 0;
        for queue in &self.held {
            loop {
                let now = Now::read();
                let mut call = self.rq.script(&script::SCHEDULE, &now);
                call.arg(queue).arg(BATCH_MAX);
                let count: u64 = call.invoke_async(&mut self.rq.connection()).await?;
                moved += count;
                if count < BATCH_MAX as u64 {
                    break;
                }
            }
        }
        Ok(moved)
    }

    /// Gives the locks back.
    pub async fn release(&mut self) -> Result<(), Error> {
        for queue in std::mem::take(&mut self.held) {
            self.lock(&queue, true).await?;
        }
        let key = self.rq.keys().scheduler(&self.name);
        Ok(redis::cmd("DEL").arg(key).query_async(&mut self.rq.connection()).await?)
    }

    /// Ticks every second until told to stop, through outages of Redis; then gives the locks back.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = ticks.tick() => {
                    match self.tick().await {
                        Ok(_) => failing = false,
                        // An outage is told once.
                        Err(error) if !failing => {
                            tracing::warn!(%error, "scheduler could not move due jobs; it tries again every second");
                            failing = true;
                        }
                        Err(_) => {}
                    }
                }
            }
        }
        if let Err(error) = self.release().await {
            tracing::warn!(%error, "scheduler could not give its locks back");
        }
    }

    async fn lock(&self, queue: &str, release: bool) -> Result<bool, Error> {
        let now = Now::read();
        let mut call = self.rq.script(&script::LOCK, &now);
        call.arg(queue).arg(&self.name).arg(u8::from(release));
        let held: i64 = call.invoke_async(&mut self.rq.connection()).await?;
        Ok(held == 1)
    }

    async fn report(&self) -> Result<(), Error> {
        let key = self.rq.keys().scheduler(&self.name);
        let queues = self.held.iter().cloned().collect::<Vec<_>>().join(",");
        let () = redis::pipe()
            .atomic()
            .cmd("HSET")
            .arg(&key)
            .arg(&[
                ("name", self.name.as_str()),
                ("hostname", &crate::worker::hostname()),
                ("pid", &std::process::id().to_string()),
                ("queues", &queues),
                ("created_at", &self.created_at),
                ("last_heartbeat", &Now::read().text),
            ])
            .cmd("EXPIRE")
            .arg(&key)
            .arg(TTL_SECONDS)
            .query_async(&mut self.rq.connection())
            .await?;
        Ok(())
    }
}
