//! What every store must do, as one suite: `exercise` runs it against a store.
//!
//! A new store is done when this passes. Each case stands for a promise of the engine; they share no jobs.

use std::time::Duration;

use serde_json::json;

use crate::state::JobState;
use crate::store::{CancelOutcome, Claimed, End, Inserted, Job, JobStore, NewJob, Progress, StoreError, WorkerId};

/// A lease that ends at once, for cases about dead workers.
const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

/// Runs every case; panics at the first promise that is broken.
pub async fn exercise<S: JobStore>(store: &S) {
    a_claim_is_won_once(store).await;
    results_and_completion_commit_together(store).await;
    a_worker_presumed_dead_cannot_write(store).await;
    the_same_request_is_one_job(store).await;
    errors_are_retried_until_the_budget_is_spent(store).await;
    interruptions_cost_nothing(store).await;
    a_job_that_kills_workers_is_quarantined(store).await;
    cancelling_waits_for_nobody_and_reaches_the_worker(store).await;
    dependencies_are_waited_for(store).await;
    a_broken_dependency_fails_what_waits(store).await;
    a_snoozed_job_waits_its_time(store).await;
    queues_are_served_in_order(store).await;
    a_requeued_job_has_fresh_budgets(store).await;
    old_rows_are_forgotten_and_young_ones_kept(store).await;
}

fn job(queue: &str) -> NewJob {
    NewJob::new(queue, "test", "owner", json!({"n": 1}))
}

async fn insert(store: &impl JobStore, new: NewJob) -> Job {
    match store.insert(new).await.expect("insert") {
        Inserted::New(job) => job,
        Inserted::Existing(job) => panic!("job {} was there before", job.id),
    }
}

async fn claimed(store: &impl JobStore, queue: &str, worker: WorkerId) -> Claimed {
    store.claim_next(&[queue.to_owned()], worker).await.expect("claim").expect("a ready job")
}

async fn finish(store: &impl JobStore, claimed: &Claimed, end: End) -> Job {
    let tx = store.begin(claimed.claim).await.expect("begin");
    store.finish(tx, claimed.claim, end).await.expect("finish")
}

async fn living_worker(store: &impl JobStore) -> WorkerId {
    let worker = WorkerId::new();
    store.renew_lease(worker, LONG).await.expect("lease");
    worker
}

async fn state(store: &impl JobStore, job: &Job) -> JobState {
    store.fetch(job.id).await.expect("fetch").expect("the job").state
}

async fn a_claim_is_won_once<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, job("c1")).await;
    assert_eq!(new.state, JobState::Queued);
    let first = store.claim(new.id, worker).await.expect("claim");
    assert_eq!(first.expect("won").job.attempt, 1);
    assert!(store.claim(new.id, worker).await.expect("claim").is_none());
    assert!(store.claim_next(&["c1".to_owned()], worker).await.expect("claim").is_none());
    assert_eq!(state(store, &new).await, JobState::Running);
}

async fn results_and_completion_commit_together<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, job("c2")).await;
    let held = claimed(store, "c2", worker).await;
    let progress = Progress { percent: 40, stage: "half".to_owned(), message: "on it".to_owned() };
    assert!(!store.progress(held.claim, progress).await.expect("progress"));
    let dropped = store.begin(held.claim).await.expect("begin");
    drop(dropped);
    assert_eq!(state(store, &new).await, JobState::Running, "a dropped transaction ends nothing");
    let done = finish(store, &held, End::Succeeded(json!({"answer": 42}))).await;
    assert_eq!((done.state, done.progress), (JobState::Succeeded, 100));
    let row = store.fetch(new.id).await.expect("fetch").expect("row");
    assert_eq!(row.result, Some(json!({"answer": 42})));
    assert!(matches!(store.begin(held.claim).await, Err(StoreError::LostClaim(_))), "an end is final");
}

async fn a_worker_presumed_dead_cannot_write<S: JobStore>(store: &S) {
    let slow = WorkerId::new();
    store.renew_lease(slow, SHORT).await.expect("lease");
    let new = insert(store, job("c3")).await;
    let stale = claimed(store, "c3", slow).await;
    tokio::time::sleep(SHORT * 3).await;
    assert!(store.rescue().await.expect("rescue").contains(&new.id));
    let worker = living_worker(store).await;
    let held = claimed(store, "c3", worker).await;
    assert_eq!(held.job.crashes, 1);
    let progress = Progress { percent: 1, stage: String::new(), message: String::new() };
    assert!(matches!(store.progress(stale.claim, progress).await, Err(StoreError::LostClaim(_))));
    assert!(matches!(store.begin(stale.claim).await, Err(StoreError::LostClaim(_))));
    assert_eq!(finish(store, &held, End::Succeeded(json!(null))).await.attempt, 2);
}

async fn the_same_request_is_one_job<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let keyed = || NewJob { unique_key: Some("same".to_owned()), ..job("c4") };
    let first = insert(store, keyed()).await;
    let second = store.insert(keyed()).await.expect("insert");
    assert_eq!(second, Inserted::Existing(store.fetch(first.id).await.expect("fetch").expect("row")));
    let held = claimed(store, "c4", worker).await;
    assert!(matches!(store.insert(keyed()).await.expect("insert"), Inserted::Existing(_)), "running is open");
    finish(store, &held, End::Succeeded(json!(null))).await;
    let third = insert(store, keyed()).await;
    assert_ne!(third.id, first.id);
    store.cancel(third.id).await.expect("cancel");
}

