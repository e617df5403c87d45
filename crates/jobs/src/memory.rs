//! The store's model in memory: what every other store must behave like, and what tests without a database use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::failure::{Failure, FailureCode};
use crate::state::{Event, JobState, transition};
use crate::store::{
    CancelOutcome, Claim, ClaimId, Claimed, End, Explanation, Inserted, Job, JobId, JobStore, NewJob, Progress,
    QueueCount, StoreError, StoreResult, WorkerId, WorkerInfo, WorkerRow, event_of,
};

#[derive(Debug, Default)]
struct Rows {
    jobs: BTreeMap<JobId, (Job, Option<ClaimId>)>,
    workers: BTreeMap<WorkerId, WorkerRow>,
    paused: BTreeSet<String>,
    /// What handlers wrote, for tests: committed effects only.
    effects: Vec<String>,
}

/// Jobs in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    rows: Arc<Mutex<Rows>>,
    clock: Clock,
}

#[derive(Clone)]
struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Default for Clock {
    fn default() -> Self {
        Clock(Arc::new(Utc::now))
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// Effects that become visible when the attempt ends.
#[derive(Debug, Default)]
pub struct MemoryTx {
    pub effects: Vec<String>,
}

impl MemoryStore {
    /// A store whose time is what `clock` says.
    pub fn with_clock(clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>) -> MemoryStore {
        MemoryStore { rows: Arc::default(), clock: Clock(clock) }
    }

    fn now(&self) -> DateTime<Utc> {
        let now = self.clock.0();
        // As exact as the databases are.
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What committed attempts have written.
    pub fn effects(&self) -> Vec<String> {
        self.rows().effects.clone()
    }
}

impl Rows {
    fn claimed(&mut self, claim: Claim) -> StoreResult<&mut (Job, Option<ClaimId>)> {
        let row = self.jobs.get_mut(&claim.job).ok_or(StoreError::LostClaim(claim.job))?;
        if row.0.state == JobState::Running && row.1 == Some(claim.id) {
            Ok(row)
        } else {
            Err(StoreError::LostClaim(claim.job))
        }
    }

    fn is_ready(&self, job: &Job, now: DateTime<Utc>) -> bool {
        let met = |id: &JobId| self.jobs.get(id).is_none_or(|(d, _)| d.state == JobState::Succeeded);
        job.state == JobState::Queued
            && job.run_at <= now
            && !self.paused.contains(&job.queue)
            && job.depends_on.iter().all(met)
    }

    fn next(&self, queues: &[String], now: DateTime<Utc>) -> Option<JobId> {
        queues.iter().find_map(|queue| {
            let ready = self.jobs.values().filter(|(job, _)| job.queue == *queue && self.is_ready(job, now));
            ready.min_by_key(|(job, _)| (job.run_at, job.id)).map(|(job, _)| job.id)
        })
    }

    fn open_with_key(&self, key: Option<&String>) -> Option<&Job> {
        let mut jobs = self.jobs.values().map(|(job, _)| job);
        jobs.find(|job| key.is_some() && job.unique_key.as_ref() == key && !job.state.is_final())
    }

    fn insert(&mut self, new: NewJob, now: DateTime<Utc>) -> Job {
        let job = Job {
            id: new.id,
            queue: new.queue,
            kind: new.kind,
            payload: new.payload,
            owner_id: new.owner_id,
            unique_key: new.unique_key,
            depends_on: new.depends_on,
            timeout: new.timeout,
            state: JobState::Queued,
            attempt: 0,
            errors: 0,
            errors_max: new.errors_max,
            crashes: 0,
            crashes_max: new.crashes_max,
            cancel_requested: false,
            worker: None,
            progress: 0,
            stage: String::new(),
            message: String::new(),
            error: None,
            error_code: None,
            result: None,
            run_at: now,
            created_at: now,
            updated_at: now,
            started_at: None,
            finished_at: None,
        };
        self.jobs.insert(job.id, (job.clone(), None));
        job
    }

    fn finish(&mut self, claim: Claim, end: End, now: DateTime<Utc>) -> StoreResult<Job> {
        let (job, held) = self.claimed(claim)?;
        let event = event_of(&end, job.errors, job.errors_max);
        *held = None;
        // Due at once, unless the end says when.
        job.run_at = now;
        match end {
            End::Succeeded(result) => {
                job.result = Some(result);
                job.progress = 100;
                forget_failure(job);
            }
            End::Retry { failure, after } => {
                job.errors += 1;
                record(job, failure);
                job.run_at = later(now, after);
            }
            End::Snooze(after) => job.run_at = later(now, after),
            End::Interrupted => {}
            End::Cancelled(reason) => record(job, FailureCode::Cancelled.because(reason)),
            End::Failed(failure) => record(job, failure),
        }
        move_on(job, event, now);
        Ok(job.clone())
    }

    fn take(&mut self, id: JobId, worker: WorkerId, now: DateTime<Utc>) -> Option<Claimed> {
        let (job, claim) = self.jobs.get_mut(&id)?;
        job.state = transition(job.state, Event::Claim)?;
        job.attempt += 1;
        job.worker = Some(worker);
        job.started_at = Some(now);
        job.updated_at = now;
        let id = ClaimId::new();
        *claim = Some(id);
        Some(Claimed { job: job.clone(), claim: Claim { job: job.id, id } })
    }
}

fn later(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| now.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn record(job: &mut Job, failure: Failure) {
    job.error = Some(failure.reason);
    job.error_code = Some(failure.code);
}

fn forget_failure(job: &mut Job) {
    job.error = None;
    job.error_code = None;
}

/// Moves a job to its next state and drops the claim.
fn move_on(job: &mut Job, event: Event, now: DateTime<Utc>) {
    if let Some(next) = transition(job.state, event) {
        job.state = next;
        job.worker = None;
        job.updated_at = now;
        job.finished_at = next.is_final().then_some(now);
    }
}

#[async_trait]
impl JobStore for MemoryStore {
    type Tx = MemoryTx;

    async fn insert(&self, new: NewJob) -> StoreResult<Inserted> {
        let now = self.now();
        let mut rows = self.rows();
        if let Some(job) = rows.open_with_key(new.unique_key.as_ref()) {
            return Ok(Inserted::Existing(job.clone()));
        }
        Ok(Inserted::New(rows.insert(new, now)))
    }

    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>> {
        Ok(self.rows().jobs.get(&id).map(|(job, _)| job.clone()))
    }

    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>> {
        let now = self.now();
        let mut rows = self.rows();
        let ready = rows.jobs.get(&id).is_some_and(|(job, _)| rows.is_ready(job, now));
        Ok(if ready { rows.take(id, worker, now) } else { None })
    }

    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>> {
        let now = self.now();
        let mut rows = self.rows();
        let next = rows.next(queues, now);
        Ok(next.and_then(|id| rows.take(id, worker, now)))
    }

    async fn claim_batch(&self, queues: &[String], worker: WorkerId, limit: usize) -> StoreResult<Vec<Claimed>> {
        let now = self.now();
        let mut rows = self.rows();
        let mut claimed = Vec::new();
        while claimed.len() < limit
            && let Some(next) = rows.next(queues, now)
        {
            claimed.extend(rows.take(next, worker, now));
        }
        Ok(claimed)
    }

    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool> {
        let mut rows = self.rows();
        let (job, _) = rows.claimed(claim)?;
        job.progress = progress.percent.min(100);
        job.stage = progress.stage;
        job.message = progress.message;
        job.updated_at = self.now();
        Ok(job.cancel_requested)
    }

    async fn begin(&self, claim: Claim) -> StoreResult<MemoryTx> {
        self.rows().claimed(claim)?;
        Ok(MemoryTx::default())
    }

    async fn finish(&self, tx: MemoryTx, claim: Claim, end: End) -> StoreResult<Job> {
        let now = self.now();
        let mut rows = self.rows();
        let job = rows.finish(claim, end, now)?;
        rows.effects.extend(tx.effects);
        Ok(job)
    }

    async fn finish_batch(&self, ends: Vec<(Claim, End)>) -> Vec<StoreResult<Job>> {
        let now = self.now();
        let mut rows = self.rows();
        ends.into_iter().map(|(claim, end)| rows.finish(claim, end, now)).collect()
    }

    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome> {
        let now = self.now();
        let mut rows = self.rows();
        let Some((job, _)) = rows.jobs.get_mut(&id) else { return Ok(CancelOutcome::NotFound) };
        match job.state {
            JobState::Queued => {
                record(job, FailureCode::Cancelled.because("cancelled before it started"));
                move_on(job, Event::Cancel, now);
                Ok(CancelOutcome::Cancelled)
            }
            JobState::Running => {
                job.cancel_requested = true;
                job.message = "cancelling".to_owned();
                job.updated_at = now;
                Ok(CancelOutcome::Requested)
            }
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => Ok(CancelOutcome::TooLate),
        }
    }

    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>> {
        let now = self.now();
        let mut rows = self.rows();
        let Some((job, _)) = rows.jobs.get(&id) else { return Ok(None) };
        let again = rows.open_with_key(job.unique_key.as_ref()).is_some();
        if transition(job.state, Event::Requeue).is_none() {
            return Ok(None);
        }
        if again {
            return Err(StoreError::KeyIsOpen(id));
        }
        let Some((job, _)) = rows.jobs.get_mut(&id) else { return Ok(None) };
        move_on(job, Event::Requeue, now);
        job.errors = 0;
        job.crashes = 0;
        job.cancel_requested = false;
        forget_failure(job);
        job.progress = 0;
        job.stage = String::new();
        job.message = String::new();
        job.run_at = now;
        Ok(Some(job.clone()))
    }

    async fn adopt(&self, new: NewJob) -> StoreResult<Inserted> {
        let now = self.now();
        let mut rows = self.rows();
        let known = rows.jobs.get(&new.id).map(|(job, _)| job);
        if let Some(job) = known.or_else(|| rows.open_with_key(new.unique_key.as_ref())) {
            return Ok(Inserted::Existing(job.clone()));
        }
        Ok(Inserted::New(rows.insert(new, now)))
    }

    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>> {
        let now = self.now();
        let rows = self.rows();
        let jobs = rows.jobs.values().map(|(job, _)| job);
        let mut ready: Vec<&Job> = jobs.filter(|job| queues.contains(&job.queue) && rows.is_ready(job, now)).collect();
        ready.sort_by_key(|job| (job.run_at, job.id));
        Ok(ready.into_iter().take(limit).cloned().collect())
    }

    async fn ready_count(&self, queue: &str) -> StoreResult<u64> {
        let now = self.now();
        let rows = self.rows();
        let ready = rows.jobs.values().filter(|(job, _)| job.queue == queue && rows.is_ready(job, now));
        Ok(ready.count() as u64)
    }

    async fn explain(&self, id: JobId) -> StoreResult<Option<Explanation>> {
        let now = self.now();
        let rows = self.rows();
        let Some((job, _)) = rows.jobs.get(&id) else { return Ok(None) };
        let job = job.clone();
        if job.state != JobState::Queued {
            return Ok(Some(Explanation::of(job)));
        }
        let states = job.depends_on.iter().filter_map(|id| rows.jobs.get(id)).map(|(d, _)| (d.id, d.state));
        let mut waits_for: Vec<_> = states.filter(|(_, state)| *state != JobState::Succeeded).collect();
        waits_for.sort_by_key(|(id, _)| *id);
        let others = rows.jobs.values().map(|(other, _)| other).filter(|other| other.queue == job.queue);
        let ahead = others.filter(|other| rows.is_ready(other, now) && (other.run_at, other.id) < (job.run_at, job.id));
        let serving = rows.workers.values().filter(|w| w.lease_until > now && w.info.queues.contains(&job.queue));
        Ok(Some(Explanation {
            due_in: (job.run_at - now).to_std().ok().filter(|wait| !wait.is_zero()),
            waits_for,
            queue_paused: rows.paused.contains(&job.queue),
            ahead: ahead.count() as u64,
            workers: serving.count() as u64,
            job,
        }))
    }

    async fn queue_paused(&self, queue: &str) -> StoreResult<bool> {
        Ok(self.rows().paused.contains(queue))
    }

    async fn set_queue_paused(&self, queue: &str, paused: bool) -> StoreResult<()> {
        let mut rows = self.rows();
        if paused {
            rows.paused.insert(queue.to_owned());
        } else {
            rows.paused.remove(queue);
        }
        Ok(())
    }

    async fn register_worker(&self, info: WorkerInfo, lease: Duration) -> StoreResult<()> {
        let now = self.now();
        self.rows().workers.insert(info.id, WorkerRow { info, started_at: now, lease_until: later(now, lease) });
        Ok(())
    }

    async fn workers(&self) -> StoreResult<Vec<WorkerRow>> {
        let now = self.now();
        let rows = self.rows();
        let mut living: Vec<WorkerRow> = rows.workers.values().filter(|w| w.lease_until > now).cloned().collect();
        living.sort_by_key(|worker| (worker.started_at, worker.info.id));
        Ok(living)
    }

    async fn claims(&self, worker: WorkerId) -> StoreResult<Vec<Claim>> {
        let rows = self.rows();
        let running = rows.jobs.values().filter(|(j, _)| j.state == JobState::Running && j.worker == Some(worker));
        Ok(running.filter_map(|(job, claim)| claim.map(|id| Claim { job: job.id, id })).collect())
    }

    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()> {
        let now = self.now();
        let info = WorkerInfo { id: worker, host: String::new(), pid: 0, queues: Vec::new() };
        let unknown = WorkerRow { info, started_at: now, lease_until: now };
        self.rows().workers.entry(worker).or_insert(unknown).lease_until = later(now, lease);
        Ok(())
    }

    async fn release_worker(&self, worker: WorkerId) -> StoreResult<u64> {
        let now = self.now();
        let mut rows = self.rows();
        rows.workers.remove(&worker);
        let mut released = 0;
        for (job, claim) in
            rows.jobs.values_mut().filter(|(j, _)| j.state == JobState::Running && j.worker == Some(worker))
        {
            *claim = None;
            job.run_at = now;
            move_on(job, Event::Interrupt, now);
            released += 1;
        }
        Ok(released)
    }

    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()> {
        self.rows().workers.retain(|worker, _| *worker == survivor);
        Ok(())
    }

    async fn rescue(&self) -> StoreResult<Vec<JobId>> {
        let now = self.now();
        let mut rows = self.rows();
        let living = rows.workers.values().filter(|worker| worker.lease_until > now);
        let alive: Vec<WorkerId> = living.map(|worker| worker.info.id).collect();
        let mut rescued = Vec::new();
        for (job, claim) in rows.jobs.values_mut() {
            let lost = job.state == JobState::Running && job.worker.is_none_or(|w| !alive.contains(&w));
            if !lost {
                continue;
            }
            *claim = None;
            job.crashes += 1;
            job.run_at = now;
            if job.cancel_requested {
                record(job, FailureCode::Cancelled.because("cancelled; its worker was lost"));
                move_on(job, Event::Cancel, now);
            } else if job.crashes >= job.crashes_max {
                let failure = FailureCode::WorkerLost.because(quarantine_message(job.crashes, &job.stage));
                record(job, failure);
                move_on(job, Event::Quarantine, now);
            } else {
                move_on(job, Event::WorkerLost, now);
            }
            rescued.push(job.id);
        }
        Ok(rescued)
    }

    async fn fail_orphans(&self) -> StoreResult<u64> {
        let now = self.now();
        let mut rows = self.rows();
        let broken: Vec<JobId> = rows
            .jobs
            .values()
            .filter(|(j, _)| matches!(j.state, JobState::Failed | JobState::Cancelled))
            .map(|(j, _)| j.id)
            .collect();
        let mut count = 0;
        for (job, _) in rows.jobs.values_mut() {
            if job.state == JobState::Queued && job.depends_on.iter().any(|d| broken.contains(d)) {
                record(job, FailureCode::DependencyFailed.because(ORPHAN_MESSAGE));
                move_on(job, Event::Fail, now);
                count += 1;
            }
        }
        Ok(count)
    }

    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64> {
        let now = self.now();
        let mut rows = self.rows();
        let before = rows.jobs.len();
        rows.jobs.retain(|_, (job, _)| {
            let keep = if job.state == JobState::Succeeded { results } else { failures };
            job.finished_at.is_none_or(|at| later(at, keep) > now)
        });
        rows.workers.retain(|_, worker| later(worker.lease_until, DEAD_WORKERS_KEPT) > now);
        Ok((before - rows.jobs.len()) as u64)
    }

    async fn counts(&self) -> StoreResult<Vec<QueueCount>> {
        let rows = self.rows();
        let mut counts: BTreeMap<(String, &'static str), QueueCount> = BTreeMap::new();
        for (job, _) in rows.jobs.values() {
            let empty = QueueCount { queue: job.queue.clone(), state: job.state, count: 0 };
            counts.entry((job.queue.clone(), job.state.as_str())).or_insert(empty).count += 1;
        }
        Ok(counts.into_values().collect())
    }
}

/// Why a job that lost its workers is not tried again.
pub fn quarantine_message(crashes: u32, stage: &str) -> String {
    let doing = if stage.is_empty() { "starting" } else { stage };
    format!("its worker died {crashes} times while it was {doing}; it is not tried again by itself")
}

/// How long a dead worker stays known, so that one that comes back late is still known by its name.
pub const DEAD_WORKERS_KEPT: Duration = Duration::from_secs(86_400);

/// Why a job that never ran has failed.
pub const ORPHAN_MESSAGE: &str = "a job it depends on has failed or was cancelled";
