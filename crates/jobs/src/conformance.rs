//! What every store must do, as one suite: `exercise` runs it against a store.
//!
//! A new store is done when this passes. Each case stands for a promise of the engine; they share no jobs.

use std::time::Duration;

use serde_json::json;

use crate::failure::FailureCode;
use crate::state::JobState;
use crate::store::{
    CancelOutcome, Claimed, End, Inserted, Job, JobId, JobStore, NewJob, Progress, StoreError, WorkerId, WorkerInfo,
};

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
    a_batch_is_claimed_in_order(store).await;
    ends_of_a_batch_disturb_each_other_not(store).await;
    a_paused_queue_rests(store).await;
    what_is_ready_is_listed_oldest_first(store).await;
    an_adopted_job_is_inserted_once(store).await;
    a_waiting_job_is_explained(store).await;
    living_workers_are_listed(store).await;
    text_with_nul_is_stored(store).await;
    a_worker_is_told_what_it_has_claimed(store).await;
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
    let fourth = insert(store, keyed()).await;
    let refused = store.requeue(third.id).await;
    assert!(matches!(refused, Err(StoreError::KeyIsOpen(id)) if id == third.id), "the same request is open again");
    store.cancel(fourth.id).await.expect("cancel");
    assert!(store.requeue(third.id).await.expect("requeue").is_some());
    store.cancel(third.id).await.expect("cancel");
}

async fn errors_are_retried_until_the_budget_is_spent<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, NewJob { errors_max: 2, ..job("c5") }).await;
    let retry = || End::Retry { failure: FailureCode::ModelUnavailable.because("no luck"), after: Duration::ZERO };
    let held = claimed(store, "c5", worker).await;
    assert_eq!(finish(store, &held, retry()).await.state, JobState::Queued);
    let held = claimed(store, "c5", worker).await;
    let failed = finish(store, &held, retry()).await;
    assert_eq!((failed.id, failed.state, failed.errors), (new.id, JobState::Failed, 2));
    assert_eq!(failed.error.as_deref(), Some("no luck"));
    assert_eq!(failed.error_code, Some(FailureCode::ModelUnavailable));
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
    assert_eq!(row.error_code, Some(FailureCode::WorkerLost));
    assert!(row.error.is_some_and(|e| e.contains("died 3 times")));
}

async fn cancelling_waits_for_nobody_and_reaches_the_worker<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let waiting = insert(store, job("c8")).await;
    assert_eq!(store.cancel(waiting.id).await.expect("cancel"), CancelOutcome::Cancelled);
    assert_eq!(store.cancel(waiting.id).await.expect("cancel"), CancelOutcome::TooLate);
    let row = store.fetch(waiting.id).await.expect("fetch").expect("row");
    assert_eq!(row.error_code, Some(FailureCode::Cancelled));
    let running = insert(store, job("c8")).await;
    let held = claimed(store, "c8", worker).await;
    assert_eq!(store.cancel(running.id).await.expect("cancel"), CancelOutcome::Requested);
    let progress = Progress { percent: 1, stage: String::new(), message: String::new() };
    assert!(store.progress(held.claim, progress).await.expect("progress"));
    let ended = finish(store, &held, End::Cancelled("on request".to_owned())).await;
    assert_eq!((ended.state, ended.error_code), (JobState::Cancelled, Some(FailureCode::Cancelled)));
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
    finish(store, &held, End::Failed(FailureCode::NoText.because("broken"))).await;
    let again = store.requeue(new.id).await.expect("requeue").expect("requeued");
    assert_eq!((again.state, again.errors), (JobState::Queued, 0));
    assert_eq!((again.error, again.error_code), (None, None));
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

async fn batch(store: &impl JobStore, queues: &[&str], worker: WorkerId, limit: usize) -> Vec<Claimed> {
    let queues: Vec<String> = queues.iter().map(|queue| (*queue).to_owned()).collect();
    store.claim_batch(&queues, worker, limit).await.expect("claim")
}

fn ids(claimed: &[Claimed]) -> Vec<JobId> {
    claimed.iter().map(|claimed| claimed.job.id).collect()
}

