//! What the runtime tells its observer: ends, stages, rescued jobs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::memory::{MemoryStore, MemoryTx};
use bidlens_jobs::{
    Ended, FailureCode, Handler, InProcessDispatch, Job, JobContext, JobId, JobStore, NewJob, Observer, Outcome,
    Runtime, RuntimeSettings, WorkerId,
};
use serde_json::json;

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().expect("no test panicked").push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no test panicked").clone()
    }
}

impl Observer for Heard {
    fn attempt_started(&self, job: &Job) {
        self.note(format!("attempt {}", job.attempt));
    }
    fn attempt_ended(&self, _job: &Job, ended: Ended, _took: Duration) {
        self.note(ended.as_str());
    }
    fn job_ended(&self, job: &Job) {
        self.note(format!("job {}", job.state.as_str()));
    }
    fn stage_ended(&self, _job: &Job, stage: &str, _took: Duration) {
        self.note(format!("stage {stage}"));
    }
    fn rescued(&self, jobs: u64) {
        if jobs > 0 {
            self.note(format!("rescued {jobs}"));
        }
    }
}

/// Ends each attempt as its payload plans.
struct Planned;

#[async_trait]
impl Handler<MemoryStore> for Planned {
    async fn run(&self, job: &Job, context: &JobContext<MemoryStore>) -> Outcome<MemoryTx> {
        let plan = job.payload.get(job.attempt as usize - 1).and_then(|p| p.as_str()).unwrap_or("work");
        context.progress(plan, 10, "").await;
        match plan {
            "retry" => return Outcome::Retry(FailureCode::Internal.because("planned")),
            "snooze" => return Outcome::Snooze(Duration::ZERO),
            _ => {}
        }
        match context.begin().await {
            Ok(tx) => Outcome::Done { tx, result: json!(null) },
            Err(error) => Outcome::Retry(FailureCode::StorageUnavailable.because(error.to_string())),
        }
    }
}

fn runtime(store: &MemoryStore) -> (Runtime<MemoryStore, InProcessDispatch>, Arc<Heard>) {
    let settings = RuntimeSettings { backoff: Duration::from_millis(1), ..RuntimeSettings::default() };
    let heard = Arc::new(Heard::default());
    let runtime = Runtime::new(Arc::new(store.clone()), Arc::default(), settings)
        .handle("test", Arc::new(Planned))
        .observed_by(heard.clone());
    (runtime, heard)
}

async fn submit(store: &MemoryStore, plan: serde_json::Value) -> JobId {
    store.insert(NewJob::new("q", "test", "owner", plan)).await.expect("insert").job().id
}

#[tokio::test]
async fn attempts_and_stages_are_told_as_they_end() {
    let store = MemoryStore::default();
    let (runtime, heard) = runtime(&store);
    let id = submit(&store, json!(["snooze", "retry", "work"])).await;
    runtime.run_now(id).await.expect("run");
    assert_eq!(
        heard.lines(),
        [
            "attempt 1",
            "stage snooze",
            "snoozed",
            "attempt 2",
            "stage retry",
            "retried",
            "attempt 3",
            "stage work",
            "succeeded",
            "job succeeded"
        ]
    );
}

#[tokio::test]
async fn the_last_error_is_a_failure() {
    let store = MemoryStore::default();
    let (runtime, heard) = runtime(&store);
    let id = submit(&store, json!(["retry", "retry", "retry"])).await;
    runtime.run_now(id).await.expect("run");
    let ends: Vec<_> =
        heard.lines().into_iter().filter(|l| !l.starts_with("attempt") && !l.starts_with("stage")).collect();
    assert_eq!(ends, ["retried", "retried", "failed", "job failed"]);
}

#[tokio::test]
async fn a_dead_workers_job_is_told_as_rescued() {
    let store = MemoryStore::default();
    let (runtime, heard) = runtime(&store);
    let id = submit(&store, json!([])).await;
    let dead = WorkerId::new();
    store.renew_lease(dead, Duration::ZERO).await.expect("a lease that is over");
    store.claim(id, dead).await.expect("claim").expect("it is free");
    runtime.maintain_once().await.expect("maintain");
    assert_eq!(heard.lines(), ["rescued 1"]);
}
