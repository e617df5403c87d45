//! What a store of jobs promises.
//!
//! The row alone decides who may run a job. Whoever claims it gets a fresh [`ClaimId`]; every later write of that
//! attempt names it and fails with [`StoreError::LostClaim`] once the row has another. Results are written in a
//! transaction that [`JobStore::begin`] opens after checking the claim and [`JobStore::finish`] commits together
//! with the job's end, so an attempt's effects and its completion are one.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::failure::{Failure, FailureCode};
use crate::state::JobState;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        impl $name {
            #[expect(clippy::new_without_default, reason = "a random id is not a default")]
            pub fn new() -> Self {
                $name(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Names a job.
    JobId
);
id!(
    /// Names a worker process.
    WorkerId
);
id!(
    /// Names one attempt's right to a job.
    ClaimId
);

/// A job to be inserted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    pub id: JobId,
    pub queue: String,
    pub kind: String,
    pub payload: Value,
    pub owner_id: String,
    /// While a job with the same key is open, inserting another returns the open one.
    pub unique_key: Option<String>,
    /// Jobs that must have succeeded before this one runs.
    pub depends_on: Vec<JobId>,
    pub timeout: Duration,
    /// Failed attempts after which the job fails for good.
    pub errors_max: u32,
    /// Lost workers after which the job is quarantined.
    pub crashes_max: u32,
}

impl NewJob {
    /// A job with the usual limits: 30 minutes, three errors, three crashes.
    pub fn new(queue: &str, kind: &str, owner_id: &str, payload: Value) -> NewJob {
        NewJob {
            id: JobId::new(),
            queue: queue.to_owned(),
            kind: kind.to_owned(),
            payload,
            owner_id: owner_id.to_owned(),
            unique_key: None,
            depends_on: Vec::new(),
            timeout: Duration::from_secs(1_800),
            errors_max: 3,
            crashes_max: 3,
        }
    }
}

/// A job's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub queue: String,
    pub kind: String,
    pub payload: Value,
    pub owner_id: String,
    pub unique_key: Option<String>,
    pub depends_on: Vec<JobId>,
    pub timeout: Duration,
    pub state: JobState,
    /// Claims so far.
    pub attempt: u32,
    pub errors: u32,
    pub errors_max: u32,
    pub crashes: u32,
    pub crashes_max: u32,
    pub cancel_requested: bool,
    pub worker: Option<WorkerId>,
    /// 0..=100.
    pub progress: u8,
    pub stage: String,
    pub message: String,
    pub error: Option<String>,
    /// Absent where nothing failed, and in what earlier versions wrote.
    pub error_code: Option<FailureCode>,
    pub result: Option<Value>,
    pub run_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// One attempt's right to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    pub job: JobId,
    pub id: ClaimId,
}

/// A job with the right to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub job: Job,
    pub claim: Claim,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Inserted {
    New(Job),
    /// The open job with the same unique key.
    Existing(Job),
}

impl Inserted {
    pub fn job(&self) -> &Job {
        match self {
            Inserted::New(job) | Inserted::Existing(job) => job,
        }
    }
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Succeeded(Value),
    /// Counted against the error budget; the store decides between another try and failure.
    Retry {
        failure: Failure,
        after: Duration,
    },
    Snooze(Duration),
    /// Shutdown or deploy: no budget is spent.
    Interrupted,
    /// On request, with what is to be said about it.
    Cancelled(String),
    Failed(Failure),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// 0..=100.
    pub percent: u8,
    pub stage: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It had not started and is cancelled.
    Cancelled,
    /// It runs; its worker will see the request.
    Requested,
    /// It had ended already.
    TooLate,
    NotFound,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCount {
    pub queue: String,
    pub state: JobState,
    pub count: u64,
}

/// What a worker process says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerInfo {
    pub id: WorkerId,
    pub host: String,
    pub pid: u32,
    /// Queues it serves; none when it runs only what it is told to.
    pub queues: Vec<String>,
}