async fn a_batch_is_claimed_in_order<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let mut inserted = Vec::new();
    for queue in ["c15-low", "c15-high", "c15-low", "c15-high", "c15-low"] {
        inserted.push(insert(store, job(queue)).await.id);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let blocked = insert(store, NewJob { depends_on: vec![inserted[4]], ..job("c15-high") }).await;
    let queues = ["c15-high", "c15-empty", "c15-low"];
    assert!(batch(store, &queues, worker, 0).await.is_empty());
    let first = batch(store, &queues, worker, 3).await;
    assert_eq!(ids(&first), [inserted[1], inserted[3], inserted[0]]);
    assert!(first.iter().all(|c| c.job.state == JobState::Running && c.job.attempt == 1 && c.claim.job == c.job.id));
    assert!(first.iter().all(|c| c.job.worker == Some(worker)));
    let second = batch(store, &queues, worker, 10).await;
    assert_eq!(ids(&second), [inserted[2], inserted[4]]);
    assert!(batch(store, &queues, worker, 10).await.is_empty(), "one job waits for another");
    for held in first.iter().chain(&second) {
        finish(store, held, End::Succeeded(json!(null))).await;
    }
    let wanted = [blocked.id, JobId::new(), inserted[0], blocked.id];
    let many = store.claim_many(&wanted, worker).await.expect("claim");
    assert_eq!(ids(&many), [blocked.id], "one is unknown, one has ended, one is named twice");
    let mut more = Vec::new();
    for _ in 0..3 {
        more.insert(0, insert(store, job("c15-many")).await.id);
    }
    assert_eq!(ids(&store.claim_many(&more, worker).await.expect("claim")), more, "in the order given");
    assert!(store.claim_many(&[], worker).await.expect("claim").is_empty());
}

async fn ends_of_a_batch_disturb_each_other_not<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let budgets = [3, 3, 1, 3, 3, 3, 3];
    for errors_max in budgets {
        insert(store, NewJob { errors_max, ..job("c16") }).await;
    }
    let held = batch(store, &["c16"], worker, 10).await;
    assert_eq!(held.len(), budgets.len());
    // The last one ends before the batch does.
    finish(store, &held[6], End::Failed(FailureCode::NoText.because("alone"))).await;
    let retry = |after| End::Retry { failure: FailureCode::ModelUnavailable.because("no luck"), after };
    let by_budget = |max| held.iter().filter(move |c| c.job.errors_max == max);
    let spent = by_budget(1).next().expect("the job with one error");
    let rest: Vec<&Claimed> = by_budget(3).filter(|c| c.job.id != held[6].job.id).collect();
    let ends = vec![
        (rest[0].claim, End::Succeeded(json!({"n": "\u{0} and more"}))),
        (held[6].claim, End::Succeeded(json!(null))),
        (spent.claim, retry(Duration::ZERO)),
        (rest[1].claim, retry(LONG)),
        (rest[2].claim, End::Snooze(LONG)),
        (rest[3].claim, End::Interrupted),
        (rest[4].claim, End::Cancelled("on request".to_owned())),
        (rest[0].claim, End::Failed(FailureCode::NoText.because("twice"))),
    ];
    let claims: Vec<_> = ends.iter().map(|(claim, _)| *claim).collect();
    let outcomes = store.finish_batch(ends).await;
    let told: Vec<Option<(JobState, u32, Option<&str>)>> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().ok().map(|job| (job.state, job.errors, job.error.as_deref())))
        .collect();
    let expected = [
        Some((JobState::Succeeded, 0, None)),
        None,
        Some((JobState::Failed, 1, Some("no luck"))),
        Some((JobState::Queued, 1, Some("no luck"))),
        Some((JobState::Queued, 0, None)),
        Some((JobState::Queued, 0, None)),
        Some((JobState::Cancelled, 0, Some("on request"))),
        None,
    ];
    assert_eq!(told, expected);
    for (outcome, claim) in outcomes.iter().zip(claims) {
        match outcome {
            Ok(job) => assert_eq!(store.fetch(job.id).await.expect("fetch").as_ref(), Some(job)),
            Err(error) => assert!(matches!(error, StoreError::LostClaim(id) if *id == claim.job), "{error}"),
        }
    }
    assert_eq!(outcomes[0].as_ref().expect("ended").result, Some(json!({"n": "\u{0} and more"})));
    assert_eq!(batch(store, &["c16"], worker, 10).await.len(), 1, "the interrupted one is due, the others wait");
    assert!(store.finish_batch(Vec::new()).await.is_empty());
    let stale = insert(store, job("c16-again")).await;
    let first = claimed(store, "c16-again", worker).await;
    finish(store, &first, End::Interrupted).await;
    let second = claimed(store, "c16-again", worker).await;
    let ends = vec![
        (first.claim, End::Failed(FailureCode::NoText.because("stale"))),
        (second.claim, End::Succeeded(json!(null))),
    ];
    let outcomes = store.finish_batch(ends).await;
    assert!(matches!(outcomes[0], Err(StoreError::LostClaim(id)) if id == stale.id));
    assert!(matches!(&outcomes[1], Ok(job) if job.state == JobState::Succeeded));
}

