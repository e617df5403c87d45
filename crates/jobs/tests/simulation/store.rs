//! The store as a process sees it: the model behind calls that can go wrong, and what must hold at each effect.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::memory::{MemoryStore, MemoryTx};
use bidlens_jobs::{
    CancelOutcome, Claim, Claimed, End, Explanation, Inserted, Job, JobId, JobState, JobStore, NewJob, Progress,
    QueueCount, StoreError, WorkerId, WorkerInfo, WorkerRow,
};
use futures_util::FutureExt;

use crate::world::{Side, Trouble, World, name, process_of};

type StoreResult<T> = Result<T, StoreError>;

#[derive(Clone)]
pub(crate) struct SimStore {
    pub(crate) world: Arc<World>,
    pub(crate) process: usize,
    pub(crate) memory: MemoryStore,
}

/// The model answers without waiting.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("the model waits for nothing")
}

pub(crate) fn row(memory: &MemoryStore, id: JobId) -> Option<Job> {
    at_once(memory.fetch(id)).ok().flatten()
}

impl SimStore {
    async fn call<T: Send + 'static>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&World, &MemoryStore, usize) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let (memory, process) = (self.memory.clone(), self.process);
        let answer = self.world.call(process, Side::Store, operation, move |w| effect(w, &memory, process)).await;
        answer.map_err(|trouble| StoreError::outside(operation, trouble))?
    }
}

/// What must hold whenever a job is claimed.
fn check_claimed(world: &World, memory: &MemoryStore, process: usize, claimed: &[Claimed]) {
    for Claimed { job, .. } in claimed {
        let id = job.id;
        let who = world.lock().processes[process].name.clone();
        world.note(format!("{who}: claims {} for attempt {}", name(id), job.attempt));
        for dependency in &job.depends_on {
            if row(memory, *dependency).is_some_and(|d| d.state != JobState::Succeeded) {
                world.violated(format!("{} is claimed before {} has succeeded", name(id), name(*dependency)));
            }
        }
        if world.lock().records.get(&id).is_some_and(|r| r.is_cancel_acknowledged) {
            world.violated(format!("{} is claimed although it is cancelled", name(id)));
        }
        let others: Vec<(u64, usize)> =
            world.lock().running.iter().filter(|a| a.job == id).map(|a| (a.number, a.process)).collect();
        for (number, other) in others {
            if !world.is_excused(other) {
                // It may be about to end; the next look tells.
                let mut inner = world.lock();
                inner.running.iter_mut().filter(|a| a.number == number).for_each(|a| a.is_robbed = true);
            }
        }
    }
}

fn check_finished(world: &World, process: usize, effects: usize, ended: &StoreResult<Job>) {
    let who = world.lock().processes[process].name.clone();
    match ended {
        Ok(job) => {
            world.note(format!(
                "{who}: {} attempt {} is written: {} {}",
                name(job.id),
                job.attempt,
                job.state.as_str(),
                job.error.as_deref().unwrap_or("")
            ));
            let mut inner = world.lock();
            let record = inner.records.entry(job.id).or_default();
            if effects > 0 {
                record.effects.push(job.attempt);
            }
            let (count, cancelled) = (record.effects.len(), record.is_cancel_acknowledged);
            drop(inner);
            if effects > 0 && (job.state != JobState::Succeeded || count > 1 || cancelled) {
                world.violated(format!("{} has effects it must not have: {count} times", name(job.id)));
            }
        }
        Err(error) => world.note(format!("{who}: end not written: {error}")),
    }
}

/// Nobody may be declared dead who is not, unless something happened to it alone.
fn check_rescued(world: &World, memory: &MemoryStore, process: usize, before: &[(JobId, WorkerId)], moved: &[JobId]) {
    for id in moved {
        let Some((_, worker)) = before.iter().find(|(job, _)| job == id) else {
            world.violated(format!("{} was rescued though it did not run", name(*id)));
            continue;
        };
        let dead = process_of(*worker);
        let (who, whose) = {
            let mut inner = world.lock();
            inner.records.entry(*id).or_default().crashes += 1;
            (inner.processes[process].name.clone(), inner.processes[dead].name.clone())
        };
        let state = row(memory, *id).map_or("gone", |job| job.state.as_str());
        world.note(format!("{who}: rescues {} from {whose}: {state}", name(*id)));
        if !world.is_excused(dead) {
            world.violated(format!("{whose} was declared dead though it lives, and lost {}", name(*id)));
        }
    }
}