/// A living worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// Empty but for the id when the worker keeps a lease and never registered.
    pub info: WorkerInfo,
    pub started_at: DateTime<Utc>,
    pub lease_until: DateTime<Utc>,
}

/// Why a queued job is not running; for any other job the reasons are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub job: Job,
    /// Time until it is due, when that is in the future.
    pub due_in: Option<Duration>,
    /// Dependencies that have not succeeded, and where they are.
    pub waits_for: Vec<(JobId, JobState)>,
    pub queue_paused: bool,
    /// Jobs of its queue that could run now and come before it.
    pub ahead: u64,
    /// Living workers that serve its queue.
    pub workers: u64,
}

impl Explanation {
    /// Of a job that does not wait.
    pub fn of(job: Job) -> Explanation {
        Explanation { job, due_in: None, waits_for: Vec::new(), queue_paused: false, ahead: 0, workers: 0 }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another attempt owns the job, or it has ended: this one must stop.
    #[error("the claim on job {0} is lost")]
    LostClaim(JobId),
    /// The same request is open in another job, so this one cannot be put back.
    #[error("the request of job {0} is open in another job")]
    KeyIsOpen(JobId),
    #[error("{doing}: {source}")]
    Outside {
        doing: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
        /// The same call may succeed a little later: a lost connection, a lock, a deadlock.
        retryable: bool,
    },
}

impl StoreError {
    pub fn outside(doing: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        StoreError::Outside { doing, source: Box::new(source), retryable: false }
    }

    /// An outside error that passes.
    pub fn passing(doing: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        StoreError::Outside { doing, source: Box::new(source), retryable: true }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_retryable(&self) -> bool {
        match self {
            StoreError::LostClaim(_) | StoreError::KeyIsOpen(_) => false,
            StoreError::Outside { retryable, .. } => *retryable,
        }
    }
}

pub type StoreResult<T> = Result<T, StoreError>;

/// Keeps jobs. Every method is one transaction; time is the store's own clock.
#[async_trait]
pub trait JobStore: Send + Sync + 'static {
    /// A transaction that may write results because its claim was checked when it began.
    type Tx: Send;

