//! The engine on the store's model: the conformance suite, and failures planned by name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::memory::{MemoryStore, MemoryTx};
use bidlens_jobs::{
    FailureCode, Handler, InProcessDispatch, Job, JobContext, JobState, JobStore, NewJob, Outcome, Runtime,
    RuntimeSettings, conformance,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn the_model_keeps_every_promise() {
    conformance::exercise(&MemoryStore::default()).await;
}

/// Does what its payload's `plan` says, once per attempt.
struct Planned {
    attempts: AtomicU32,
}

#[async_trait]
impl Handler<MemoryStore> for Planned {
    async fn run(&self, job: &Job, context: &JobContext<MemoryStore>) -> Outcome<MemoryTx> {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
        let plan = job.payload.get(attempt as usize).and_then(|p| p.as_str()).unwrap_or("work");
        context.progress(plan, 10, "").await;
        match plan {
            "panic" => panic!("planned"),
            "retry" => return Outcome::Retry(FailureCode::Internal.because("planned")),
            "encrypted" => return Outcome::Fail(FailureCode::FileEncrypted.because("a.pdf: locked")),
            "hang" => std::future::pending::<()>().await,
            "until cancelled" => {
                context.stopped().cancelled().await;
                return Outcome::Cancel("seen".to_owned());
            }
            _ => {}
        }
        let Ok(mut tx) = context.begin().await else { return Outcome::Retry(FailureCode::Internal.because("lost")) };
        tx.effects.push(format!("attempt {}", attempt + 1));
        Outcome::Done { tx, result: json!({"attempt": attempt + 1}) }
    }
}

struct Bench {
    store: MemoryStore,
    runtime: Arc<Runtime<MemoryStore, InProcessDispatch>>,
}

fn bench() -> Bench {
    let store = MemoryStore::default();
    let settings = RuntimeSettings {
        queues: vec!["q".to_owned()],
        grace: Duration::from_millis(50),
        backoff: Duration::from_millis(1),
        sweep: Duration::from_millis(5),
        ..RuntimeSettings::default()
    };
    let runtime = Runtime::new(Arc::new(store.clone()), Arc::new(InProcessDispatch::default()), settings)
        .handle("test", Arc::new(Planned { attempts: AtomicU32::new(0) }));
    Bench { store, runtime: Arc::new(runtime) }
}

async fn submit(bench: &Bench, plan: serde_json::Value, timeout: Duration) -> Job {
    let new = NewJob { timeout, ..NewJob::new("q", "test", "owner", plan) };
    bench.store.insert(new).await.expect("insert").job().clone()
}

async fn run(plan: serde_json::Value) -> (Job, Vec<String>) {
    let bench = bench();
    let job = submit(&bench, plan, Duration::from_secs(5)).await;
    let ended = bench.runtime.run_now(job.id).await.expect("run").expect("job");
    (ended, bench.store.effects())
}

#[tokio::test]
async fn a_panic_is_retried_and_leaves_no_effect() {
    let (job, effects) = run(json!(["panic"])).await;
    assert_eq!((job.state, job.attempt, job.errors), (JobState::Succeeded, 2, 1));
    assert_eq!(effects, ["attempt 2"]);
}

#[tokio::test]
async fn errors_end_in_failure_when_the_budget_is_spent() {
    let (job, effects) = run(json!(["retry", "retry", "retry", "retry"])).await;
    assert_eq!((job.state, job.attempt), (JobState::Failed, 3));
    assert_eq!((job.error.as_deref(), job.error_code), (Some("planned"), Some(FailureCode::Internal)));
    assert_eq!(effects, [] as [&str; 0]);
}

#[tokio::test]
async fn a_failure_is_told_with_its_code() {
    let (job, _) = run(json!(["encrypted"])).await;
    assert_eq!((job.state, job.attempt), (JobState::Failed, 1));
    assert_eq!((job.error.as_deref(), job.error_code), (Some("a.pdf: locked"), Some(FailureCode::FileEncrypted)));
    let (job, _) = run(json!(["retry", "work"])).await;
    assert_eq!((job.state, job.error, job.error_code), (JobState::Succeeded, None, None));
}

#[tokio::test]
async fn a_job_that_hangs_is_stopped_hard() {
    let bench = bench();
    let job = submit(&bench, json!(["hang"]), Duration::from_millis(60)).await;
    let ended = bench.runtime.run_now(job.id).await.expect("run").expect("job");
    assert_eq!((ended.state, ended.error_code), (JobState::Failed, Some(FailureCode::TimedOut)));
    assert!(ended.error.is_some_and(|e| e.contains("took longer")));
}

#[tokio::test]
async fn a_running_job_sees_its_cancellation() {
    let bench = bench();
    let job = submit(&bench, json!(["until cancelled"]), Duration::from_secs(30)).await;
    let running = tokio::spawn({
        let runtime = Arc::clone(&bench.runtime);
        async move { runtime.run_now(job.id).await }
    });
    while bench.store.fetch(job.id).await.expect("fetch").expect("job").state != JobState::Running {
        tokio::task::yield_now().await;
    }
    bench.store.cancel(job.id).await.expect("cancel");
    let ended = running.await.expect("join").expect("run").expect("job");
    assert_eq!((ended.state, ended.error_code), (JobState::Cancelled, Some(FailureCode::Cancelled)));
}

#[tokio::test]
async fn shutdown_gives_jobs_back_without_cost() {
    let bench = bench();
    let job = submit(&bench, json!(["until cancelled"]), Duration::from_secs(30)).await;
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(Arc::clone(&bench.runtime).work(shutdown.clone()));
    while bench.store.fetch(job.id).await.expect("fetch").expect("job").state != JobState::Running {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    shutdown.cancel();
    worker.await.expect("join");
    let row = bench.store.fetch(job.id).await.expect("fetch").expect("job");
    assert_eq!((row.state, row.errors, row.crashes), (JobState::Queued, 0, 0));
}

#[tokio::test]
async fn a_worker_runs_what_is_queued() {
    let bench = bench();
    let mut jobs = Vec::new();
    for _ in 0..20 {
        jobs.push(submit(&bench, json!([]), Duration::from_secs(5)).await);
    }
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(Arc::clone(&bench.runtime).work(shutdown.clone()));
    for job in &jobs {
        while !bench.store.fetch(job.id).await.expect("fetch").expect("job").state.is_final() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    shutdown.cancel();
    worker.await.expect("join");
    assert_eq!(bench.store.effects().len(), 20, "each job has its effect once");
}

#[tokio::test]
async fn a_kind_nobody_knows_fails_with_its_name() {
    let bench = bench();
    let new = NewJob::new("q", "unheard-of", "owner", json!(null));
    let job = bench.store.insert(new).await.expect("insert").job().clone();
    let ended = bench.runtime.run_now(job.id).await.expect("run").expect("job");
    assert_eq!(ended.error.as_deref(), Some("no handler for jobs of kind unheard-of"));
    assert_eq!(ended.error_code, Some(FailureCode::BadCall));
}

/// Notes how many attempts ran in this process while one did.
#[derive(Default)]
struct Company {
    now: AtomicU32,
    most: AtomicU32,
    most_beside_last_chance: AtomicU32,
}

#[async_trait]
impl Handler<MemoryStore> for Company {
    async fn run(&self, job: &Job, context: &JobContext<MemoryStore>) -> Outcome<MemoryTx> {
        self.now.fetch_add(1, Ordering::SeqCst);
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let now = self.now.load(Ordering::SeqCst);
            self.most.fetch_max(now, Ordering::SeqCst);
            if job.crashes > 0 {
                self.most_beside_last_chance.fetch_max(now, Ordering::SeqCst);
            }
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        let Ok(tx) = context.begin().await else { return Outcome::Retry(FailureCode::Internal.because("lost")) };
        Outcome::Done { tx, result: json!(null) }
    }
}

#[tokio::test]
async fn a_job_on_its_last_chance_runs_alone() {
    let Bench { store, .. } = bench();
    let company = Arc::new(Company::default());
    let settings = RuntimeSettings {
        queues: vec!["q".to_owned()],
        concurrency: 4,
        sweep: Duration::from_millis(5),
        ..RuntimeSettings::default()
    };
    let runtime = Runtime::new(Arc::new(store.clone()), Arc::new(InProcessDispatch::default()), settings)
        .handle("test", Arc::clone(&company) as Arc<dyn Handler<MemoryStore>>);
    let new = NewJob { crashes_max: 2, ..NewJob::new("q", "test", "owner", json!([])) };
    let suspect = store.insert(new).await.expect("insert").job().clone();
    let doomed = bidlens_jobs::WorkerId::new();
    store.renew_lease(doomed, Duration::from_millis(5)).await.expect("lease");
    assert!(store.claim(suspect.id, doomed).await.expect("claim").is_some());
    tokio::time::sleep(Duration::from_millis(20)).await;
    store.rescue().await.expect("rescue");
    let mut jobs = vec![suspect.id];
    for _ in 0..20 {
        let new = NewJob::new("q", "test", "owner", json!([]));
        jobs.push(store.insert(new).await.expect("insert").job().id);
    }
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(Arc::new(runtime).work(shutdown.clone()));
    for id in jobs {
        loop {
            let job = store.fetch(id).await.expect("fetch").expect("job");
            if job.state.is_final() {
                assert_eq!(job.state, JobState::Succeeded);
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    shutdown.cancel();
    worker.await.expect("join");
    assert!(company.most.load(Ordering::SeqCst) > 1, "others run beside each other");
    assert_eq!(company.most_beside_last_chance.load(Ordering::SeqCst), 1);
}
