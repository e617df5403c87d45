//! The store's model in memory: what every other store must behave like, and what tests without a database use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::state::{Event, JobState, transition};
use crate::store::{
    CancelOutcome, Claim, ClaimId, Claimed, End, Inserted, Job, JobId, JobStore, NewJob, Progress, QueueCount,
    StoreError, StoreResult, WorkerId, event_of,
};

#[derive(Debug, Default)]
struct Rows {
    jobs: BTreeMap<JobId, (Job, Option<ClaimId>)>,
    leases: BTreeMap<WorkerId, DateTime<Utc>>,
    /// What handlers wrote, for tests: committed effects only.
    effects: Vec<String>,
}

/// Jobs in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    rows: Arc<Mutex<Rows>>,
}

/// Effects that become visible when the attempt ends.
#[derive(Debug, Default)]
pub struct MemoryTx {
    pub effects: Vec<String>,
}

impl MemoryStore {
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
        job.state == JobState::Queued && job.run_at <= now && job.depends_on.iter().all(met)
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
    now + TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX)
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
        let now = Utc::now();
        let mut rows = self.rows();
        let open = rows
            .jobs
            .values()
            .find(|(job, _)| new.unique_key.is_some() && job.unique_key == new.unique_key && !job.state.is_final());
        if let Some((job, _)) = open {
            return Ok(Inserted::Existing(job.clone()));
        }
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
            result: None,
            run_at: now,
            created_at: now,
            updated_at: now,
            started_at: None,
            finished_at: None,
        };
        rows.jobs.insert(job.id, (job.clone(), None));
        Ok(Inserted::New(job))
    }

    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>> {
        Ok(self.rows().jobs.get(&id).map(|(job, _)| job.clone()))
    }

    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>> {
        let now = Utc::now();
        let mut rows = self.rows();
        let ready = rows.jobs.get(&id).is_some_and(|(job, _)| rows.is_ready(job, now));
        Ok(if ready { rows.take(id, worker, now) } else { None })
    }

    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>> {
        let now = Utc::now();
        let mut rows = self.rows();
        let next = queues.iter().find_map(|queue| {
            let ready = rows.jobs.values().filter(|(job, _)| job.queue == *queue && rows.is_ready(job, now));
            ready.min_by_key(|(job, _)| (job.run_at, job.id)).map(|(job, _)| job.id)
        });
        Ok(next.and_then(|id| rows.take(id, worker, now)))
    }

    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>> {
        let now = Utc::now();
        let rows = self.rows();
        let ready = rows.jobs.values().filter(|(job, _)| queues.contains(&job.queue) && rows.is_ready(job, now));
        let mut ready: Vec<Job> = ready.map(|(job, _)| job.clone()).collect();
        ready.sort_by_key(|job| (job.run_at, job.id));
        ready.truncate(limit);
        Ok(ready)
    }

    async fn ready_count(&self, queue: &str) -> StoreResult<u64> {
        let now = Utc::now();
        let rows = self.rows();
        Ok(rows.jobs.values().filter(|(job, _)| job.queue == queue && rows.is_ready(job, now)).count() as u64)
    }

    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool> {
        let mut rows = self.rows();
        let (job, _) = rows.claimed(claim)?;
        job.progress = progress.percent.min(100);
        job.stage = progress.stage;
        job.message = progress.message;
        job.updated_at = Utc::now();
        Ok(job.cancel_requested)
    }

    async fn begin(&self, claim: Claim) -> StoreResult<MemoryTx> {
        self.rows().claimed(claim)?;
        Ok(MemoryTx::default())
    }

    async fn finish(&self, tx: MemoryTx, claim: Claim, end: End) -> StoreResult<Job> {
        let now = Utc::now();
        let mut rows = self.rows();
        let (job, held) = rows.claimed(claim)?;
        let event = event_of(&end, job.errors, job.errors_max);
        *held = None;
        match end {
            End::Succeeded(result) => {
                job.result = Some(result);
                job.progress = 100;
                job.error = None;
            }
            End::Retry { error, after } => {
                job.errors += 1;
                job.error = Some(error);
                job.run_at = later(now, after);
            }
            End::Snooze(after) => job.run_at = later(now, after),
            End::Interrupted => job.run_at = now,
            End::Cancelled(reason) | End::Failed(reason) => job.error = Some(reason),
        }
        move_on(job, event, now);
        let job = job.clone();
        rows.effects.extend(tx.effects);
        Ok(job)
    }

    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome> {
        let now = Utc::now();
        let mut rows = self.rows();
        let Some((job, _)) = rows.jobs.get_mut(&id) else { return Ok(CancelOutcome::NotFound) };
        match job.state {
            JobState::Queued => {
                job.error = Some("cancelled before it started".to_owned());
                move_on(job, Event::Cancel, now);
                Ok(CancelOutcome::Cancelled)
            }
            JobState::Running => {
                job.cancel_requested = true;
                Ok(CancelOutcome::Requested)
            }
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => Ok(CancelOutcome::TooLate),
        }
    }

    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>> {
        let now = Utc::now();
        let mut rows = self.rows();
        let Some((job, _)) = rows.jobs.get_mut(&id) else { return Ok(None) };
        if transition(job.state, Event::Requeue).is_none() {
            return Ok(None);
        }
        move_on(job, Event::Requeue, now);
        job.errors = 0;
        job.crashes = 0;
        job.cancel_requested = false;
        job.error = None;
        job.progress = 0;
        job.run_at = now;
        Ok(Some(job.clone()))
    }

    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()> {
        let until = later(Utc::now(), lease);
        self.rows().leases.insert(worker, until);
        Ok(())
    }

    async fn release_worker(&self, worker: WorkerId) -> StoreResult<u64> {
        let now = Utc::now();
        let mut rows = self.rows();
        rows.leases.remove(&worker);
        let mut released = 0;
        for (job, claim) in
            rows.jobs.values_mut().filter(|(j, _)| j.state == JobState::Running && j.worker == Some(worker))
        {
            *claim = None;
            move_on(job, Event::Interrupt, now);
            released += 1;
        }
        Ok(released)
    }

    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()> {
        self.rows().leases.retain(|worker, _| *worker == survivor);
        Ok(())
    }

    async fn rescue(&self) -> StoreResult<Vec<JobId>> {
        let now = Utc::now();
        let mut rows = self.rows();
        rows.leases.retain(|_, until| *until > now);
        let alive: Vec<WorkerId> = rows.leases.keys().copied().collect();
        let mut rescued = Vec::new();
        for (job, claim) in rows.jobs.values_mut() {
            let lost = job.state == JobState::Running && job.worker.is_none_or(|w| !alive.contains(&w));
            if !lost {
                continue;
            }
            *claim = None;
            job.crashes += 1;
            if job.cancel_requested {
                job.error = Some("cancelled; its worker was lost".to_owned());
                move_on(job, Event::Cancel, now);
            } else if job.crashes >= job.crashes_max {
                job.error = Some(quarantine_message(job.crashes, &job.stage));
                move_on(job, Event::Quarantine, now);
            } else {
                job.run_at = now;
                move_on(job, Event::WorkerLost, now);
            }
            rescued.push(job.id);
        }
        Ok(rescued)
    }

    async fn fail_orphans(&self) -> StoreResult<u64> {
        let now = Utc::now();
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
                job.error = Some(ORPHAN_MESSAGE.to_owned());
                move_on(job, Event::Fail, now);
                count += 1;
            }
        }
        Ok(count)
    }

    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64> {
        let now = Utc::now();
        let mut rows = self.rows();
        let before = rows.jobs.len();
        rows.jobs.retain(|_, (job, _)| {
            let keep = if job.state == JobState::Succeeded { results } else { failures };
            job.finished_at.is_none_or(|at| later(at, keep) > now)
        });
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

/// Why a job that never ran has failed.
pub const ORPHAN_MESSAGE: &str = "a job it depends on has failed or was cancelled";
