//! The names of every key, under a configurable prefix.
//!
//! RQ 3 reads the prefix from `RQ_KEY_PREFIX`; RQ 2 knows only `rq`. The job's `dependencies` key really has
//! a double colon.

/// RQ's own prefix.
pub const DEFAULT_PREFIX: &str = "rq";

/// Builds key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    prefix: String,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { prefix: DEFAULT_PREFIX.to_owned() }
    }
}

/// A prefix RQ would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("key prefix {0:?} has characters other than A-Z a-z 0-9 _ . : {{ }} -")]
pub struct BadPrefix(pub String);

impl Keys {
    /// Keys under `prefix`; RQ allows letters, digits and `_.:{}-` in it.
    pub fn new(prefix: impl Into<String>) -> Result<Keys, BadPrefix> {
        let prefix = prefix.into();
        let good = |b: u8| b.is_ascii_alphanumeric() || b"_.:{}-".contains(&b);
        if prefix.is_empty() || !prefix.bytes().all(good) {
            return Err(BadPrefix(prefix));
        }
        Ok(Keys { prefix })
    }

    /// The prefix itself.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn key(&self, parts: &[&str]) -> String {
        let mut key = self.prefix.clone();
        for part in parts {
            key.push(':');
            key.push_str(part);
        }
        key
    }

    /// Set of the full keys of all queues.
    pub fn queues(&self) -> String {
        self.key(&["queues"])
    }

    /// List of waiting ids.
    pub fn queue(&self, queue: &str) -> String {
        self.key(&["queue", queue])
    }

    /// List of ids between being popped and being registered as running.
    pub fn intermediate(&self, queue: &str) -> String {
        self.key(&["queue", queue, "intermediate"])
    }

    /// Hash of one job.
    pub fn job(&self, id: &str) -> String {
        self.key(&["job", id])
    }

    /// Set of the ids that wait for this job.
    pub fn dependents(&self, id: &str) -> String {
        self.key(&["job", id, "dependents"])
    }

    /// Set of the ids this job waits for.
    pub fn dependencies(&self, id: &str) -> String {
        self.key(&["job", "", id, "dependencies"])
    }

    /// Stream of results of one job.
    pub fn results(&self, id: &str) -> String {
        self.key(&["results", id])
    }

    /// Hash of one execution.
    pub fn execution(&self, id: &str, execution: &str) -> String {
        self.key(&["execution", id, execution])
    }

    /// Sorted set of a job's executions.
    pub fn executions(&self, id: &str) -> String {
        self.key(&["executions", id])
    }

    /// Set of the full keys of all workers.
    pub fn workers(&self) -> String {
        self.key(&["workers"])
    }

    /// Set of the full keys of the workers of one queue.
    pub fn workers_of(&self, queue: &str) -> String {
        self.key(&["workers", queue])
    }

    /// Hash of one worker.
    pub fn worker(&self, name: &str) -> String {
        self.key(&["worker", name])
    }

    /// Set of what a worker runs.
    pub fn worker_executions(&self, name: &str) -> String {
        self.key(&["worker", name, "executions"])
    }

    /// Channel of one worker's commands.
    pub fn pubsub(&self, name: &str) -> String {
        self.key(&["pubsub", name])
    }

    /// Present while all workers are suspended.
    pub fn suspended(&self) -> String {
        self.key(&["suspended"])
    }

    /// The lock of a queue's scheduler.
    pub fn scheduler_lock(&self, queue: &str) -> String {
        self.key(&["scheduler-lock", queue])
    }

    /// Hash of one scheduler.
    pub fn scheduler(&self, name: &str) -> String {
        self.key(&["scheduler", name])
    }

    /// A registry of a queue, by its own word (`wip`, `finished`, `failed`…).
    pub fn registry(&self, word: &str, queue: &str) -> String {
        self.key(&[word, queue])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_keys_as_rq_does() {
        let keys = Keys::default();
        assert_eq!(keys.queue("default"), "rq:queue:default");
        assert_eq!(keys.dependencies("a"), "rq:job::a:dependencies");
        assert_eq!(keys.dependents("a"), "rq:job:a:dependents");
        assert_eq!(Keys::new("{app}:rq").unwrap().job("a"), "{app}:rq:job:a");
        assert!(Keys::new("a b").is_err());
        assert!(Keys::new("").is_err());
    }
}
