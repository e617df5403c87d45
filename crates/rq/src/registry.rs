//! Reading: jobs, queues, registries, workers. Nothing here cleans or changes anything.

use redis::AsyncCommands as _;
use redis::Value as Reply;

use crate::client::Rq;
use crate::dispatch::pairs;
use crate::error::Error;
use crate::job::{Job, Status};

/// A registry of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Registry {
    /// Running jobs.
    Started,
    /// Jobs that ended well.
    Finished,
    /// Jobs that failed or were stopped.
    Failed,
    /// Jobs that wait for others.
    Deferred,
    /// Jobs that wait for a moment.
    Scheduled,
    /// Canceled jobs.
    Canceled,
}

impl Registry {
    /// The word in its key.
    pub fn word(self) -> &'static str {
        match self {
            Registry::Started => "wip",
            Registry::Finished => "finished",
            Registry::Failed => "failed",
            Registry::Deferred => "deferred",
            Registry::Scheduled => "scheduled",
            Registry::Canceled => "canceled",
        }
    }
}

/// One registered worker, ours or RQ's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Its name.
    pub name: String,
    /// Every field of its hash, as text.
    pub fields: Vec<(String, String)>,
    /// What it runs, as `job:execution` (RQ 3 and this crate).
    pub executions: Vec<String>,
}

impl WorkerInfo {
    /// A field's text; `None` when missing or empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

impl Rq {
    /// A job; `None` when its hash is gone.
    pub async fn job(&self, id: &str) -> Result<Option<Job>, Error> {
        let reply: Reply = redis::cmd("HGETALL").arg(self.keys().job(id)).query_async(&mut self.connection()).await?;
        let fields = flat(reply).ok_or_else(|| Error::Reply("HGETALL".to_owned()))?;
        Ok((!fields.is_empty()).then(|| Job::read(id, pairs(&fields))))
    }

    /// A job's status; `None` when its hash is gone or its status is unknown.
    pub async fn status(&self, id: &str) -> Result<Option<Status>, Error> {
        let word: Option<Vec<u8>> = self.connection().hget(self.keys().job(id), "status").await?;
        Ok(word.and_then(|word| Status::parse(std::str::from_utf8(&word).ok()?)))
    }

    /// The names of all queues that were ever used, sorted.
    pub async fn queues(&self) -> Result<Vec<String>, Error> {
        let keys: Vec<String> = self.connection().smembers(self.keys().queues()).await?;
        let prefix = self.keys().queue("");
        let mut names: Vec<_> = keys.iter().filter_map(|key| key.strip_prefix(&prefix)).map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// How many jobs wait in a queue.
    pub async fn queue_len(&self, queue: &str) -> Result<u64, Error> {
        Ok(self.connection().llen(self.keys().queue(queue)).await?)
    }

    /// How many entries a registry has, expired ones included.
    pub async fn registry_len(&self, registry: Registry, queue: &str) -> Result<u64, Error> {
        Ok(self.connection().zcard(self.keys().registry(registry.word(), queue)).await?)
    }

    /// Job ids of a registry, lowest score first, from `offset`, at most `limit`.
    pub async fn registry_ids(
        &self,
        registry: Registry,
        queue: &str,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<String>, Error> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let key = self.keys().registry(registry.word(), queue);
        let (from, to) = (offset as isize, (offset + limit - 1) as isize);
        let mut members: Vec<String> = self.connection().zrange(key, from, to).await?;
        if registry == Registry::Started {
            for member in &mut members {
                member.truncate(member.find(':').unwrap_or(member.len()));
            }
        }
        Ok(members)
    }

    /// All workers whose hash is alive, sorted by name.
    pub async fn workers(&self) -> Result<Vec<WorkerInfo>, Error> {
        let keys: Vec<String> = self.connection().smembers(self.keys().workers()).await?;
        let prefix = self.keys().worker("");
        let mut workers = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(name) = key.strip_prefix(&prefix) else { continue };
            let (fields, executions): (Reply, Vec<String>) = redis::pipe()
                .cmd("HGETALL")
                .arg(&key)
                .smembers(self.keys().worker_executions(name))
                .query_async(&mut self.connection())
                .await?;
            let fields = flat(fields).ok_or_else(|| Error::Reply("HGETALL".to_owned()))?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let fields: Vec<_> = pairs(&fields).map(|(name, value)| (text(name), text(value))).collect();
            if !fields.is_empty() {
                workers.push(WorkerInfo { name: name.to_owned(), fields, executions });
            }
        }
        workers.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(workers)
    }
}

/// A hash's reply as a flat list, whichever protocol the connection speaks.
fn flat(reply: Reply) -> Option<Vec<Reply>> {
    match reply {
        Reply::Array(fields) => Some(fields),
        Reply::Map(fields) => Some(fields.into_iter().flat_map(|(name, value)| [name, value]).collect()),
        _ => None,
    }
}
