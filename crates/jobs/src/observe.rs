//! What happens to jobs in this process, told to whoever counts it.
//!
//! The engine knows nothing of metrics: it makes an [`Attempt`] for each attempt it runs and tells it what happens;
//! an [`Observer`] hears of it. Observers count and return; they must not block.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::state::JobState;
use crate::store::{End, Job};

/// How an attempt ended, as seen by the worker that ran it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    Succeeded,
    Failed,
    Cancelled,
    /// An error that has another try.
    Retried,
    /// Nothing went wrong; it asks again later.
    Snoozed,
    /// Given back at shutdown.
    Interrupted,
    /// Another worker has the job; nothing was written.
    ClaimLost,
    /// The store did not take the end; the job runs again when the lease is over.
    Unwritten,
}

impl Ended {
    pub const ALL: [Ended; 8] = [
        Ended::Succeeded,
        Ended::Failed,
        Ended::Cancelled,
        Ended::Retried,
        Ended::Snoozed,
        Ended::Interrupted,
        Ended::ClaimLost,
        Ended::Unwritten,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Ended::Succeeded => "succeeded",
            Ended::Failed => "failed",
            Ended::Cancelled => "cancelled",
            Ended::Retried => "retried",
            Ended::Snoozed => "snoozed",
            Ended::Interrupted => "interrupted",
            Ended::ClaimLost => "claim_lost",
            Ended::Unwritten => "unwritten",
        }
    }

    /// What `end` will come to; only the store knows whether an error has another try.
    pub fn of(end: &End) -> Ended {
        match end {
            End::Succeeded(_) => Ended::Succeeded,
            End::Retry { .. } => Ended::Retried,
            End::Snooze(_) => Ended::Snoozed,
            End::Interrupted => Ended::Interrupted,
            End::Cancelled(_) => Ended::Cancelled,
            End::Failed(_) => Ended::Failed,
        }
    }
}

/// Hears what the engine does; everything may be left out.
pub trait Observer: Send + Sync {
    fn attempt_started(&self, _job: &Job) {}

    /// Told for every attempt that started, once.
    fn attempt_ended(&self, _job: &Job, _ended: Ended, _took: Duration) {}

    /// The job will not run again by itself; its row as it was written.
    fn job_ended(&self, _job: &Job) {}

    /// A stage is over: the next began, or the attempt ended.
    fn stage_ended(&self, _job: &Job, _stage: &str, _took: Duration) {}

    /// This worker could not renew its lease in time and stopped what it ran.
    fn lease_lost(&self) {}

    /// Jobs of dead workers were put back.
    fn rescued(&self, _jobs: u64) {}
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}

/// One attempt under observation; dropped without an end it ended as [`Ended::Unwritten`].
pub struct Attempt {
    observer: Arc<dyn Observer>,
    job: Job,
    started: Instant,
    stage: Mutex<Option<(String, Instant)>>,
    told: AtomicBool,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("job", &self.job.id).field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Attempt {
    pub fn start(observer: Arc<dyn Observer>, job: &Job) -> Attempt {
        observer.attempt_started(job);
        Attempt {
            observer,
            job: job.clone(),
            started: Instant::now(),
            stage: Mutex::default(),
            told: AtomicBool::new(false),
        }
    }

    /// The job is in this stage now; the same again changes nothing.
    pub fn enter(&self, stage: &str) {
        if self.told.load(Ordering::Relaxed) {
            return;
        }
        let mut current = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|(name, _)| name == stage) {
            return;
        }
        if let Some((name, since)) = current.replace((stage.to_owned(), Instant::now())) {
            self.observer.stage_ended(&self.job, &name, since.elapsed());
        }
    }

    /// The end was written; `job` is the row afterwards.
    pub fn written(&self, ended: Ended, job: &Job) {
        let spent = ended == Ended::Retried && job.state == JobState::Failed;
        self.tell(if spent { Ended::Failed } else { ended });
        if job.state.is_final() {
            self.observer.job_ended(job);
        }
    }

    /// The end was not written.
    pub fn lost(&self, ended: Ended) {
        self.tell(ended);
    }

    fn tell(&self, ended: Ended) {
        if self.told.swap(true, Ordering::Relaxed) {
            return;
        }
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((name, since)) = stage {
            self.observer.stage_ended(&self.job, &name, since.elapsed());
        }
        self.observer.attempt_ended(&self.job, ended, self.started.elapsed());
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.tell(Ended::Unwritten);
    }
}

/// The key of a payload under which the request that asked for the job is named.
pub const REQUEST_ID: &str = "request_id";

/// The span in which an attempt runs: everything it logs can be found by job, and by the request that asked for it.
pub fn span(job: &Job) -> tracing::Span {
    let request = job.payload.get(REQUEST_ID).and_then(serde_json::Value::as_str);
    tracing::info_span!("job", job = %job.id, kind = job.kind, queue = job.queue, attempt = job.attempt, request)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::failure::FailureCode;
    use crate::memory::MemoryStore;
    use crate::store::{Inserted, JobStore, NewJob, WorkerId};

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Heard {
        fn note(&self, line: String) {
            self.0.lock().expect("no test panicked").push(line);
        }
    }

    impl Observer for Heard {
        fn attempt_started(&self, job: &Job) {
            self.note(format!("start {}", job.kind));
        }
        fn attempt_ended(&self, _job: &Job, ended: Ended, _took: Duration) {
            self.note(format!("end {}", ended.as_str()));
        }
        fn job_ended(&self, job: &Job) {
            self.note(format!("job {}", job.state.as_str()));
        }
        fn stage_ended(&self, _job: &Job, stage: &str, _took: Duration) {
            self.note(format!("stage {stage}"));
        }
    }

    async fn job() -> Job {
        let store = MemoryStore::default();
        let inserted = store.insert(NewJob::new("q", "kind", "owner", json!({}))).await.expect("insert");
        let Inserted::New(job) = inserted else { panic!("it is new") };
        store.claim(job.id, WorkerId::new()).await.expect("claim").expect("it is free").job
    }

    #[tokio::test]
    async fn each_attempt_and_stage_ends_once() {
        let heard = Arc::new(Heard::default());
        let mut row = job().await;
        let attempt = Attempt::start(heard.clone(), &row);
        for stage in ["reading", "reading", "storing"] {
            attempt.enter(stage);
        }
        row.state = JobState::Failed;
        attempt.written(
            Ended::of(&End::Retry { failure: FailureCode::Internal.because("e"), after: Duration::ZERO }),
            &row,
        );
        attempt.enter("too late");
        attempt.lost(Ended::ClaimLost);
        drop(attempt);
        drop(Attempt::start(heard.clone(), &row));
        let heard = heard.0.lock().expect("no test panicked").join(", ");
        assert_eq!(
            heard,
            "start kind, stage reading, stage storing, end failed, job failed, start kind, end unwritten"
        );
    }
}
