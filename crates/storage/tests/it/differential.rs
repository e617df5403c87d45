//! Random histories of jobs go the same way in the model, in SQLite and in PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bidlens_jobs::memory::MemoryStore;
use bidlens_jobs::store::StoreResult;
use bidlens_jobs::{
    Claim, Claimed, End, FailureCode, Inserted, Job, JobId, JobStore, NewJob, Progress, StoreError, WorkerId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};
use serde_json::json;

use crate::support::Place;

const LONG: Duration = Duration::from_secs(3_600);
const QUEUES: [&str; 3] = ["first", "second", "third"];
const WORKERS: usize = 3;

#[derive(Debug, Clone)]
enum Op {
    Insert { queue: Index, key: Option<u8>, depends_on: Vec<Index>, errors_max: u32, crashes_max: u32 },
    AdoptAgain(Index),
    Claim(Index, Index),
    ClaimNext(Index),
    ClaimBatch(Index, usize),
    Progress(Index, u8),
    Finish(Index, End),
    FinishBatch(Vec<(Index, End)>),
    Cancel(Index),
    Requeue(Index),
    Expire(Index),
    Renew(Index),
    Release(Index),
    Rescue,
    FailOrphans,
    Prune { results: bool, failures: bool },
    Pause(Index, bool),
    Ready(usize),
    Explain(Index),
}

fn end() -> impl Strategy<Value = End> {
    let after = prop_oneof![3 => Just(Duration::ZERO), 1 => Just(LONG)];
    prop_oneof![
        4 => (0..100u8).prop_map(|n| End::Succeeded(json!({ "n": n }))),
        3 => after.clone().prop_map(|after| End::Retry { failure: FailureCode::ModelUnavailable.because("no luck"), after }),
        1 => after.prop_map(End::Snooze),
        1 => Just(End::Interrupted),
        1 => Just(End::Cancelled("on request".to_owned())),
        1 => Just(End::Failed(FailureCode::NoText.because("broken"))),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let index = any::<Index>;
    let dependencies = prop_oneof![3 => Just(Vec::new()), 1 => vec(index(), 1..3)];
    let insert = (index(), proptest::option::weighted(0.3, 0..2u8), dependencies, 1..4u32, 1..3u32).prop_map(
        |(queue, key, depends_on, errors_max, crashes_max)| Op::Insert {
            queue,
            key,
            depends_on,
            errors_max,
            crashes_max,
        },
    );
    prop_oneof![
        14 => insert,
        1 => index().prop_map(Op::AdoptAgain),
        2 => (index(), index()).prop_map(|(job, worker)| Op::Claim(job, worker)),
        4 => index().prop_map(Op::ClaimNext),
        4 => (index(), 0..5usize).prop_map(|(worker, limit)| Op::ClaimBatch(worker, limit)),
        2 => (index(), 0..120u8).prop_map(|(claim, percent)| Op::Progress(claim, percent)),
        4 => (index(), end()).prop_map(|(claim, end)| Op::Finish(claim, end)),
        3 => vec((index(), end()), 0..4).prop_map(Op::FinishBatch),
        2 => index().prop_map(Op::Cancel),
        2 => index().prop_map(Op::Requeue),
        2 => index().prop_map(Op::Expire),
        2 => index().prop_map(Op::Renew),
        1 => index().prop_map(Op::Release),
        3 => Just(Op::Rescue),
        2 => Just(Op::FailOrphans),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(results, failures)| Op::Prune { results, failures }),
        1 => (index(), proptest::bool::weighted(0.3)).prop_map(|(queue, paused)| Op::Pause(queue, paused)),
        1 => (0..6usize).prop_map(Op::Ready),
        2 => index().prop_map(Op::Explain),
    ]
}

/// What the players share: the jobs and workers of one history.
struct Cast {
    jobs: Vec<NewJob>,
    workers: Vec<WorkerId>,
}

impl Cast {
    fn name(&self, id: JobId) -> usize {
        self.jobs.iter().position(|job| job.id == id).expect("a job of this history")
    }

    /// Everything of a job but its times and random ids.
    fn show(&self, job: &Job) -> String {
        let worker = job.worker.map(|w| self.workers.iter().position(|known| *known == w));
        format!(
            "{} {} {:?} attempt {} errors {}/{} crashes {}/{} cancel {} worker {worker:?} {}% {:?} {:?} error {:?} {:?} result {:?} started {} finished {}",
            self.name(job.id),
            job.queue,
            job.state,
            job.attempt,
            job.errors,
            job.errors_max,
            job.crashes,
            job.crashes_max,
            job.cancel_requested,
            job.progress,
            job.stage,
            job.message,
            job.error_code,
            job.error,
            job.result,
            job.started_at.is_some(),
            job.finished_at.is_some(),
        )
    }

    fn outcome(&self, outcome: StoreResult<Job>) -> String {
        match outcome {
            Ok(job) => self.show(&job),
            Err(StoreError::LostClaim(id)) => format!("lost {}", self.name(id)),
            Err(StoreError::KeyIsOpen(id)) => format!("open {}", self.name(id)),
            Err(error) => panic!("{error}"),
        }
    }
}

