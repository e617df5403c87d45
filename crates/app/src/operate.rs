//! What operators ask of the queues and do to them.

use std::collections::HashMap;

use bidlens_jobs::{Explanation, JobState, JobStore, RuntimeSettings, WorkerRow};
use bidlens_storage::{Run, Totals};

use crate::App;
use crate::error::AppError;
use crate::work::job_id;

/// A queue as operators see it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueOverview {
    pub name: String,
    pub paused: bool,
    /// Jobs by state; states without jobs are left out.
    pub counts: Vec<(JobState, u64)>,
    /// Age of the oldest waiting job, in seconds.
    pub oldest_waiting_s: Option<f64>,
}

impl App {
    /// Every queue with what stands in it.
    pub async fn queue_overview(&self) -> Result<Vec<QueueOverview>, AppError> {
        let counts = self.queue_counts().await?;
        let oldest = self.oldest_waiting().await?;
        let overview = |(name, paused): (String, bool)| {
            let own = counts.iter().filter(|c| c.queue == name && c.count > 0);
            QueueOverview {
                counts: own.map(|c| (c.state, c.count)).collect(),
                oldest_waiting_s: oldest.iter().find(|(queue, _)| *queue == name).map(|(_, age)| *age),
                name,
                paused,
            }
        };
        Ok(self.queues().await?.into_iter().map(overview).collect())
    }

    /// Jobs that ended in each of the last 24 hours, by queue: hours since 1970, and how many.
    pub async fn finished_by_hour(&self) -> Result<Vec<(String, i64, u64)>, AppError> {
        Ok(self.inner.db.finished_by_hour(24).await?)
    }

    /// For each of these runs that waits, how many jobs of its queue are due before it, by the job's id.
    pub async fn waiting_before(&self, runs: &[Run]) -> Result<HashMap<String, u64>, AppError> {
        let waiting: Vec<&str> = runs.iter().filter(|r| r.status == "pending").map(|r| r.job_id.as_str()).collect();
        if waiting.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.inner.db.waiting_before(&waiting).await?)
    }

    /// How much is kept.
    pub async fn totals(&self) -> Result<Totals, AppError> {
        Ok(self.inner.db.totals().await?)
    }

    /// Why a job is not running; `None` when there is no such job.
    pub async fn explain_job(&self, id: &str) -> Result<Option<Explanation>, AppError> {
        Ok(self.inner.db.explain(job_id(id)?).await?)
    }

    /// Whether `rq suspend` holds all workers; false where there is no Redis or it does not answer.
    pub async fn is_suspended(&self) -> bool {
        match &self.inner.redis {
            Some(redis) => redis.is_suspended().await.unwrap_or(false),
            None => false,
        }
    }

    /// The queues there are, and whether each is paused.
    pub async fn queues(&self) -> Result<Vec<(String, bool)>, AppError> {
        let mut names = RuntimeSettings::default().queues;
        names.extend(self.queue_counts().await?.into_iter().map(|c| c.queue));
        names.sort();
        names.dedup();
        let mut queues = Vec::new();
        for name in names {
            let paused = self.inner.db.queue_paused(&name).await?;
            queues.push((name, paused));
        }
        Ok(queues)
    }

    /// Keeps workers from taking jobs of this queue, or lets them again; what runs is not touched.
    pub async fn set_queue_paused(&self, queue: &str, paused: bool) -> Result<(), AppError> {
        let known = self.queues().await?;
        if !known.iter().any(|(name, _)| name == queue) {
            let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
            return Err(AppError::invalid(
                "unknown_queue",
                format!("there is no queue `{queue}`; the queues are {}", names.join(", ")),
            ));
        }
        Ok(self.inner.db.set_queue_paused(queue, paused).await?)
    }

    /// Jobs that run now.
    pub async fn running_jobs(&self) -> Result<u64, AppError> {
        let counts = self.queue_counts().await?;
        Ok(counts.iter().filter(|c| c.state == JobState::Running).map(|c| c.count).sum())
    }

    /// Workers whose lease is good. Processes that take no jobs, such as an API, hold a lease too.
    pub async fn workers(&self) -> Result<Vec<WorkerRow>, AppError> {
        let mut workers = self.inner.db.workers().await?;
        workers.retain(|worker| !worker.info.queues.is_empty());
        Ok(workers)
    }
}
