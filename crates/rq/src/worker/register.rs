//! What Redis sees of a worker: its hash, its place in the sets, its heartbeats.
//!
//! The hash is readable by RQ 2 (`current_job`) and RQ 3 (the set of executions) at once.

use std::time::SystemTime;

use redis::AsyncCommands as _;

use crate::client::Rq;
use crate::error::Error;
use crate::script;
use crate::time::{Now, format_timestamp};

/// How long a dead worker stays visible, in seconds.
const DEATH_TTL_SECONDS: u64 = 60;

/// A worker as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its name, unique among live workers.
    pub name: String,
    /// Its queues.
    pub queues: Vec<String>,
    /// When it started.
    pub birth: SystemTime,
}

impl Registration {
    /// A worker that starts now.
    pub fn new(name: impl Into<String>, queues: impl IntoIterator<Item = impl Into<String>>) -> Registration {
        let queues = queues.into_iter().map(Into::into).collect();
        Registration { name: name.into(), queues, birth: SystemTime::now() }
    }
}

/// What became of one execution at a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// Renewed.
    Alive,
    /// Taken away, or its job was deleted.
    Lost,
    /// Its job was canceled.
    Canceled,
}

/// The reply to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Whether the worker's hash was still there; otherwise register again.
    pub is_registered: bool,
    /// Per execution, in the order given.
    pub beats: Vec<Beat>,
}

impl Rq {
    /// Registers a worker; refuses when a live one has its name.
    pub async fn register_worker(&self, registration: &Registration) -> Result<(), Error> {
        let key = self.keys().worker(&registration.name);
        let (exists, death): (bool, Option<String>) =
            redis::pipe().exists(&key).hget(&key, "death").query_async(&mut self.connection()).await?;
        if exists && death.is_none() {
            return Err(Error::WorkerAlive(registration.name.clone()));
        }
        self.write_worker(registration, "idle").await
    }

    /// Writes a worker's hash anew, such as after its keys expired during an outage.
    pub async fn refresh_worker(&self, registration: &Registration) -> Result<(), Error> {
        self.write_worker(registration, "idle").await
    }

    /// Sets what a worker is shown to do: `started`, `idle`, `busy` or `suspended`.
    pub async fn set_worker_state(&self, name: &str, state: &str) -> Result<(), Error> {
        let key = self.keys().worker(name);
        // A state alone would be half a hash that never expires.
        if self.connection().exists(&key).await? {
            let () = self.connection().hset(key, "state", state).await?;
        }
        Ok(())
    }

    /// Renews a worker and what it runs, given as (queue, job id, execution id), in one call.
    pub async fn heartbeat(&self, worker: &str, executions: &[(String, String, String)]) -> Result<Heartbeat, Error> {
        let now = Now::read();
        let mut call = self.script(&script::HEARTBEAT, &now);
        call.arg(worker);
        self.lease_args(&mut call, &now);
        for (queue, id, execution) in executions {
            call.arg(queue).arg(id).arg(execution);
        }
        let reply: Vec<redis::Value> = call.invoke_async(&mut self.connection()).await?;
        let mut words = reply.into_iter();
        let is_registered = words.next() == Some(redis::Value::Int(1));
        let beat = |word| match redis::from_redis_value::<String>(word)?.as_str() {
            "ok" => Ok(Beat::Alive),
            "canceled" => Ok(Beat::Canceled),
            _ => Ok(Beat::Lost),
        };
        let beats = words.map(beat).collect::<Result<_, redis::ParsingError>>();
        Ok(Heartbeat { is_registered, beats: beats.map_err(|error| Error::Reply(error.to_string()))? })
    }

    /// Takes a worker off; its hash stays for a minute, marked as dead.
    pub async fn unregister_worker(&self, name: &str, queues: &[String]) -> Result<(), Error> {
        let key = self.keys().worker(name);
        let mut pipe = redis::pipe();
        pipe.atomic().srem(self.keys().workers(), &key).ignore();
        for queue in queues {
            pipe.srem(self.keys().workers_of(queue), &key).ignore();
        }
        pipe.hset(&key, "death", Now::read().text).ignore();
        pipe.cmd("EXPIRE").arg(&key).arg(DEATH_TTL_SECONDS).ignore();
        pipe.del(self.keys().worker_executions(name)).ignore();
        Ok(pipe.query_async(&mut self.connection()).await?)
    }

    async fn write_worker(&self, registration: &Registration, state: &str) -> Result<(), Error> {
        let key = self.keys().worker(&registration.name);
        let address: String =
            redis::cmd("CLIENT").arg("INFO").query_async(&mut self.connection()).await.unwrap_or_default();
        let address = address.split(' ').find_map(|part| part.strip_prefix("addr=")).unwrap_or("");
        let mut pipe = redis::pipe();
        pipe.atomic().hdel(&key, &["death", "shutdown_requested_date"]).ignore();
        pipe.hset_multiple(
            &key,
            &[
                ("birth", format_timestamp(registration.birth.into()).as_str()),
                ("last_heartbeat", &Now::read().text),
                ("queues", &registration.queues.join(",")),
                ("pid", &std::process::id().to_string()),
                ("hostname", &hostname()),
                ("ip_address", address),
                ("version", concat!("rq-wire ", env!("CARGO_PKG_VERSION"))),
                ("python_version", ""),
                ("state", state),
            ],
        );
        pipe.ignore();
        pipe.sadd(self.keys().workers(), &key).ignore();
        for queue in &registration.queues {
            pipe.sadd(self.keys().workers_of(queue), &key).ignore();
            // Tools list the workers of known queues only.
            pipe.sadd(self.keys().queues(), self.keys().queue(queue)).ignore();
        }
        pipe.cmd("EXPIRE").arg(&key).arg(self.worker_ttl_seconds()).ignore();
        Ok(pipe.query_async(&mut self.connection()).await?)
    }
}

/// This machine's name, for monitoring tools.
pub fn hostname() -> String {
    // A hardened service may see processes alone below /proc.
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"].into_iter();
    let read = files.filter_map(|path| std::fs::read_to_string(path).ok()).chain(std::env::var("HOSTNAME"));
    let mut names = read.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    names.next().unwrap_or_else(|| "unknown".to_owned())
}