async fn a_paused_queue_rests<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    insert(store, job("c17")).await;
    let held = claimed(store, "c17", worker).await;
    let new = insert(store, job("c17")).await;
    assert!(!store.queue_paused("c17").await.expect("paused"));
    store.set_queue_paused("c17", true).await.expect("pause");
    store.set_queue_paused("c17", true).await.expect("pausing twice is no error");
    assert!(store.queue_paused("c17").await.expect("paused"));
    assert!(store.claim(new.id, worker).await.expect("claim").is_none());
    assert!(store.claim_next(&["c17".to_owned()], worker).await.expect("claim").is_none());
    assert!(batch(store, &["c17"], worker, 5).await.is_empty());
    assert!(store.ready(&["c17".to_owned()], 5).await.expect("ready").is_empty());
    assert!(store.explain(new.id).await.expect("explain").expect("known").queue_paused);
    assert_eq!(finish(store, &held, End::Succeeded(json!(null))).await.state, JobState::Succeeded, "what runs ends");
    store.set_queue_paused("c17", false).await.expect("resume");
    assert!(!store.queue_paused("c17").await.expect("paused"));
    assert!(store.claim(new.id, worker).await.expect("claim").is_some());
}

async fn what_is_ready_is_listed_oldest_first<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let mut inserted = Vec::new();
    for queue in ["c18-a", "c18-b", "c18-a"] {
        inserted.push(insert(store, job(queue)).await.id);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    insert(store, NewJob { depends_on: vec![inserted[0]], ..job("c18-a") }).await;
    let later = insert(store, job("c18-c")).await;
    let held = claimed(store, "c18-c", worker).await;
    finish(store, &held, End::Snooze(LONG)).await;
    let queues = ["c18-c", "c18-b", "c18-a"].map(str::to_owned);
    let ready = store.ready(&queues, 10).await.expect("ready");
    assert_eq!(ready.iter().map(|j| j.id).collect::<Vec<_>>(), inserted);
    assert_eq!(ready.iter().map(|j| j.queue.as_str()).collect::<Vec<_>>(), ["c18-a", "c18-b", "c18-a"]);
    assert_eq!(store.ready(&queues, 2).await.expect("ready"), ready[..2]);
    assert_eq!(store.ready_count("c18-a").await.expect("count"), 2);
    let taken = store.claim_many(&[inserted[2], later.id, inserted[0]], worker).await.expect("claim");
    let mut taken: Vec<_> = taken.into_iter().map(|c| c.job.id).collect();
    taken.sort_unstable();
    assert_eq!(taken, [inserted[0], inserted[2]], "those that are ready");
    assert!(store.ready(&[], 10).await.expect("ready").is_empty());
    assert_eq!(state(store, &later).await, JobState::Queued);
}

async fn an_adopted_job_is_inserted_once<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let foreign = NewJob { unique_key: Some("adopted".to_owned()), ..job("c19") };
    let Inserted::New(new) = store.adopt(foreign.clone()).await.expect("adopt") else { panic!("it is new") };
    assert_eq!((new.id, new.state), (foreign.id, JobState::Queued));
    assert_eq!(store.adopt(foreign.clone()).await.expect("adopt"), Inserted::Existing(new.clone()));
    let same_key = NewJob { id: JobId::new(), ..foreign.clone() };
    assert_eq!(store.adopt(same_key).await.expect("adopt").job().id, new.id, "the open job with its key");
    let held = claimed(store, "c19", worker).await;
    let ended = finish(store, &held, End::Succeeded(json!(1))).await;
    assert_eq!(store.adopt(foreign).await.expect("adopt"), Inserted::Existing(ended), "whatever its state");
}