/// One store and the claims it gave out.
struct Player<S> {
    store: S,
    claims: Vec<Claim>,
    claimed: AtomicUsize,
}

impl<S: JobStore> Player<S> {
    fn new(store: S) -> Player<S> {
        Player { store, claims: Vec::new(), claimed: AtomicUsize::new(0) }
    }

    fn keep(&mut self, cast: &Cast, claimed: impl IntoIterator<Item = Claimed>) -> String {
        let mut shown = String::new();
        for Claimed { job, claim } in claimed {
            self.claims.push(claim);
            self.claimed.fetch_add(1, Ordering::Relaxed);
            shown.push_str(&cast.show(&job));
            shown.push('\n');
        }
        shown
    }

    fn claim(&self, index: &Index) -> Option<Claim> {
        (!self.claims.is_empty()).then(|| *index.get(&self.claims))
    }

    /// Does it and tells what came of it, in words that are the same for every store.
    async fn play(&mut self, op: &Op, cast: &Cast) -> String {
        let job = |index: &Index| index.get(&cast.jobs).id;
        let worker = |index: &Index| *index.get(&cast.workers);
        let queues = QUEUES.map(str::to_owned);
        let store = &self.store;
        match op {
            Op::Insert { .. } => {
                let new = cast.jobs.last().expect("the job to insert").clone();
                inserted(cast, store.insert(new).await.expect("insert"))
            }
            Op::AdoptAgain(index) => inserted(cast, store.adopt(index.get(&cast.jobs).clone()).await.expect("adopt")),
            Op::Claim(index, by) => {
                let claimed = store.claim(job(index), worker(by)).await.expect("claim");
                self.keep(cast, claimed)
            }
            Op::ClaimNext(by) => {
                let claimed = store.claim_next(&queues, worker(by)).await.expect("claim");
                self.keep(cast, claimed)
            }
            Op::ClaimBatch(by, limit) => {
                let claimed = store.claim_batch(&queues, worker(by), *limit).await.expect("claim");
                self.keep(cast, claimed)
            }
            Op::Progress(index, percent) => {
                let Some(claim) = self.claim(index) else { return String::new() };
                let progress = Progress { percent: *percent, stage: "half".to_owned(), message: "on it".to_owned() };
                match store.progress(claim, progress).await {
                    Ok(cancel) => format!("cancel {cancel}"),
                    Err(error) => cast.outcome(Err(error)),
                }
            }
            Op::Finish(index, end) => {
                let Some(claim) = self.claim(index) else { return String::new() };
                let tx = match store.begin(claim).await {
                    Ok(tx) => tx,
                    Err(error) => return cast.outcome(Err(error)),
                };
                cast.outcome(store.finish(tx, claim, end.clone()).await)
            }
            Op::FinishBatch(ends) => {
                let ends = ends.iter().filter_map(|(index, end)| Some((self.claim(index)?, end.clone())));
                // Of one job only one claim: stores may write a second one a little later.
                let mut jobs = BTreeSet::new();
                let ends = ends.filter(|(claim, _)| jobs.insert(claim.job)).collect();
                let outcomes = store.finish_batch(ends).await;
                outcomes.into_iter().map(|outcome| cast.outcome(outcome) + "\n").collect()
            }
            Op::Cancel(index) => format!("{:?}", store.cancel(job(index)).await.expect("cancel")),
            Op::Requeue(index) => {
                let requeued = store.requeue(job(index)).await;
                requeued
                    .map_or_else(|error| cast.outcome(Err(error)), |job| job.map_or(String::new(), |j| cast.show(&j)))
            }
            Op::Expire(by) => {
                store.renew_lease(worker(by), Duration::ZERO).await.expect("lease");
                String::new()
            }
            Op::Renew(by) => {
                store.renew_lease(worker(by), LONG).await.expect("lease");
                String::new()
            }
            Op::Release(by) => format!("released {}", store.release_worker(worker(by)).await.expect("release")),
            Op::Rescue => {
                let mut rescued: Vec<usize> =
                    store.rescue().await.expect("rescue").into_iter().map(|id| cast.name(id)).collect();
                rescued.sort_unstable();
                format!("rescued {rescued:?}")
            }
            Op::FailOrphans => format!("orphans {}", store.fail_orphans().await.expect("orphans")),
            Op::Prune { results, failures } => {
                let age = |now: bool| if now { Duration::ZERO } else { LONG };
                format!("pruned {}", store.prune(age(*results), age(*failures)).await.expect("prune"))
            }
            Op::Pause(index, paused) => {
                let queue = *index.get::<&str>(&QUEUES);
                store.set_queue_paused(queue, *paused).await.expect("pause");
                format!("paused {}", store.queue_paused(queue).await.expect("paused"))
            }
            Op::Ready(limit) => {
                let ready = store.ready(&queues, *limit).await.expect("ready");
                format!("{:?}", ready.into_iter().map(|job| (cast.name(job.id), job.queue)).collect::<Vec<_>>())
            }
            Op::Explain(index) => match store.explain(job(index)).await.expect("explain") {
                None => "unknown".to_owned(),
                Some(told) => {
                    let waits_for = told.waits_for.iter().map(|(id, state)| (cast.name(*id), *state));
                    let waits_for: BTreeMap<_, _> = waits_for.collect();
                    let due_later = told.due_in.is_some();
                    format!("{due_later} {waits_for:?} {} {} {}", told.queue_paused, told.ahead, told.workers)
                }
            },
        }
    }