#[async_trait]
impl JobStore for SimStore {
    type Tx = MemoryTx;

    async fn insert(&self, job: NewJob) -> StoreResult<Inserted> {
        self.call("insert", |world, memory, _| {
            if row(memory, job.id).is_some() {
                return Err(StoreError::outside("insert", Trouble("there is a row with this id")));
            }
            let inserted = at_once(memory.insert(job))?;
            if let Inserted::New(job) = &inserted {
                world.note(format!("{} is inserted: {} {}", name(job.id), job.queue, job.payload));
                let mut inner = world.lock();
                inner.records.entry(job.id).or_default().key.clone_from(&job.unique_key);
                let same = inner.records.iter().filter(|(_, r)| r.key.is_some() && r.key == job.unique_key);
                let ids: Vec<JobId> = same.map(|(id, _)| *id).collect();
                drop(inner);
                let open = ids.iter().filter_map(|id| row(memory, *id)).filter(|j| !j.state.is_final()).count();
                if open > 1 {
                    world.violated(format!("{open} open jobs have the key of {}", name(job.id)));
                }
            }
            Ok(inserted)
        })
        .await
    }

    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>> {
        self.call("fetch", move |_, memory, _| at_once(memory.fetch(id))).await
    }

    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>> {
        self.call("claim", move |world, memory, process| {
            let claimed = at_once(memory.claim(id, worker))?;
            check_claimed(world, memory, process, claimed.as_slice());
            Ok(claimed)
        })
        .await
    }

    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>> {
        Ok(self.claim_batch(queues, worker, 1).await?.pop())
    }

    async fn claim_many(&self, ids: &[JobId], worker: WorkerId) -> StoreResult<Vec<Claimed>> {
        let ids = ids.to_vec();
        self.call("claim_many", move |world, memory, process| {
            let claimed = at_once(memory.claim_many(&ids, worker))?;
            check_claimed(world, memory, process, &claimed);
            Ok(claimed)
        })
        .await
    }

    async fn claim_batch(&self, queues: &[String], worker: WorkerId, limit: usize) -> StoreResult<Vec<Claimed>> {
        let queues = queues.to_vec();
        self.call("claim_batch", move |world, memory, process| {
            let claimed = at_once(memory.claim_batch(&queues, worker, limit))?;
            check_claimed(world, memory, process, &claimed);
            Ok(claimed)
        })
        .await
    }

    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>> {
        let queues = queues.to_vec();
        self.call("ready", move |_, memory, _| at_once(memory.ready(&queues, limit))).await
    }

    async fn ready_count(&self, queue: &str) -> StoreResult<u64> {
        let queue = queue.to_owned();
        self.call("ready_count", move |_, memory, _| at_once(memory.ready_count(&queue))).await
    }

    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool> {
        self.call("progress", move |_, memory, _| at_once(memory.progress(claim, progress))).await
    }

    async fn begin(&self, claim: Claim) -> StoreResult<MemoryTx> {
        self.call("begin", move |_, memory, _| at_once(memory.begin(claim))).await
    }

    async fn finish(&self, tx: MemoryTx, claim: Claim, end: End) -> StoreResult<Job> {
        let answer = self
            .call("finish", move |world, memory, process| {
                let effects = tx.effects.len();
                let ended = at_once(memory.finish(tx, claim, end));
                check_finished(world, process, effects, &ended);
                ended
            })
            .await;
        if matches!(answer, Err(StoreError::Outside { .. })) {
            // The attempt may be counted as one that went wrong.
            self.world.lock().records.entry(claim.job).or_default().errors += 1;
        }
        answer
    }