async fn a_waiting_job_is_explained<S: JobStore>(store: &S) {
    let register = |queues: &[&str]| WorkerInfo {
        id: WorkerId::new(),
        host: "here".to_owned(),
        pid: 7,
        queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
    };
    let serving = register(&["other", "c20"]);
    store.register_worker(serving.clone(), LONG).await.expect("register");
    store.register_worker(register(&["other"]), LONG).await.expect("register");
    store.register_worker(register(&["c20"]), Duration::ZERO).await.expect("register");
    let first = insert(store, job("c20")).await;
    let second = insert(store, job("c20")).await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    let third = insert(store, NewJob { depends_on: vec![first.id, second.id], ..job("c20") }).await;
    let fourth = insert(store, job("c20")).await;
    let explain = async |job: &Job| store.explain(job.id).await.expect("explain").expect("known");
    let told = explain(&third).await;
    assert_eq!(told.waits_for, [(first.id, JobState::Queued), (second.id, JobState::Queued)]);
    assert_eq!((told.ahead, told.workers, told.due_in, told.queue_paused), (2, 1, None, false));
    let held = store.claim(first.id, serving.id).await.expect("claim").expect("won");
    assert_eq!(explain(&third).await.waits_for, [(first.id, JobState::Running), (second.id, JobState::Queued)]);
    let running = explain(&first).await;
    assert_eq!((running.job.state, running.ahead, running.workers), (JobState::Running, 0, 0));
    finish(store, &held, End::Succeeded(json!(null))).await;
    let held = store.claim(second.id, serving.id).await.expect("claim").expect("won");
    finish(store, &held, End::Failed(FailureCode::NoText.because("broken"))).await;
    assert_eq!(explain(&third).await.waits_for, [(second.id, JobState::Failed)]);
    assert_eq!(explain(&fourth).await.ahead, 0, "the third cannot run");
    let held = store.claim(fourth.id, serving.id).await.expect("claim").expect("won");
    finish(store, &held, End::Snooze(LONG)).await;
    let due = explain(&fourth).await.due_in.expect("due later");
    assert!(due <= LONG && due > LONG / 2, "{due:?}");
    assert!(store.explain(JobId::new()).await.expect("explain").is_none());
}

async fn living_workers_are_listed<S: JobStore>(store: &S) {
    let info = WorkerInfo { id: WorkerId::new(), host: "box".to_owned(), pid: 42, queues: vec!["c21".to_owned()] };
    store.register_worker(info.clone(), LONG).await.expect("register");
    let nameless = living_worker(store).await;
    let dead = WorkerId::new();
    store.renew_lease(dead, Duration::ZERO).await.expect("lease");
    let find = async |id: WorkerId| store.workers().await.expect("workers").into_iter().find(|w| w.info.id == id);
    let row = find(info.id).await.expect("registered");
    assert_eq!(row.info, info);
    assert_eq!((row.lease_until - row.started_at).to_std().expect("later"), LONG);
    tokio::time::sleep(Duration::from_millis(2)).await;
    store.renew_lease(info.id, LONG).await.expect("lease");
    let renewed = find(info.id).await.expect("registered");
    assert_eq!((renewed.info, renewed.started_at), (row.info, row.started_at), "a renewal keeps what is known");
    assert!(renewed.lease_until > row.lease_until);
    assert_eq!(find(nameless).await.expect("living").info.host, "");
    assert!(find(dead).await.is_none());
    store.release_worker(info.id).await.expect("release");
    assert!(find(info.id).await.is_none());
}

async fn text_with_nul_is_stored<S: JobStore>(store: &S) {
    let worker = living_worker(store).await;
    let new = insert(store, NewJob { payload: json!({"name": "a\u{0}b"}), ..job("c22") }).await;
    let held = claimed(store, "c22", worker).await;
    let progress = Progress { percent: 1, stage: "st\u{0}age".to_owned(), message: "\u{0}".to_owned() };
    store.progress(held.claim, progress).await.expect("progress");
    let ended = finish(store, &held, End::Failed(FailureCode::NoText.because("br\u{0}oken"))).await;
    let row = store.fetch(new.id).await.expect("fetch").expect("row");
    assert_eq!(row, ended);
    assert_eq!(row.payload, json!({"name": "a\u{0}b"}), "JSON has a way to write it");
    assert!(row.stage.starts_with("st") && row.stage.ends_with("age"), "the rest of the text is kept");
    assert!(row.error.is_some_and(|error| error.starts_with("br") && error.ends_with("oken")));
}

async fn a_worker_is_told_what_it_has_claimed<S: JobStore>(store: &S) {
    let (worker, other) = (living_worker(store).await, living_worker(store).await);
    for _ in 0..3 {
        insert(store, job("c23")).await;
    }
    let (one, two) = (claimed(store, "c23", worker).await, claimed(store, "c23", worker).await);
    claimed(store, "c23", other).await;
    let mut claims = store.claims(worker).await.expect("claims");
    claims.sort_by_key(|claim| claim.job);
    let mut expected = vec![one.claim, two.claim];
    expected.sort_by_key(|claim| claim.job);
    assert_eq!(claims, expected);
    finish(store, &one, End::Interrupted).await;
    assert_eq!(store.claims(worker).await.expect("claims"), [two.claim], "what has ended is not claimed");
}