    /// All rows.
    async fn show(&self, cast: &Cast) -> String {
        let mut shown = String::new();
        for new in &cast.jobs {
            if let Some(job) = self.store.fetch(new.id).await.expect("fetch") {
                shown.push_str(&cast.show(&job));
                shown.push('\n');
            }
        }
        let workers = self.store.workers().await.expect("workers").into_iter();
        let mut workers: Vec<_> = workers.map(|w| cast.workers.iter().position(|id| *id == w.info.id)).collect();
        workers.sort_unstable();
        format!("{shown}{:?}\nworkers {workers:?}", self.store.counts().await.expect("counts"))
    }

    async fn start(&mut self, cast: &Cast) {
        self.claims.clear();
        for worker in &cast.workers {
            self.store.renew_lease(*worker, LONG).await.expect("lease");
        }
    }

    /// Leaves nothing for the next history.
    async fn clear(&self, cast: &Cast) {
        for queue in QUEUES {
            self.store.set_queue_paused(queue, false).await.expect("resume");
        }
        for job in &cast.jobs {
            self.store.cancel(job.id).await.expect("cancel");
        }
        self.store.expire_other_workers(WorkerId::new()).await.expect("expire");
        self.store.rescue().await.expect("rescue");
        tokio::time::sleep(Duration::from_millis(2)).await;
        self.store.prune(Duration::ZERO, Duration::ZERO).await.expect("prune");
        assert!(self.store.counts().await.expect("counts").is_empty());
    }
}

fn inserted(cast: &Cast, inserted: Inserted) -> String {
    match inserted {
        Inserted::New(job) => format!("new {}", cast.show(&job)),
        Inserted::Existing(job) => format!("existing {}", cast.show(&job)),
    }
}

fn new_job(op: &Op, known: &[NewJob]) -> Option<NewJob> {
    let Op::Insert { queue, key, depends_on, errors_max, crashes_max } = op else { return None };
    let mut needs: Vec<JobId> =
        depends_on.iter().filter(|_| !known.is_empty()).map(|index| index.get(known).id).collect();
    needs.sort_unstable();
    needs.dedup();
    Some(NewJob {
        unique_key: key.map(|key| format!("key {key}")),
        depends_on: needs,
        errors_max: *errors_max,
        crashes_max: *crashes_max,
        ..NewJob::new(queue.get::<&str>(&QUEUES), "test", "owner", json!({}))
    })
}

fn needs_job(op: &Op) -> bool {
    matches!(op, Op::AdoptAgain(_) | Op::Claim(..) | Op::Cancel(_) | Op::Requeue(_) | Op::Explain(_))
}

#[test]
fn random_histories_go_the_same_way_in_every_store() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (here, there) = (Place::sqlite(), Place::postgres());
    let (sqlite, postgres) = runtime.block_on(async { (here.open().await, there.open().await) });
    let claims = AtomicUsize::new(0);
    let config = Config { cases: 40, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let history = vec(op(), 20..90);
    let outcome = TestRunner::new(config).run(&history, |ops| {
        runtime.block_on(async {
            let mut cast = Cast { jobs: Vec::new(), workers: (0..WORKERS).map(|_| WorkerId::new()).collect() };
            let mut model = Player::new(MemoryStore::default());
            let mut first = Player::new(sqlite.clone());
            let mut second = Player::new(postgres.clone());
            model.start(&cast).await;
            first.start(&cast).await;
            second.start(&cast).await;
            let mut verdict = Ok(());
            for op in &ops {
                if let Some(new) = new_job(op, &cast.jobs) {
                    cast.jobs.push(new);
                }
                if needs_job(op) && cast.jobs.is_empty() {
                    continue;
                }
                let expected = model.play(op, &cast).await;
                let told = [("sqlite", first.play(op, &cast).await), ("postgres", second.play(op, &cast).await)];
                let wrong = told.into_iter().find(|(_, told)| *told != expected);
                if let Some((store, told)) = wrong {
                    verdict =
                        Err(TestCaseError::fail(format!("{store} after {op:?}\nmodel: {expected}\nstore: {told}")));
                    break;
                }
                // Stores keep milliseconds, and what happens within one has no order.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let rows = [model.show(&cast).await, first.show(&cast).await, second.show(&cast).await];
            claims.fetch_add(model.claimed.load(Ordering::Relaxed), Ordering::Relaxed);
            first.clear(&cast).await;
            second.clear(&cast).await;
            verdict?;
            prop_assert_eq!(&rows[0], &rows[1], "sqlite");
            prop_assert_eq!(&rows[0], &rows[2], "postgres");
            Ok(())
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, history)) => panic!("{reason}\nhistory: {history:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    let claims = claims.into_inner();
    assert!(claims > 100, "histories of {claims} claims show little");
}