    async fn finish_batch(&self, ends: Vec<(Claim, End)>) -> Vec<StoreResult<Job>> {
        let count = ends.len();
        let answer = self
            .call("finish_batch", move |world, memory, process| {
                let finished = at_once(memory.finish_batch(ends));
                finished.iter().for_each(|ended| check_finished(world, process, 0, ended));
                Ok(finished)
            })
            .await;
        match answer {
            Ok(finished) => finished,
            Err(_) => {
                let lost = || Err(StoreError::outside("finish_batch", Trouble("no answer")));
                std::iter::repeat_with(lost).take(count).collect()
            }
        }
    }

    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome> {
        self.call("cancel", move |world, memory, _| {
            let outcome = at_once(memory.cancel(id))?;
            world.note(format!("{} is asked to cancel: {outcome:?}", name(id)));
            let mut inner = world.lock();
            let record = inner.records.entry(id).or_default();
            record.is_cancel_asked |= matches!(outcome, CancelOutcome::Cancelled | CancelOutcome::Requested);
            record.is_cancel_acknowledged |= outcome == CancelOutcome::Cancelled;
            Ok(outcome)
        })
        .await
    }

    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>> {
        self.call("requeue", move |world, memory, _| {
            let job = at_once(memory.requeue(id))?;
            if job.is_some() {
                world.note(format!("{} is requeued", name(id)));
                let mut inner = world.lock();
                let record = inner.records.entry(id).or_default();
                (record.errors, record.crashes) = (0, 0);
                (record.is_cancel_asked, record.is_cancel_acknowledged) = (false, false);
            }
            Ok(job)
        })
        .await
    }

    async fn claims(&self, worker: WorkerId) -> StoreResult<Vec<Claim>> {
        self.call("claims", move |_, memory, _| at_once(memory.claims(worker))).await
    }

    async fn adopt(&self, job: NewJob) -> StoreResult<Inserted> {
        self.call("adopt", |_, memory, _| at_once(memory.adopt(job))).await
    }

    async fn explain(&self, id: JobId) -> StoreResult<Option<Explanation>> {
        self.call("explain", move |_, memory, _| at_once(memory.explain(id))).await
    }

    async fn queue_paused(&self, queue: &str) -> StoreResult<bool> {
        let queue = queue.to_owned();
        self.call("queue_paused", move |_, memory, _| at_once(memory.queue_paused(&queue))).await
    }

    async fn set_queue_paused(&self, queue: &str, paused: bool) -> StoreResult<()> {
        let queue = queue.to_owned();
        self.call("set_queue_paused", move |_, memory, _| at_once(memory.set_queue_paused(&queue, paused))).await
    }

    async fn register_worker(&self, info: WorkerInfo, lease: Duration) -> StoreResult<()> {
        // It is a renewal that also says who renews.
        self.call("renew_lease", move |_, memory, _| at_once(memory.register_worker(info, lease))).await
    }

    async fn workers(&self) -> StoreResult<Vec<WorkerRow>> {
        self.call("workers", |_, memory, _| at_once(memory.workers())).await
    }

    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()> {
        self.call("renew_lease", move |_, memory, _| at_once(memory.renew_lease(worker, lease))).await
    }

    async fn release_worker(&self, worker: WorkerId) -> StoreResult<u64> {
        self.call("release_worker", move |_, memory, _| at_once(memory.release_worker(worker))).await
    }

    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()> {
        self.call("expire_other_workers", move |_, memory, _| at_once(memory.expire_other_workers(survivor))).await
    }

    async fn rescue(&self) -> StoreResult<Vec<JobId>> {
        self.call("rescue", |world, memory, process| {
            let ids: Vec<JobId> = world.lock().records.keys().copied().collect();
            let running = ids.iter().filter_map(|id| row(memory, *id)).filter(|job| job.state == JobState::Running);
            let before: Vec<(JobId, WorkerId)> = running.filter_map(|job| Some((job.id, job.worker?))).collect();
            let moved = at_once(memory.rescue())?;
            check_rescued(world, memory, process, &before, &moved);
            Ok(moved)
        })
        .await
    }

    async fn fail_orphans(&self) -> StoreResult<u64> {
        self.call("fail_orphans", |_, memory, _| at_once(memory.fail_orphans())).await
    }

    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64> {
        self.call("prune", move |_, memory, _| at_once(memory.prune(results, failures))).await
    }

    async fn counts(&self) -> StoreResult<Vec<QueueCount>> {
        self.call("counts", |_, memory, _| at_once(memory.counts())).await
    }
}