    async fn insert(&self, job: NewJob) -> StoreResult<Inserted>;
    async fn fetch(&self, id: JobId) -> StoreResult<Option<Job>>;
    /// Takes this job if it is ready; `None` when somebody else was faster or it must wait.
    async fn claim(&self, id: JobId, worker: WorkerId) -> StoreResult<Option<Claimed>>;
    /// Takes the oldest ready job of the first queue that has one.
    async fn claim_next(&self, queues: &[String], worker: WorkerId) -> StoreResult<Option<Claimed>>;
    /// Takes those of these jobs that are ready.
    async fn claim_many(&self, ids: &[JobId], worker: WorkerId) -> StoreResult<Vec<Claimed>> {
        let mut claimed = Vec::new();
        for id in ids {
            claimed.extend(self.claim(*id, worker).await?);
        }
        Ok(claimed)
    }
    /// Takes up to `limit` ready jobs as [`JobStore::claim_next`] would, one after the other.
    async fn claim_batch(&self, queues: &[String], worker: WorkerId, limit: usize) -> StoreResult<Vec<Claimed>> {
        let mut claimed = Vec::new();
        while claimed.len() < limit
            && let Some(next) = self.claim_next(queues, worker).await?
        {
            claimed.push(next);
        }
        Ok(claimed)
    }
    /// Records progress and tells whether the job was asked to cancel.
    async fn progress(&self, claim: Claim, progress: Progress) -> StoreResult<bool>;
    /// Opens a transaction for results.
    async fn begin(&self, claim: Claim) -> StoreResult<Self::Tx>;
    /// Ends the attempt and commits what `tx` holds with it.
    async fn finish(&self, tx: Self::Tx, claim: Claim, end: End) -> StoreResult<Job>;
    /// Ends attempts that wrote no results; answers in the order of `ends`. One that lost its claim disturbs no other.
    async fn finish_batch(&self, ends: Vec<(Claim, End)>) -> Vec<StoreResult<Job>> {
        let mut finished = Vec::with_capacity(ends.len());
        for (claim, end) in ends {
            finished.push(match self.begin(claim).await {
                Ok(tx) => self.finish(tx, claim, end).await,
                Err(error) => Err(error),
            });
        }
        finished
    }
    async fn cancel(&self, id: JobId) -> StoreResult<CancelOutcome>;
    /// Puts an ended, unsuccessful job back with fresh budgets; `None` when it is not one,
    /// [`StoreError::KeyIsOpen`] when the same request is open again in another job.
    async fn requeue(&self, id: JobId) -> StoreResult<Option<Job>>;
    /// Inserts a job that came from elsewhere under its own id. A row with that id is returned whatever its state;
    /// so is the open job with the same unique key.
    async fn adopt(&self, job: NewJob) -> StoreResult<Inserted>;
    /// Jobs of these queues that could run now, oldest first.
    async fn ready(&self, queues: &[String], limit: usize) -> StoreResult<Vec<Job>>;
    /// How many jobs of a queue could run now.
    async fn ready_count(&self, queue: &str) -> StoreResult<u64>;
    /// Why this job is not running; `None` when there is no such job.
    async fn explain(&self, id: JobId) -> StoreResult<Option<Explanation>>;
    async fn queue_paused(&self, queue: &str) -> StoreResult<bool>;
    /// Claims begun after this has returned take no job of a paused queue; what runs is not touched.
    async fn set_queue_paused(&self, queue: &str, paused: bool) -> StoreResult<()>;
    /// Makes the worker known and gives it its first lease.
    async fn register_worker(&self, info: WorkerInfo, lease: Duration) -> StoreResult<()>;
    /// Workers whose lease has not ended, oldest first.
    async fn workers(&self) -> StoreResult<Vec<WorkerRow>>;
    /// What this worker has claimed and not ended, whether or not it knows.
    async fn claims(&self, worker: WorkerId) -> StoreResult<Vec<Claim>>;
    /// Says that the worker lives for `lease` from now.
    async fn renew_lease(&self, worker: WorkerId, lease: Duration) -> StoreResult<()>;
    /// Takes back the lease, and the jobs it holds without counting a crash.
    async fn release_worker(&self, worker: WorkerId) -> StoreResult<u64>;
    /// Declares every other worker dead; for a process that knows it is alone.
    async fn expire_other_workers(&self, survivor: WorkerId) -> StoreResult<()>;
    /// Puts jobs of dead workers back, or quarantines or cancels them; returns all it moved.
    ///
    /// A job whose worker is writing results this instant is left to a later round. A store that can be out of reach
    /// declares nobody dead until everybody has had a full lease since this process found it gone.
    async fn rescue(&self) -> StoreResult<Vec<JobId>>;
    /// Fails waiting jobs whose dependency has failed or was cancelled.
    async fn fail_orphans(&self) -> StoreResult<u64>;
    /// Forgets successes older than `results` and other ends older than `failures`.
    async fn prune(&self, results: Duration, failures: Duration) -> StoreResult<u64>;
    async fn counts(&self) -> StoreResult<Vec<QueueCount>>;
}

/// What `end` does to a job with these budgets: the event, and the error to record.
pub fn event_of(end: &End, errors: u32, errors_max: u32) -> crate::state::Event {
    use crate::state::Event;
    match end {
        End::Succeeded(_) => Event::Complete,
        End::Retry { .. } if errors + 1 >= errors_max => Event::Fail,
        End::Retry { .. } => Event::Retry,
        End::Snooze(_) => Event::Snooze,
        End::Interrupted => Event::Interrupt,
        End::Cancelled(_) => Event::Cancel,
        End::Failed(_) => Event::Fail,
    }
}
