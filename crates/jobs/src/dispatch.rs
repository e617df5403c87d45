//! Says what might be ready. It may lose, repeat and reorder: the row decides, a sweep finds what was lost.
//!
//! A dispatcher either has no list of its own and only wakes workers up ([`Taken::Rows`]), or it keeps lists that
//! others can see and fill, and then it is told what becomes of every job ([`Dispatch::settle`]).

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::Notify;

use crate::store::{Job, JobId};

/// The dispatcher did not answer. Nothing is lost: the rows have every job.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{doing}: {reason}")]
pub struct DispatchError {
    pub doing: &'static str,
    pub reason: String,
}

/// What a worker is given to claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Look at the rows: this dispatcher has no list.
    Rows,
    /// These jobs might be ready; they are out of the dispatcher's lists and must be settled.
    Offers(Vec<JobId>),
}

/// What a function is called with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    pub positional: Vec<Value>,
    pub keywords: serde_json::Map<String, Value>,
}

/// A job that another program put into the dispatcher's lists; it has no row yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Stranger {
    pub id: JobId,
    /// The id by which the other program knows it.
    pub outside_id: String,
    pub queue: String,
    pub function: String,
    /// Or why they cannot be read.
    pub arguments: Result<Arguments, String>,
    pub timeout: Option<Duration>,
    /// What the row's payload keeps for the dispatcher, so that it can announce the job as it was.
    pub keep: serde_json::Map<String, Value>,
}

#[async_trait]
pub trait Dispatch: Send + Sync + 'static {
    /// These jobs may be ready. One that is listed already stays where it is.
    async fn announce(&self, jobs: &[Job]) -> Result<(), DispatchError>;

    /// Takes up to `limit` jobs that may be ready, from the first of `queues` that has any.
    async fn take(&self, queues: &[String], limit: usize) -> Result<Taken, DispatchError>;

    /// Waits until something may be ready in `queues`, at most for `patience`.
    async fn wait(&self, queues: &[String], patience: Duration);

    /// Says what became of jobs: attempts that ended, offers that came to nothing, jobs that others moved.
    async fn settle(&self, jobs: &[Job]);

    /// Offers that wait for something else: they are offered again after a while, and not before others.
    async fn put_off(&self, jobs: &[Job]);

    /// Puts offers back that could not be looked at.
    async fn give_back(&self, jobs: &[JobId]);

    /// What was offered as `job`, when it came from another program.
    async fn stranger(&self, job: JobId) -> Option<Stranger>;

    /// An offered job that has no row and gets none.
    async fn refuse(&self, job: JobId, reason: &str);

    /// How many jobs of a queue are listed; `None` for a dispatcher without lists.
    async fn listed(&self, queue: &str) -> Result<Option<u64>, DispatchError>;
}

/// Wake-ups inside one process.
#[derive(Debug, Default)]
pub struct InProcessDispatch {
    wake: Notify,
}

#[async_trait]
impl Dispatch for InProcessDispatch {
    async fn announce(&self, _jobs: &[Job]) -> Result<(), DispatchError> {
        // One permit is kept when nobody waits, so an announcement between two looks is not lost.
        self.wake.notify_one();
        Ok(())
    }

    async fn take(&self, _queues: &[String], _limit: usize) -> Result<Taken, DispatchError> {
        Ok(Taken::Rows)
    }

    async fn wait(&self, _queues: &[String], patience: Duration) {
        // Running out of patience is the sweep.
        let _ = tokio::time::timeout(patience, self.wake.notified()).await;
    }

    async fn settle(&self, _jobs: &[Job]) {
        // Something may wait for a job that ended.
        self.wake.notify_one();
    }

    async fn put_off(&self, _jobs: &[Job]) {}

    async fn give_back(&self, _jobs: &[JobId]) {}

    async fn stranger(&self, _job: JobId) -> Option<Stranger> {
        None
    }

    async fn refuse(&self, _job: JobId, _reason: &str) {}

    async fn listed(&self, _queue: &str) -> Result<Option<u64>, DispatchError> {
        Ok(None)
    }
}
