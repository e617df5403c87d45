//! What operators ask of the queues and do to them.

use bidlens_jobs::{Explanation, JobState, JobStore, RuntimeSettings, WorkerRow};

use crate::App;
use crate::error::AppError;
use crate::work::job_id;

impl App {
    /// Why a job is not running; `None` when there is no such job.
    pub async fn explain_job(&self, id: &str) -> Result<Option<Explanation>, AppError> {
        Ok(self.inner.db.explain(job_id(id)?).await?)
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

    /// Workers whose lease is good.
    pub async fn workers(&self) -> Result<Vec<WorkerRow>, AppError> {
        Ok(self.inner.db.workers().await?)
    }
}