async fn errors_are_retried_until_the_budget_is_spent<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, NewJob { errors_max: 2, ..job("c5") }).await;
    let retry = || End::Retry { error: "no luck".to_owned(), after: Duration::ZERO };
    let held = claimed(store, "c5", worker).await;
    assert_eq!(finish(store, &held, retry()).await.state, JobState::Queued);
    let held = claimed(store, "c5", worker).await;
    let failed = finish(store, &held, retry()).await;
    assert_eq!((failed.id, failed.state, failed.errors), (new.id, JobState::Failed, 2));
    assert_eq!(failed.error.as_deref(), Some("no luck"));
}

async fn interruptions_cost_nothing<S: JobStore>(store: &S) {
    let new = insert(store, job("c6")).await;
    for _ in 0..5 {
        let worker = living_worker(store).await;
        claimed(store, "c6", worker).await;
        assert_eq!(store.release_worker(worker).await.expect("release"), 1);
    }
    let row = store.fetch(new.id).await.expect("fetch").expect("row");
    assert_eq!((row.state, row.errors, row.crashes), (JobState::Queued, 0, 0));
    store.cancel(new.id).await.expect("cancel");
}

async fn a_job_that_kills_workers_is_quarantined<S: JobStore>(store: &S) {
    let new = insert(store, job("c7")).await;
    for _ in 0..3 {
        let doomed = WorkerId::new();
        store.renew_lease(doomed, SHORT).await.expect("lease");
        claimed(store, "c7", doomed).await;
        tokio::time::sleep(SHORT * 3).await;
        store.rescue().await.expect("rescue");
    }
    let row = store.fetch(new.id).await.expect("fetch").expect("row");
    assert_eq!((row.state, row.crashes), (JobState::Failed, 3));
    assert!(row.error.is_some_and(|e| e.contains("died 3 times")));
}

async fn cancelling_waits_for_nobody_and_reaches_the_worker<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let waiting = insert(store, job("c8")).await;
    assert_eq!(store.cancel(waiting.id).await.expect("cancel"), CancelOutcome::Cancelled);
    assert_eq!(store.cancel(waiting.id).await.expect("cancel"), CancelOutcome::TooLate);
    let running = insert(store, job("c8")).await;
    let held = claimed(store, "c8", worker).await;
    assert_eq!(store.cancel(running.id).await.expect("cancel"), CancelOutcome::Requested);
    let progress = Progress { percent: 1, stage: String::new(), message: String::new() };
    assert!(store.progress(held.claim, progress).await.expect("progress"));
    let ended = finish(store, &held, End::Cancelled("on request".to_owned())).await;
    assert_eq!(ended.state, JobState::Cancelled);
    assert_eq!(store.cancel(crate::store::JobId::new()).await.expect("cancel"), CancelOutcome::NotFound);
}

async fn dependencies_are_waited_for<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let first = insert(store, job("c9")).await;
    let second = insert(store, NewJob { depends_on: vec![first.id], ..job("c9") }).await;
    assert!(store.claim(second.id, worker).await.expect("claim").is_none());
    let held = claimed(store, "c9", worker).await;
    assert_eq!(held.job.id, first.id);
    finish(store, &held, End::Succeeded(json!(null))).await;
    assert_eq!(claimed(store, "c9", worker).await.job.id, second.id);
}

async fn a_broken_dependency_fails_what_waits<S: JobStore>(store: &S) {
    let first = insert(store, job("c10")).await;
    let second = insert(store, NewJob { depends_on: vec![first.id], ..job("c10") }).await;
    store.cancel(first.id).await.expect("cancel");
    assert!(store.fail_orphans().await.expect("orphans") >= 1);
    assert_eq!(state(store, &second).await, JobState::Failed);
}

async fn a_snoozed_job_waits_its_time<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, job("c11")).await;
    let held = claimed(store, "c11", worker).await;
    assert_eq!(finish(store, &held, End::Snooze(Duration::from_millis(150))).await.state, JobState::Queued);
    assert!(store.claim(new.id, worker).await.expect("claim").is_none());
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(store.claim(new.id, worker).await.expect("claim").is_some());
}

async fn queues_are_served_in_order<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let low = insert(store, job("c12-low")).await;
    let high = insert(store, job("c12-high")).await;
    let queues = ["c12-high".to_owned(), "c12-low".to_owned()];
    for expected in [high, low] {
        let held = store.claim_next(&queues, worker).await.expect("claim").expect("ready");
        assert_eq!(held.job.id, expected.id);
    }
}

async fn a_requeued_job_has_fresh_budgets<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, NewJob { errors_max: 1, ..job("c13") }).await;
    let held = claimed(store, "c13", worker).await;
    finish(store, &held, End::Failed("broken".to_owned())).await;
    let again = store.requeue(new.id).await.expect("requeue").expect("requeued");
    assert_eq!((again.state, again.errors, again.error), (JobState::Queued, 0, None));
    let held = claimed(store, "c13", worker).await;
    finish(store, &held, End::Succeeded(json!(null))).await;
    assert!(store.requeue(new.id).await.expect("requeue").is_none(), "success stays");
}

async fn old_rows_are_forgotten_and_young_ones_kept<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let open = insert(store, job("c14")).await;
    let ended = insert(store, job("c14-done")).await;
    let held = claimed(store, "c14-done", worker).await;
    finish(store, &held, End::Succeeded(json!(null))).await;
    store.prune(LONG, LONG).await.expect("prune");
    assert!(store.fetch(ended.id).await.expect("fetch").is_some());
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(store.prune(Duration::from_millis(1), LONG).await.expect("prune") >= 1);
    assert!(store.fetch(ended.id).await.expect("fetch").is_none());
    assert!(store.fetch(open.id).await.expect("fetch").is_some());
    let counts = store.counts().await.expect("counts");
    assert!(counts.iter().any(|c| c.queue == "c14" && c.state == JobState::Queued && c.count == 1));
}
